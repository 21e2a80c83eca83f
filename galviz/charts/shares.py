"""How sure shares of variance are, and what a number of components is good for."""

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import CHOSEN, QUIET

_SHAPES = ("circle", "square", "diamond", "triangle-up")
_PER_CENT = alt.Axis(format="%")


def share_curves(curves: Mapping[str, pd.DataFrame]) -> alt.LayerChart:
    """Draw the share of variance in the first 1, 2, … components by several accounts, each with its interval.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        By the words for it: a row a number of components, from 1 up; column ``share``, 0 to 1, and, where there is an
        interval, ``low`` and ``high``. At most four.

    Returns
    -------
    altair.LayerChart
        The first has a line and its interval as a band, the others points and bars.
    """
    names = list(curves)
    parts = [
        curve.reset_index(drop=True).assign(by=name, components=np.arange(1, len(curve) + 1))
        for name, curve in curves.items()
    ]
    table = pd.concat(parts, ignore_index=True).reindex(columns=["components", "by", "share", "low", "high"]).round(5)
    x = alt.X("components:O", title="components", axis=alt.Axis(labelAngle=0))
    y = alt.Y("share:Q", title="share of the variance", axis=_PER_CENT, scale=alt.Scale(zero=False))
    key = _key(names)
    base = alt.Chart(table).encode(x=x)
    first, others = f"datum.by == {names[0]!r}", f"datum.by != {names[0]!r} && isValid(datum.low)"
    band = base.transform_filter(first).mark_area(opacity=0.25).encode(y=_low(), y2="high:Q", color=key["color"])
    line = base.transform_filter(first).mark_line(strokeWidth=2).encode(y=y, color=key["color"])
    bars = base.transform_filter(others).mark_rule(strokeWidth=2).encode(y=_low(), y2="high:Q", color=key["color"])
    points = base.mark_point(filled=True, size=70, opacity=1).encode(y=y, **key, tooltip=_told("components", "by"))
    said = "; ".join(
        f"{name}: {', '.join(f'{share:.1%}' for share in curve['share'])}" for name, curve in curves.items()
    )
    return alt.layer(band, line, bars, points).properties(
        height=340, description=f"Share of the variance in the first components. {said}."
    )


def shares_by_size(table: pd.DataFrame) -> alt.LayerChart:
    """Draw which shares of variance samples of several sizes find, and those of all galaxies.

    Parameters
    ----------
    table : DataFrame
        As `galviz.analysis.dimension.share_by_sample_size` returns it; at most four numbers of components.

    Returns
    -------
    altair.LayerChart
        A line and a band for each number of components, and a dashed line where all galaxies have it.
    """
    counts = sorted(table["components"].unique())
    words = {count: "1 component" if count == 1 else f"{count} components" for count in counts}
    table = table.assign(by=table["components"].map(words)).round(5)
    sizes = sorted(table["size"].unique().tolist())
    axis = alt.Axis(values=sizes, grid=False, labelOverlap=True)
    x = alt.X("size:Q", title="galaxies in a sample", scale=alt.Scale(type="log", nice=False), axis=axis)
    key = _key(list(words.values()))
    base = alt.Chart(table).encode(x=x)
    layers = [
        base.mark_area(opacity=0.25).encode(y=_low(), y2="high:Q", color=key["color"]),
        base.mark_line(strokeDash=[4, 3]).encode(y="all:Q", color=key["color"]),
        base.mark_line(strokeWidth=2).encode(y=_share("median"), color=key["color"]),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            y=_share("median"), **key, tooltip=_told("size", "by", value="median")
        ),
    ]
    last = table[table["size"] == sizes[0]]
    said = "; ".join(f"{row.by}: {row.low:.0%} to {row.high:.0%}, of all {row.all:.1%}" for row in last.itertuples())
    return alt.layer(*layers).properties(
        height=340,
        description=f"Share of the variance that samples of {sizes[0]} to {sizes[-1]} find. At {sizes[0]}, {said}.",
    )


