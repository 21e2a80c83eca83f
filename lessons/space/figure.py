"""Galaxies along the first two components, with their true and predicted metallicity, with matplotlib."""

import matplotlib.pyplot as plt
import numpy as np

from galviz.analysis.pca import fit_pca
from galviz.features.features import load_features
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey

survey, features = load_survey(), load_features()
sample = draw_sample(features.object_ids, 256)
rows = features.rows(sample)
true = survey.catalogue.loc[sample, "metallicity"].to_numpy()
predicted = features.predictions[rows]
pc1, pc2 = fit_pca(features.layers["features"][rows], 2, whiten=True).coordinates.T

fig, ax = plt.subplots()
colours = {"vmin": 8.2, "vmax": 9.4, "cmap": "Spectral_r"}
ax.scatter(pc1, pc2, s=60, c=true, **colours)
dots = ax.scatter(pc1, pc2, s=12, c=predicted, **colours)
ax.set(xlabel="PC1", ylabel="PC2", title=f"RMSE {np.sqrt(np.mean((predicted - true) ** 2)):.3f} dex")
fig.colorbar(dots, label="12 + log10(O/H): ring true, dot predicted")
