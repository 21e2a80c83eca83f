"""Galaxies in a plane of components, each drawn as its picture."""

import altair as alt
import pandas as pd

from galviz.charts.colour import NEUTRAL, label_scale, label_title
from galviz.charts.galaxy_encoding import HEIGHT_PX, colour_bar, colour_if_missing, component_axes, galaxy_tooltip
from galviz.charts.table import galaxy_table
from galviz.survey.label import Label

_SIDE_PX = 48
# Pictures shrink with the plot, down to this side, and so don't overlap on a phone either: `spread_out` leaves 0.08 of
# each axis between them. The scale's padding, one picture at each end, isn't part of that axis.
_MIN_SIDE_PX, _SHARE_OF_PLOT, _FRAME_PX = 14, 0.07, 2.5


def image_scatter(
    points: pd.DataFrame,
    x: str,
    y: str,
    label: Label | None,
    *,
    framed_by: str | None = "true",
    x_title: str | None = None,
    y_title: str | None = None,
    side_px: int = _SIDE_PX,
) -> alt.LayerChart:
    """Draw each galaxy as its picture, in a frame of its label's colour.

    Parameters
    ----------
    points : DataFrame of n_galaxies rows, index objID
        As for `ring_scatter`, with ``image``. Select galaxies that don't overlap, see `spread_out`.
    x, y : str
        Columns that are the axes.
    label : Label or None
    framed_by : {"true", "predicted"} or None
        The value that determines the frame's colour, named in the colour bar. Galaxies without it, and all if None,
        have a grey frame.
    x_title, y_title : str, optional
        By default the column names.
    side_px : int
        Side of each picture if the plot is large enough.

    Returns
    -------
    altair.LayerChart
        Frames and pictures, with one colour bar.

    Examples
    --------
    >>> points = pd.DataFrame({"PC1": [0.0], "PC2": [1.0], "true": [8.5], "image": ["data:,a"]}, index=["a"])
    >>> image_scatter(points, "PC1", "PC2", Label("metallicity", "Metallicity", "dex", 8.2, 9.4)).description
    '1 galaxies in the plane of PC1 and PC2, as pictures framed by true Metallicity.'
    """
    table = galaxy_table(points, [x, y, "predicted", "true", "image"])
    titles = x_title or x, y_title or y
    side = f"clamp({_SHARE_OF_PLOT} * min(width, height) - {2 * _FRAME_PX}, {min(_MIN_SIDE_PX, side_px)}, {side_px})"
    frame_colour, framing = alt.value(NEUTRAL), ""
    if label is not None and framed_by is not None:
        name = label_title(label)
        legend = colour_bar(f"{framed_by.capitalize()} {name[0].lower()}{name[1:]}")
        condition = colour_if_missing(framed_by, NEUTRAL)
        frame_colour = alt.Color(f"{framed_by}:Q", scale=label_scale(label), legend=legend, condition=condition)
        framing = f" framed by {framed_by} {label.name}"
    base = alt.Chart(table).encode(**component_axes(x, y, titles, nice=False, padding=alt.ExprRef(side)))
    area = alt.ExprRef(f"pow({side} + {2 * _FRAME_PX}, 2)")
    frames = base.mark_square(size=area, opacity=1, invalid="show").encode(color=frame_colour)
    pictures = base.mark_image(width=alt.ExprRef(side), height=alt.ExprRef(side)).encode(
        url="image:N", tooltip=galaxy_tooltip(table, label)
    )
    description = f"{len(table):,} galaxies in the plane of {titles[0]} and {titles[1]}, as pictures{framing}."
    return alt.layer(frames, pictures).properties(height=HEIGHT_PX + 200, description=description)
