"""How well a network predicts: true against predicted, and its error by epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from galviz.charts.colour import CHOSEN, label_title
from galviz.label import Label


def true_against_predicted(points: pd.DataFrame, label: Label) -> alt.VConcatChart:
    """Draw predicted against true values over a line of equals, and the residuals below.

    Parameters
    ----------
    points : DataFrame, index objID
        ``true`` and ``predicted``, in the label's unit, and, for the tooltip, ``image``. Galaxies without a true value
        are left out.
    label : Label

    Returns
    -------
    altair.VConcatChart
        Two panels on one axis of true values.
    """
    known = points.dropna(subset=["true"])
    columns = [name for name in ("true", "predicted", "image") if name in known]
    table = known[columns].assign(residual=known["predicted"] - known["true"])
    numbers = table.select_dtypes("number").astype(float).round(4)
    table = table.assign(**numbers).rename_axis("objID").reset_index()
    both = pd.concat([table["true"], table["predicted"]])
    ends = [float(both.min()), float(both.max())] if len(both) else [label.low, label.high]
    told = [
        alt.Tooltip("objID:N"),
        *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("true", "predicted", "residual")),
    ]
    told += [alt.Tooltip("image:N")] if "image" in table else []
    unit = f" [{label.unit}]" if label.unit else ""
    scale = alt.Scale(domain=ends, nice=True, zero=False)
    x = alt.X("true:Q", title=None, scale=scale, axis=alt.Axis(labels=False))
    dots = alt.Chart(table).mark_circle(size=22, opacity=0.55)
    predicted = dots.encode(x=x, y=alt.Y("predicted:Q", title=f"predicted{unit}", scale=scale), tooltip=told)
    diagonal = (
        alt.Chart(pd.DataFrame({"true": ends, "equal": ends}))
        .mark_line(color=CHOSEN, strokeWidth=2)
        .encode(x=x, y=alt.Y("equal:Q", scale=scale))
    )
    residuals = dots.encode(
        x=alt.X("true:Q", title=f"true: {label_title(label)}", scale=scale),
        y=alt.Y("residual:Q", title=f"predicted − true{unit}"),
        tooltip=told,
    )
    level = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=CHOSEN, strokeWidth=2).encode(y="zero:Q")
    spread = float((table["residual"] ** 2).mean() ** 0.5) if len(table) else float("nan")
    return alt.vconcat(
        alt.layer(predicted, diagonal).properties(height=320, width="container"),
        alt.layer(residuals, level).properties(height=140, width="container"),
        spacing=8,
    ).properties(
        description=f"Predicted against true {label.name} of {len(table):,} galaxies; "
        f"root-mean-square residual {spread:.3f}{f' {label.unit}' if label.unit else ''}."
    )


def loss_by_epoch(
    epochs: Sequence[Mapping[str, Any]], label: Label, *, best_possible: float | None = None
) -> alt.LayerChart:
    """Draw a network's error by epoch, over the galaxies it learnt from and over those kept apart.

    Parameters
    ----------
    epochs : sequence of mappings
        A model card's records: phase, side_px, train_rmse, valid_rmse; in the order of the training.
    label : Label
    best_possible : float, optional
        The error that no method can beat, drawn as a line.

    Returns
    -------
    altair.LayerChart
    """
    table = pd.DataFrame(list(epochs))
    table.insert(0, "number", range(1, len(table) + 1))
    table["images"] = table["side_px"].map("{} px".format)
    names = {"train_rmse": "galaxies learnt from", "valid_rmse": "galaxies kept apart"}
    long = table.melt(["number", "phase", "images"], list(names), var_name="over", value_name="rmse")
    long["over"] = long["over"].map(names)
    unit = f" [{label.unit}]" if label.unit else ""
    curves = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=alt.X("number:O", title="epoch", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("rmse:Q", title=f"root-mean-square error{unit}", scale=alt.Scale(zero=False)),
            color=alt.Color("over:N", title=None, legend=alt.Legend(orient="top")),
            strokeDash=alt.StrokeDash("over:N", legend=None),
            tooltip=[
                alt.Tooltip("number:O", title="epoch"),
                alt.Tooltip("phase:N"),
                alt.Tooltip("images:N"),
                alt.Tooltip("over:N"),
                alt.Tooltip("rmse:Q", format=".4f"),
            ],
        )
    )
    layers = [curves]
    said = ", ".join(f"{value:.3f}" for value in table["valid_rmse"])
    description = f"Root-mean-square error over galaxies kept apart, by epoch: {said}{unit}."
    if best_possible is not None:
        floor = pd.DataFrame({"best": [best_possible]})
        layers.append(alt.Chart(floor).mark_rule(color=CHOSEN, strokeWidth=2).encode(y="best:Q"))
        description += f" A line marks the best possible, {best_possible:g}."
    return alt.layer(*layers).properties(height=280, description=description)
