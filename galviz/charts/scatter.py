"""Galaxies in a plane of components as dots, coloured by their label or by any other column."""

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import CATEGORICAL, NEUTRAL, label_scale, label_title
from galviz.charts.galaxy_encoding import HEIGHT_PX, colour_bar, colour_if_missing, component_axes, galaxy_tooltip
from galviz.charts.table import galaxy_table
from galviz.survey.label import Label

# A ring's outer edge is at 4.8 px and its inner edge at 1.8 px: about the tutorial's two sizes of circle.
_RING_AREA, _RING_WIDTH = 34, 3.0
# Without viridis's ends: one has too little contrast on a dark page, the other on a white one.
_SCHEME = alt.SchemeParams(name="viridis", extent=[0.25, 0.9])
# Whole numbers with at most this many values are categories.
_MAX_WHOLE_NUMBERS = 6


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
        with an address or data URI of each galaxy's picture. Galaxies without a true label have no ring. Without
        predictions there are no rings, and each dot has the colour of its true label.
    x, y : str
        Columns that are the axes.
    label : Label or None
        Range of the colours and text of the colour bar; None if there is neither ``predicted`` nor ``true``.
    x_title, y_title : str, optional
        By default the column names.

    Returns
    -------
    altair.Chart
        One mark per galaxy, and one colour bar for both colours.

    Examples
    --------
    >>> points = pd.DataFrame({"PC1": [0.0], "PC2": [1.0], "true": [8.5], "predicted": [8.6]}, index=["a"])
    >>> chart = ring_scatter(points, "PC1", "PC2", Label("metallicity", "Metallicity", "dex", 8.2, 9.4))
    >>> chart.title.text
    'Outer ring: true. Inner dot: predicted.'
    """
    table = galaxy_table(points, [x, y, "predicted", "true", "image"])
    titles = x_title or x, y_title or y
    colours, caption, coloured_by = _ring_colours(table, label)
    return (
        alt.Chart(table)
        .mark_point(filled=True, size=_RING_AREA, strokeWidth=_RING_WIDTH, opacity=1, invalid="show")
        .encode(**component_axes(x, y, titles), **colours, tooltip=galaxy_tooltip(table, label))
        .properties(
            height=HEIGHT_PX,
            title=alt.Title(caption, anchor="start", fontSize=13, fontWeight="normal"),
            description=f"{len(table):,} galaxies in the plane of {titles[0]} and {titles[1]}{coloured_by}.",
        )
    )


def _ring_colours(table: pd.DataFrame, label: Label | None) -> tuple[dict[str, alt.Fill | alt.Stroke], str, str]:
    """The encodings of rings and dots, the caption that explains them, and the end of the description."""
    has_truth = "true" in table and bool(table["true"].notna().any())
    if label is None or not (has_truth or "predicted" in table):
        return {"fill": alt.value(NEUTRAL)}, "No labels and no predictions.", ""
    scale, legend, coloured_by = label_scale(label), colour_bar(label_title(label)), f", coloured by {label.name}"
    if "predicted" not in table:
        dots = alt.Fill("true:Q", scale=scale, legend=legend, condition=colour_if_missing("true", NEUTRAL))
        return {"fill": dots}, "Dot: true. There are no predictions.", f"{coloured_by}, true"
    colours = {"fill": alt.Fill("predicted:Q", scale=scale, legend=legend)}
    if not has_truth:
        return colours, "Dot: predicted. No true label is known.", f"{coloured_by}, predicted"
    # The same range, written differently: from two scales with equal domains Vega-Lite 6.4 (in notebooks and exports)
    # makes one legend, even if the second has none, and draws it as discs instead of a bar.
    ring_scale = label_scale(label)
    ring_scale.domain = [alt.ExprRef(repr(float(end))) for end in (label.low, label.high)]
    condition = colour_if_missing("true", "transparent")
    colours["stroke"] = alt.Stroke("true:Q", scale=ring_scale, legend=None, condition=condition)
    return colours, "Outer ring: true. Inner dot: predicted.", f"{coloured_by}, true outside and predicted inside"


def column_scatter(
    points: pd.DataFrame, x: str, y: str, colour: pd.Series, label: Label | None, *, title: str
) -> alt.Chart:
    """Draw each galaxy as a dot, coloured by any column.

    Parameters
    ----------
    points : DataFrame of n_galaxies rows, index objID
        As for `ring_scatter`.
    x, y : str
        Columns that are the axes.
    colour : Series of shape (n_galaxies,), same index
        Numbers, or categories: few different whole numbers, truth values or text. Galaxies without a finite value are
        grey.
    label : Label or None
        The label of ``true`` and ``predicted``, for the tooltip.
    title : str
        Title of the colour bar.

    Returns
    -------
    altair.Chart
        The colour scale of numbers runs from their 2nd to their 98th percentile. The rarest category is drawn last.

    Examples
    --------
    >>> points = pd.DataFrame({"PC1": [0.0, 1.0], "PC2": [1.0, 0.0]}, index=["a", "b"])
    >>> kind = pd.Series(["disc", "bulge"], index=points.index)
    >>> column_scatter(points, "PC1", "PC2", kind, None, title="kind").encoding.color["scale"].domain
    ['bulge', 'disc']
    """
    table = galaxy_table(points, [x, y, "predicted", "true", "image"])
    if pd.api.types.is_numeric_dtype(colour) and not pd.api.types.is_bool_dtype(colour) and not _is_count(colour):
        values, encoding = _continuous(colour, title)
        tooltip = alt.Tooltip("colour:Q", title=title, format=".4g")
        table["colour"] = values.to_numpy()
    else:
        values, encoding = _categorical(colour, title)
        tooltip = alt.Tooltip("colour:N", title=title)
        table["colour"] = values.to_numpy()
        frequency = table["colour"].map(table["colour"].value_counts()).fillna(0)
        table = table.iloc[np.argsort(-frequency, kind="stable")]
    return (
        alt.Chart(table)
        .mark_circle(size=42, opacity=0.9, invalid="show")
        .encode(**component_axes(x, y, (x, y)), color=encoding, tooltip=[tooltip, *galaxy_tooltip(table, label)])
        .properties(
            height=HEIGHT_PX, description=f"{len(table):,} galaxies in the plane of {x} and {y}, coloured by {title}."
        )
    )


def _continuous(colour: pd.Series, title: str) -> tuple[pd.Series, alt.Color]:
    """Numbers and their encoding with a colour bar."""
    values = colour.astype(float).replace([np.inf, -np.inf], np.nan)
    low, high = values.quantile([0.02, 0.98]) if values.notna().any() else (0.0, 1.0)
    domain = [float(low), float(high) if high > low else float(low) + 1]
    scale = alt.Scale(domain=domain, scheme=_SCHEME, clamp=True)
    condition = colour_if_missing("colour", NEUTRAL)
    return values, alt.Color("colour:Q", scale=scale, legend=colour_bar(title), condition=condition)


def _categorical(colour: pd.Series, title: str) -> tuple[pd.Series, alt.Color]:
    """Categories as text and their encoding: the theme's colours, or others if the theme's don't suffice."""
    values = colour.map("{:.17g}".format if _is_count(colour) else str).where(colour.notna())
    categories = sorted(values.dropna().unique())
    scheme = "tableau20" if len(categories) > len(CATEGORICAL) else alt.Undefined
    scale = alt.Scale(domain=categories, scheme=scheme)
    condition, legend = colour_if_missing("colour", NEUTRAL), alt.Legend(orient="top", columns=2)
    return values, alt.Color("colour:N", title=title, scale=scale, legend=legend, condition=condition)


def _is_count(colour: pd.Series) -> bool:
    """Whether a column has a few whole numbers, such as the number of spiral arms, which need no colour bar."""
    if not pd.api.types.is_numeric_dtype(colour) or pd.api.types.is_bool_dtype(colour):
        return False
    values = colour.dropna().unique()
    is_whole = bool(np.isfinite(values).all() and (values == np.round(values)).all())
    return 1 < len(values) <= _MAX_WHOLE_NUMBERS and is_whole
