"""Two-dimensional embeddings (PCA, t-SNE, UMAP), small enough to stand side by side."""

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.scatter import column_scatter, ring_scatter
from galviz.survey.label import Label

SIDE_PX = 360
_RING_AREA, _RING_WIDTH, _DOT_AREA, _SMALL_DOT_AREA = 20, 2.2, 26, 7
# More points than this are drawn as small dots.
_MAX_LARGE_DOTS = 500
# Margin around the outermost galaxies, as a fraction of the range.
_MARGIN = 0.04


def embedding_scatter(
    points: pd.DataFrame,
    label: Label,
    *,
    title: str,
    colour: pd.Series | None = None,
    colour_title: str = "",
) -> alt.Chart:
    """Draw galaxies in an embedding whose axes have no meaning of their own.

    Parameters
    ----------
    points : DataFrame of n_galaxies rows, index objID
        Columns ``x`` and ``y``, and those that `ring_scatter` accepts.
    label : Label
    title : str
        Name of the embedding.
    colour : Series of shape (n_galaxies,), optional
        As for `column_scatter`. By default each galaxy is a dot in the predicted label's colour within a ring in the
        true label's.
    colour_title : str
        Title of the colour bar for `colour`.

    Returns
    -------
    altair.Chart
        Both axes have the same range, because distances are compared, and no ticks.

    Examples
    --------
    >>> points = pd.DataFrame({"x": [0.0, 1.0], "y": [1.0, 0.0], "true": [8.5, 9.0]}, index=["a", "b"])
    >>> label = Label("metallicity", "Metallicity", "dex", 8.2, 9.4)
    >>> tilt = pd.Series([10.0, 60.0], index=points.index)
    >>> embedding_scatter(points, label, title="t-SNE", colour=tilt, colour_title="inclination").description
    't-SNE: 2 galaxies, coloured by inclination.'
    """
    if colour is None:
        chart = ring_scatter(points, "x", "y", label).mark_point(
            filled=True, size=_RING_AREA, strokeWidth=_RING_WIDTH, opacity=1, invalid="show"
        )
    else:
        chart = column_scatter(points, "x", "y", colour, label, title=colour_title).mark_circle(
            size=_DOT_AREA, opacity=0.9, invalid="show"
        )
    chart = chart.encode(**_equal_axes(points))
    chart.encoding["fill" if colour is None else "color"].legend.gradientLength = alt.ExprRef("min(width, 220)")
    coloured_by = colour_title if colour is not None else f"{label.name}, true outside and predicted inside"
    return _titled(chart, title, f"{title}: {len(points):,} galaxies, coloured by {coloured_by}.")


def plain_scatter(coordinates: np.ndarray, *, title: str) -> alt.Chart:
    """Draw the points of an embedding in one colour, for example an embedding of noise.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2)
    title : str

    Returns
    -------
    altair.Chart
        Axes as in `embedding_scatter`.

    Examples
    --------
    >>> plain_scatter(np.zeros((3, 2)), title="noise").description
    'noise: 3 points.'
    """
    points = pd.DataFrame(np.asarray(coordinates, float), columns=["x", "y"]).round(3)
    area = _DOT_AREA if len(points) <= _MAX_LARGE_DOTS else _SMALL_DOT_AREA
    chart = alt.Chart(points).mark_circle(size=area, opacity=0.7).encode(**_equal_axes(points))
    return _titled(chart, title, f"{title}: {len(points):,} points.")


def _equal_axes(points: pd.DataFrame) -> dict[str, alt.X | alt.Y]:
    """Two axes of the same range, each centred on the points."""
    half_range = max(float(np.ptp(points[axis])) for axis in ("x", "y")) * (0.5 + _MARGIN) or 1.0
    axes = {}
    for axis, channel in (("x", alt.X), ("y", alt.Y)):
        centre = float(points[axis].max() + points[axis].min()) / 2
        scale = alt.Scale(domain=[centre - half_range, centre + half_range], nice=False, zero=False)
        axes[axis] = channel(f"{axis}:Q", scale=scale, axis=None)
    return axes


def _titled(chart: alt.Chart, title: str, description: str) -> alt.Chart:
    title = alt.Title(title, anchor="start", fontSize=15)
    return chart.properties(height=SIDE_PX, title=title, description=description)
