"""Predictions against ground truth."""

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import HIGHLIGHT, label_title, with_unit
from galviz.charts.number_format import value_format
from galviz.charts.table import galaxy_table
from galviz.survey.label import Label

_AXIS = alt.Axis(tickCount=6)
_HEIGHT_PX = 380


def prediction_scatter(points: pd.DataFrame, label: Label) -> alt.LayerChart:
    """Draw predicted against true values, with the line of equality.

    Parameters
    ----------
    points : DataFrame, index objID
        Columns ``true`` and ``predicted``, in the label's unit, and optionally ``image``, for the tooltip. Galaxies
        without a true value are left out.
    label : Label

    Returns
    -------
    altair.LayerChart
        Both axes have the same range.

    Examples
    --------
    >>> points = pd.DataFrame({"true": [8.5, 9.0], "predicted": [8.6, 8.9]}, index=["a", "b"])
    >>> prediction_scatter(points, Label("metallicity", "Metallicity", "dex", 8.2, 9.4)).description
    'Predicted against true Metallicity of 2 galaxies, with the line of equality.'
    """
    table = _with_residuals(points)
    values = pd.concat([table["true"], table["predicted"]])
    limits = [float(values.min()), float(values.max())] if len(values) else [label.low, label.high]
    scale = alt.Scale(domain=limits, nice=True, zero=False)
    x = alt.X("true:Q", title=f"true: {label_title(label)}", scale=scale, axis=_AXIS)
    y = alt.Y("predicted:Q", title=with_unit("predicted", label), scale=scale)
    dots = alt.Chart(table).mark_circle(size=22, opacity=0.55).encode(x=x, y=y, tooltip=_tooltip(table, label))
    equality = (
        alt.Chart(pd.DataFrame({"true": limits, "equal": limits}))
        .mark_line(color=HIGHLIGHT, strokeWidth=2)
        .encode(x=x, y=alt.Y("equal:Q", scale=scale))
    )
    description = f"Predicted against true {label.name} of {len(table):,} galaxies, with the line of equality."
    return alt.layer(dots, equality).properties(height=_HEIGHT_PX, description=description)


def residual_scatter(points: pd.DataFrame, label: Label) -> alt.LayerChart:
    """Draw residuals (predicted minus true) against true values.

    Parameters
    ----------
    points : DataFrame, index objID
        As for `prediction_scatter`.
    label : Label

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> points = pd.DataFrame({"true": [8.5, 9.0], "predicted": [8.6, 8.8]}, index=["a", "b"])
    >>> residual_scatter(points, Label("metallicity", "Metallicity", "dex", 8.2, 9.4)).description
    'Residuals of Metallicity against true values, of 2 galaxies; slope -0.60.'
    """
    table = _with_residuals(points)
    dots = (
        alt.Chart(table)
        .mark_circle(size=22, opacity=0.55)
        .encode(
            x=alt.X("true:Q", title=f"true: {label_title(label)}", scale=alt.Scale(zero=False), axis=_AXIS),
            y=alt.Y("residual:Q", title=with_unit("predicted − true", label)),
            tooltip=_tooltip(table, label),
        )
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=HIGHLIGHT, strokeWidth=2).encode(y="zero:Q")
    description = f"Residuals of {label.name} against true values, of {len(table):,} galaxies"
    if len(table) > 1 and np.ptp(table["true"]) > 0:
        slope = np.polyfit(table["true"], table["residual"], 1)[0]
        description += f"; slope {slope:+.2f}"
    return alt.layer(dots, zero).properties(height=_HEIGHT_PX, description=f"{description}.")


def _with_residuals(points: pd.DataFrame) -> pd.DataFrame:
    """Select galaxies with a true value and add their residuals; objID becomes a column."""
    labelled = points.dropna(subset=["true"])
    labelled = labelled.assign(residual=labelled["predicted"] - labelled["true"])
    return galaxy_table(labelled, ["true", "predicted", "image", "residual"])


def _tooltip(table: pd.DataFrame, label: Label) -> list[alt.Tooltip]:
    numbers = [alt.Tooltip(f"{name}:Q", format=value_format(label)) for name in ("true", "predicted", "residual")]
    return [alt.Tooltip("objID:N"), *numbers, *([alt.Tooltip("image:N")] if "image" in table else [])]
