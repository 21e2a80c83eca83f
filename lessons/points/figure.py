"""Galaxies as points: each picture in its place on PC1 and PC3, framed in its true metallicity's colour."""

import matplotlib.pyplot as plt
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from galviz.analysis.pca import fit_pca
from galviz.features.features import load_features
from galviz.network.crops import centre_crop
from galviz.survey.sample import draw_sample, spread_out
from galviz.survey.survey import load_survey

survey, features = load_survey(), load_features()
sample = draw_sample(features.object_ids, 256)
places = fit_pca(features.layers["features"][features.rows(sample)], 3, whiten=True).coordinates[:, [0, 2]]
shown = spread_out(places, 60, min_distance=0.05)
true = survey.catalogue.loc[sample, "metallicity"].to_numpy()[shown]

fig, ax = plt.subplots(figsize=(10, 8))
dots = ax.scatter(*places[shown].T, s=0, c=true, vmin=8.2, vmax=9.4, cmap="Spectral_r")  # for limits and colours
for row, place, colour in zip(shown, places[shown], dots.to_rgba(true), strict=True):
    picture = OffsetImage(centre_crop(survey.image(sample[row]), 72), zoom=0.5)
    ax.add_artist(AnnotationBbox(picture, place, pad=0, bboxprops={"edgecolor": colour, "linewidth": 2}))
ax.set(xlabel="PC1", ylabel="PC3")
fig.colorbar(dots, label="true 12 + log10(O/H)")
