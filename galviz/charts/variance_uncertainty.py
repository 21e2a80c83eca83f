"""How uncertain explained variance ratios are: estimates with intervals, sample sizes, and parallel analysis."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

_SHAPES = ("circle", "square", "diamond", "triangle-up")
_Y_TITLE = "explained variance"


def variance_estimates_chart(estimates: Mapping[str, pd.DataFrame]) -> alt.LayerChart:
    """Draw several estimates of the cumulative explained variance, each with its interval.

    Parameters
    ----------
    estimates : mapping of str to DataFrame
        At most four, by name. One row per number of components, from 1 up: column ``share``, 0 to 1, and optionally
        the interval, ``low`` and ``high``.

    Returns
    -------
    altair.LayerChart
        The first estimate is a line with a band, the others are points with bars.

    Examples
    --------
    >>> variance_estimates_chart({"held-out": pd.DataFrame({"share": [0.6, 0.8]})}).description
    'Cumulative explained variance. held-out: 60.0%, 80.0%.'
    """
    names = list(estimates)
    tables = [
        table.reset_index(drop=True).assign(estimate=name, components=np.arange(1, len(table) + 1))
        for name, table in estimates.items()
    ]
    columns = ["components", "estimate", "share", "low", "high"]
    table = pd.concat(tables, ignore_index=True).reindex(columns=columns).round(5)
    encoding = _colour_and_shape("estimate", names)
    colour = encoding["color"]
    base = alt.Chart(table).encode(x=alt.X("components:O", axis=alt.Axis(labelAngle=0)))
    is_first = f"datum.estimate == {names[0]!r}"
    has_bar = f"datum.estimate != {names[0]!r} && isValid(datum.low)"
    tooltip = _tooltip("components", "estimate")
    layers = [
        base.transform_filter(is_first).mark_area(opacity=0.25).encode(y=_share("low"), y2="high:Q", color=colour),
        base.transform_filter(is_first).mark_line(strokeWidth=2).encode(y=_share("share"), color=colour),
        base.transform_filter(has_bar).mark_rule(strokeWidth=2).encode(y=_share("low"), y2="high:Q", color=colour),
        base.mark_point(filled=True, size=70, opacity=1).encode(y=_share("share"), **encoding, tooltip=tooltip),
    ]
    shares = "; ".join(
        f"{name}: {', '.join(f'{share:.1%}' for share in table['share'])}" for name, table in estimates.items()
    )
    description = f"Cumulative explained variance. {shares}."
    return alt.layer(*layers).properties(height=340, description=description)


def variance_by_sample_size_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Draw the cumulative explained variance of samples by their size, and that of all galaxies.

    Parameters
    ----------
    table : DataFrame
        One row per sample size and number of components (at most four): ``size``, ``components``, ``median``, ``low``,
        ``high`` and ``all``, see `galviz.analysis.dimension.share_by_sample_size`.

    Returns
    -------
    altair.LayerChart
        Per number of components a line with a band, and a dashed line for all galaxies.

    Examples
    --------
    >>> sizes = pd.DataFrame({"size": [10, 100], "components": 1, "median": 0.65, "low": 0.5, "high": 0.9, "all": 0.6})
    >>> variance_by_sample_size_chart(sizes).description
    'Explained variance of samples of 10 to 100 galaxies. At 10, 1 component: 50% to 90%, all galaxies 60.0%.'
    """
    counts = sorted(table["components"].unique())
    names = {count: "1 component" if count == 1 else f"{count} components" for count in counts}
    table = table.assign(name=table["components"].map(names)).round(5)
    sizes = sorted(table["size"].unique().tolist())
    axis = alt.Axis(values=sizes, grid=False, labelOverlap=True)
    x = alt.X("size:Q", title="galaxies in a sample", scale=alt.Scale(type="log", nice=False), axis=axis)
    encoding = _colour_and_shape("name", list(names.values()))
    colour = encoding["color"]
    base = alt.Chart(table).encode(x=x)
    tooltip = _tooltip("size", "name", share="median")
    layers = [
        base.mark_area(opacity=0.25).encode(y=_share("low"), y2="high:Q", color=colour),
        base.mark_line(strokeDash=[4, 3]).encode(y="all:Q", color=colour),
        base.mark_line(strokeWidth=2).encode(y=_share("median"), color=colour),
        base.mark_point(filled=True, size=60, opacity=1).encode(y=_share("median"), **encoding, tooltip=tooltip),
    ]
    ranges = "; ".join(
        f"{row.name}: {row.low:.0%} to {row.high:.0%}, all galaxies {row.all:.1%}"
        for row in table[table["size"] == sizes[0]].itertuples(index=False)
    )
    description = f"Explained variance of samples of {sizes[0]} to {sizes[-1]} galaxies. At {sizes[0]}, {ranges}."
    return alt.layer(*layers).properties(height=340, description=description)


def parallel_analysis_chart(
    observed: Sequence[float] | np.ndarray, permuted: Sequence[float] | np.ndarray
) -> alt.LayerChart:
    """Draw each component's explained variance ratio beside that of permuted columns, on a logarithmic scale.

    Parameters
    ----------
    observed, permuted : sequence of float, shape (n_components,)
        Greater than 0.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> parallel_analysis_chart([0.6, 0.2, 0.05], [0.3, 0.15, 0.1]).description
    'Of the first 3 components, 2 exceed the variance of permuted columns.'
    """
    series = {"these galaxies": observed, "columns permuted": permuted}
    component = np.arange(1, len(observed) + 1)
    tables = [pd.DataFrame({"component": component, "data": name, "share": share}) for name, share in series.items()]
    table = pd.concat(tables).round(6)
    encoding = _colour_and_shape("data", list(series))
    y = alt.Y("share:Q", title=_Y_TITLE, scale=alt.Scale(type="log"), axis=alt.Axis(format="~%", tickCount=4))
    base = alt.Chart(table).encode(x=alt.X("component:O", axis=alt.Axis(labelAngle=0)), y=y)
    tooltip = ["component:O", "data:N", alt.Tooltip("share:Q", format=".2%")]
    lines = base.mark_line(strokeWidth=2).encode(color=encoding["color"])
    points = base.mark_point(filled=True, size=60, opacity=1).encode(**encoding, tooltip=tooltip)
    n_above = int((np.asarray(observed) > np.asarray(permuted)).sum())
    description = f"Of the first {len(component)} components, {n_above} exceed the variance of permuted columns."
    return alt.layer(lines, points).properties(height=300, description=description)


def _colour_and_shape(field: str, names: list[str]) -> dict[str, alt.Color | alt.Shape]:
    """Colour and shape by a field, in one legend."""
    legend = alt.Legend(orient="top", direction="vertical", labelLimit=300, symbolOpacity=1)
    shapes = alt.Scale(domain=names, range=list(_SHAPES[: len(names)]))
    return {
        "color": alt.Color(f"{field}:N", title=None, legend=legend, scale=alt.Scale(domain=names)),
        "shape": alt.Shape(f"{field}:N", title=None, legend=legend, scale=shapes),
    }


def _share(field: str) -> alt.Y:
    return alt.Y(f"{field}:Q", title=_Y_TITLE, axis=alt.Axis(format="%"), scale=alt.Scale(zero=False))


def _tooltip(*fields: str, share: str = "share") -> list[alt.Tooltip]:
    shares = [alt.Tooltip(f"{field}:Q", format=".1%") for field in (share, "low", "high")]
    return [*(alt.Tooltip(f"{field}:N") for field in fields), *shares]
