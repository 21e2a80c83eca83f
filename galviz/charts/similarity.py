"""Similarity of the layers of two networks."""

import altair as alt
import pandas as pd

_CELL_PX = 46


def cka_heatmap(table: pd.DataFrame, one: str, other: str) -> alt.LayerChart:
    """Draw the CKA of each pair of layers of two networks as a heatmap with the numbers on it.

    Parameters
    ----------
    table : DataFrame
        One row per pair: the layers ``one`` and ``other``, and ``cka``. Not modified.
    one, other : str
        Names of the networks, for the axes.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> table = pd.DataFrame({"one": ["stem", "stage1"], "other": "stem", "cka": [1, 0.5]})
    >>> cka_heatmap(table, "trained", "random").description
    'Linear CKA of 2 layers of trained with 1 layers of random: 0.50 to 1.00.'
    """
    layers, others = (list(dict.fromkeys(table[name])) for name in ("one", "other"))
    base = alt.Chart(table).encode(
        x=alt.X("other:N", sort=others, title=other, axis=alt.Axis(labelAngle=0, orient="top", titleLimit=260)),
        y=alt.Y("one:N", sort=layers, title=one, axis=alt.Axis(titleLimit=220)),
        tooltip=["one:N", "other:N", alt.Tooltip("cka:Q", title="CKA", format=".3f")],
    )
    scale = alt.Scale(domain=[0, 1], scheme="viridis")
    cells = base.mark_rect().encode(color=alt.Color("cka:Q", scale=scale, legend=alt.Legend(title="CKA", format=".1f")))
    # White on the dark half of the scale, black on the light half.
    numbers = base.mark_text(fontSize=13).encode(
        text=alt.Text("cka:Q", format=".2f"),
        color=alt.condition("datum.cka > 0.6", alt.value("#11141c"), alt.value("#ffffff")),
    )
    numbers = numbers.transform_filter("isValid(datum.cka)")  # of constant layers there is none
    low, high = table["cka"].min(), table["cka"].max()
    return alt.layer(cells, numbers).properties(
        height=60 + _CELL_PX * len(layers),
        description=f"Linear CKA of {len(layers)} layers of {one} with {len(others)} layers of {other}: "
        f"{low:.2f} to {high:.2f}.",
    )
