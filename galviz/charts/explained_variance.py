"""The explained variance ratio of each principal component, and its cumulative sum."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd


def explained_variance_chart(
    explained_variance_ratio: Sequence[float] | np.ndarray,
    *,
    low: Sequence[float] | np.ndarray | None = None,
    high: Sequence[float] | np.ndarray | None = None,
) -> alt.LayerChart:
    """Draw the explained variance ratio of each component, and its cumulative sum.

    Parameters
    ----------
    explained_variance_ratio : sequence of float, shape (n_components,)
        From 0 to 1.
    low, high : sequence of float, shape (n_components,), optional
        An interval of the *cumulative* ratio, for example from a bootstrap.

    Returns
    -------
    altair.LayerChart
        Bars (each component), a line with points (cumulative) and the interval, if given.

    Examples
    --------
    >>> explained_variance_chart([0.6, 0.3]).description
    'Cumulative explained variance of 1 to 2 components: 60.0%, 90.0%.'
    """
    single = np.asarray(explained_variance_ratio, float)
    table = pd.DataFrame({"component": np.arange(1, len(single) + 1), "single": single, "cumulative": single.cumsum()})
    component = alt.X("component:O", title="principal component", axis=alt.Axis(labelAngle=0))
    tooltip = [
        alt.Tooltip("component:O"),
        alt.Tooltip("single:Q", format=".2%", title="this component"),
        alt.Tooltip("cumulative:Q", format=".2%", title="cumulative"),
    ]
    share = alt.Y("single:Q", title="explained variance", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    bars = alt.Chart(table).mark_bar(opacity=0.75).encode(x=component, y=share, tooltip=tooltip)
    line = alt.Chart(table).mark_line(point=True, strokeWidth=2).encode(x=component, y="cumulative:Q", tooltip=tooltip)
    layers = [bars, line]
    if low is not None and high is not None:
        interval = table.assign(low=np.asarray(low, float), high=np.asarray(high, float))
        layers.append(alt.Chart(interval).mark_errorbar(ticks=True).encode(x=component, y="low:Q", y2="high:Q"))
    shares = ", ".join(f"{value:.1%}" for value in table["cumulative"])
    return alt.layer(*layers).properties(
        height=260,
        title=alt.Title("Bars: each component. Line: cumulative.", anchor="start", fontSize=13, fontWeight="normal"),
        description=f"Cumulative explained variance of 1 to {len(table)} components: {shares}.",
    )
