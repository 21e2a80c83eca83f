"""Distances to the nearest simulated galaxies, of held-out ones and of the Hubble deep field, with matplotlib."""

import matplotlib.pyplot as plt
import numpy as np

from galviz.artefacts.hubble import HUBBLE_FIELD, survey_novelty
from galviz.features.features import load_features

novelty = survey_novelty(load_features().layers["features"])
hubble = novelty.distances(HUBBLE_FIELD.load().features)
limit = novelty.limit(0.99)
bins = np.linspace(0, max(hubble.max(), novelty.held_out_distances.max()), 41)

fig, ax = plt.subplots()
ax.hist(novelty.held_out_distances, bins, density=True, alpha=0.6, label="simulated, held out")
ax.hist(hubble, bins, density=True, alpha=0.6, label="Hubble deep field")
ax.axvline(limit, color="gray")
ax.set(xlabel="mean distance to the 5 nearest [standard deviations]", ylabel="density")
ax.set_title(f"{(hubble > limit).mean():.0%} of the Hubble galaxies lie beyond the 99th percentile")
ax.legend()
