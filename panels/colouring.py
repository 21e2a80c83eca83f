"""The control for a chart's colours: the true and the predicted label, or any column of the catalogue."""

import pandas as pd
import streamlit as st

from galviz.charts.point_colours import MAX_CATEGORIES
from galviz.survey.causes import CAUSES, cause_title
from galviz.survey.survey import Survey
from panels.caching import cache_data
from panels.controls import in_url
from panels.markdown import markdown_code

_RING_AND_DOT = "true and predicted"
# Random numbers without physical meaning.
_MEANINGLESS = ("texture_seed", "arm_winding")
# Colours of more categories can't be distinguished, unless a few of them prevail among the galaxies.
_MAX_CATEGORIES = 12
# The mean number of galaxies per category, if there are more categories than that.
_MIN_GALAXIES = 3
# At most this many columns are listed with the reason why they can't be chosen.
_MAX_REASONS = 5


def choose_colour(catalogue: pd.DataFrame) -> str | None:
    """Draw the control for the colours of the shipped survey.

    Parameters
    ----------
    catalogue : DataFrame
        Rows of the galaxies in the chart.

    Returns
    -------
    str or None
        A column, or None for the true and the predicted label, as in `galviz.charts.ring_scatter`.
    """
    choices = [_RING_AND_DOT, *colour_columns(catalogue)]
    chosen = in_url(st.selectbox, "Colour", choices, format_func=cause_title, key="colour")
    return None if chosen == _RING_AND_DOT else chosen


def explain_colours(survey: Survey, column: pd.Series) -> None:
    """Draw captions about missing values of the column of the colours, and the columns that can't be chosen.

    Parameters
    ----------
    survey : Survey
    column : Series, index objID
        The values of the galaxies on the map.
    """
    reasons = _excluded_columns(survey, list(column.index))
    if reasons:
        shown = "; ".join(reasons[:_MAX_REASONS])
        st.caption(f"Not among the colours: {shown}{'; …' * (len(reasons) > _MAX_REASONS)}.")
    n_missing = int(column.isna().sum())
    if 0 < n_missing < len(column):
        st.caption(f"{n_missing:,} of {len(column):,} galaxies have no value and are grey.")
    if possible := survey.possibly_missing.get(column.name):
        values = ", ".join(f"{markdown_code(cell)} ({count:,})" for cell, count in possible.items())
        st.caption(
            f"These values of the survey may stand for missing ones: {values}. Leave such cells empty if they do."
        )


def colour_columns(catalogue: pd.DataFrame) -> list[str]:
    """List the columns that can be a chart's colour, causes first: those that vary; text if few categories prevail.

    Examples
    --------
    >>> colour_columns(pd.DataFrame({"kind": ["disc", "bulge"], "survey": ["mock", "mock"], "dust_v_mag": [0.1, 0.4]}))
    ['dust_v_mag', 'kind']
    """
    names = [name for name in CAUSES if name in catalogue] + [name for name in catalogue if name not in CAUSES]
    return [str(name) for name in names if name not in _MEANINGLESS and varies(catalogue[name])]


def varies(column: pd.Series) -> bool:
    """Return whether a column has different numbers, or texts of which a few are those of most galaxies.

    Classes such as those of Galaxy Zoo have hundreds of rare forms: colours are for the most frequent ones.

    Examples
    --------
    >>> varies(pd.Series([1.0, float("nan")])), varies(pd.Series(["disc", "bulge"]))
    (False, True)
    """
    if pd.api.types.is_numeric_dtype(column):
        return bool(column.max() > column.min())  # False if all are missing
    counts = column.value_counts()
    if len(counts) <= _MAX_CATEGORIES:
        return len(counts) > 1
    # Names and codes, which occur once or twice each, would all be grey.
    n_known = int(counts.sum())
    return len(counts) <= n_known / _MIN_GALAXIES and 2 * int(counts.iloc[:MAX_CATEGORIES].sum()) >= n_known


@cache_data(max_entries=16, show_spinner=False)
def _excluded_columns(survey: Survey, object_ids: list[str]) -> list[str]:
    """Columns that can't be a colour with the reason, in Markdown; constant ones aren't listed."""
    catalogue, mixed, reasons = survey.catalogue.loc[object_ids], survey.mixed, []
    columns = colour_columns(catalogue)
    for name in map(str, catalogue):
        column = catalogue[name]
        n_values = len(column.dropna().unique())
        if name in columns or name in _MEANINGLESS or (n_values == 1 and column.notna().all()):
            continue
        if name in mixed:
            reasons.append(f"{markdown_code(name)}: {markdown_code(str(mixed[name]))}")
        elif n_values > 1:
            reasons.append(f"{markdown_code(name)} is text with {n_values:,} categories, more than {_MAX_CATEGORIES}")
        else:
            n_missing = int(column.isna().sum())
            reasons.append(f"{markdown_code(name)} is missing for {n_missing:,} of {len(column):,} galaxies")
    return reasons
