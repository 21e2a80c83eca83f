"""How a group of galaxies differs from the others: standardised differences with their intervals, ranked."""

from collections.abc import Callable

import altair as alt
import pandas as pd

from galviz.charts.ranked_intervals import ranked_intervals, short_name


def difference_chart(differences: pd.DataFrame, name: Callable[[str], str] = short_name) -> alt.LayerChart:
    """Draw standardised differences as dots with intervals, in the order of the table.

    Parameters
    ----------
    differences : DataFrame
        As from `galviz.analysis.groups.compare_groups`.
    name : callable
        Gives the display name of a column.

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
    names = [
        name(column) if category is None else f"{name(column)}: {category}"
        for column, category in zip(differences["column"], differences["category"], strict=True)
    ]
    table = differences.assign(name=names)
    chart = ranked_intervals(table, "difference", "standard deviations", tooltips=("selected", "rest"))
    return chart.properties(
        description=f"Standardised differences of {len(names)} columns; the largest is that of {names[0]}."
    )
