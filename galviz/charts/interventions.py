"""Interventions on one cause of a galaxy: curves of the label, the path through the feature space, ranked causes."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from galviz.analysis.cause_effects import CauseEffect
from galviz.charts.cause_axis import cause_axis, height_of_causes
from galviz.charts.colour import HIGHLIGHT, NEUTRAL, label_title, with_unit
from galviz.charts.galaxy_encoding import component_axes
from galviz.charts.number_format import value_format
from galviz.survey.causes import CAUSES, cause_title
from galviz.survey.label import Label

_HEIGHT_PX = 340
_AXIS = alt.Axis(tickCount=6)
# Quantiles of the galaxies between which the axes of the feature space run: outliers would leave the path no room.
_SHOWN = [0.005, 0.995]
_PREDICTED, _TRUE, _OWN = "predicted", "true", "the galaxy's own value"


def sweep_chart(
    sweep: pd.DataFrame, cause: str, label: Label, *, current: float, limits: tuple[float, float] | None = None
) -> alt.LayerChart:
    """Draw prediction and true label against a cause.

    Parameters
    ----------
    sweep : DataFrame
        Columns ``value``, ``predicted`` and optionally ``true``; ``own``, True for the galaxy's own value;
        ``observable``, False for points that are drawn hollow.
    cause : str
        A column of the mock catalogue.
    label : Label
    current : float
        The value that is marked by a line.
    limits : tuple of float, optional
        Range of the label's axis, so that charts of several causes can be compared.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> sweep = pd.DataFrame({"value": [0.05, 0.1], "predicted": [8.9, 8.8], "own": [True, False], "observable": True})
    >>> label = Label("metallicity", "Metallicity", "dex", 8.2, 9.4)
    >>> sweep_chart(sweep, "redshift", label, current=0.1).description
    'Metallicity against redshift: predicted 8.90 at 0.05, 8.80 at 0.1.'
    """
    names = [name for name in (_PREDICTED, _TRUE) if name in sweep]
    table = sweep.melt(["value", "own", "observable"], names, var_name="label", value_name="metallicity")
    x = alt.X("value:Q", title=cause_title(cause), axis=_AXIS, scale=alt.Scale(zero=False, nice=False, padding=12))
    scale = alt.Scale(zero=False) if limits is None else alt.Scale(domain=list(limits), nice=True, zero=False)
    y = alt.Y("metallicity:Q", title=label_title(label), axis=_AXIS, scale=scale)
    legend = alt.Legend(orient="top", symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
    colour = alt.Color("label:N", title=None, legend=legend, scale=alt.Scale(domain=names))
    dash = alt.StrokeDash(
        "label:N", title=None, legend=legend, scale=alt.Scale(domain=names, range=[[1, 0], [5, 3]][: len(names)])
    )
    digits = value_format(label)
    tooltip = [
        alt.Tooltip("value:Q", title=cause_title(cause), format=".4g"),
        alt.Tooltip("label:N"),
        alt.Tooltip("metallicity:Q", title=label_title(label), format=value_format(label, extra_digits=1)),
    ]
    base = alt.Chart(table).encode(x=x, y=y, color=colour)
    lines = base.mark_line(strokeWidth=2).encode(strokeDash=dash)
    # One layer, with outlines in the same colour: a layer of hollow points could be empty, about which Vega warns.
    colours = {"fill": alt.Fill, "stroke": alt.Stroke}
    scale = alt.Scale(domain=names)
    points = (
        alt.Chart(table)
        .mark_point(size=50, opacity=1, strokeWidth=2)
        .encode(
            x=x,
            y=y,
            **{name: channel("label:N", title=None, scale=scale, legend=legend) for name, channel in colours.items()},
            fillOpacity=alt.condition("datum.observable", alt.value(1), alt.value(0)),
            tooltip=tooltip,
        )
    )
    marks = [_rule(sweep.loc[sweep["own"], "value"], NEUTRAL, [4, 3], x), _rule([current], HIGHLIGHT, [1, 0], x)]
    texts = [
        f"{name} " + ", ".join(f"{row[name]:{digits}} at {row['value']:.4g}" for _, row in sweep.iterrows())
        for name in names
    ]
    description = f"{label.name} against {cause_title(cause)}: {'; '.join(texts)}."
    return alt.layer(*marks, lines, points).properties(height=_HEIGHT_PX, description=description)


def _rule(values: Sequence[float] | pd.Series, colour: str, dash: list[int], x: alt.X) -> alt.Chart:
    table = pd.DataFrame({"value": np.asarray(values, float)})
    return alt.Chart(table).mark_rule(color=colour, strokeDash=dash, strokeWidth=2).encode(x=x)


def path_chart(
    points: pd.DataFrame, path: pd.DataFrame, x: str, y: str, cause: str, label: Label, *, titles: tuple[str, str]
) -> alt.LayerChart:
    """Draw the path of a galaxy through the feature space, over all galaxies as faint points.

    Parameters
    ----------
    points : DataFrame
        Columns `x` and `y` of all galaxies.
    path : DataFrame
        Columns `x`, `y`, ``value`` in ascending order, ``predicted``, ``own`` and ``current``, True for the galaxy as
        it is and as it is shown.
    x, y : str
        Columns that are the axes.
    cause : str
    label : Label
    titles : tuple of two str
        Of the axes.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> points = pd.DataFrame({"PC1": [0.0, 1.0], "PC2": [0.0, 1.0]})
    >>> path = points.assign(value=[0.05, 0.1], predicted=[8.5, 9.0], own=[True, False], current=[False, True])
    >>> label = Label("metallicity", "Metallicity", "dex", 8.2, 9.4)
    >>> path_chart(points, path, "PC1", "PC2", "redshift", label, titles=("PC1", "PC2")).description
    'Path of a galaxy over 2 galaxies in the plane of PC1 and PC2 as redshift rises from 0.05 to 0.1.'
    """
    axes = component_axes(x, y, titles)
    for channel, name in (("x", x), ("y", y)):
        low, high = points[name].quantile(_SHOWN)
        domain = [min(low, path[name].min()), max(high, path[name].max())]
        axes[channel].scale = alt.Scale(domain=[float(end) for end in domain], zero=False, nice=False, padding=14)
    background = points[[x, y]].round(3)
    galaxies = alt.Chart(background).mark_circle(size=16, opacity=0.25, clip=True, color=NEUTRAL).encode(**axes)
    table = path[[x, y, "value", "predicted", "own", "current"]].reset_index(drop=True)
    table["order"] = np.arange(len(table))
    base = alt.Chart(table).encode(
        **axes,
        tooltip=[
            alt.Tooltip("value:Q", title=cause_title(cause), format=".4g"),
            alt.Tooltip("predicted:Q", title=with_unit("predicted", label), format=value_format(label)),
        ],
    )
    line = base.mark_line(strokeWidth=2.5, color=HIGHLIGHT).encode(order="order:O")
    stops = base.mark_circle(size=34, opacity=1, color=HIGHLIGHT)
    ends = base.transform_filter("datum.own").mark_point(
        shape="diamond", size=150, strokeWidth=2.5, color=HIGHLIGHT, filled=False, opacity=1
    )
    current = base.transform_filter("datum.current").mark_point(
        size=220, strokeWidth=3, color=HIGHLIGHT, filled=False, opacity=1
    )
    low, high = path["value"].min(), path["value"].max()
    description = (
        f"Path of a galaxy over {len(points):,} galaxies in the plane of {titles[0]} and {titles[1]} as "
        f"{cause_title(cause)} rises from {low:.4g} to {high:.4g}."
    )
    return alt.layer(galaxies, line, stops, ends, current).properties(height=_HEIGHT_PX, description=description)


def effects_chart(effects: Sequence[CauseEffect], chosen: str, label: Label) -> alt.LayerChart:
    """Draw how far prediction and true label move over the sweep of each cause.

    Parameters
    ----------
    effects : sequence of CauseEffect
        In the order of the rows.
    chosen : str
        The cause that is highlighted.
    label : Label

    Returns
    -------
    altair.LayerChart
        A bar for the prediction, a line for the true label.

    Examples
    --------
    >>> effects = [CauseEffect("redshift", 0.3, 0.1), CauseEffect("seeing_arcsec", 0.05, 0.0)]
    >>> effects_chart(effects, "redshift", Label("metallicity", "Metallicity", "dex", 8.2, 9.4)).description
    'Range of the predicted Metallicity over each of 2 causes: redshift 0.300, seeing 0.050.'
    """
    digits = value_format(label, extra_digits=1)
    # The first part of each name, because the axis has little room: without ", log10" or " (0 = face-on)".
    names = [CAUSES[effect.cause].name.partition(",")[0].partition(" (")[0] for effect in effects]
    table = pd.DataFrame(effects, columns=CauseEffect._fields).assign(cause=names)
    table["chosen"] = [effect.cause == chosen for effect in effects]
    base = alt.Chart(table).encode(
        y=cause_axis(names),
        tooltip=[
            alt.Tooltip("cause:N"),
            alt.Tooltip("predicted:Q", title=with_unit("range of the prediction", label), format=digits),
            alt.Tooltip("true:Q", title=with_unit("range of the true label", label), format=digits),
        ],
    )
    title = with_unit("range", label)
    bars = base.mark_bar(height=12, cornerRadiusEnd=2).encode(
        x=alt.X("predicted:Q", title=title, axis=_AXIS),
        opacity=alt.condition("datum.chosen", alt.value(1), alt.value(0.55)),
    )
    ticks = base.mark_tick(color=HIGHLIGHT, thickness=3, height=18).encode(x=alt.X("true:Q", title=title, axis=_AXIS))
    texts = ", ".join(f"{name} {effect.predicted:{digits}}" for name, effect in zip(names, effects, strict=True))
    description = f"Range of the predicted {label.name} over each of {len(effects)} causes: {texts}."
    return alt.layer(bars, ticks).properties(height=height_of_causes(len(effects)) - 40, description=description)


def galaxy_strip(galaxies: pd.DataFrame, chosen: str, *, columns: int) -> alt.LayerChart:
    """Draw galaxies as a grid of pictures to choose one from.

    Parameters
    ----------
    galaxies : DataFrame, index objID
        Columns ``image``, a data URI, and ``title``, for the tooltip.
    chosen : str
        The galaxy with a frame.
    columns : int

    Returns
    -------
    altair.LayerChart
        With the selection parameter ``galaxy``, whose field is ``objID``.

    Examples
    --------
    >>> galaxies = pd.DataFrame({"image": ["data:,a", "data:,b"], "title": ["8.5", "9.0"]}, index=["1", "2"])
    >>> galaxy_strip(galaxies, "2", columns=2).description
    '2 galaxies to choose from; galaxy 2 is chosen.'
    """
    table = galaxies[["image", "title"]].rename_axis("objID").reset_index()
    table["column"], table["row"] = np.arange(len(table)) % columns, np.arange(len(table)) // columns
    table["chosen"] = table["objID"] == chosen
    n_rows = int(table["row"].max()) + 1
    side = alt.ExprRef(f"min(width / {columns}, height / {n_rows}) - 6")
    frame = alt.ExprRef(f"pow(min(width / {columns}, height / {n_rows}) - 1, 2)")
    x = alt.X("column:O", axis=None, scale=alt.Scale(padding=0))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(padding=0))
    base = alt.Chart(table).encode(x=x, y=y)
    frames = base.transform_filter("datum.chosen").mark_square(size=frame, color=HIGHLIGHT, opacity=1)
    pictures = base.mark_image(width=side, height=side, cursor="pointer").encode(
        url="image:N", tooltip=[alt.Tooltip("title:N", title="galaxy"), alt.Tooltip("image:N")]
    )
    pictures = pictures.add_params(alt.selection_point(name="galaxy", fields=["objID"], on="click"))
    description = f"{len(table)} galaxies to choose from; galaxy {chosen} is chosen."
    return alt.layer(frames, pictures).properties(description=description)
