"""Embeddings of 256 galaxies by PCA, t-SNE and UMAP, coloured by metallicity, with matplotlib."""

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
embeddings = {
    "PCA": fit_pca(values, 2, whiten=False).coordinates,
    "t-SNE": fit_tsne(values, perplexity=30),
    "UMAP": umap.loc[sample].to_numpy(),
}
metallicity = survey.catalogue.loc[sample, "metallicity"]
fig, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
for ax, (name, coordinates) in zip(axes, embeddings.items(), strict=True):
    points = ax.scatter(
        coordinates[:, 0], coordinates[:, 1], s=12, c=metallicity, vmin=8.2, vmax=9.4, cmap="Spectral_r"
    )
    ax.set(title=name, xticks=[], yticks=[])
    ax.set_aspect("equal", "datalim")
fig.colorbar(points, ax=axes, label="true 12 + log10(O/H)")
