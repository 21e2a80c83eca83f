"""Explained variance of the principal components of 256 galaxies, with matplotlib."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA

from galviz.features.features import load_features
from galviz.survey.sample import draw_sample

features = load_features()
sample = draw_sample(features.object_ids, 256)
values = features.layers["features"][features.rows(sample)]
pca = PCA(10).fit(values)

fig, ax = plt.subplots()
numbers = np.arange(1, len(pca.explained_variance_ratio_) + 1)
ax.bar(numbers, pca.explained_variance_ratio_, label="single")
ax.plot(numbers, pca.explained_variance_ratio_.cumsum(), marker="o", color="C1", label="cumulative")
ax.set(xlabel="principal component", ylabel="explained variance", ylim=(0, 1))
ax.legend()
