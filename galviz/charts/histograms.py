"""Histograms: of the label over a sample, and of an image's pixel values."""

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import HIGHLIGHT, NEUTRAL

_CHANNEL_COLOURS = {"red": "#d6601c", "green": "#2e9e5b", "blue": "#3b82f6"}
_PIXEL_BINS = 40


def label_histogram(
    labels: pd.Series,
    title: str,
    *,
    marked_ids: list[str],
    selected_id: str | None = None,
    bins: int = 24,
    number_format: str = ".2f",
) -> alt.LayerChart:
    """Draw a histogram of the label.

    Parameters
    ----------
    labels : Series of shape (n_galaxies,), index objID
        The label of each galaxy; missing values are left out.
    title : str
        Axis title, with the unit.
    marked_ids : list of str
        Galaxies to mark with a tick below the bars, such as those of a grid.
    selected_id : str or None
        A galaxy to mark with a line.
    bins : int
        Maximum number of bars.
    number_format : str
        Format of a value, see `value_format`.

    Returns
    -------
    altair.LayerChart
        Bars (galaxies per bin), ticks and a line, on one axis.

    Examples
    --------
    >>> labels = pd.Series({"a": 8.5, "b": 8.7, "c": 9.1})
    >>> label_histogram(labels, "Metallicity [dex]", marked_ids=["a"]).description
    'Histogram of Metallicity [dex] for 3 galaxies, from 8.50 to 9.10, median 8.70.'
    """
    known = labels.dropna().rename("label")
    axis = alt.X("label:Q", bin=alt.Bin(maxbins=bins), title=title, scale=alt.Scale(zero=False))
    bars = (
        alt.Chart(known.to_frame())
        .mark_bar(opacity=0.75)
        .encode(x=axis, y=alt.Y("count()", title="galaxies"), tooltip=alt.Tooltip("count()", title="galaxies"))
    )
    ticks = (
        alt.Chart(known.loc[known.index.isin(marked_ids)].to_frame())
        .mark_tick(size=10, thickness=1.5, yOffset=6, color=NEUTRAL)
        .encode(x=alt.X("label:Q", title=title), y=alt.datum(0))
    )
    layers = [bars, ticks]
    description = (
        f"Histogram of {title} for {len(known):,} galaxies, from {known.min():{number_format}} "
        f"to {known.max():{number_format}}, median {known.median():{number_format}}."
    )
    if selected_id is not None and selected_id in known.index:
        line = alt.Chart(known.loc[[selected_id]].to_frame()).mark_rule(strokeWidth=2.5, color=HIGHLIGHT)
        tooltip = alt.Tooltip("label:Q", format=number_format, title="this galaxy")
        layers.append(line.encode(x="label:Q", tooltip=tooltip))
        description += f" A line marks the selected galaxy at {known[selected_id]:{number_format}}."
    return alt.layer(*layers).properties(height=180, description=description)


def pixel_histogram(pixels: np.ndarray, title: str) -> alt.Chart:
    """Draw a histogram of an image's pixel values, one line per colour channel.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3)
        Red, green and blue, in any units.
    title : str
        Title of the value axis.

    Returns
    -------
    altair.Chart
        Counts are logarithmic, because most of an image is sky. Empty bins are left out.

    Examples
    --------
    >>> pixel_histogram(np.full((2, 2, 3), 0.5), "value").description
    'Histogram of value over 4 pixels; means: red 0.5, green 0.5, blue 0.5.'
    """
    flat = np.asarray(pixels, float).reshape(-1, 3)
    edges = np.linspace(flat.min(), flat.max() if np.ptp(flat) > 0 else flat.min() + 1, _PIXEL_BINS + 1)
    centres = (edges[:-1] + edges[1:]) / 2
    channels = [
        pd.DataFrame({"value": centres, "pixels": np.histogram(flat[:, channel], edges)[0], "colour": name})
        for channel, name in enumerate(_CHANNEL_COLOURS)
    ]
    table = pd.concat(channels).query("pixels > 0").round({"value": 4})
    means = ", ".join(f"{name} {flat[:, channel].mean():.3g}" for channel, name in enumerate(_CHANNEL_COLOURS))
    scale = alt.Scale(domain=list(_CHANNEL_COLOURS), range=list(_CHANNEL_COLOURS.values()))
    return (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=12))
        .encode(
            x=alt.X("value:Q", title=title),
            y=alt.Y("pixels:Q", title="pixels", scale=alt.Scale(type="log")),
            color=alt.Color("colour:N", title=None, scale=scale, legend=alt.Legend(orient="top")),
            tooltip=[
                alt.Tooltip("colour:N"),
                alt.Tooltip("value:Q", format=".3g", title="value"),
                alt.Tooltip("pixels:Q"),
            ],
        )
        .properties(height=260, description=f"Histogram of {title} over {len(flat):,} pixels; means: {means}.")
    )


def bin_edges(low: float, high: float, bins: int) -> np.ndarray:
    """Divide a range into bins of one width; into fewer ones if there are fewer floats in it.

    Parameters
    ----------
    low, high : float
        Finite; if they are equal, the range goes from 0.5 below to 0.5 above, or to the next floats.
    bins : int

    Returns
    -------
    ndarray of float, shape (at most bins + 1,)
        Increasing. ``np.histogram`` with a number of bins raises ValueError for such ranges.

    Examples
    --------
    >>> bin_edges(0.0, 1.0, 4).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    >>> bin_edges(0.3, np.nextafter(0.3, 1), 4).tolist()
    [0.3, 0.30000000000000004]
    """
    if low == high:
        low, high = min(low - 0.5, np.nextafter(low, -np.inf)), max(high + 0.5, np.nextafter(high, np.inf))
    # Weights, not steps: high - low may be infinite.
    weights = np.linspace(0, 1, bins + 1)
    return np.unique(low * (1 - weights) + high * weights)


def selection_histogram(values: pd.Series, selected: np.ndarray, title: str, *, bins: int = 30) -> alt.LayerChart:
    """Draw a histogram of all galaxies, and over it that of the selected ones.

    Parameters
    ----------
    values : Series of float, shape (n_galaxies,)
        Values that aren't finite are left out.
    selected : ndarray of bool, shape (n_galaxies,)
    title : str
        Axis title, with the unit.
    bins : int
        Number of bars.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> selection_histogram(pd.Series([0.1, 0.2, 0.4]), np.array([True, False, False]), "redshift").description
    'Histogram of redshift: 3 galaxies, of which 1 are selected.'
    """
    numbers = values.to_numpy(float)
    known = np.isfinite(numbers)
    edges = bin_edges(numbers[known].min(), numbers[known].max(), bins)
    groups = {"all": known, "selected": known & selected}
    tables = {
        group: pd.DataFrame({"low": edges[:-1], "high": edges[1:], "galaxies": np.histogram(numbers[rows], edges)[0]})
        for group, rows in groups.items()
    }
    tooltip = [alt.Tooltip("low:Q", format=".4g"), alt.Tooltip("high:Q", format=".4g"), "galaxies:Q"]
    layers = [
        alt.Chart(tables[group])
        .mark_bar(color=colour, opacity=opacity)
        .encode(x=alt.X("low:Q", bin="binned", title=title), x2="high:Q", y="galaxies:Q", tooltip=tooltip)
        for group, colour, opacity in (("all", NEUTRAL, 0.4), ("selected", HIGHLIGHT, 1.0))
    ]
    description = f"Histogram of {title}: {known.sum():,} galaxies, of which {(known & selected).sum():,} are selected."
    return alt.layer(*layers).properties(height=180, description=description)
