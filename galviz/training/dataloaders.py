"""Galaxies -> fastai's DataLoaders: standardised labels, normalised pixels, batches."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import galviz.network.builders  # noqa: F401 (first: it imports fastai without its deprecation warnings)

# isort: split
import numpy as np
from fastai.data.block import DataBlock, RegressionBlock
from fastai.data.core import DataLoaders
from fastai.data.transforms import Normalize
from fastai.vision.core import PILImage
from fastai.vision.data import ImageBlock

from galviz.network.crops import network_crop
from galviz.training.augmentation import Shrink, Variation, crop_transforms, flip_transforms
from galviz.training.galaxies import Galaxy, split_galaxies
from galviz.training.recipe import Phase, Recipe

# In standard deviations; no training galaxy is farther from the mean than the square root of their number.
_MAX_DEVIATION = 1e15


def standardise_labels(galaxies: Sequence[Galaxy], mean: float, std: float) -> list[Galaxy]:
    """The same galaxies with (label - mean) / std as their label, the target of training.

    Raises
    ------
    ValueError
        If the square of a standardised label is too large for float32.

    Examples
    --------
    >>> galaxies = [Galaxy(None, "1", (8.5,), 0), Galaxy(None, "2", (9.5,), 1)]
    >>> [galaxy.targets for galaxy in standardise_labels(galaxies, mean=9.0, std=0.25)]
    [(-2.0,), (2.0,)]
    """
    standardised = []
    for galaxy in galaxies:
        label, *causes = galaxy.targets
        target = (label - mean) / std
        if abs(target) > _MAX_DEVIATION:
            raise ValueError(
                f"The label of {galaxy.object_id} in {galaxy.survey.folder} is {label:g}, more than "
                f"{_MAX_DEVIATION:g} standard deviations from the mean. Correct it, or leave the cell empty."
            )
        standardised.append(replace(galaxy, targets=(target, *causes)))
    return standardised


def pixel_statistics(
    galaxies: Sequence[Galaxy], recipe: Recipe, *, progress: Callable[[int, int], object] | None = None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of red, green and blue (0 to 1) over the central crops of all `galaxies`.

    The tutorial's bare ``Normalize`` takes them from one random batch instead, so they differ between runs.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from PIL import Image
    >>> survey = SimpleNamespace(image=lambda object_id: Image.new("RGB", (64, 64), (0, 51, 255)))
    >>> pixel_statistics([Galaxy(survey, "1", (8.5,), 0)], Recipe(pad_px=48, crop_px=32))
    ((0.0, 0.2, 1.0), (0.001, 0.001, 0.001))
    """
    total, squares = np.zeros(3), np.zeros(3)
    for done, galaxy in enumerate(galaxies, 1):
        image = galaxy.survey.image(galaxy.object_id)
        crop = np.asarray(network_crop(image, recipe.pad_px, recipe.crop_px), dtype=float) / 255
        total += crop.sum(axis=(0, 1))
        squares += (crop**2).sum(axis=(0, 1))
        if progress and (done % 64 == 0 or done == len(galaxies)):
            progress(done, len(galaxies))
    mean = total / (len(galaxies) * recipe.crop_px**2)
    # If all pixels are equal, rounding can make the variance slightly negative.
    std = np.sqrt((squares / (len(galaxies) * recipe.crop_px**2) - mean**2).clip(min=0))
    # At least 0.001, because images of one colour would be divided by 0.
    return tuple(mean.round(6).tolist()), tuple(std.clip(min=1e-3).round(6).tolist())


def make_dataloaders(
    galaxies: Sequence[Galaxy],
    recipe: Recipe,
    phase: Phase,
    mean: Sequence[float],
    std: Sequence[float],
) -> DataLoaders:
    """Make fastai's DataLoaders for a phase.

    Batches are images of shape (n, 3, side, side), normalised, and targets of shape (n, 1 + causes), both float32.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from PIL import Image
    >>> survey = SimpleNamespace(image=lambda object_id: Image.new("RGB", (64, 64)))
    >>> galaxies = [Galaxy(survey, str(number), (number,), number) for number in range(6)]
    >>> recipe = Recipe(batch_size=4, pad_px=48, crop_px=32)
    >>> dataloaders = make_dataloaders(galaxies, recipe, recipe.phases[0], (0, 0, 0), (1, 1, 1))
    >>> images, targets = dataloaders.one_batch()
    >>> tuple(images.shape), tuple(targets.shape)
    ((4, 3, 32, 32), (4, 1))
    """
    n_targets = 1 + len(phase.causes)
    block = DataBlock(
        blocks=(ImageBlock, RegressionBlock(n_out=n_targets)),
        get_x=lambda galaxy: PILImage.create(galaxy.survey.image(galaxy.object_id)),
        get_y=lambda galaxy: list(galaxy.targets[:n_targets]),
        splitter=lambda items: split_galaxies(items, recipe),
        item_tfms=crop_transforms(recipe.pad_px, recipe.crop_px),
        batch_tfms=[
            Shrink(phase.side_px),
            *flip_transforms(),
            *([Variation(phase.variation)] if phase.variation else []),
            Normalize.from_stats(mean, std, cuda=False),
        ],
    )
    return block.dataloaders(galaxies, bs=recipe.batch_size, num_workers=0, drop_last=True)
