"""A survey's catalogue -> values that may stand for missing ones, and labels far from all others."""

from collections.abc import Iterator

import numpy as np

from galviz.errors import shown
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.outliers import MIN_VALUES
from galviz.survey.survey import Survey

# An outlier is this many robust standard deviations from the median. Those below and above the median are computed
# separately, because distributions are skewed, each from the 16th or 84th percentile. See benchmarks/README.md.
_MAX_DEVIATIONS = 7.0
_CONSTANT_SHARE = 0.9
_PERCENTILES = (100 * 0.1587, 50.0, 100 * 0.8413)


def catalogue_findings(survey: Survey) -> Iterator[tuple[str, str, str]]:
    """Find values of the catalogue to look at.

    Yields
    ------
    kind, object_id, what : str
        See `galviz.audit.findings.Finding`; the id is empty if a finding is about a column.

    Examples
    --------
    >>> from galviz.survey.survey import load_survey
    >>> list(catalogue_findings(load_survey()))
    []
    """
    for column, cells in survey.missing.items():
        if counts := _counts({cell: count for cell, count in cells.items() if cell.strip()}):
            yield "sentinel value", "", f"{shown(column)}: {counts} stand for missing values, and are read as such"
    for column, cells in survey.possibly_missing.items():
        yield (
            "sentinel value",
            "",
            f"{shown(column)}: {_counts(cells)} may stand for missing values, but are read as values",
        )
    if survey.label is None:
        return
    values = survey.catalogue[survey.label.column].to_numpy(dtype=float, na_value=np.nan)
    unit = f" {survey.label.unit}".rstrip()
    possible = find_missing_numbers(survey.label.column, values).possible
    if (constant := _most_frequent(values)) is not None:
        yield "constant label", "", f"{shown(survey.label.column)}: {constant}"
    median = np.nanmedian(values) if np.isfinite(values).any() else np.nan
    for object_id, value, is_possible, is_outlier in zip(
        survey.object_ids, values.tolist(), possible, find_label_outliers(values), strict=True
    ):
        if is_possible:
            yield "sentinel value", object_id, f"its label {value:g} may stand for a missing value"
        elif is_outlier:
            yield "label outlier", object_id, f"its label is {value:g}{unit}, the median {median:.4g}{unit}"


def find_label_outliers(values: np.ndarray) -> np.ndarray:
    """Find values far from the median.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        NaN if not measured.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for values that are more than seven robust standard deviations from the median; all False if there are
        fewer than ten values, or if most of them are equal.

    Examples
    --------
    >>> find_label_outliers(np.append(np.linspace(8.5, 9.2, 50), 4.1))[-2:].tolist()
    [False, True]
    """
    finite = values[np.isfinite(values)]
    if finite.size < MIN_VALUES:
        return np.zeros(len(values), dtype=bool)
    low, median, high = np.percentile(finite, _PERCENTILES)
    with np.errstate(invalid="ignore", over="ignore"):
        below = (values < median - _MAX_DEVIATIONS * (median - low)) & (median > low)
        above = (values > median + _MAX_DEVIATIONS * (high - median)) & (high > median)
    return below | above


def _most_frequent(values: np.ndarray) -> str | None:
    """Describe a value that all labels have, or nearly all and that isn't a whole number, as classes and counts are."""
    numbers, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    if numbers.size == 0 or counts.sum() < MIN_VALUES:
        return None
    value, count = float(numbers[counts.argmax()]), int(counts.max())
    is_frequent = count >= _CONSTANT_SHARE * counts.sum() and not value.is_integer()
    return f"{count:,} of {counts.sum():,} labels are {value:g}" if numbers.size == 1 or is_frequent else None


def _counts(cells: dict[str, int]) -> str:
    return ", ".join(f"{shown(cell)} ({count:,})" for cell, count in cells.items())
