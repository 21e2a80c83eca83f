"""The control for a chart's colours: the true and the predicted label, or any column of the catalogue."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from galviz.survey.causes import CAUSES, cause_title
from galviz.survey.mixed_columns import MixedColumn
from panels.controls import in_url
from panels.markdown import markdown_code

_RING_AND_DOT, _DOT, _TRUE = "true and predicted", "as predicted", "true"
# Random numbers without physical meaning.
_MEANINGLESS = ("texture_seed", "arm_winding")
# Colours of more categories can't be distinguished.
_MAX_CATEGORIES = 12
# At most this many columns are listed with the reason why they can't be chosen.
_MAX_REASONS = 5


def choose_colour(
    catalogue: pd.DataFrame,
    *,
    labelled: bool = True,
    predicted: bool = True,
    mixed: Mapping[str, MixedColumn] | None = None,
    possibly_missing: Mapping[str, Mapping[str, int]] | None = None,
) -> str | None:
    """Draw the control for the colours, with the number of missing values and the columns that can't be chosen.

    Parameters
    ----------
    catalogue : DataFrame
        Rows of the galaxies in the chart.
    labelled : bool
        Whether any galaxy has a true label.
    predicted : bool
        Whether there are predictions.
    mixed : mapping of str to MixedColumn, optional
        See `galviz.survey.survey.Survey.mixed`.
    possibly_missing : mapping of str to mapping of str to int, optional
        See `galviz.survey.survey.Survey.possibly_missing`.

    Returns
    -------
    str or None
        A column, or None for the true and the predicted label, as in `galviz.charts.ring_scatter`.
    """
    default, columns = (_RING_AND_DOT if labelled else _DOT) if predicted else _TRUE, colour_columns(catalogue)
    while default in columns:  # the catalogue has a column of that name
        default = f"network: {default}"
    choices = [*([default] if labelled or predicted else []), *columns]
    if not choices:
        return None
    chosen = in_url(
        st.selectbox,
        "Colour",
        choices,
        format_func=lambda name: name if name == default else cause_title(name),
        key="colour",
    )
    reasons = _excluded_columns(catalogue, columns, mixed or {})
    if reasons:
        st.caption(
            f"Not among the colours: {'; '.join(reasons[:_MAX_REASONS])}{'; …' * (len(reasons) > _MAX_REASONS)}."
        )
    if chosen == default:
        return None
    n_missing = int(catalogue[chosen].isna().sum())
    if n_missing:
        st.caption(f"{n_missing:,} of {len(catalogue):,} galaxies have no value and are grey.")
    if possible := (possibly_missing or {}).get(chosen):
        values = ", ".join(f"{markdown_code(cell)} ({count:,})" for cell, count in possible.items())
        st.caption(
            f"These values of the survey may stand for missing ones: {values}. Leave such cells empty if they do."
        )
    return chosen


def colour_columns(catalogue: pd.DataFrame) -> list[str]:
    """List the columns that can be a chart's colour, causes first: those that vary, text with few categories only.

    Examples
    --------
    >>> colour_columns(pd.DataFrame({"kind": ["disc", "bulge"], "survey": ["mock", "mock"], "dust_v_mag": [0.1, 0.4]}))
    ['dust_v_mag', 'kind']
    """
    names = [name for name in CAUSES if name in catalogue] + [name for name in catalogue if name not in CAUSES]
    return [str(name) for name in names if name not in _MEANINGLESS and _varies(catalogue[name])]


def _varies(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column):
        return bool(column.max() > column.min())  # False if all are missing
    return 1 < len(column.dropna().unique()) <= _MAX_CATEGORIES


def _excluded_columns(catalogue: pd.DataFrame, columns: list[str], mixed: Mapping[str, MixedColumn]) -> list[str]:
    """Columns that can't be a colour with the reason, in Markdown; constant ones aren't listed."""
    reasons = []
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
