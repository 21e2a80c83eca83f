"""The random transforms of training applied to one image, step by step, as images to look at."""

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
from galviz.training.augmentation import Variation, crop_transforms, flip_transforms

# fastai uses Python's and torch's global generators, which concurrent sessions would share.
_generators = Lock()


def augment(image: Image.Image, card: ModelCard, *, seed: int, count: int = 4) -> dict[str, list[Image.Image]]:
    """Apply each random transform of a network's training to one image, alone and all together.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    card : ModelCard
        Gives the size of the crops and the strength of the variation.
    seed : int
        The same seed gives the same images. The global generators are restored.
    count : int
        Number of images per transform.

    Returns
    -------
    dict of str to list of PIL.Image.Image
        ``crop``, ``turn``, ``light`` (if it was varied) and ``all``, in the order of the training; `count` images each,
        RGB, of the card's ``crop_px``. ``turn`` and ``light`` are applied to the central crop.

    Examples
    --------
    >>> from galviz.network.card import read_card
    >>> image = Image.new("RGB", (160, 160), "red")
    >>> {step: images[0].size for step, images in augment(image, read_card(), seed=1, count=1).items()}
    {'crop': (112, 112), 'turn': (112, 112), 'light': (112, 112), 'all': (112, 112)}
    """
    with _generators, torch.random.fork_rng(devices=[]):
        state = random.getstate()
        try:
            random.seed(seed)
            torch.manual_seed(seed)
            return _augmented(PILImage(image.convert("RGB")), card, count)
        finally:
            random.setstate(state)


def max_variation(card: ModelCard) -> float:
    """The largest `variation` of a network's training; 0 if its card doesn't have one.

    Examples
    --------
    >>> from galviz.network.card import read_card
    >>> max_variation(read_card()) > 0
    True
    """
    recipe = card.training.get("recipe", {})
    return max([recipe.get("variation", 0.0), *(warm_up["variation"] for warm_up in recipe.get("warm_ups", ()))])


def _augmented(image: PILImage, card: ModelCard, count: int) -> dict[str, list[Image.Image]]:
    crops, variation = crop_transforms(card.pad_px, card.crop_px), max_variation(card)
    random_crops = [_transform_image(crops, image, training=True) for _ in range(count)]
    central_crops = [_transform_image(crops, image, training=False)] * count
    variations = [Variation(variation)] if variation else []
    steps = {"crop": random_crops, "turn": _transform_batch(flip_transforms(), central_crops)}
    if variations:
        steps["light"] = _transform_batch(variations, central_crops)
    return {**steps, "all": _transform_batch([*flip_transforms(), *variations], random_crops)}


def _transform_image(transforms: Sequence[Transform], image: PILImage, *, training: bool) -> PILImage:
    for transform in transforms:
        image = transform(image, split_idx=0 if training else 1)
    return image


def _transform_batch(transforms: Sequence[Transform], images: Sequence[Image.Image]) -> list[Image.Image]:
    pixels = torch.from_numpy(np.stack([np.asarray(image) for image in images]))
    batch = TensorImage(pixels.permute(0, 3, 1, 2).float() / 255)
    for transform in transforms:
        batch = transform(batch, split_idx=0)
    transformed = (batch.as_subclass(torch.Tensor).clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(pixels) for pixels in transformed]
