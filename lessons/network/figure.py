"""Four kernels of the network's first convolution: their weights for red, and their outputs, with matplotlib."""

import matplotlib.pyplot as plt
import numpy as np

from galviz.network.card import read_card
from galviz.network.crops import network_crop
from galviz.network.normalisation import normalise
from galviz.network.weights import read_first_kernels
from galviz.survey.survey import load_survey
from lessons.network.by_hand import convolve

survey, card = load_survey(), read_card()
crop = network_crop(survey.image(survey.object_ids[0]), card.pad_px, card.crop_px)
numbers = normalise(np.asarray(crop), card.mean, card.std)

fig, axes = plt.subplots(2, 5, figsize=(11, 4.8), layout="constrained")
axes[0, 0].imshow(crop)
axes[0, 0].set_title("input: a simulated galaxy")
for number, (above, below) in enumerate(axes[:, 1:].T, start=1):
    kernel = read_first_kernels()[number - 1]
    for ax, values in ((above, kernel[0]), (below, convolve(numbers, kernel))):
        largest = np.abs(values).max()
        ax.imshow(values, cmap="PuOr_r", vmin=-largest, vmax=largest)
    above.set_title(f"kernel {number}, weights for red")
    below.set_title("output")
for ax in axes.flat:
    ax.axis("off")
