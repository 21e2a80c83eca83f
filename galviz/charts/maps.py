"""Maps of the same galaxies, small enough to stand side by side."""

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.scatter import column_scatter, ring_scatter
from galviz.survey.label import Label

SIDE_PX = 360
_RING_AREA, _RING_WIDTH, _DOT_AREA, _SMALL_AREA = 20, 2.2, 26, 7
_FEW = 500
# Room around the outermost galaxies, as a share of the range.
_MARGIN = 0.04


def map_scatter(
    points: pd.DataFrame,
    label: Label,
    *,
    title: str,
    colour: pd.Series | None = None,
    colour_title: str = "",
) -> alt.Chart:
    """Draw galaxies at their places in a map whose axes have no meaning of their own.

    Parameters
    ----------
    points : DataFrame of n_galaxies rows, index objID
        ``x`` and ``y``, and what `ring_scatter` takes.
    label : Label
    title : str
        Which map it is.
    colour : Series of shape (n_galaxies,), optional
        As for `column_scatter`; by default a ring in the true label's colour around a dot in the predicted one's.
    colour_title : str
        Of the colour bar, with `colour`.

    Returns
    -------
    altair.Chart
        Both axes have one range, so that distances compare, and no ticks.
    """
    if colour is None:
        chart = ring_scatter(points, "x", "y", label).mark_point(
            filled=True, size=_RING_AREA, strokeWidth=_RING_WIDTH, opacity=1, invalid="show"
        )
    else:
        chart = column_scatter(points, "x", "y", colour, label, title=colour_title).mark_circle(
            size=_DOT_AREA, opacity=0.9, invalid="show"
        )
    chart = chart.encode(**_plane(points))
    chart.encoding["fill" if colour is None else "color"].legend.gradientLength = alt.ExprRef("min(width, 220)")
    said = colour_title if colour is not None else f"{label.name}, true outside and predicted inside"
    return chart.properties(**_words(title, f"{title}: {len(points):,} galaxies, coloured by {said}."))


def plain_map(coordinates: np.ndarray, *, title: str) -> alt.Chart:
    """Draw places in a map of which nothing else is known, such as one of noise.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2)
    title : str

    Returns
    -------
    altair.Chart
        As `map_scatter`, in one colour.
    """
    points = pd.DataFrame(np.asarray(coordinates, float), columns=["x", "y"]).round(3)
    chart = (
        alt.Chart(points)
        .mark_circle(size=_DOT_AREA if len(points) <= _FEW else _SMALL_AREA, opacity=0.7)
        .encode(**_plane(points))
    )
    return chart.properties(**_words(title, f"{title}: {len(points):,} points."))


def _plane(points: pd.DataFrame) -> dict[str, alt.X | alt.Y]:
    """Two axes of one range, around the middle of each."""
    half = max(float(np.ptp(points[axis])) for axis in ("x", "y")) * (0.5 + _MARGIN) or 1.0
    found = {}
    for axis, channel in (("x", alt.X), ("y", alt.Y)):
        middle = float(points[axis].max() + points[axis].min()) / 2
        scale = alt.Scale(domain=[middle - half, middle + half], nice=False, zero=False)
        found[axis] = channel(f"{axis}:Q", scale=scale, axis=None)
    return found


def _words(title: str, description: str) -> dict[str, object]:
    return {
        "height": SIDE_PX,
        "title": alt.Title(title, anchor="start", fontSize=15),
        "description": description,
    }
