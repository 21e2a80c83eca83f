"""The axis of charts with one row per cause."""

from collections.abc import Sequence

import altair as alt

# Streamlit includes the legend and the axes in a chart's height.
_ROW_PX, _SURROUNDINGS_PX, _LABEL_PX = 22, 110, 190


def cause_axis(causes: Sequence[str], *, grid: bool = False) -> alt.Y:
    """Return a vertical axis with one row per cause, in the given order, and optionally lines between the rows.

    Examples
    --------
    >>> cause_axis(["stellar mass", "inclination"])["sort"]
    ['stellar mass', 'inclination']
    """
    # tickBand puts grid lines between rows instead of through them; no label may be left out.
    axis = alt.Axis(
        labelLimit=_LABEL_PX,
        labelOverlap=False,
        labelFlush=False,
        tickExtra=False,
        grid=grid,
        tickBand="extent" if grid else "center",
        domain=False,
        ticks=False,
    )
    return alt.Y("cause:N", sort=list(causes), scale=alt.Scale(domain=list(causes)), title=None, axis=axis)


def height_of_causes(n_causes: int) -> int:
    """Return the height, in px, of a chart with one row per cause.

    Examples
    --------
    >>> height_of_causes(10)
    330
    """
    return _ROW_PX * n_causes + _SURROUNDINGS_PX
