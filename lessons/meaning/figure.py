"""Correlations of the first components with a few causes, for trained features and for random weights."""

import matplotlib.pyplot as plt
import numpy as np

from galviz.analysis.pca import fit_pca
from galviz.features.features import load_features
from galviz.survey.survey import load_survey

causes = ["metallicity", "log_mass_msun", "bulge_fraction", "inclination_deg", "mag_r", "metallicity_scatter_dex"]
survey = load_survey()
sources = {"trained": load_features(), "random weights": load_features(control="random-weights")}

fig, axes = plt.subplots(1, 2, figsize=(8, 4), sharey=True, layout="constrained")
for ax, (name, features) in zip(axes, sources.items(), strict=True):
    coordinates = fit_pca(features.layers["features"], 3).coordinates
    values = survey.catalogue.loc[features.object_ids, causes].to_numpy(float)
    r = np.corrcoef(coordinates, values, rowvar=False)[3:, :3]
    image = ax.imshow(r, cmap="PuOr_r", vmin=-1, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(r):
        ax.text(column, row, f"{value:+.2f}", ha="center", va="center", color="white" if abs(value) > 0.7 else "black")
    ax.set_title(name)
    ax.set_xticks(range(3), ["PC1", "PC2", "PC3"])
    ax.set_yticks(range(len(causes)), causes)
fig.colorbar(image, ax=axes, label="Pearson's r")
