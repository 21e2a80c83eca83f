"""Galaxies in a plane of components: as a ring around a dot, or as their own pictures."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import KINDS, QUIET, label_scale, label_title, with_unit
from galviz.charts.digits import value_format
from galviz.charts.table import galaxy_table
from galviz.survey.label import Label

HEIGHT_PX = 520
# The outer edge of a ring is at 4.8 px and its inner at 1.8 px: about the tutorial's two sizes of circle.
_RING_AREA, _RING_WIDTH = 34, 3.0
# Of any column: without viridis's ends, of which one is lost on a dark page and the other on a white one.
_SCHEME = alt.SchemeParams(name="viridis", extent=[0.25, 0.9])
# Whole numbers of up to so many values are kinds.
_MOST_COUNTS = 6
THUMBNAIL_PX = 48
# Pictures become smaller with the plot, down to this: so they stay apart, framed, on a phone too, where `spread_out`
# left 0.08 of each axis between them. What the scale leaves at its ends, a picture's side, is no part of that axis.
_SMALLEST_PX, _SHARE, _RIM_PX = 14, 0.07, 2.5


def ring_scatter(
    points: pd.DataFrame,
    x: str,
    y: str,
    label: Label | None,
    *,
    x_title: str | None = None,
    y_title: str | None = None,
) -> alt.Chart:
    """Draw each galaxy as a dot in its predicted label's colour, within a ring in its true label's.

    Parameters
    ----------
    points : DataFrame of n_galaxies rows, index objID
        Columns `x` and `y`; ``predicted`` and ``true``, in the label's unit, if known; and, for the tooltip, ``image``
        with an address or data URI of each galaxy's picture. A galaxy without a true label has no ring; without
        predictions there are none, and each dot has the colour of its true label.
    x, y : str
        Names of the columns that are the axes.
    label : Label or None
        Gives the colours' range and the words; None if there is neither ``predicted`` nor ``true``.
    x_title, y_title : str, optional
        The columns' names by default.

    Returns
    -------
    altair.Chart
        One mark a galaxy, one colour bar for both colours.
    """
    table = galaxy_table(points, [x, y, "predicted", "true", "image"])
    titles = x_title or x, y_title or y
    colours, legend, how = _ring_colours(table, label)
    return (
        alt.Chart(table)
        .mark_point(filled=True, size=_RING_AREA, strokeWidth=_RING_WIDTH, opacity=1, invalid="show")
        .encode(**_plane(x, y, titles), **colours, tooltip=_tooltip(table, label))
        .properties(
            height=HEIGHT_PX,
            title=alt.Title(legend, anchor="start", fontSize=13, fontWeight="normal"),
            description=_description(table, *titles, label, how),
        )
    )


def _ring_colours(table: pd.DataFrame, label: Label | None) -> tuple[dict[str, alt.Fill | alt.Stroke], str, str]:
    """The colours of rings and dots, their legend, and how the description says it."""
    labelled = "true" in table and bool(table["true"].notna().any())
    if label is None or not (labelled or "predicted" in table):
        return {"fill": alt.value(QUIET)}, "No label is known, and none is predicted.", "without a colour"
    scale, bar = label_scale(label), _bar(label_title(label))
    if "predicted" not in table:
        dots = alt.Fill("true:Q", scale=scale, legend=bar, condition=_where_missing("true", QUIET))
        return {"fill": dots}, "Dot: true. There are no predictions.", "as it is true"
    colours = {"fill": alt.Fill("predicted:Q", scale=scale, legend=bar)}
    if labelled:
        # The same range, in other words: of two scales with one domain Vega-Lite 6.4 (a notebook's, the export's) makes
        # one legend, even where the second has none, and draws it as discs instead of a bar.
        same = label_scale(label)
        same.domain = [alt.ExprRef(repr(float(end))) for end in (label.low, label.high)]
        colours["stroke"] = alt.Stroke(
            "true:Q", scale=same, legend=None, condition=_where_missing("true", "transparent")
        )
        return colours, "Outer ring: true. Inner dot: predicted.", "true outside and predicted inside"
    return colours, "Dot: predicted. No true label is known.", "as predicted"


def column_scatter(
    points: pd.DataFrame, x: str, y: str, colour: pd.Series, label: Label | None, *, title: str
) -> alt.Chart:
    """Draw each galaxy as a dot in the colour of any one of its properties.

    Parameters
    ----------
    points : DataFrame of n_galaxies rows, index objID
        As for `ring_scatter`.
    x, y : str
    colour : Series of shape (n_galaxies,), same index
        Numbers, or kinds: whole numbers of which there are few, or anything that is no number. A galaxy without a
        finite one is grey.
    label : Label or None
        Of the truth and the prediction, for the tooltip.
    title : str
        Of the colour bar.

    Returns
    -------
    altair.Chart
        Numbers run from their 2nd to their 98th percentile, dark to bright. The rarest kind is drawn last.
    """
    table = galaxy_table(points, [x, y, "predicted", "true", "image"])
    missing = _where_missing("colour", QUIET)
    if pd.api.types.is_numeric_dtype(colour) and not pd.api.types.is_bool_dtype(colour) and not _counts(colour):
        values = colour.astype(float).replace([np.inf, -np.inf], np.nan)
        low, high = values.quantile([0.02, 0.98]) if values.notna().any() else (0.0, 1.0)
        scale = alt.Scale(
            domain=[float(low), float(high) if high > low else float(low) + 1], scheme=_SCHEME, clamp=True
        )
        coloured = alt.Color("colour:Q", scale=scale, legend=_bar(title), condition=missing)
        shown = alt.Tooltip("colour:Q", title=title, format=".4g")
    else:
        values = colour.map("{:g}".format if _counts(colour) else str).where(colour.notna())
        kinds = sorted(values.dropna().unique())
        # The theme's own colours, or where they would come round again, others.
        scale = alt.Scale(domain=kinds, scheme="tableau20" if len(kinds) > len(KINDS) else alt.Undefined)
        side_by_side = alt.Legend(orient="top", columns=2)
        coloured = alt.Color("colour:N", title=title, scale=scale, legend=side_by_side, condition=missing)
        shown = alt.Tooltip("colour:N", title=title)
    table["colour"] = values.to_numpy()
    if shown.shorthand.endswith(":N"):
        table = table.iloc[np.argsort(-table["colour"].map(table["colour"].value_counts()).fillna(0), kind="stable")]
    return (
        alt.Chart(table)
        .mark_circle(size=42, opacity=0.9, invalid="show")
        .encode(
            **_plane(x, y, (x, y)),
            color=coloured,
            tooltip=[shown, *_tooltip(table, label)],
        )
        .properties(
            height=HEIGHT_PX, description=f"{len(table):,} galaxies in the plane of {x} and {y}, coloured by {title}."
        )
    )


def _counts(colour: pd.Series) -> bool:
    """Whether numbers are a few whole ones, such as how many arms: a bar of colours in between would say nothing."""
    if not pd.api.types.is_numeric_dtype(colour) or pd.api.types.is_bool_dtype(colour):
        return False
    values = colour.dropna().unique()
    return 1 < len(values) <= _MOST_COUNTS and bool(np.isfinite(values).all() and (values == np.round(values)).all())


def image_scatter(
    points: pd.DataFrame,
    x: str,
    y: str,
    label: Label | None,
    *,
    framed_by: str | None = "true",
    x_title: str | None = None,
    y_title: str | None = None,
    side_px: int = THUMBNAIL_PX,
) -> alt.LayerChart:
    """Draw each galaxy as its own picture, in a frame of its label's colour.

    Parameters
    ----------
    points : DataFrame of n_galaxies rows, index objID
        As for `ring_scatter`, with ``image``. Choose few enough that they don't cover each other: `spread_out`.
    x, y : str
    label : Label or None
    framed_by : {"true", "predicted"} or None
        Which value is the frame's colour; the colour bar says so. A galaxy without that value has a grey frame. None if
        there is no such value: all frames are grey.
    x_title, y_title : str, optional
    side_px : int
        Side of each picture, where the plot is large enough.

    Returns
    -------
    altair.LayerChart
        Frames and pictures, one colour bar.
    """
    table = galaxy_table(points, [x, y, "predicted", "true", "image"])
    titles = x_title or x, y_title or y
    side = f"clamp({_SHARE} * min(width, height) - {2 * _RIM_PX}, {min(_SMALLEST_PX, side_px)}, {side_px})"
    coloured, how = alt.value(QUIET), "each a picture"
    if label is not None and framed_by is not None:
        name = label_title(label)
        bar = _bar(f"{framed_by.capitalize()} {name[0].lower()}{name[1:]}")
        condition, how = _where_missing(framed_by, QUIET), f"each a picture in a frame of its {framed_by} value"
        coloured = alt.Color(f"{framed_by}:Q", scale=label_scale(label), legend=bar, condition=condition)
    base = alt.Chart(table).encode(**_plane(x, y, titles, nice=False, padding=alt.ExprRef(side)))
    frames = base.mark_square(size=alt.ExprRef(f"pow({side} + {2 * _RIM_PX}, 2)"), opacity=1, invalid="show").encode(
        color=coloured
    )
    pictures = base.mark_image(width=alt.ExprRef(side), height=alt.ExprRef(side)).encode(
        url="image:N", tooltip=_tooltip(table, label)
    )
    return alt.layer(frames, pictures).properties(
        height=HEIGHT_PX + 200,
        description=_description(table, *titles, label, how),
    )


# A component's numbers mean little by themselves: a few ticks, as the tutorial has none.
_BARE = alt.Axis(tickCount=5, grid=False, format="g")


def _plane(x: str, y: str, titles: tuple[str, str], **scale: Any) -> dict[str, alt.X | alt.Y]:  # noqa: ANN401 (what Altair's scale takes)
    """The two axes of a scatter."""
    shared = {"scale": alt.Scale(zero=False, **scale), "axis": _BARE}
    return {
        "x": alt.X(f"{_escaped(x)}:Q", title=titles[0], **shared),
        "y": alt.Y(f"{_escaped(y)}:Q", title=titles[1], **shared),
    }


def _where_missing(name: str, colour: str) -> dict[str, str]:
    """The colour of galaxies without a value: a condition, for else Vega-Lite gives them that of the scale's lowest."""
    return {"test": f"!isValid(datum['{name}'])", "value": colour}


def _bar(title: str) -> alt.Legend:
    """A colour bar above a scatter: beside it, it would take half of a phone's width."""
    return alt.Legend(title=title, orient="top", gradientLength=220, titleLimit=alt.ExprRef("width"))


def _tooltip(table: pd.DataFrame, label: Label | None) -> list[alt.Tooltip]:
    """What is said of a galaxy under the pointer; a picture must be called image to be drawn there."""
    shown = [alt.Tooltip("objID:N", title="objID")]
    for name in ("true", "predicted"):
        if name in table and label is not None:
            shown.append(alt.Tooltip(f"{name}:Q", title=with_unit(name, label), format=value_format(label)))
    if "image" in table:
        shown.append(alt.Tooltip("image:N"))
    return shown


def _escaped(name: str) -> str:
    """A column's name as Altair's shorthand and Vega take it."""
    for special in (":", ".", "[", "]"):
        name = name.replace(special, f"\\{special}")
    return name


def _description(table: pd.DataFrame, x: str, y: str, label: Label | None, how: str) -> str:
    """The chart in a sentence."""
    coloured = "" if label is None else f"coloured by {label.name}, "
    return f"{len(table):,} galaxies in the plane of {x} and {y}, {coloured}{how}."
