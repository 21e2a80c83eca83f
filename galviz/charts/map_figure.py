"""The explorer's map as a figure for a publication."""

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.galaxy_encoding import colour_if_missing
from galviz.charts.point_colours import GREY, SCHEMES, PointColours, category_texts

_SIDE_PX, _AREA, _DIMMED = 420, 26, 0.12


def map_figure(
    coordinates: np.ndarray,
    values: pd.Series,
    colours: PointColours,
    *,
    titles: tuple[str, str],
    colour_title: str,
    selected: np.ndarray | None = None,
) -> alt.Chart:
    """Draw galaxies as dots in the colours of the map; those without a value are grey.

    Parameters
    ----------
    coordinates : ndarray of shape (n, 2)
    values : Series of shape (n,)
        The values that the colours show.
    colours : PointColours
        Of these values.
    titles : tuple of two str
        Of the axes.
    colour_title : str
        Of the colour bar; empty if there is nothing to colour by.
    selected : ndarray of bool, shape (n,), optional
        The other galaxies are dimmed, and drawn first.

    Returns
    -------
    altair.Chart

    Examples
    --------
    >>> from galviz.charts.point_colours import colour_numbers
    >>> values = pd.Series([0.1, 0.2])
    >>> figure = map_figure(np.eye(2), values, colour_numbers(values), titles=("PC1", "PC2"), colour_title="redshift")
    >>> figure.description
    '2 galaxies in the plane of PC1 and PC2, coloured by redshift.'
    """
    chosen = np.ones(len(coordinates), dtype=bool) if selected is None else selected
    table = pd.DataFrame({"x": coordinates[:, 0], "y": coordinates[:, 1], "chosen": chosen, "value": values.to_numpy()})
    table = table.sort_values("chosen", kind="stable")
    numeric = colours.domain is not None
    if numeric:
        table["value"] = table["value"].astype(float).where(lambda column: np.isfinite(column))
        scheme = [f"#{colour}" for colour in SCHEMES[colours.scheme].split()]
        scale = alt.Scale(domain=list(colours.domain), range=scheme, clamp=True)
    else:
        texts = category_texts(values)
        table["value"] = texts.to_numpy()[table.index]  # sorted since
        scale = colours.category_scale(list(texts.value_counts().index))
    legend = alt.Legend(title=colour_title) if colour_title else None
    n_selected = "" if selected is None else f", {int(chosen.sum()):,} of them selected"
    coloured = f", coloured by {colour_title}" if colour_title else ""
    return (
        alt.Chart(table)
        .mark_circle(size=_AREA, invalid="show")
        .encode(
            x=alt.X("x:Q", title=titles[0], scale=alt.Scale(zero=False), axis=alt.Axis(grid=False)),
            y=alt.Y("y:Q", title=titles[1], scale=alt.Scale(zero=False), axis=alt.Axis(grid=False)),
            color=alt.Color(
                "value:Q" if numeric else "value:N",
                scale=scale,
                legend=legend,
                condition=colour_if_missing("value", GREY),
            ),
            opacity=alt.condition("datum.chosen", alt.value(0.9), alt.value(_DIMMED)),
            order=alt.Order("chosen:Q"),
        )
        .properties(
            width=_SIDE_PX,
            height=_SIDE_PX,
            description=f"{len(table):,} galaxies in the plane of {titles[0]} and {titles[1]}{coloured}{n_selected}.",
        )
    )
