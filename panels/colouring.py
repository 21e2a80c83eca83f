"""The choice of what a picture's colours say: truth and prediction, or any column of the catalogue."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from galviz.survey.causes import CAUSES, cause_title
from galviz.survey.columns import Mixed
from panels.controls import in_address
from panels.plain import code

RING_AND_DOT, DOT, TRUE = "true and predicted", "as predicted", "true"
# Random numbers that stand for nothing.
_MEANINGLESS = ("texture_seed", "arm_winding")
# More kinds than that can't be told apart by colour.
_MOST_KINDS = 12
# Columns that can't be chosen of which the reason is told.
_MOST_REASONS = 5


def choose_colour(
    catalogue: pd.DataFrame,
    *,
    labelled: bool = True,
    predicted: bool = True,
    mixed: Mapping[str, Mixed] | None = None,
    possibly_missing: Mapping[str, Mapping[str, int]] | None = None,
) -> str | None:
    """Draw the control for what the colours say, with how many galaxies lack it and what can't be chosen.

    Parameters
    ----------
    catalogue : DataFrame
        The rows of the galaxies that are shown.
    labelled : bool
        Whether the truth is known of any.
    predicted : bool
        Whether there are predictions.
    mixed : mapping of str to Mixed, optional
        See `galviz.survey.survey.Survey.mixed`.
    possibly_missing : mapping of str to mapping of str to int, optional
        See `galviz.survey.survey.Survey.possibly_missing`.

    Returns
    -------
    str or None
        A column, or None for what `galviz.charts.ring_scatter` draws of truth and prediction.
    """
    usual, offered = (RING_AND_DOT if labelled else DOT) if predicted else TRUE, columns_to_colour_by(catalogue)
    while usual in offered:  # a column of that name is another choice
        usual = f"network: {usual}"
    choices = [*([usual] if labelled or predicted else []), *offered]
    if not choices:
        return None
    chosen = in_address(
        st.selectbox,
        "Colour",
        choices,
        format_func=lambda name: name if name == usual else cause_title(name),
        key="colour",
    )
    reasons = _why_not_offered(catalogue, offered, mixed or {})
    if reasons:
        st.caption(
            f"Not among the colours: {'; '.join(reasons[:_MOST_REASONS])}{'; …' * (len(reasons) > _MOST_REASONS)}."
        )
    if chosen == usual:
        return None
    n_missing = int(catalogue[chosen].isna().sum())
    if n_missing:
        st.caption(f"{n_missing:,} of {len(catalogue):,} galaxies have no value of it and are grey.")
    if possible := (possibly_missing or {}).get(chosen):
        values = ", ".join(f"{code(cell)} ({count:,})" for cell, count in possible.items())
        st.caption(
            f"These values of the survey may stand for missing ones: {values}. Leave such cells empty if they do."
        )
    return chosen


def columns_to_colour_by(catalogue: pd.DataFrame) -> list[str]:
    """Columns that differ from galaxy to galaxy, known causes first; of texts, those with few kinds."""
    names = [name for name in CAUSES if name in catalogue] + [name for name in catalogue if name not in CAUSES]
    return [str(name) for name in names if name not in _MEANINGLESS and _tells_apart(catalogue[name])]


def _tells_apart(column: pd.Series) -> bool:
    kinds = len(column.dropna().unique())
    return kinds > 1 and (pd.api.types.is_numeric_dtype(column) or kinds <= _MOST_KINDS)


def _why_not_offered(catalogue: pd.DataFrame, offered: list[str], mixed: Mapping[str, Mixed]) -> list[str]:
    """Why columns are not among the colours, in Markdown; those that are the same for all need no reason."""
    reasons = []
    for name in map(str, catalogue):
        column = catalogue[name]
        kinds = len(column.dropna().unique())
        if name in offered or name in _MEANINGLESS or (kinds == 1 and column.notna().all()):
            continue
        if name in mixed:
            reasons.append(f"{code(name)}: {code(str(mixed[name]))}")
        elif kinds > 1:
            reasons.append(f"{code(name)} is text of {kinds:,} kinds, more than {_MOST_KINDS}")
        else:
            n_missing = int(column.isna().sum())
            reasons.append(f"{code(name)} is missing for {n_missing:,} of {len(column):,} galaxies")
    return reasons
