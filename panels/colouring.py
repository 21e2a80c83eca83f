"""The choice of what a picture's colours say: truth and prediction, or any column of the catalogue."""

import pandas as pd
import streamlit as st

from lessons.galaxies.words import CAUSES, cause_title

RING_AND_DOT, DOT = "true and predicted", "as predicted"
# Random numbers that stand for nothing.
_MEANINGLESS = ("texture_seed", "arm_winding")
# More kinds than that can't be told apart by colour.
_MOST_KINDS = 12


def choose_colour(catalogue: pd.DataFrame, *, labelled: bool = True) -> str | None:
    """Draw the control for what the colours say.

    Parameters
    ----------
    catalogue : DataFrame
        The rows of the galaxies that are shown.
    labelled : bool
        Whether the truth is known of any.

    Returns
    -------
    str or None
        A column, or None for the ring of the truth, where it is known, around the dot of the prediction.
    """
    usual, columns = RING_AND_DOT if labelled else DOT, columns_to_colour_by(catalogue)
    while usual in columns:  # a column of that name is another choice
        usual = f"network: {usual}"
    chosen = st.selectbox(
        "Colour",
        [usual, *columns],
        format_func=lambda name: name if name == usual else cause_title(name),
        key="colour",
        bind="query-params",
    )
    return None if chosen == usual else chosen


def columns_to_colour_by(catalogue: pd.DataFrame) -> list[str]:
    """Columns that differ from galaxy to galaxy, known causes first; of texts, those with few kinds."""
    names = [name for name in CAUSES if name in catalogue] + [name for name in catalogue if name not in CAUSES]
    return [str(name) for name in names if name not in _MEANINGLESS and _tells_apart(catalogue[name])]


def _tells_apart(column: pd.Series) -> bool:
    kinds = len(column.dropna().unique())
    return kinds > 1 and (pd.api.types.is_numeric_dtype(column) or kinds <= _MOST_KINDS)
