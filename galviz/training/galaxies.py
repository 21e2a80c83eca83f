"""Surveys -> galaxies to train on -> fastai's DataLoaders."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import galviz.network.builders  # noqa: F401 (first: it imports fastai without its deprecation warnings)

# isort: split
import numpy as np
import pandas as pd
from fastai.data.block import DataBlock, RegressionBlock
from fastai.data.core import DataLoaders
from fastai.data.transforms import Normalize, RandomSplitter
from fastai.vision.core import PILImage
from fastai.vision.data import ImageBlock

from galviz.errors import listed, shown
from galviz.network.crops import network_crop
from galviz.survey.fingerprints import ZOOMS
from galviz.survey.survey import Survey
from galviz.training.augmentation import Shrink, Variation, crops, turns
from galviz.training.duplicates import identify
from galviz.training.recipe import Phase, Recipe
from galviz.training.scale import standardised

# Standard deviations from the mean: among the galaxies trained on nothing is farther than the root of their number.
_FARTHEST = 1e15


@dataclass(frozen=True)
class Galaxy:
    """An image of a galaxy to train on: where it is, and what the network is to predict from it.

    Attributes
    ----------
    survey : Survey
    object_id : str
    targets : tuple of float
        The label in its unit, then each cause, standardised over all galaxies.
    number : int
        Equal for images of the same galaxy, which must not be on both sides of the split.
    """

    survey: Survey
    object_id: str
    targets: tuple[float, ...]
    number: int


@dataclass(frozen=True)
class Selection:
    """The galaxies to train on and validate with, and what was left out.

    Attributes
    ----------
    galaxies : list of Galaxy
        In the surveys' order.
    n_rows : int
        Rows of all the surveys' catalogues.
    missing : dict of str to int
        Rows left out, by the first column (the label or a cause) that has no finite number in them.
    n_duplicates : int
        Rows left out because an earlier row has the same image, label and causes.
    n_near_copies : int
        How many galaxies more there would be if images had to be the same in every pixel: see
        `galviz.training.duplicates`.
    """

    galaxies: list[Galaxy]
    n_rows: int
    missing: dict[str, int]
    n_duplicates: int
    n_near_copies: int

    @property
    def notes(self) -> list[str]:
        """Sentences on what was left out and what is more than a row per galaxy; none if there is nothing to say."""
        notes = []
        if self.missing:
            causes = ", ".join(f"{name} ({count})" for name, count in self.missing.items())
            notes.append(f"{sum(self.missing.values())} of {self.n_rows} rows are left out: they have no {causes}.")
        if self.n_duplicates:
            notes.append(
                f"{self.n_duplicates} of {self.n_rows} rows are left out: each repeats the image and label of another."
            )
        if several := len(self.galaxies) - len({galaxy.number for galaxy in self.galaxies}) - self.n_near_copies:
            notes.append(
                f"{several} rows are of a galaxy that an earlier row is of too, with the same id or image: all rows of "
                "a galaxy are on the same side of the split."
            )
        if near := self.n_near_copies:
            least = f"{100 * min(ZOOMS):.0f} %"
            verb = "image is a near-copy" if near == 1 else "images are near-copies"
            notes.append(
                f"{near} {verb} of another under another id (saved again, resized, cropped, padded, brightened, turned "
                "by 90 degrees or mirrored): the copies that were found are on the same side of the split. Copies that "
                f"are stretched, turned by other angles, or cropped to less than {least} of a side may not be found, "
                "and may be on both sides."
            )
        return notes


def labelled_galaxies(surveys: Sequence[Survey], recipe: Recipe) -> list[Galaxy]:
    """The galaxies that `select_galaxies` selects."""
    return select_galaxies(surveys, recipe).galaxies


def select_galaxies(surveys: Sequence[Survey], recipe: Recipe) -> Selection:
    """The galaxies of some surveys whose label and causes are known, each image once.

    Raises
    ------
    ValueError
        If a survey has no label or lacks a cause's column, if the surveys' labels differ, if a cause is the label or no
        varying number, if rows with the same image differ in their label, or if there are too few galaxies for a
        batch of each.
    SurveyError
        If an image can't be read any more.
    """
    if not surveys:
        raise ValueError("surveys must hold at least one survey; got none.")
    label = _label_column(surveys)
    if label in recipe.causes:
        raise ValueError(f"causes must be columns other than the label; got {shown(label)}, the label. Leave it out.")
    columns, tables, missing = [label, *recipe.causes], [], Counter()
    for number, survey in enumerate(surveys):
        catalogue = survey.catalogue
        if absent := [cause for cause in recipe.causes if cause not in catalogue]:
            raise ValueError(f"causes must be columns of the catalogue; {survey.folder} has no {listed(absent)}.")
        # Columns by their position, because a cause may be called anything.
        values = catalogue[columns].set_axis(range(len(columns)), axis=1).apply(pd.to_numeric, errors="coerce")
        finite = np.isfinite(values.to_numpy(dtype=float, na_value=np.nan))
        missing.update(columns[position] for position in np.argmin(finite, axis=1)[~finite.all(axis=1)])
        tables.append(values[finite.all(axis=1)].assign(survey=number))
    table = pd.concat(tables).reset_index(names="objID")
    n_valid = int(recipe.valid_share * len(table))
    _check_enough(len(table) - n_valid, n_valid, recipe, missing, 0)  # at once: to read the images takes longer
    named = list(zip(table["survey"], table["objID"], strict=True))
    identities = identify(table["objID"], lambda place: surveys[named[place][0]].image(named[place][1]))
    table = table.assign(image=identities.digests, galaxy=identities.numbers)
    _check_agreement(table, surveys, label)
    n_rows, duplicates = len(table) + missing.total(), table.duplicated(["image", *range(len(columns))])
    table = table[~duplicates]

    labels = table[0].to_numpy(dtype=float)
    causes = [standardised(table[position].to_numpy(dtype=float)) for position in range(1, len(columns))]
    if constant := [name for name, values in zip(recipe.causes, causes, strict=True) if values is None]:
        raise ValueError(f"causes must vary from galaxy to galaxy; {listed(constant)} doesn't. Leave it out.")
    if recipe.shuffled_labels:
        labels = np.random.default_rng(recipe.seed).permutation(labels)
    targets = np.stack([labels, *causes], axis=1).tolist()
    rows = zip(table["survey"], table["objID"], targets, table["galaxy"], strict=True)
    galaxies = [Galaxy(surveys[survey], object_id, tuple(each), number) for survey, object_id, each, number in rows]
    n_duplicates = int(duplicates.sum())
    _check_enough(*map(len, split(galaxies, recipe)), recipe, missing, n_duplicates)
    return Selection(galaxies, n_rows, dict(missing), n_duplicates, identities.n_near_copies)


def _check_enough(n_training: int, n_validation: int, recipe: Recipe, missing: Counter[str], n_duplicates: int) -> None:
    if n_validation >= 1 and n_training >= recipe.batch_size:
        return
    left_out = [f"{count} have no {name}" for name, count in missing.items()]
    left_out += [f"{n_duplicates} are copies"] * bool(n_duplicates)
    raise ValueError(
        f"{n_training + n_validation} galaxies have a label{' and causes' * bool(recipe.causes)}"
        f"{f' ({listed(left_out)})' * bool(left_out)}, and a batch of {recipe.batch_size} to train on beside "
        f"{recipe.valid_share:.0%} to validate needs more. Bring more galaxies, or lower --batch-size."
    )


def _check_agreement(table: pd.DataFrame, surveys: Sequence[Survey], label: str) -> None:
    """Check that rows with the same image have the same label."""
    differs = table[0] != table.groupby("image", sort=False)[0].transform("first")
    if differs.any():
        second = table[differs].iloc[0]
        first = table[table["image"] == second["image"]].iloc[0]
        rows = " and ".join(f"{row['objID']} of {surveys[row['survey']].folder}" for row in (first, second))
        raise ValueError(
            f"Rows with the same image must have the same label; {rows} have the {label} {float(first[0])!r} and "
            f"{float(second[0])!r} ({differs.sum()} such rows). Correct or remove one of them."
        )


def _label_column(surveys: Sequence[Survey]) -> str:
    labels = [survey.label for survey in surveys]
    for survey, label in zip(surveys, labels, strict=True):
        if label is None:
            raise ValueError(f"The survey {survey.folder} has no label to learn. Name its column with --label.")
    if len({label.column for label in labels}) > 1:
        raise ValueError(f"Surveys must have one label; got {listed([label.column for label in labels])}.")
    return labels[0].column


def split(galaxies: Sequence[Galaxy], recipe: Recipe) -> tuple[list[int], list[int]]:
    """Positions of the galaxies to train on and of those to validate with; fastai's seeded `RandomSplitter`.

    It splits galaxies and not images: all images of a galaxy are on one side.
    """
    positions: dict[int, list[int]] = {}
    for position, galaxy in enumerate(galaxies):
        positions.setdefault(galaxy.number, []).append(position)
    images = list(positions.values())
    train, valid = RandomSplitter(recipe.valid_share, seed=recipe.seed)(images)
    return [position for each in train for position in images[each]], [
        position for each in valid for position in images[each]
    ]


def standardise_labels(galaxies: Sequence[Galaxy], mean: float, std: float) -> list[Galaxy]:
    """The same galaxies with (label - mean) / std for the label: what a network is trained to predict.

    Raises
    ------
    ValueError
        If a label is so far from the others that the square of its error is beyond float32.
    """
    found = [replace(each, targets=((each.targets[0] - mean) / std, *each.targets[1:])) for each in galaxies]
    for galaxy, standardised_galaxy in zip(galaxies, found, strict=True):
        if abs(standardised_galaxy.targets[0]) > _FARTHEST:
            raise ValueError(
                f"The label of {galaxy.object_id} in {galaxy.survey.folder} is {galaxy.targets[0]:g}, more than "
                f"{_FARTHEST:g} standard deviations from the mean. Correct it, or leave the cell empty."
            )
    return found


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
