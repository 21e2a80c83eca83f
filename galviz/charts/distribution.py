"""How a label is distributed over a sample."""

import altair as alt
import pandas as pd

from galviz.charts.colour import CHOSEN, QUIET


def label_distribution(
    labels: pd.Series,
    title: str,
    *,
    shown: list[str],
    chosen: str | None = None,
    bins: int = 24,
    digits: str = ".2f",
) -> alt.LayerChart:
    """Draw how a label is distributed over a sample.

    Parameters
    ----------
    labels : Series of shape (n_galaxies,), index objID
        The label of each galaxy; missing values are left out.
    title : str
        Axis title, with the unit.
    shown : list of str
        Galaxies to mark with a tick below the bars, such as those of a grid.
    chosen : str or None
        A galaxy to mark with a line.
    bins : int
        At most this many bars.
    digits : str
        Format of a value, see `value_format`.

    Returns
    -------
    altair.LayerChart
        Bars (galaxies a bin), ticks and a line, on one axis.
    """
    known = labels.dropna().rename("label")
    axis = alt.X("label:Q", bin=alt.Bin(maxbins=bins), title=title, scale=alt.Scale(zero=False))
    bars = (
        alt.Chart(known.to_frame())
        .mark_bar(opacity=0.75)
        .encode(x=axis, y=alt.Y("count()", title="galaxies"), tooltip=alt.Tooltip("count()", title="galaxies"))
    )
    ticks = (
        alt.Chart(known.loc[known.index.isin(shown)].to_frame())
        .mark_tick(size=10, thickness=1.5, yOffset=6, color=QUIET)
        .encode(x=alt.X("label:Q", title=title), y=alt.datum(0))
    )
    layers = [bars, ticks]
    description = (
        f"Histogram of {title} for {len(known):,} galaxies, from {known.min():{digits}} to {known.max():{digits}}, "
        f"median {known.median():{digits}}."
    )
    if chosen is not None and chosen in known.index:
        line = alt.Chart(known.loc[[chosen]].to_frame()).mark_rule(strokeWidth=2.5, color=CHOSEN)
        layers.append(line.encode(x="label:Q", tooltip=alt.Tooltip("label:Q", format=digits, title="this galaxy")))
        description += f" A line marks the chosen galaxy at {known[chosen]:{digits}}."
    return alt.layer(*layers).properties(height=180, description=description)
