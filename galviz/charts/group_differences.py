"""How a group of galaxies differs from the others: standardised differences with their intervals, ranked."""

import altair as alt
import pandas as pd

from galviz.charts.colour import NEUTRAL
from galviz.survey.causes import CAUSES

_ROW_PX = 22


def difference_chart(differences: pd.DataFrame) -> alt.LayerChart:
    """Draw standardised differences as dots with intervals, in the order of the table.

    Parameters
    ----------
    differences : DataFrame
        As from `galviz.analysis.groups.compare_groups`.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> from galviz.analysis.groups import compare_groups
    >>> table = pd.DataFrame({"redshift": [0.1, 0.2, 0.3, 0.4]})
    >>> difference_chart(compare_groups(table, [False, False, True, True])).description
    'Standardised differences of 1 columns; the largest is that of redshift.'
    """
    table = differences.assign(
        name=[
            _name(column) if category is None else f"{_name(column)}: {category}"
            for column, category in zip(differences["column"], differences["category"], strict=True)
        ]
    )
    order = alt.Y("name:N", sort=list(table["name"]), title=None, axis=alt.Axis(labelLimit=150))
    title = "standard deviations"
    base = alt.Chart(table).encode(
        y=order,
        tooltip=[
            alt.Tooltip("name:N", title="column"),
            *(alt.Tooltip(f"{name}:Q", format=".3g") for name in ("difference", "low", "high", "selected", "rest")),
        ],
    )
    bars = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    dots = base.mark_circle(size=70, opacity=1).encode(x=alt.X("difference:Q", title=title))
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=NEUTRAL, strokeDash=[4, 3]).encode(x="zero:Q")
    description = f"Standardised differences of {len(table)} columns; the largest is that of {table['name'].iloc[0]}."
    return alt.layer(zero, bars, dots).properties(height=60 + _ROW_PX * len(table), description=description)


def _name(column: str) -> str:
    """A column's name without its unit, which standardised differences don't have."""
    return CAUSES[column].name if column in CAUSES else column
