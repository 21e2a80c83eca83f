"""How well causes are predicted: by linear probes, and by regression on principal components."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.cause_axis import cause_axis, height_of_causes
from galviz.charts.colour import HIGHLIGHT, NEUTRAL


def probe_chart(probes: pd.DataFrame, causes: Sequence[str], sources: Sequence[str]) -> alt.LayerChart:
    """Draw how well linear probes predict each cause from several feature sources.

    Parameters
    ----------
    probes : DataFrame
        One row per source and cause: ``source``, ``cause``, ``r2``, ``low``, ``high``. Not modified.
    causes, sources : sequence of str
        In drawing order.

    Returns
    -------
    altair.LayerChart
        One row per cause. Sources differ in colour, shape and height. Negative R² is drawn at 0.

    Examples
    --------
    >>> probes = pd.DataFrame({"source": ["trained"], "cause": ["mass"], "r2": [0.8], "low": [0.7], "high": [0.9]})
    >>> probe_chart(probes, ["mass"], ["trained"]).description
    'Held-out R² of linear probes for 1 cause; mean: trained 0.80.'
    """
    table = probes[["source", "cause", "r2", "low", "high"]].assign(
        start=probes["low"].clip(lower=0), end=probes["high"].clip(lower=0), position=probes["r2"].clip(lower=0)
    )
    order = alt.Scale(domain=list(sources))
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=260)
    base = alt.Chart(table).encode(
        y=cause_axis(causes, grid=True),
        yOffset=alt.YOffset("source:N", scale=order),
        color=alt.Color("source:N", scale=order, legend=legend),
        tooltip=[
            alt.Tooltip("cause:N"),
            alt.Tooltip("source:N"),
            alt.Tooltip("r2:Q", title="R²", format=".3f"),
            alt.Tooltip("low:Q", title="95 % interval from", format=".3f"),
            alt.Tooltip("high:Q", title="to", format=".3f"),
        ],
    )
    axis = {"title": "held-out R²", "scale": alt.Scale(domain=[0, 1]), "axis": alt.Axis(tickCount=5, format=".1f")}
    intervals = base.mark_rule(strokeWidth=2).encode(x=alt.X("start:Q", **axis), x2="end:Q")
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=alt.X("position:Q", **axis), shape=alt.Shape("source:N", scale=order, legend=legend)
    )
    means = table.groupby("source")["r2"].mean()
    mean_texts = ", ".join(f"{source} {means[source]:.2f}" for source in sources if source in means)
    plural = "cause" if len(causes) == 1 else "causes"
    return alt.layer(intervals, points).properties(
        height=height_of_causes(len(causes)),
        description=f"Held-out R² of linear probes for {len(causes)} {plural}; mean: {mean_texts}.",
    )


def probe_by_layer_chart(probes: pd.DataFrame, layers: Sequence[str], control: str) -> alt.LayerChart:
    """Draw how well linear probes predict quantities at each layer, and from a control.

    Parameters
    ----------
    probes : DataFrame
        One row per layer and cause, and per cause of the control: ``source`` (a layer, or `control`), ``cause``,
        ``r2``, ``low``, ``high``. Not modified.
    layers : sequence of str
        In the order of the forward pass.
    control : str
        Its R² are dashed lines in the colours of the causes.

    Returns
    -------
    altair.LayerChart
        Negative R² is drawn at 0.

    Examples
    --------
    >>> probes = pd.DataFrame({"source": ["stem", "chance"], "cause": "mass", "r2": [0.8, 0], "low": 0, "high": 1})
    >>> probe_by_layer_chart(probes, ["stem"], "chance").description
    'Held-out R² of linear probes at 1 layers; at the last: mass 0.80.'
    """
    table = probes[["source", "cause", "r2", "low", "high"]].assign(
        start=probes["low"].clip(lower=0), end=probes["high"].clip(lower=0), position=probes["r2"].clip(lower=0)
    )
    causes = list(dict.fromkeys(table["cause"]))
    colour = alt.Color("cause:N", sort=causes, legend=alt.Legend(title=None, orient="top", columns=2, labelLimit=260))
    axis = {"title": "held-out R²", "scale": alt.Scale(domain=[0, 1]), "axis": alt.Axis(tickCount=5, format=".1f")}
    tooltip = [
        alt.Tooltip("cause:N"),
        alt.Tooltip("source:N"),
        *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("r2", "low", "high")),
    ]
    order = alt.X("source:N", sort=list(layers), title=None, axis=alt.Axis(labelAngle=0))
    base = alt.Chart(table[table["source"].isin(layers)]).encode(order, color=colour, tooltip=tooltip)
    intervals = base.mark_rule(strokeWidth=2, opacity=0.5).encode(y=alt.Y("start:Q", **axis), y2="end:Q")
    lines = base.mark_line(point=alt.OverlayMarkDef(size=60, filled=True)).encode(y=alt.Y("position:Q", **axis))
    baseline = alt.Chart(table[table["source"] == control]).mark_rule(strokeDash=[5, 4], strokeWidth=1.5)
    baseline = baseline.encode(y=alt.Y("position:Q", **axis), color=colour, tooltip=tooltip)
    last = table[table["source"] == layers[-1]]
    ends = ", ".join(f"{cause} {r2:.2f}" for cause, r2 in zip(last["cause"], last["r2"], strict=True))
    return alt.layer(baseline, intervals, lines).properties(
        height=340, description=f"Held-out R² of linear probes at {len(layers)} layers; at the last: {ends}."
    )


def error_by_components_chart(
    rmse: Sequence[float] | np.ndarray,
    standard_error: Sequence[float] | np.ndarray,
    baseline: float,
    *,
    title: str,
    unit: str = "",
) -> alt.LayerChart:
    """Draw the held-out error of a quantity predicted from the first 1, 2, … components.

    Parameters
    ----------
    rmse, standard_error : sequence of float, shape (n_components,)
    baseline : float
        The error without any component, drawn as a line.
    title : str
        Name of the predicted quantity.
    unit : str

    Returns
    -------
    altair.LayerChart
        Error bars are one standard error in each direction.

    Examples
    --------
    >>> error_by_components_chart([0.2, 0.1], [0.02, 0.01], 0.3, title="dust", unit="mag").description
    'dust, error [mag], from 1 to 2 components: 0.2, 0.1; baseline 0.3.'
    """
    errors, bars = np.asarray(rmse, float), np.asarray(standard_error, float)
    components = np.arange(1, len(errors) + 1)
    table = pd.DataFrame({"components": components, "rmse": errors, "low": errors - bars, "high": errors + bars})
    y_title = f"{title}, error [{unit}]" if unit else f"{title}, error"
    y = alt.Y("rmse:Q", title=y_title, scale=alt.Scale(zero=True))
    base = alt.Chart(table).encode(x=alt.X("components:O", axis=alt.Axis(labelAngle=0)))
    tooltip = [alt.Tooltip("components:O"), alt.Tooltip("rmse:Q", format=".4g", title=y_title)]
    baseline_chart = alt.Chart(pd.DataFrame({"baseline": [baseline]}))
    error_texts = ", ".join(f"{error:.3g}" for error in errors)
    return alt.layer(
        baseline_chart.mark_rule(color=HIGHLIGHT, strokeWidth=2).encode(y="baseline:Q"),
        base.mark_rule(color=NEUTRAL, strokeWidth=3).encode(y=alt.Y("low:Q", title=y_title), y2="high:Q"),
        base.mark_line(point=alt.OverlayMarkDef(size=60), strokeWidth=2).encode(y=y, tooltip=tooltip),
    ).properties(
        height=300,
        description=f"{y_title}, from 1 to {len(table)} components: {error_texts}; baseline {baseline:.3g}.",
    )
