"""PCA, t-SNE and UMAP of the same 256 galaxies, coloured by metallicity, with matplotlib."""

import matplotlib.pyplot as plt

from galviz.analysis.embeddings import UmapSettings, fit_tsne
from galviz.analysis.pca import fit_pca
from galviz.artefacts.umaps import UMAPS
from galviz.features.features import load_features
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey

survey, features = load_survey(), load_features()
sample = draw_sample(survey.object_ids, 256)
values = features.layers["features"][features.rows(sample)]
umap = UMAPS.load()[UmapSettings("features", n_neighbors=15, min_dist=0.1, seed=0)]
places = {
    "PCA": fit_pca(values, 2, whiten=False).coordinates,
    "t-SNE": fit_tsne(values, perplexity=30),
    "UMAP": umap.loc[sample].to_numpy(),
}
true = survey.catalogue.loc[sample, "metallicity"]
fig, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
for ax, (name, place) in zip(axes, places.items(), strict=True):
    dots = ax.scatter(place[:, 0], place[:, 1], s=12, c=true, vmin=8.2, vmax=9.4, cmap="Spectral_r")
    ax.set(title=name, xticks=[], yticks=[])
    ax.set_aspect("equal", "datalim")
fig.colorbar(dots, ax=axes, label="true 12 + log10(O/H)")
