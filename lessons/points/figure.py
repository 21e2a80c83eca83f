"""Galaxies as points: each image at its coordinates on PC1 and PC3, with a frame coloured by true metallicity."""

import matplotlib.pyplot as plt
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from galviz.analysis.pca import fit_pca
from galviz.features.features import load_features
from galviz.network.crops import centre_crop
from galviz.survey.sample import draw_sample, spread_out
from galviz.survey.survey import load_survey

survey, features = load_survey(), load_features()
sample = draw_sample(features.object_ids, 256)
coordinates = fit_pca(features.layers["features"][features.rows(sample)], 3, whiten=True).coordinates[:, [0, 2]]
selected = spread_out(coordinates, 60, min_distance=0.05)
true = survey.catalogue.loc[sample, "metallicity"].to_numpy()[selected]

fig, ax = plt.subplots(figsize=(10, 8))
dots = ax.scatter(*coordinates[selected].T, s=0, c=true, vmin=8.2, vmax=9.4, cmap="Spectral_r")  # sets the axis limits
for row, colour in zip(selected, dots.to_rgba(true), strict=True):
    image = OffsetImage(centre_crop(survey.image(sample[row]), 72), zoom=0.5)
    frame = {"edgecolor": colour, "linewidth": 2}
    ax.add_artist(AnnotationBbox(image, coordinates[row], pad=0, bboxprops=frame))
ax.set(xlabel="PC1", ylabel="PC3")
fig.colorbar(dots, label="true 12 + log10(O/H)")
