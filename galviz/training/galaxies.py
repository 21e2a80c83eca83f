"""Select the galaxies to train on: rows of surveys with a label and causes, each image once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import galviz.network.builders  # noqa: F401 (first: it imports fastai without its deprecation warnings)

# isort: split
import numpy as np
import pandas as pd
from fastai.data.transforms import RandomSplitter

from galviz.errors import listed, shown
from galviz.survey.duplicates import Identities, identify_galaxies
from galviz.survey.fingerprints import ZOOMS
from galviz.survey.label import label_name
from galviz.survey.survey import Survey
from galviz.training.recipe import Recipe
from galviz.training.scale import standardise


@dataclass(frozen=True)
class Galaxy:
    """An image of a galaxy and its targets.

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
    """The galaxies for training and validation, and the number of rows that were left out.

    Attributes
    ----------
    galaxies : list of Galaxy
        In the surveys' order.
    n_rows : int
        Number of rows of all catalogues.
    missing : dict of str to int
        Number of rows left out, by the first column (the label or a cause) without a finite number.
    n_duplicates : int
        Number of rows left out because an earlier row has the same image, label and causes.
    n_near_copies : int
        See `galviz.survey.duplicates.Identities`.
    """

    galaxies: list[Galaxy]
    n_rows: int
    missing: dict[str, int]
    n_duplicates: int
    n_near_copies: int

    @property
    def notes(self) -> list[str]:
        """Sentences about rows that were left out and galaxies with several rows; empty if there are none."""
        notes = []
        if self.missing:
            columns = ", ".join(f"{name} ({count})" for name, count in self.missing.items())
            notes.append(f"{sum(self.missing.values())} of {self.n_rows} rows are left out: they have no {columns}.")
        if self.n_duplicates:
            notes.append(
                f"{self.n_duplicates} of {self.n_rows} rows are left out: each repeats the image and label of another."
            )
        if repeated := len(self.galaxies) - len({galaxy.number for galaxy in self.galaxies}) - self.n_near_copies:
            notes.append(
                f"{repeated} rows show a galaxy of an earlier row (same id or same image): all rows of a galaxy are on "
                "the same side of the split."
            )
        if self.n_near_copies:
            verb = "image is a near-copy" if self.n_near_copies == 1 else "images are near-copies"
            notes.append(
                f"{self.n_near_copies} {verb} of another under another id (saved again, resized, cropped, padded, "
                "brightened, rotated by 90 degrees or mirrored): the copies that were found are on the same side of "
                "the split. Copies that are stretched, rotated by other angles, or cropped to less than "
                f"{100 * min(ZOOMS):.0f} % of a side may be missed, and may be on both sides."
            )
        return notes


def select_galaxies(surveys: Sequence[Survey], recipe: Recipe) -> Selection:
    """Select the galaxies of surveys whose label and causes are known, each image once.

    Raises
    ------
    ValueError
        If a survey has no label or lacks a cause's column, if the surveys' labels differ, if a cause is the label or
        doesn't vary, if rows with the same image differ in their label, or if there are too few galaxies for one batch
        of training and one galaxy of validation.
    SurveyError
        If an image can't be read any more.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from PIL import Image
    >>> images = {name: Image.new("RGB", (64, 64), name) for name in ("red", "green", "blue", "white", "black")}
    >>> catalogue = pd.DataFrame({"metallicity": [8.5, 8.6, np.nan, 8.8, 8.9]}, index=list(images))
    >>> label = SimpleNamespace(column="metallicity")
    >>> survey = SimpleNamespace(folder="colours", label=label, catalogue=catalogue, image=images.get)
    >>> selection = select_galaxies([survey], Recipe(batch_size=2, valid_share=0.3))
    >>> [galaxy.object_id for galaxy in selection.galaxies], selection.missing
    (['red', 'green', 'white', 'black'], {'metallicity': 1})
    """
    if not surveys:
        raise ValueError("surveys must hold at least one survey; got none.")
    label = _label_column(surveys)
    for cause in recipe.causes:
        if label in (cause, label_name(cause)):
            raise ValueError(f"causes must be columns other than the label; got {shown(cause)}. Leave it out.")
    columns = [label, *recipe.causes]
    table, missing = _finite_rows(surveys, columns)
    n_valid = int(recipe.valid_share * len(table))
    _check_enough(len(table) - n_valid, n_valid, recipe, missing, 0)  # first, because reading the images takes longer
    identities = _identify_rows(table, surveys)
    table = table.assign(image=identities.digests, galaxy=identities.numbers)
    _check_agreement(table, surveys, label)
    n_rows, is_duplicate = len(table) + missing.total(), table.duplicated(["image", *range(len(columns))])
    table = table[~is_duplicate]
    rows = zip(table["survey"], table["objID"], _targets(table, recipe), table["galaxy"], strict=True)
    galaxies = [Galaxy(surveys[survey], object_id, targets, number) for survey, object_id, targets, number in rows]
    n_duplicates = int(is_duplicate.sum())
    _check_enough(*map(len, split_galaxies(galaxies, recipe)), recipe, missing, n_duplicates)
    return Selection(galaxies, n_rows, dict(missing), n_duplicates, identities.n_near_copies)