def shares_by_chance(observed: Sequence[float] | np.ndarray, chance: Sequence[float] | np.ndarray) -> alt.LayerChart:
    """Draw each component's share of the variance beside what chance gives, on a logarithmic scale.

    Parameters
    ----------
    observed, chance : sequence of float, shape (n_components,)
        More than 0.

    Returns
    -------
    altair.LayerChart
    """
    names = ["these galaxies", "columns shuffled"]
    number = np.arange(1, len(observed) + 1)
    table = pd.concat(
        [
            pd.DataFrame({"component": number, "by": by, "share": share})
            for by, share in zip(names, (observed, chance), strict=True)
        ]
    ).round(6)
    key = _key(names)
    scale = alt.Scale(type="log")
    base = alt.Chart(table).encode(
        x=alt.X("component:O", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("share:Q", title="share of the variance", scale=scale, axis=alt.Axis(format="~%", tickCount=4)),
    )
    above = int((np.asarray(observed) > np.asarray(chance)).sum())
    return alt.layer(
        base.mark_line(strokeWidth=2).encode(color=key["color"]),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            **key, tooltip=["component:O", "by:N", alt.Tooltip("share:Q", format=".2%")]
        ),
    ).properties(height=300, description=f"Of the first {len(number)} components {above} lie above chance.")


def error_by_components(
    rmse: Sequence[float] | np.ndarray,
    standard_error: Sequence[float] | np.ndarray,
    baseline: float,
    *,
    title: str,
    unit: str = "",
) -> alt.LayerChart:
    """Draw the error of a quantity read from the first 1, 2, … components, of galaxies left out.

    Parameters
    ----------
    rmse, standard_error : sequence of float, shape (n_components,)
    baseline : float
        The error without any component, drawn as a line.
    title : str
        What is read.
    unit : str

    Returns
    -------
    altair.LayerChart
        Bars reach one standard error up and down.
    """
    error, spread = np.asarray(rmse, float), np.asarray(standard_error, float)
    table = pd.DataFrame(
        {"components": np.arange(1, len(error) + 1), "rmse": error, "low": error - spread, "high": error + spread}
    )
    words = f"{title}, error [{unit}]" if unit else f"{title}, error"
    y = alt.Y("rmse:Q", title=words, scale=alt.Scale(zero=True))
    base = alt.Chart(table).encode(x=alt.X("components:O", axis=alt.Axis(labelAngle=0)))
    told = [alt.Tooltip("components:O"), alt.Tooltip("rmse:Q", format=".4g", title=words)]
    without = alt.Chart(pd.DataFrame({"without": [baseline]}))
    return alt.layer(
        without.mark_rule(color=CHOSEN, strokeWidth=2).encode(y="without:Q"),
        base.mark_rule(color=QUIET, strokeWidth=3).encode(y=alt.Y("low:Q", title=words), y2="high:Q"),
        base.mark_line(point=alt.OverlayMarkDef(size=60), strokeWidth=2).encode(y=y, tooltip=told),
    ).properties(
        height=300,
        description=f"{words}, from 1 to {len(table)} components: {', '.join(f'{each:.3g}' for each in error)}; "
        f"without any, {baseline:.3g}.",
    )


def _key(names: list[str]) -> dict[str, alt.Color | alt.Shape]:
    """Colour and shape by ``by``, in one legend."""
    legend = alt.Legend(orient="top", direction="vertical", labelLimit=300, symbolOpacity=1)
    return {
        "color": alt.Color("by:N", title=None, legend=legend, scale=alt.Scale(domain=names)),
        "shape": alt.Shape(
            "by:N", title=None, legend=legend, scale=alt.Scale(domain=names, range=list(_SHAPES[: len(names)]))
        ),
    }


def _share(name: str) -> alt.Y:
    return alt.Y(f"{name}:Q", title="share of the variance", axis=_PER_CENT, scale=alt.Scale(zero=False))


def _low() -> alt.Y:
    return _share("low")


def _told(*names: str, value: str = "share") -> list[alt.Tooltip]:
    numbers = [alt.Tooltip(f"{name}:Q", format=".1%") for name in (value, "low", "high")]
    return [*(alt.Tooltip(f"{name}:N") for name in names), *numbers]
