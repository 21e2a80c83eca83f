"""Explained variance by component: of each, and of all up to it."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd


def explained_variance(
    ratios: Sequence[float] | np.ndarray,
    *,
    low: Sequence[float] | np.ndarray | None = None,
    high: Sequence[float] | np.ndarray | None = None,
) -> alt.LayerChart:
    """Draw what share of the variance each component explains, and all up to it.

    Parameters
    ----------
    ratios : sequence of float, shape (n_components,)
        Explained variance ratio of each component, 0 to 1.
    low, high : sequence of float, shape (n_components,), optional
        An interval of the *cumulative* ratio, such as a bootstrap's.

    Returns
    -------
    altair.LayerChart
        Bars (each component), a line with points (cumulative) and, where given, its interval.
    """
    single = np.asarray(ratios, float)
    table = pd.DataFrame({"component": np.arange(1, len(single) + 1), "single": single, "cumulative": single.cumsum()})
    component = alt.X("component:O", title="principal component", axis=alt.Axis(labelAngle=0))
    share = alt.Axis(format="%")
    told = [
        alt.Tooltip("component:O"),
        alt.Tooltip("single:Q", format=".2%", title="this one"),
        alt.Tooltip("cumulative:Q", format=".2%", title="all up to it"),
    ]
    bars = (
        alt.Chart(table)
        .mark_bar(opacity=0.75)
        .encode(
            x=component,
            y=alt.Y("single:Q", title="explained variance", axis=share, scale=alt.Scale(domain=[0, 1])),
            tooltip=told,
        )
    )
    line = alt.Chart(table).mark_line(point=True, strokeWidth=2).encode(x=component, y="cumulative:Q", tooltip=told)
    layers = [bars, line]
    if low is not None and high is not None:
        interval = table.assign(low=np.asarray(low, float), high=np.asarray(high, float))
        layers.append(alt.Chart(interval).mark_errorbar(ticks=True).encode(x=component, y="low:Q", y2="high:Q"))
    shares = ", ".join(f"{value:.1%}" for value in table["cumulative"])
    return alt.layer(*layers).properties(
        height=260,
        title=alt.Title("Bars: each component. Line: all up to it.", anchor="start", fontSize=13, fontWeight="normal"),
        description=f"Cumulative explained variance of 1 to {len(table)} components: {shares}.",
    )
