"""How the values of an image's pixels are distributed, colour by colour."""

import altair as alt
import numpy as np
import pandas as pd

_COLOURS = {"red": "#d6601c", "green": "#2e9e5b", "blue": "#3b82f6"}
_BINS = 40


def pixel_distribution(pixels: np.ndarray, title: str) -> alt.Chart:
    """Draw how many of an image's pixels have which value, a line a colour.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3)
        Red, green and blue, on any scale.
    title : str
        Of the values' axis.

    Returns
    -------
    altair.Chart
        Counts are logarithmic: most of an image is sky. Bins without a pixel are left out.
    """
    flat = np.asarray(pixels, float).reshape(-1, 3)
    edges = np.linspace(flat.min(), flat.max() if np.ptp(flat) > 0 else flat.min() + 1, _BINS + 1)
    parts = [
        pd.DataFrame(
            {"value": (edges[:-1] + edges[1:]) / 2, "pixels": np.histogram(flat[:, place], edges)[0], "colour": name}
        )
        for place, name in enumerate(_COLOURS)
    ]
    table = pd.concat(parts).query("pixels > 0").round({"value": 4})
    said = ", ".join(f"{name} {flat[:, place].mean():.3g}" for place, name in enumerate(_COLOURS))
    return (
        alt.Chart(table)
        .mark_line(point=alt.OverlayMarkDef(size=12))
        .encode(
            x=alt.X("value:Q", title=title),
            y=alt.Y("pixels:Q", title="pixels", scale=alt.Scale(type="log")),
            color=alt.Color(
                "colour:N",
                title=None,
                scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("colour:N"),
                alt.Tooltip("value:Q", format=".3g", title="value"),
                alt.Tooltip("pixels:Q"),
            ],
        )
        .properties(height=260, description=f"Distribution of {title} over {len(flat):,} pixels; means: {said}.")
    )
