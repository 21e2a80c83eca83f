"""Encodings that scatter charts of galaxies share: component axes, the colour bar and the tooltip."""

from typing import Any

import altair as alt
import pandas as pd

from galviz.charts.colour import with_unit
from galviz.charts.number_format import value_format
from galviz.survey.label import Label

HEIGHT_PX = 520
# The values of a component mean little by themselves, so a few ticks suffice.
_AXIS = alt.Axis(tickCount=5, grid=False, format="g")


def component_axes(x: str, y: str, titles: tuple[str, str], **scale: Any) -> dict[str, alt.X | alt.Y]:  # noqa: ANN401 (options of Altair's scale)
    """Return the two axes of a scatter chart, for any column names.

    Examples
    --------
    >>> component_axes("PC1", "PC2", ("first component", "second component"))["x"]["title"]
    'first component'
    """
    options = {"scale": alt.Scale(zero=False, **scale), "axis": _AXIS}
    return {
        "x": alt.X(f"{_escape(x)}:Q", title=titles[0], **options),
        "y": alt.Y(f"{_escape(y)}:Q", title=titles[1], **options),
    }


def colour_if_missing(field: str, colour: str) -> dict[str, str]:
    """Return a condition that colours galaxies without a value; otherwise Vega-Lite gives them the lowest value's.

    Examples
    --------
    >>> colour_if_missing("true", "gray")
    {'test': "!isValid(datum['true'])", 'value': 'gray'}
    """
    return {"test": f"!isValid(datum['{field}'])", "value": colour}


def colour_bar(title: str) -> alt.Legend:
    """Return a colour bar above a chart: beside it, it would take half of a phone's width.

    Examples
    --------
    >>> colour_bar("Metallicity [dex]").orient
    'top'
    """
    return alt.Legend(title=title, orient="top", gradientLength=220, titleLimit=alt.ExprRef("width"))


def galaxy_tooltip(table: pd.DataFrame, label: Label | None) -> list[alt.Tooltip]:
    """Return the tooltip of a galaxy: objID, label and picture, as far as the table has them.

    Examples
    --------
    >>> table = pd.DataFrame({"objID": ["a"], "true": [8.5]})
    >>> [item["title"] for item in galaxy_tooltip(table, Label("metallicity", "Metallicity", "dex", 8.2, 9.4))]
    ['objID', 'true [dex]']
    """
    tooltip = [alt.Tooltip("objID:N", title="objID")]
    for name in ("true", "predicted"):
        if name in table and label is not None:
            tooltip.append(alt.Tooltip(f"{name}:Q", title=with_unit(name, label), format=value_format(label)))
    if "image" in table:
        tooltip.append(alt.Tooltip("image:N"))  # Vega draws a picture only if the field is called image
    return tooltip


def _escape(name: str) -> str:
    """Escape a column name for Altair's shorthand and Vega."""
    for special in (":", ".", "[", "]"):
        name = name.replace(special, f"\\{special}")
    return name
