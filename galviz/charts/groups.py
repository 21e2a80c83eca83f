"""Groups of galaxies side by side: histograms of a quantity, and dots in a plane."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import CATEGORICAL, HIGHLIGHT
from galviz.charts.galaxy_encoding import component_axes
from galviz.charts.histograms import bin_edges

_HEIGHT_PX = 420
_TWO_COLOURS = (CATEGORICAL[0], HIGHLIGHT)


def group_histogram(
    groups: Mapping[str, np.ndarray], title: str, *, limit: float | None = None, bins: int = 40
) -> alt.LayerChart:
    """Draw the distributions of a quantity in two groups, each as shares of its own galaxies.

    Parameters
    ----------
    groups : mapping of str to ndarray of float, shape (n,)
        Two groups, by their names.
    title : str
        Axis title, with the unit.
    limit : float, optional
        A value to mark with a line.
    bins : int
        Number of bars per group.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> group_histogram({"near": np.zeros(3), "far": np.ones(2)}, "distance", limit=0.5).description
    'Histogram of distance: 3 near, median 0; 2 far, median 1; a line at 0.5.'
    """
    edges = bin_edges(min(map(np.min, groups.values())), max(map(np.max, groups.values())), bins)
    tables = []
    for name, values in groups.items():
        shares = np.histogram(values, edges)[0] / len(values)
        table = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "share": shares, "group": name})
        tables.append(table[table["share"] > 0].round(5))
    bars = (
        alt.Chart(pd.concat(tables))
        .mark_bar(opacity=0.6)
        .encode(
            x=alt.X("low:Q", bin="binned", title=title),
            x2="high:Q",
            y=alt.Y("share:Q", title="share of the group", axis=alt.Axis(format="%"), stack=None),
            color=_group_colour(list(groups)),
            tooltip=[
                "group:N",
                alt.Tooltip("low:Q", format=".3g"),
                alt.Tooltip("high:Q", format=".3g"),
                alt.Tooltip("share:Q", format=".1%"),
            ],
        )
    )
    layers = [bars]
    sentence = "; ".join(f"{len(values):,} {name}, median {np.median(values):.3g}" for name, values in groups.items())
    if limit is not None:
        line = alt.Chart(pd.DataFrame({"limit": [limit]})).mark_rule(strokeWidth=2, strokeDash=[6, 4], color="gray")
        layers.append(line.encode(x="limit:Q", tooltip=alt.Tooltip("limit:Q", format=".3g")))
        sentence += f"; a line at {limit:.3g}"
    return alt.layer(*layers).properties(height=_HEIGHT_PX, description=f"Histogram of {title}: {sentence}.")


def group_scatter(points: pd.DataFrame, titles: tuple[str, str]) -> alt.Chart:
    """Draw the galaxies of two groups as dots in a plane, with their pictures as tooltips.

    Parameters
    ----------
    points : DataFrame
        ``x``, ``y``, ``group``, ``predicted`` and ``image``, a data URI; later rows are drawn over earlier ones.
    titles : (str, str)
        Of the axes.

    Returns
    -------
    altair.Chart

    Examples
    --------
    >>> points = pd.DataFrame({"x": [0, 1], "y": [1, 0], "group": ["a", "b"], "predicted": 8.8, "image": ""})
    >>> group_scatter(points, ("PC1", "PC2")).description
    '2 galaxies in the plane of PC1 and PC2: 1 a, 1 b.'
    """
    counts = points["group"].value_counts(sort=False)
    sentence = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    table = points.round({"x": 3, "y": 3, "predicted": 3})
    tooltip = ["group:N", alt.Tooltip("predicted:Q", format=".2f"), "image:N"]
    return (
        alt.Chart(table)
        .mark_circle(size=36, opacity=0.75)
        .encode(**component_axes("x", "y", titles), color=_group_colour(list(counts.index)), tooltip=tooltip)
        .properties(
            height=_HEIGHT_PX,
            description=f"{len(points):,} galaxies in the plane of {' and '.join(titles)}: {sentence}.",
        )
    )


def _group_colour(names: list[str]) -> alt.Color:
    scale = alt.Scale(domain=names, range=list(_TWO_COLOURS))
    return alt.Color("group:N", title=None, scale=scale, legend=alt.Legend(orient="top"))