def split_galaxies(galaxies: Sequence[Galaxy], recipe: Recipe) -> tuple[list[int], list[int]]:
    """Split galaxies for training and validation with fastai's seeded `RandomSplitter`.

    All images of a galaxy are on the same side.

    Returns
    -------
    in_training, in_validation : list of int
        Positions in `galaxies`.

    Examples
    --------
    >>> galaxies = [Galaxy(None, "1", (8.5,), 0), Galaxy(None, "2", (8.6,), 1), Galaxy(None, "1", (8.5,), 0)]
    >>> [sorted(side) for side in split_galaxies(galaxies, Recipe(valid_share=0.5, seed=1))]
    [[0, 2], [1]]
    """
    positions: dict[int, list[int]] = {}
    for position, galaxy in enumerate(galaxies):
        positions.setdefault(galaxy.number, []).append(position)
    groups = list(positions.values())
    in_training, in_validation = RandomSplitter(recipe.valid_share, seed=recipe.seed)(groups)
    return [position for group in in_training for position in groups[group]], [
        position for group in in_validation for position in groups[group]
    ]


def _finite_rows(surveys: Sequence[Survey], columns: Sequence[str]) -> tuple[pd.DataFrame, Counter[str]]:
    """Rows whose label and causes are finite, and how many lack each column.

    The table has `objID`, the position of the `survey`, and the columns by their position, because a cause may have any
    name.
    """
    tables, missing = [], Counter()
    for number, survey in enumerate(surveys):
        if absent := [name for name in columns[1:] if name not in survey.catalogue]:
            raise ValueError(f"causes must be columns of the catalogue; {survey.folder} has no {listed(absent)}.")
        values = survey.catalogue[columns].set_axis(range(len(columns)), axis=1).apply(pd.to_numeric, errors="coerce")
        is_finite = np.isfinite(values.to_numpy(dtype=float, na_value=np.nan))
        complete = is_finite.all(axis=1)
        missing.update(columns[position] for position in np.argmin(is_finite, axis=1)[~complete])
        tables.append(values[complete].assign(survey=number))
    return pd.concat(tables).reset_index(names="objID"), missing


def _identify_rows(table: pd.DataFrame, surveys: Sequence[Survey]) -> Identities:
    rows = list(zip(table["survey"], table["objID"], strict=True))
    return identify_galaxies(table["objID"], lambda position: surveys[rows[position][0]].image(rows[position][1]))


def _targets(table: pd.DataFrame, recipe: Recipe) -> list[tuple[float, ...]]:
    """The label and the standardised causes of each row."""
    labels = table[0].to_numpy(dtype=float)
    causes = [standardise(table[position].to_numpy(dtype=float)) for position in range(1, 1 + len(recipe.causes))]
    if constant := [name for name, values in zip(recipe.causes, causes, strict=True) if values is None]:
        raise ValueError(f"causes must vary from galaxy to galaxy; {listed(constant)} doesn't. Leave it out.")
    if recipe.shuffled_labels:
        labels = np.random.default_rng(recipe.seed).permutation(labels)
    return list(map(tuple, np.stack([labels, *causes], axis=1).tolist()))


def _check_enough(n_training: int, n_validation: int, recipe: Recipe, missing: Counter[str], n_duplicates: int) -> None:
    if n_validation >= 1 and n_training >= recipe.batch_size:
        return
    left_out = [f"{count} have no {name}" for name, count in missing.items()]
    left_out += [f"{n_duplicates} are copies"] * bool(n_duplicates)
    raise ValueError(
        f"{n_training + n_validation} galaxies have a label{' and causes' * bool(recipe.causes)}"
        f"{f' ({listed(left_out)})' * bool(left_out)}, too few for a training batch of {recipe.batch_size} with "
        f"{recipe.valid_share:.0%} held out for validation. Add galaxies, or lower --batch-size."
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
            raise ValueError(f"The survey {survey.folder} has no label. Name its column with --label.")
    if len({label.column for label in labels}) > 1:
        raise ValueError(f"Surveys must have the same label; got {listed([label.column for label in labels])}.")
    return labels[0].column
