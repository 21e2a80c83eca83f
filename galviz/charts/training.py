"""Training curves: the error by epoch, and the learning rate."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import HIGHLIGHT, NEUTRAL, with_unit
from galviz.charts.number_format import value_format
from galviz.survey.label import Label

_SETS = {"train_rmse": "training set", "valid_rmse": "validation set"}


def loss_chart(epochs: Sequence[Mapping[str, Any]], label: Label, *, floor: float | None = None) -> alt.LayerChart:
    """Draw the root-mean-square error of the training and the validation set by epoch.

    Parameters
    ----------
    epochs : sequence of mappings
        A model card's records, in the order of training: phase, epoch (from 1 in each phase), side_px, train_rmse,
        valid_rmse.
    label : Label
    floor : float, optional
        A lower bound of the error, drawn as a line.

    Returns
    -------
    altair.LayerChart
        Curves break where a phase begins, with the phase's name above: errors on images of another size, or of a
        network with another target, aren't comparable.

    Examples
    --------
    >>> epochs = [{"phase": "training", "epoch": 1, "side_px": 112, "train_rmse": 0.12, "valid_rmse": 0.1}]
    >>> loss_chart(epochs, Label("metallicity", "Metallicity", "dex", 8.2, 9.4)).description
    'Validation RMSE by epoch: 0.100 [dex]. Phases: training at 112 px from epoch 1.'
    """
    table = _epoch_table(epochs)
    scale = alt.Scale(domain=[0.5, len(table) + 0.5], nice=False)
    layers = [_phase_marks(table, scale), _error_curves(table, label, scale)]
    errors = ", ".join(f"{error:{value_format(label, extra_digits=1)}}" for error in table["valid_rmse"])
    phases = ", ".join(f"{row.phase} at {row.images} from epoch {row.number}" for row in _starts(table).itertuples())
    description = f"Validation RMSE by epoch: {with_unit(errors, label)}. Phases: {phases}."
    if floor is not None:
        line = pd.DataFrame({"floor": [floor]})
        layers.append(alt.Chart(line).mark_rule(color=HIGHLIGHT, strokeWidth=2).encode(y="floor:Q"))
        description += f" A line marks the lower bound of the error, {floor:g}."
    padding = {"right": 8}  # the last phase's name may be wider than the phase
    chart = alt.layer(*layers).resolve_axis(x="independent")
    return chart.properties(height=320, padding=padding, description=description)


def learning_rate_chart(rates: Sequence[float] | np.ndarray, *, phases: Sequence[str] | None = None) -> alt.Chart:
    """Draw the learning-rate schedule.

    Parameters
    ----------
    rates : sequence of float, shape (n_points,)
        The learning rate at evenly spaced points of the training.
    phases : sequence of str, shape (n_points,), optional
        The training phase of each point; each phase has its own line.

    Returns
    -------
    altair.Chart

    Examples
    --------
    >>> learning_rate_chart([0.1, 0.2, 0.05]).description
    'Learning rate during training: from 0.1 up to 0.2 and down to 0.05.'
    """
    table = pd.DataFrame({"progress": np.linspace(0, 1, len(rates)), "rate": np.asarray(rates, float)})
    table["phase"] = list(phases) if phases is not None else "training"
    first, highest, last = table["rate"].iloc[0], table["rate"].max(), table["rate"].iloc[-1]
    return (
        alt.Chart(table)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("progress:Q", title="share of the training", axis=alt.Axis(format="%")),
            y=alt.Y("rate:Q", title="learning rate"),
            detail="phase:N",
            tooltip=[alt.Tooltip("phase:N"), alt.Tooltip("rate:Q", format=".2e", title="learning rate")],
        )
        .properties(
            height=180,
            description=f"Learning rate during training: from {first:.2g} up to {highest:.2g} and down to {last:.2g}.",
        )
    )


def _epoch_table(epochs: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row per epoch, numbered through all phases; ``part`` numbers the phases."""
    table = pd.DataFrame(list(epochs))
    table.insert(0, "number", range(1, len(table) + 1))
    table["images"] = table["side_px"].map("{} px".format)
    table["part"] = (table["epoch"] == 1).cumsum()
    return table


def _error_curves(table: pd.DataFrame, label: Label, scale: alt.Scale) -> alt.Chart:
    long = table.melt(["number", "phase", "part", "images"], list(_SETS), var_name="set", value_name="rmse")
    long["set"] = long["set"].map(_SETS)
    names = list(_SETS.values())
    legend = alt.Legend(orient="top", direction="vertical", symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
    dashes = alt.Scale(domain=names, range=[[4, 3], [1, 0]])
    return (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=alt.X("number:Q", title="epoch", scale=scale, axis=_axis_at(table["number"], format="d")),
            y=alt.Y("rmse:Q", title=with_unit("root-mean-square error", label), scale=alt.Scale(zero=True)),
            color=alt.Color("set:N", title=None, legend=legend, scale=alt.Scale(domain=names)),
            strokeDash=alt.StrokeDash("set:N", title=None, legend=legend, scale=dashes),
            detail="part:N",
            tooltip=[
                alt.Tooltip("number:Q", title="epoch"),
                alt.Tooltip("phase:N"),
                alt.Tooltip("images:N"),
                alt.Tooltip("set:N"),
                alt.Tooltip("rmse:Q", format=value_format(label, extra_digits=2)),
            ],
        )
    )


def _starts(table: pd.DataFrame) -> pd.DataFrame:
    """The first epoch of each phase, and its start on the axis."""
    return table.drop_duplicates("part").eval("start = number - 0.5")


def _phase_marks(table: pd.DataFrame, scale: alt.Scale) -> alt.Chart:
    """Lines between phases, and each phase's name as a label of an axis above, which takes the theme's colour."""
    starts = _starts(table)
    names = {f"{row.start:g}": [row.phase, row.images] for row in starts.itertuples()}
    # The padding is that of the first of two lines.
    position = {"orient": "top", "labelAlign": "left", "labelPadding": 18}
    axis = _axis_at(starts["start"], labelExpr=f"{json.dumps(names)}[datum.value]", **position)
    return (
        alt.Chart(starts[["start"]].iloc[1:])
        .mark_rule(color=NEUTRAL, strokeDash=[2, 3])
        .encode(x=alt.X("start:Q", title=None, scale=scale, axis=axis))
    )


def _axis_at(values: pd.Series, **options: Any) -> alt.Axis:  # noqa: ANN401 (options of Altair's axis)
    """An axis with labels at these values only."""
    return alt.Axis(values=values.to_list(), grid=False, ticks=False, domain=False, labelFlush=False, **options)
