"""What components and features mean: their correlation with causes, and how well probes tell those."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from galviz.analysis.correlation import Correlations
from galviz.charts.colour import QUIET

# Streamlit counts the legend and the axes into a chart's height.
_ROW_PX, _AROUND_PX, _LABEL_PX = 22, 110, 190
# Blue and orange differ to every eye; the scheme is light in the middle, so numbers are dark there on any page.
_SCHEME, _DARK_FROM = "blueorange", 0.7
_SMALL_PX, _NUMBER_PX = 11, 34


def correlation_map(found: Correlations, components: Sequence[str], causes: Sequence[str]) -> alt.LayerChart:
    """Draw a table of components and causes, each field in the colour of its correlation.

    Parameters
    ----------
    found : Correlations
    components, causes : sequence of str
        Names of its k rows and c columns, as they are to be read.

    Returns
    -------
    altair.LayerChart
        A row a cause, a column a component. The number is r, or a dot where the interval holds 0: say so beside it.
        The interval is shown on hover. A dash is where r is undefined, because the cause or the component is the same
        for all galaxies.
    """
    n_components, n_causes = found.r.shape
    if (len(components), len(causes)) != (n_components, n_causes):
        rule = f"components and causes must name the {n_components} rows and {n_causes} columns of found"
        raise ValueError(f"{rule}; got {len(components)} and {len(causes)}. Give a name for each.")
    table = pd.DataFrame(
        {
            "component": np.repeat(list(components), n_causes),
            "cause": np.tile(list(causes), n_components),
            "r": found.r.ravel().round(4),
            "low": found.low.ravel().round(4),
            "high": found.high.ravel().round(4),
            "shown": [
                f"{r:+.2f}".replace("-", "−") if clear else "·"
                for r, clear in zip(found.r.ravel(), found.clear.ravel(), strict=True)
            ],
        }
    )
    undefined, table = table.loc[table["r"].isna(), ["component", "cause"]], table.dropna(subset=["r"])
    symbol = "r" if found.method == "pearson" else "ρ"
    place = {
        "x": alt.X(
            "component:N",
            sort=list(components),
            scale=alt.Scale(domain=list(components)),
            title=None,
            axis=alt.Axis(orient="top", labelAngle=0, labelFlush=False, tickExtra=False, domain=False, ticks=False),
        ),
        "y": _causes(causes),
    }
    base = alt.Chart(table).encode(
        **place,
        tooltip=[
            alt.Tooltip("component:N"),
            alt.Tooltip("cause:N"),
            alt.Tooltip("r:Q", title=symbol, format="+.2f"),
            alt.Tooltip("low:Q", title=f"{found.level:.0%} interval from", format="+.2f"),
            alt.Tooltip("high:Q", title="to", format="+.2f"),
        ],
    )
    fields = base.mark_rect().encode(
        color=alt.Color(
            "r:Q",
            scale=alt.Scale(domain=[-1, 1], scheme=_SCHEME),
            legend=alt.Legend(title=f"correlation {symbol}", orient="top", gradientLength=160, values=[-1, 0, 1]),
        )
    )
    white = alt.condition(f"abs(datum.r) > {_DARK_FROM}", alt.value("white"), alt.value("#1a1a1a"))
    # On a phone ten columns have no room for numbers; colours and tooltips stay.
    room = alt.ExprRef(f"width < {_NUMBER_PX * n_components} ? 0 : 1")
    numbers = base.mark_text(fontSize=_SMALL_PX, opacity=room).encode(text="shown:N", color=white)
    strongest = table.loc[table["r"].abs().groupby(table["component"], sort=False).idxmax()] if len(table) else table
    said = "; ".join(f"{row.component} with {row.cause}, {row.r:+.2f}" for row in strongest.itertuples())
    description = (
        f"Correlation of {n_components} components with {n_causes} causes, {found.n:,} galaxies. "
        f"Strongest of each: {said}."
    )
    layers = [fields, numbers]
    if len(undefined):
        why = undefined.assign(undefined="because one of the two is the same for all")
        tooltip = [alt.Tooltip(f"{name}:N") for name in why]
        layers.append(
            alt.Chart(why).mark_text(fontSize=_SMALL_PX, color=QUIET, text="–").encode(**place, tooltip=tooltip)
        )
        description += f" Undefined: {len(undefined)}."
    return alt.layer(*layers).properties(height=_ROW_PX * n_causes + _AROUND_PX, description=description)


def probe_comparison(probes: pd.DataFrame, causes: Sequence[str], sources: Sequence[str]) -> alt.LayerChart:
    """Draw how well probes tell each cause from several sources, as points with their intervals.

    Parameters
    ----------
    probes : DataFrame
        A row a source and cause: ``source``, ``cause``, ``r2``, ``low``, ``high``. Isn't changed.
    causes, sources : sequence of str
        In the order in which they are drawn.

    Returns
    -------
    altair.LayerChart
        A row a cause; sources differ in colour, shape and height. R² below 0 is drawn at 0.
    """
    table = probes[["source", "cause", "r2", "low", "high"]].assign(
        start=probes["low"].clip(lower=0), end=probes["high"].clip(lower=0), place=probes["r2"].clip(lower=0)
    )
    order = alt.Scale(domain=list(sources))
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=260)
    base = alt.Chart(table).encode(
        y=_causes(causes, grid=True),
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
        x=alt.X("place:Q", **axis), shape=alt.Shape("source:N", scale=order, legend=legend)
    )
    means = table.groupby("source")["r2"].mean()
    said = ", ".join(f"{source} {means[source]:.2f}" for source in sources if source in means)
    return alt.layer(intervals, points).properties(
        height=_ROW_PX * len(causes) + _AROUND_PX,
        description=f"Held-out R² of linear probes of {len(causes)} causes; on average: {said}.",
    )


def _causes(causes: Sequence[str], *, grid: bool = False) -> alt.Y:
    return alt.Y(
        "cause:N",
        sort=list(causes),
        scale=alt.Scale(domain=list(causes)),
        title=None,
        # Lines between the rows, not through them; and no label may be left out.
        axis=alt.Axis(
            labelLimit=_LABEL_PX,
            labelOverlap=False,
            labelFlush=False,
            tickExtra=False,
            grid=grid,
            tickBand="extent" if grid else "center",
            domain=False,
            ticks=False,
        ),
    )
