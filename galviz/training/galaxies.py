"""Surveys -> galaxies to train on -> fastai's DataLoaders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from fastai.data.block import DataBlock, RegressionBlock
from fastai.data.core import DataLoaders
from fastai.data.transforms import Normalize, RandomSplitter
from fastai.vision.core import PILImage
from fastai.vision.data import ImageBlock

from galviz.crops import network_crop
from galviz.problems import listed
from galviz.survey import Survey
from galviz.training.augmentation import Shrink, Variation, crops, turns
from galviz.training.recipe import Phase, Recipe


@dataclass(frozen=True)
class Galaxy:
    """A galaxy to train on: where its image is, and what the network is to say of it.

    Attributes
    ----------
    survey : Survey
    object_id : str
    targets : tuple of float
        The label, then each cause, standardised over all galaxies.
    """

    survey: Survey
    object_id: str
    targets: tuple[float, ...]


def labelled_galaxies(surveys: Sequence[Survey], recipe: Recipe) -> list[Galaxy]:
    """The galaxies of some surveys whose label and causes are known, in the surveys' order.

    Raises
    ------
    ValueError
        If a survey has no label or lacks a cause's column, if the surveys' labels differ, if a cause is no varying
        number, or if there are too few galaxies for a batch of each.
    """
    if not surveys:
        raise ValueError("surveys must hold at least one survey; got none.")
    columns = _label_columns(surveys)
    tables = []
    for number, survey in enumerate(surveys):
        catalogue = survey.catalogue
        missing = [cause for cause in recipe.causes if cause not in catalogue]
        if missing:
            raise ValueError(f"causes must be columns of the catalogue; {survey.folder} has no {listed(missing)}.")
        # Columns by their position, because a cause may be called anything.
        table = catalogue[[columns[number], *recipe.causes]].set_axis(range(1 + len(recipe.causes)), axis=1)
        tables.append(table.apply(pd.to_numeric, errors="coerce").dropna().assign(survey=number))
    table = pd.concat(tables)
    n_valid = int(recipe.valid_share * len(table))
    if n_valid < 1 or len(table) - n_valid < recipe.batch_size:
        raise ValueError(
            f"{len(table)} galaxies have a label{' and causes' * bool(recipe.causes)}, and a batch of "
            f"{recipe.batch_size} to train on beside {recipe.valid_share:.0%} to validate needs more. "
            "Bring more galaxies, or lower --batch-size."
        )
    labels, causes = table[0].to_numpy(dtype=float), table.iloc[:, 1:-1].to_numpy(dtype=float)
    spread = causes.std(axis=0, ddof=1)
    if constant := [name for name, each in zip(recipe.causes, spread, strict=True) if not each > 0]:
        raise ValueError(f"causes must vary from galaxy to galaxy; {listed(constant)} doesn't. Leave it out.")
    if recipe.shuffled_labels:
        labels = np.random.default_rng(recipe.seed).permutation(labels)
    causes = (causes - causes.mean(axis=0)) / spread
    rows = zip(table["survey"], table.index, labels, causes, strict=True)
    return [Galaxy(surveys[number], object_id, (label, *others)) for number, object_id, label, others in rows]


def _label_columns(surveys: Sequence[Survey]) -> list[str]:
    labels = [survey.label for survey in surveys]
    for survey, label in zip(surveys, labels, strict=True):
        if label is None:
            raise ValueError(f"The survey {survey.folder} has no label to learn. Name its column with --label.")
    if len({label.column for label in labels}) > 1:
        raise ValueError(f"Surveys must have one label; got {listed([label.column for label in labels])}.")
    return [label.column for label in labels]


def split(galaxies: Sequence[Galaxy], recipe: Recipe) -> tuple[list[int], list[int]]:
    """Positions of the galaxies to train on and of those to validate with; fastai's seeded `RandomSplitter`."""
    train, valid = RandomSplitter(recipe.valid_share, seed=recipe.seed)(galaxies)
    return list(train), list(valid)


def pixel_statistics(
    galaxies: Sequence[Galaxy], recipe: Recipe, *, progress: Callable[[int, int], object] | None = None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of red, green and blue (0 to 1) over the central crops of all `galaxies`.

    The tutorial's bare ``Normalize`` takes them from one batch instead, and so has others at each run.
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
    # Where all pixels are alike, rounding can leave a variance a hair below 0.
    std = np.sqrt((squares / (len(galaxies) * recipe.crop_px**2) - mean**2).clip(min=0))
    # A survey of black frames has no spread; dividing by it would make the first error a puzzling one.
    return tuple(mean.round(6).tolist()), tuple(std.clip(min=1e-3).round(6).tolist())


def make_dataloaders(
    galaxies: Sequence[Galaxy],
    recipe: Recipe,
    phase: Phase,
    mean: Sequence[float],
    std: Sequence[float],
) -> DataLoaders:
    """Fastai's DataLoaders: batches of images (n, 3, side, side), normalised, and targets (n, 1 + causes)."""
    n_targets = 1 + len(phase.causes)
    block = DataBlock(
        blocks=(ImageBlock, RegressionBlock(n_out=n_targets)),
        get_x=lambda galaxy: PILImage.create(galaxy.survey.image(galaxy.object_id)),
        get_y=lambda galaxy: list(galaxy.targets[:n_targets]),
        splitter=lambda items: split(items, recipe),
        item_tfms=crops(recipe.pad_px, recipe.crop_px),
        batch_tfms=[
            Shrink(phase.side_px),
            *turns(),
            *([Variation(phase.variation)] if phase.variation else []),
            Normalize.from_stats(mean, std, cuda=False),
        ],
    )
    return block.dataloaders(galaxies, bs=recipe.batch_size, num_workers=0, drop_last=True)
