"""The legend of a map's colours as a histogram of the coloured values."""

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.histograms import bin_edges
from galviz.charts.point_colours import SCHEMES, PointColours

_N_BINS, _HEIGHT_PX = 40, 130
# Bars of categories, the last one for all others.
_MAX_CATEGORIES = 12


def colour_legend(values: pd.Series, colours: PointColours, title: str) -> alt.Chart:
    """Draw a histogram of the values, each bar in the colour that its values have on the map.

    Parameters
    ----------
    values : Series
        Numbers or categories; missing values are left out.
    colours : PointColours
        Of these values.
    title : str
        Axis title, with the unit.

    Returns
    -------
    altair.Chart
        Values beyond the ends of the colours are counted in the first and last bar; of categories, the rarest share a
        bar.

    Examples
    --------
    >>> from galviz.charts.point_colours import colour_numbers
    >>> values = pd.Series([0.1, 0.2, 0.2])
    >>> colour_legend(values, colour_numbers(values.to_numpy()), "redshift").description
    'Histogram of redshift for 3 galaxies, in the colours of the map.'
    """
    known = values.dropna()
    description = f"Histogram of {title} for {len(known):,} galaxies, in the colours of the map."
    if colours.domain is None:
        counts = known.astype(str).value_counts()
        if len(counts) > _MAX_CATEGORIES:
            rare = counts.iloc[_MAX_CATEGORIES - 1 :]
            name = f"{len(rare):,} other categories"
            counts = pd.concat([counts.iloc[: _MAX_CATEGORIES - 1], pd.Series({name: rare.sum()})])
        counts = counts.rename_axis("category").reset_index(name="galaxies")
        categories = list(counts["category"])  # the most frequent first, as those that have colours
        scale = colours.category_scale(categories)
        return (
            alt.Chart(counts)
            .mark_bar()
            .encode(
                x=alt.X("galaxies:Q", title="galaxies", axis=alt.Axis(tickCount=4)),
                y=alt.Y("category:N", title=None, sort=categories, axis=alt.Axis(labelOverlap=False)),
                color=alt.Color("category:N", scale=scale, legend=None),
                tooltip=["category:N", "galaxies:Q"],
            )
            .properties(height=90 + 20 * len(counts), description=description)
        )
    low, high = colours.domain
    numbers = known.to_numpy(float)
    edges = bin_edges(low, high, _N_BINS)
    counts, _ = np.histogram(np.clip(numbers[np.isfinite(numbers)], low, high), edges)
    table = pd.DataFrame(
        {"low": edges[:-1], "high": edges[1:], "middle": edges[:-1] / 2 + edges[1:] / 2, "galaxies": counts}
    )
    scheme = [f"#{colour}" for colour in SCHEMES[colours.scheme].split()]
    return (
        alt.Chart(table)
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X("low:Q", bin="binned", title=title, scale=alt.Scale(domain=[low, high], nice=False)),
            x2="high:Q",
            y=alt.Y("galaxies:Q", title=None, axis=alt.Axis(tickCount=2, grid=False)),
            color=alt.Color("middle:Q", scale=alt.Scale(domain=[low, high], range=scheme), legend=None),
            tooltip=[alt.Tooltip("low:Q", format=".4g"), alt.Tooltip("high:Q", format=".4g"), "galaxies:Q"],
        )
        .properties(height=_HEIGHT_PX, description=description)
    )
