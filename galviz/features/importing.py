"""Import of embeddings computed by other programs, as features of a survey.

Parquet and CSV tables, and NumPy's .npy and .npz, are supported.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from galviz import __version__
from galviz.errors import quoted
from galviz.features.cache_key import IMPORTED
from galviz.features.embeddingfile import read_embedding
from galviz.features.features import Features, FeaturesError
from galviz.features.file import ID
from galviz.features.validation import check_rounding
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.survey import Survey

__all__ = ["ImportedFeatures", "import_features"]

# Largest share of the variance of an embedding that rounding to float16 in a features file may change.
_MAX_LOSS = 1e-4
# SDSS's -9999, rounded to float16 and to bfloat16.
_ROUNDED_SENTINELS = (-10000.0, -9984.0)
# It is recognised if it is this many times larger than all other numbers.
_SENTINEL_FACTOR = 10


@dataclass(frozen=True, eq=False)
class ImportedFeatures:
    """Imported features, and how the file was read.

    Attributes
    ----------
    features : Features
        One layer, no predictions, rows in the order of the survey.
    read_from : str
        A description of the columns or the array of the layer.
    n_left_out : int
        Number of rows whose galaxies aren't in the survey.
    note : str
        A sentence about what may be wrong with the file, or empty.
    """

    features: Features
    read_from: str
    n_left_out: int
    note: str


def import_features(
    path: str | os.PathLike[str],
    survey: Survey,
    *,
    id_column: str = ID,
    columns: Sequence[str] | None = None,
    ids: str | os.PathLike[str] | None = None,
    layer: str = "embedding",
) -> ImportedFeatures:
    """Import an embedding that another program has computed for the galaxies of a survey.

    Parameters
    ----------
    path : path-like
        ``.parquet`` or ``.csv``: a table with a column of ids, and one column of lists (Parquet) or columns of numbers.
        ``.npz``: an array of shape (n, channels) and one of ids. ``.npy``: an array of shape (n, channels), with `ids`
        in another file.
    survey : Survey
        Each of its galaxies must have a row; other rows are ignored.
    id_column : str
        Name of the column of ids, or of the array of ids in an .npz.
    columns : sequence of str, optional
        The columns of the embedding, or the array in an .npz; ``"feat_*"`` means all names with that prefix. By
        default the only column of lists, or all columns of numbers if their names differ only in a number: ``feat_0`` …
    ids : path-like, optional
        For .npy: a .npy of ids, or a text file with one id per line.
    layer : str
        Name of the layer.

    Returns
    -------
    ImportedFeatures

    Raises
    ------
    FeaturesError
        If the file can't be read, the columns are ambiguous, ids are duplicates or don't match the survey, or values
        aren't finite or can't be rounded to float16.

    Examples
    --------
    >>> import tempfile
    >>> import galviz
    >>> survey = galviz.load_survey()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/dino.npz", objID=survey.object_ids, embedding=np.eye(2000, 4))
    ...     imported = import_features(f"{folder}/dino.npz", survey)
    >>> imported.features.layers["embedding"].shape
    (2000, 4)
    """
    file = Path(path)
    rows = read_embedding(file, id_column, columns, None if ids is None else Path(ids))
    if rows.array.ndim != 2 or 0 in rows.array.shape or len(rows.array) != len(rows.ids):
        raise FeaturesError(
            f"{file} must have a row of numbers for each id; got {len(rows.ids)} ids and an array of shape "
            f"{rows.array.shape}."
        )
    values = rows.array[_find_rows(rows.ids, survey, file)]
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
    check_rounding(f"{file}", values, _MAX_LOSS)
    return ImportedFeatures(features, rows.read_from, len(rows.ids) - len(survey.object_ids), rows.note)


def _find_rows(ids: list[str], survey: Survey, file: Path) -> list[int]:
    """Find the row of each galaxy of a survey."""
    row_of = {object_id: row for row, object_id in enumerate(ids)}
    if len(row_of) < len(ids):
        duplicate = next(object_id for row, object_id in enumerate(ids) if row_of[object_id] != row)
        count = ids.count(duplicate)
        raise FeaturesError(f"{file} must have one row per galaxy; got {quoted(duplicate)} {count} times.")
    missing = [object_id for object_id in survey.object_ids if object_id not in row_of]
    if missing:
        first = f"the file's first is {quoted(ids[0])}" if ids else "the file has none"
        raise FeaturesError(
            f"{file} must have a row for each of the {len(survey.object_ids):,} galaxies of {survey.folder}; it lacks "
            f"{len(missing):,}, such as {missing[0]} ({first}). Compute them too, or remove them from the survey."
        )
    return [row_of[object_id] for object_id in survey.object_ids]


def _checksum(values: np.ndarray, layer: str) -> str:
    """Checksum of an embedding, recorded in place of that of weights."""
    return hashlib.sha256(layer.encode() + str(values.shape).encode() + values.tobytes()).hexdigest()


def _check_values(values: np.ndarray, object_ids: list[str], file: Path) -> None:
    """Raise FeaturesError if a value isn't finite, or stands for a missing value."""
    if not (np.issubdtype(values.dtype, np.floating) or np.issubdtype(values.dtype, np.integer)):
        raise FeaturesError(f"{file} must have real numbers; got {values.dtype}.")
    for column, numbers in enumerate(values.T):
        # An array has no column names, by which missing values are recognised too.
        missing = find_missing_numbers("", numbers.astype(float)).missing | _find_rounded_sentinels(numbers)
        if missing.any():
            row = missing.argmax()
            reason = ", which stands for a missing value" if np.isfinite(numbers[row]) else ""
            raise FeaturesError(
                f"{file} must have finite numbers; number {column + 1} of {object_ids[row]} is {numbers[row]:g}{reason}"
                ". Compute it again, or remove the galaxy from the survey."
            )


def _find_rounded_sentinels(numbers: np.ndarray) -> np.ndarray:
    """Find -9999 rounded to 16 bits, among numbers that are much smaller."""
    rounded = np.isin(numbers, _ROUNDED_SENTINELS)
    largest = np.abs(numbers[~rounded & np.isfinite(numbers)].astype(float)).max(initial=0)
    return rounded & (largest * _SENTINEL_FACTOR < abs(max(_ROUNDED_SENTINELS)))
