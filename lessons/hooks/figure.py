"""Feature maps of eight channels of a layer for one galaxy, recorded by a forward hook, with matplotlib."""

import matplotlib.pyplot as plt
import numpy as np

from galviz.network.activations import feature_maps
from galviz.network.crops import network_crop
from galviz.network.model import load_model
from galviz.survey.survey import load_survey

network, survey = load_model(), load_survey()
image = survey.image(survey.object_ids[0])
maps = feature_maps(network, image, "stage1")
vary_most = np.argsort(maps.std(axis=(1, 2)))[::-1][:8]
largest = np.abs(maps[vary_most]).max()

fig, axes = plt.subplots(3, 3, figsize=(6, 6.5), layout="constrained")
axes.flat[0].imshow(network_crop(image, network.card.pad_px, network.card.crop_px))
axes.flat[0].set_title("the galaxy")
for ax, channel in zip(axes.flat[1:], vary_most, strict=True):
    ax.imshow(maps[channel], cmap="PuOr_r", vmin=-largest, vmax=largest)
    ax.set_title(f"{channel} · {maps[channel].mean():+.2f}")
for ax in axes.flat:
    ax.set_axis_off()
