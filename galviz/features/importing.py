"""Embeddings that were computed elsewhere -> features of a survey, as galviz's own.

Read are Parquet and CSV tables with a column of ids, and NumPy's .npy and .npz with the ids beside the numbers.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from galviz import __version__
from galviz.errors import quoted
from galviz.features.embeddingfile import read_embedding
from galviz.features.features import Features, FeaturesError
from galviz.features.file import ID
from galviz.features.origin import IMPORTED
from galviz.survey.missing import find_marks
from galviz.survey.survey import Survey

__all__ = ["Imported", "import_features"]

# Of the variance of an embedding, the most that the features file's float16 may take away.
_MOST_LOSS = 1e-4


@dataclass(frozen=True, eq=False)
class Imported:
    """Features that were imported, and what was left out.

    Attributes
    ----------
    features : Features
        One layer, no predictions, rows in the order of the survey.
    read_from : str
        What the layer was read from, in words.
    n_left_out : int
        Rows of galaxies that the survey doesn't have.
    """

    features: Features
    read_from: str
    n_left_out: int


def import_features(
    path: str | os.PathLike[str],
    survey: Survey,
    *,
    id_column: str = ID,
    columns: Sequence[str] | None = None,
    ids: str | os.PathLike[str] | None = None,
    layer: str = "embedding",
) -> Imported:
    """Read an embedding that another program has computed for the galaxies of a survey.

    Parameters
    ----------
    path : path-like
        ``.parquet`` or ``.csv``: a table with a column of ids and the numbers, in one column of lists (Parquet) or in
        columns of numbers. ``.npz``: an array of shape (n, channels) and one of ids. ``.npy``: such an array, with
        `ids` in a file of their own.
    survey : Survey
        Every one of its galaxies must have a row; rows of other galaxies are left out.
    id_column : str
        Name of the column, or of the array in an .npz, that holds the ids.
    columns : sequence of str, optional
        The columns that hold the embedding, or the array in an .npz; ``"feat_*"`` stands for all that begin so. By
        default the one column of lists, or the columns of numbers, if all have one name and a number: ``feat_0`` …
    ids : path-like, optional
        For .npy: a .npy of ids, or a text file with one id per line.
    layer : str
        What the embedding is called in galviz.

    Returns
    -------
    Imported

    Raises
    ------
    FeaturesError
        If the file can't be read, the columns aren't clear, ids don't match the survey or come twice, or values aren't
        finite or would lose too much as float16.
    """
    file = Path(path)
    rows = read_embedding(file, id_column, columns, None if ids is None else Path(ids))
    if rows.array.ndim != 2 or 0 in rows.array.shape or len(rows.array) != len(rows.ids):
        raise FeaturesError(
            f"{file} must have a row of numbers for each id; got {len(rows.ids)} ids and numbers of the shape "
            f"{rows.array.shape}."
        )
    values = rows.array[_places(rows.ids, survey, file)]
    _check_values(values, survey.object_ids, file)
    provenance = {
        "survey_sha256": survey.sha256,
        "weights_sha256": _checksum(values, layer),
        "precision": str(rows.array.dtype),
        "computation": IMPORTED,
        "imported_from": file.name,
        "galviz": __version__,
    }
    features = Features(survey.object_ids, {layer: values}, None, provenance)
    _refuse_loss(values, file)
    return Imported(features, rows.read_from, len(rows.ids) - len(survey.object_ids))


def _places(ids: list[str], survey: Survey, file: Path) -> list[int]:
    """The row of each galaxy of a survey."""
    place = {object_id: row for row, object_id in enumerate(ids)}
    if len(place) < len(ids):
        twice = next(object_id for row, object_id in enumerate(ids) if place[object_id] != row)
        raise FeaturesError(f"{file} must have one row per galaxy; got {quoted(twice)} {ids.count(twice)} times.")
    wanted = survey.object_ids
    missing = [object_id for object_id in wanted if object_id not in place]
    if missing:
        first = f"the file's first is {quoted(ids[0])}" if ids else "the file has none"
        raise FeaturesError(
            f"{file} must have a row for each of the {len(wanted):,} galaxies of {survey.folder}; it lacks "
            f"{len(missing):,}, such as {missing[0]} ({first}). Compute them too, or remove them from the survey."
        )
    return [place[object_id] for object_id in wanted]


def _checksum(values: np.ndarray, layer: str) -> str:
    """What tells this embedding from others, in the place of the checksum of weights."""
    return hashlib.sha256(layer.encode() + str(values.shape).encode() + values.tobytes()).hexdigest()


def _check_values(values: np.ndarray, object_ids: list[str], file: Path) -> None:
    """Refuse values that are not finite, or that stand for a missing value in their column."""
    if not (np.issubdtype(values.dtype, np.floating) or np.issubdtype(values.dtype, np.integer)):
        raise FeaturesError(f"{file} must have real numbers; got {values.dtype}.")
    for column, numbers in enumerate(values.T):
        # In a column without a name, only the numbers themselves say which of them mean "missing".
        wrong = ~np.isfinite(numbers) | find_marks("", numbers.astype(float)).missing
        if wrong.any():
            row = wrong.argmax()
            raise FeaturesError(
                f"{file} must have a finite number in each place; number {column + 1} of {object_ids[row]} is "
                f"{numbers[row]:g}, which stands for a missing value. Compute it again, or remove the galaxy from "
                "the survey."
            )


def _refuse_loss(values: np.ndarray, file: Path) -> None:
    """Refuse an embedding that float16, in which features are saved, would change too much."""
    exact = values.astype(float)
    with np.errstate(over="ignore"):
        saved = exact.astype(np.float32).astype(np.float16).astype(float)
    if np.isfinite(saved).all():
        # In units of the largest value, because the square of a tiny number is 0.
        scale = np.abs(exact).max() or 1.0
        variance, loss = (exact / scale).var(axis=0).sum(), (((exact - saved) / scale) ** 2).mean(axis=0).sum()
        if loss <= _MOST_LOSS * variance or (exact == exact[0]).all():
            return  # if all galaxies are alike, the pages say so
    raise FeaturesError(
        f"{file} has values from {values.min():g} to {values.max():g}, of which float16, in which features are kept, "
        "would lose too much. Subtract each column's mean and divide by the largest standard deviation first."
    )
