"""The network's input for one galaxy, and four random augmentations of it, with matplotlib."""

import matplotlib.pyplot as plt

from galviz.network.card import read_card
from galviz.network.crops import network_crop
from galviz.survey.survey import load_survey
from galviz.training.preview import augment

survey, card = load_survey(), read_card()
metallicity = survey.catalogue["metallicity"]
object_id = metallicity.sort_values().index[len(metallicity) // 2]
image = survey.image(object_id)
pictures = [network_crop(image, card.pad_px, card.crop_px), *augment(image, card, seed=1)["all"]]

fig, axes = plt.subplots(1, len(pictures), figsize=(12, 2.8), layout="constrained")
for number, (ax, picture) in enumerate(zip(axes, pictures, strict=True)):
    ax.imshow(picture)
    ax.set_title(f"training, draw {number}" if number else "prediction")
    ax.axis("off")
fig.suptitle(f"Simulated galaxy {object_id}, {card.crop_px} px")
