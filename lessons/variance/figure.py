"""Explained variance of 1 to 10 components, with its interval and for held-out galaxies, with matplotlib."""

import matplotlib.pyplot as plt
import numpy as np

from galviz.analysis.dimension import quick_bootstrap
from galviz.analysis.variance import held_out_explained_variance
from galviz.features.features import load_features
from galviz.survey.sample import draw_sample

features = load_features()
sample = draw_sample(features.object_ids, 256)
values = features.layers["features"][features.rows(sample)]
shares = quick_bootstrap(values, 10).cumulative
held_out = held_out_explained_variance(values, 10)

fig, ax = plt.subplots()
number = np.arange(1, 11)
ax.fill_between(number, shares.low, shares.high, alpha=0.25)
ax.plot(number, shares.estimate, marker="o", label="these 256 galaxies")
ax.errorbar(number, held_out.mean, held_out.standard_deviation, fmt="s", label="held-out galaxies")
ax.plot([1, 2, 3], [0.92, 0.97, 0.98], "D", label="the tutorial's 256")
ax.set(xlabel="components", ylabel="explained variance", xticks=number)
ax.legend()
