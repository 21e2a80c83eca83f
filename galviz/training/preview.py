"""What training does to one image, step by step: its own transforms, drawn several times, as images to look at."""

import galviz.network.builders  # noqa: F401 (first: it imports fastai without its deprecation warnings)

# isort: split
import random
from collections.abc import Sequence
from threading import Lock

import numpy as np
import torch
from fastai.data.transforms import Transform
from fastai.torch_core import TensorImage
from fastai.vision.core import PILImage
from PIL import Image

from galviz.network.card import ModelCard
from galviz.training.augmentation import Variation, crops, turns

# fastai draws from Python's and torch's global generators: two sessions at once would draw from each other's.
_drawing = Lock()


def augment(image: Image.Image, card: ModelCard, *, seed: int, count: int = 4) -> dict[str, list[Image.Image]]:
    """Apply each random transform of a network's training to one image, by itself and then all of them.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    card : ModelCard
        Says how large the crops are and how strongly light was varied at most.
    seed : int
        Same seed, same draws; the global generators are then as they were.
    count : int
        How many draws of each.

    Returns
    -------
    dict of str to list of PIL.Image.Image
        ``crop``, ``turn``, ``light`` (if it was varied) and ``all``, in the order of the training; `count` images each,
        RGB, of the card's ``crop_px``. ``turn`` and ``light`` are of the central crop.
    """
    with _drawing, torch.random.fork_rng(devices=[]):
        state = random.getstate()
        try:
            random.seed(seed)
            torch.manual_seed(seed)
            return _drawn(PILImage(image.convert("RGB")), card, count)
        finally:
            random.setstate(state)


def _drawn(image: PILImage, card: ModelCard, count: int) -> dict[str, list[Image.Image]]:
    cut, variation = crops(card.pad_px, card.crop_px), strongest_variation(card)
    at_random = [_applied(cut, image, training=True) for _ in range(count)]
    central = [_applied(cut, image, training=False)] * count
    vary = [Variation(variation)] if variation else []
    steps = {"crop": at_random, "turn": _of_batch(turns(), central)}
    if vary:
        steps["light"] = _of_batch(vary, central)
    return {**steps, "all": _of_batch([*turns(), *vary], at_random)}


def strongest_variation(card: ModelCard) -> float:
    """How strongly light was varied in a network's training, at most; 0 where its card doesn't say."""
    recipe = card.training.get("recipe", {})
    return max([recipe.get("variation", 0.0), *(each["variation"] for each in recipe.get("warm_ups", ()))])


def _applied(transforms: Sequence[Transform], image: PILImage, *, training: bool) -> PILImage:
    for transform in transforms:
        image = transform(image, split_idx=0 if training else 1)
    return image


def _of_batch(transforms: Sequence[Transform], images: Sequence[Image.Image]) -> list[Image.Image]:
    pixels = torch.from_numpy(np.stack([np.asarray(image) for image in images]))
    batch = TensorImage(pixels.permute(0, 3, 1, 2).float() / 255)
    for transform in transforms:
        batch = transform(batch, split_idx=0)
    drawn = (batch.as_subclass(torch.Tensor).clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(each) for each in drawn]
