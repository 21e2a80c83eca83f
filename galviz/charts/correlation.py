"""Correlations of components with causes as a heatmap."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from galviz.analysis.correlation import Correlations
from galviz.charts.cause_axis import cause_axis, height_of_causes
from galviz.charts.colour import NEUTRAL

# Blue and orange are distinguishable to all readers. The scheme is light in the middle, so numbers are dark there.
_SCHEME, _DARK_FROM = "blueorange", 0.7
_FONT_PX, _MIN_COLUMN_PX = 11, 34


def correlation_heatmap(correlations: Correlations, components: Sequence[str], causes: Sequence[str]) -> alt.LayerChart:
    """Draw correlations as a heatmap: one row per cause, one column per component.

    Parameters
    ----------
    correlations : Correlations
        Of shape (n_components, n_causes).
    components, causes : sequence of str
        Names of the components and the causes.

    Returns
    -------
    altair.LayerChart
        Each cell shows r, or a dot if its interval contains 0: the page should say so. The tooltip shows the interval.
        A dash marks an undefined r: the cause or the component is constant.

    Raises
    ------
    ValueError
        If the number of names differs from that of components or causes.

    Examples
    --------
    >>> from galviz.analysis.correlation import correlate
    >>> mass = np.arange(20.0)
    >>> correlations = correlate(mass[:, None], np.column_stack([mass, np.cos(mass)]))
    >>> correlation_heatmap(correlations, ["PC1"], ["mass", "tilt"]).description
    'Correlation of 1 component with 2 causes, 20 galaxies. Strongest of each component: PC1 with mass, +1.00.'
    """
    n_components, n_causes = correlations.r.shape
    if (len(components), len(causes)) != (n_components, n_causes):
        rule = f"components and causes must name the {n_components} components and {n_causes} causes of correlations"
        raise ValueError(f"{rule}; got {len(components)} and {len(causes)} names. Pass one name for each.")
    table = _cells(correlations, components, causes)
    undefined, table = table.loc[table["r"].isna(), ["component", "cause"]], table.dropna(subset=["r"])
    axes = {"x": _component_axis(components), "y": cause_axis(causes)}
    layers = _coloured_cells(table, axes, correlations, n_components)
    strongest = table.loc[table["r"].abs().groupby(table["component"], sort=False).idxmax()] if len(table) else table
    strongest_texts = [f"{row.component} with {row.cause}, {row.r:+.2f}" for row in strongest.itertuples()]
    plural = "" if n_components == 1 else "s"
    description = (
        f"Correlation of {n_components} component{plural} with {n_causes} causes, {correlations.n:,} galaxies. "
        f"Strongest of each component: {'; '.join(strongest_texts)}."
    )
    if len(undefined):
        layers.append(_undefined_cells(undefined, axes))
        description += f" Undefined: {len(undefined)}."
    return alt.layer(*layers).properties(height=height_of_causes(n_causes), description=description)


def _cells(correlations: Correlations, components: Sequence[str], causes: Sequence[str]) -> pd.DataFrame:
    """One row per cell of the heatmap."""
    texts = [
        f"{r:+.2f}".replace("-", "−") if clear else "·"
        for r, clear in zip(correlations.r.ravel(), correlations.clear.ravel(), strict=True)
    ]
    return pd.DataFrame(
        {
            "component": np.repeat(list(components), len(causes)),
            "cause": np.tile(list(causes), len(components)),
            "r": correlations.r.ravel().round(4),
            "low": correlations.low.ravel().round(4),
            "high": correlations.high.ravel().round(4),
            "text": texts,
        }
    )


def _component_axis(components: Sequence[str]) -> alt.X:
    axis = alt.Axis(orient="top", labelAngle=0, labelFlush=False, tickExtra=False, domain=False, ticks=False)
    scale = alt.Scale(domain=list(components))
    return alt.X("component:N", sort=list(components), scale=scale, title=None, axis=axis)


def _coloured_cells(
    table: pd.DataFrame, axes: dict[str, alt.X | alt.Y], correlations: Correlations, n_components: int
) -> list[alt.Chart]:
    """The cells in the colours of r, and the numbers on them."""
    symbol = "r" if correlations.method == "pearson" else "ρ"
    tooltip = [
        alt.Tooltip("component:N"),
        alt.Tooltip("cause:N"),
        alt.Tooltip("r:Q", title=symbol, format="+.2f"),
        alt.Tooltip("low:Q", title=f"{correlations.level:.0%} interval from", format="+.2f"),
        alt.Tooltip("high:Q", title="to", format="+.2f"),
    ]
    base = alt.Chart(table).encode(**axes, tooltip=tooltip)
    scale = alt.Scale(domain=[-1, 1], scheme=_SCHEME)
    legend = alt.Legend(title=f"correlation {symbol}", orient="top", gradientLength=160, values=[-1, 0, 1])
    # On a phone ten columns leave no room for numbers; colours and tooltips remain.
    opacity = alt.ExprRef(f"width < {_MIN_COLUMN_PX * n_components} ? 0 : 1")
    text_colour = alt.condition(f"abs(datum.r) > {_DARK_FROM}", alt.value("white"), alt.value("#1a1a1a"))
    return [
        base.mark_rect().encode(color=alt.Color("r:Q", scale=scale, legend=legend)),
        base.mark_text(fontSize=_FONT_PX, opacity=opacity).encode(text="text:N", color=text_colour),
    ]


def _undefined_cells(undefined: pd.DataFrame, axes: dict[str, alt.X | alt.Y]) -> alt.Chart:
    table = undefined.assign(undefined="because one of the two is constant")
    tooltip = [alt.Tooltip(f"{name}:N") for name in table]
    return alt.Chart(table).mark_text(fontSize=_FONT_PX, color=NEUTRAL, text="–").encode(**axes, tooltip=tooltip)
