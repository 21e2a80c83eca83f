"""Values with their intervals, one row each, in a given order."""

import altair as alt
import pandas as pd

from galviz.charts.colour import NEUTRAL
from galviz.survey.causes import CAUSES

# Streamlit includes the axis in a chart's height.
_ROW_PX, _SURROUNDINGS_PX = 22, 85


def ranked_intervals(
    table: pd.DataFrame,
    value: str,
    title: str,
    *,
    tooltips: tuple[str, ...] = (),
    limits: tuple[float, float] | None = None,
) -> alt.LayerChart:
    """Draw values as dots with intervals, in the order of the table.

    Parameters
    ----------
    table : DataFrame
        The columns ``name``, `value`, ``low``, ``high`` and `tooltips`. Not modified.
    value : str
    title : str
        Of the axis.
    tooltips : tuple of str
        Further columns of numbers in the tooltip.
    limits : tuple of two float, optional
        Ends of the axis; by default from the values.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["mass"], "r": [0.8], "low": [0.7], "high": [0.9]})
    >>> len(ranked_intervals(table, "r", "Pearson's r").layer)
    3
    """
    axis = alt.X("low:Q", title=title, scale=alt.Undefined if limits is None else alt.Scale(domain=list(limits)))
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", sort=list(table["name"]), title=None, axis=alt.Axis(labelLimit=180, labelOverlap=False)),
        tooltip=[
            alt.Tooltip("name:N", title="column"),
            *(alt.Tooltip(f"{name}:Q", format=".3g") for name in (value, "low", "high", *tooltips)),
        ],
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=axis, x2="high:Q")
    dots = base.mark_circle(size=70, opacity=1).encode(x=f"{value}:Q")
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=NEUTRAL, strokeDash=[4, 3]).encode(x="zero:Q")
    return alt.layer(zero, bars, dots).properties(height=_SURROUNDINGS_PX + _ROW_PX * len(table))


def short_name(column: str) -> str:
    """A column's name without its unit, for values that don't have it.

    Examples
    --------
    >>> short_name("seeing_arcsec"), short_name("mine")
    ('seeing', 'mine')
    """
    return CAUSES[column].name if column in CAUSES else column
