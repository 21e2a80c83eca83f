"""How well a network predicts: true against predicted, and its error by epoch."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import CHOSEN, QUIET, label_title, with_unit
from galviz.charts.digits import value_format
from galviz.charts.table import galaxy_table
from galviz.survey.label import Label


def true_against_predicted(points: pd.DataFrame, label: Label) -> alt.LayerChart:
    """Draw predicted against true values, with a line where they are equal.

    Parameters
    ----------
    points : DataFrame, index objID
        ``true`` and ``predicted``, in the label's unit, and, for the tooltip, ``image``. Galaxies without a true value
        are left out.
    label : Label

    Returns
    -------
    altair.LayerChart
        Both axes have one range.
    """
    table = _known(points)
    both = pd.concat([table["true"], table["predicted"]])
    ends = [float(both.min()), float(both.max())] if len(both) else [label.low, label.high]
    scale = alt.Scale(domain=ends, nice=True, zero=False)
    x = alt.X("true:Q", title=f"true: {label_title(label)}", scale=scale, axis=_FEW)
    dots = (
        alt.Chart(table)
        .mark_circle(size=22, opacity=0.55)
        .encode(
            x=x, y=alt.Y("predicted:Q", title=with_unit("predicted", label), scale=scale), tooltip=_told(table, label)
        )
    )
    equal = (
        alt.Chart(pd.DataFrame({"true": ends, "equal": ends}))
        .mark_line(color=CHOSEN, strokeWidth=2)
        .encode(x=x, y=alt.Y("equal:Q", scale=scale))
    )
    said = f"Predicted against true {label.name} of {len(table):,} galaxies, with a line where they are equal."
    return alt.layer(dots, equal).properties(height=380, description=said)


def residuals(points: pd.DataFrame, label: Label) -> alt.LayerChart:
    """Draw what is left between predicted and true values against the true ones.

    Parameters
    ----------
    points : DataFrame, index objID
        As for `true_against_predicted`.
    label : Label

    Returns
    -------
    altair.LayerChart
    """
    table = _known(points)
    dots = (
        alt.Chart(table)
        .mark_circle(size=22, opacity=0.55)
        .encode(
            x=alt.X("true:Q", title=f"true: {label_title(label)}", scale=alt.Scale(zero=False), axis=_FEW),
            y=alt.Y("residual:Q", title=with_unit("predicted − true", label)),
            tooltip=_told(table, label),
        )
    )
    level = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=CHOSEN, strokeWidth=2).encode(y="zero:Q")
    said = f"Predicted less true {label.name} against true, of {len(table):,} galaxies"
    if len(table) > 1 and np.ptp(table["true"]) > 0:
        slope = np.polyfit(table["true"], table["residual"], 1)[0]
        said += f"; it changes by {slope:+.2f} a unit"
    return alt.layer(dots, level).properties(height=380, description=f"{said}.")


_FEW = alt.Axis(tickCount=6)


def _known(points: pd.DataFrame) -> pd.DataFrame:
    """Galaxies whose true value is known, with their residuals; objID is a column."""
    known = points.dropna(subset=["true"])
    known = known.assign(residual=known["predicted"] - known["true"])
    return galaxy_table(known, ["true", "predicted", "image", "residual"])


def _told(table: pd.DataFrame, label: Label) -> list[alt.Tooltip]:
    numbers = [alt.Tooltip(f"{name}:Q", format=value_format(label)) for name in ("true", "predicted", "residual")]
    return [alt.Tooltip("objID:N"), *numbers, *([alt.Tooltip("image:N")] if "image" in table else [])]


def loss_by_epoch(epochs: Sequence[Mapping[str, Any]], label: Label, *, floor: float | None = None) -> alt.LayerChart:
    """Draw a network's error by epoch, over the galaxies it learnt from and over those kept apart.

    Parameters
    ----------
    epochs : sequence of mappings
        A model card's records: phase, epoch (from 1 in each phase), side_px, train_rmse, valid_rmse; in the order of
        the training.
    label : Label
    floor : float, optional
        An error that no method can beat, drawn as a line. The least that one can reach may be larger.

    Returns
    -------
    altair.LayerChart
        The line breaks where a phase begins, and above it stands which: errors on images of another size, or of a
        network that learns something else, don't compare.
    """
    table = pd.DataFrame(list(epochs))
    table.insert(0, "number", range(1, len(table) + 1))
    table["images"] = table["side_px"].map("{} px".format)
    table["part"] = (table["epoch"] == 1).cumsum()
    names = {"train_rmse": "galaxies learnt from", "valid_rmse": "galaxies kept apart"}
    long = table.melt(["number", "phase", "part", "images"], list(names), var_name="over", value_name="rmse")
    long["over"] = long["over"].map(names)
    over = list(names.values())
    key = alt.Legend(orient="top", direction="vertical", symbolType="stroke", symbolSize=400, symbolStrokeWidth=2)
    ends = alt.Scale(domain=[0.5, len(table) + 0.5], nice=False)
    curves = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=alt.X("number:Q", title="epoch", scale=ends, axis=_at(table["number"], format="d")),
            y=alt.Y("rmse:Q", title=with_unit("root-mean-square error", label), scale=alt.Scale(zero=True)),
            color=alt.Color("over:N", title=None, legend=key, scale=alt.Scale(domain=over)),
            strokeDash=alt.StrokeDash(
                "over:N", title=None, legend=key, scale=alt.Scale(domain=over, range=[[4, 3], [1, 0]])
            ),
            detail="part:N",
            tooltip=[
                alt.Tooltip("number:Q", title="epoch"),
                alt.Tooltip("phase:N"),
                alt.Tooltip("images:N"),
                alt.Tooltip("over:N"),
                alt.Tooltip("rmse:Q", format=value_format(label, finer=2)),
            ],
        )
    )
    layers = [_phases(table, ends), curves]
    digits = value_format(label, finer=1)
    said = ", ".join(f"{value:{digits}}" for value in table["valid_rmse"])
    begun = ", ".join(f"{one.phase} at {one.images} from epoch {one.number}" for one in _firsts(table).itertuples())
    description = (
        f"Root-mean-square error over galaxies kept apart, by epoch: {with_unit(said, label)}. Phases: {begun}."
    )
    if floor is not None:
        line = pd.DataFrame({"floor": [floor]})
        layers.append(alt.Chart(line).mark_rule(color=CHOSEN, strokeWidth=2).encode(y="floor:Q"))
        description += f" A line marks the floor that no error falls below, {floor:g}."
    room = {"right": 8}  # the last phase's name may be longer than the phase
    return (
        alt.layer(*layers).resolve_axis(x="independent").properties(height=320, padding=room, description=description)
    )


def _firsts(table: pd.DataFrame) -> pd.DataFrame:
    """The first epoch of each phase, and where that begins on the axis."""
    return table.drop_duplicates("part").eval("start = number - 0.5")


def _phases(table: pd.DataFrame, scale: alt.Scale) -> alt.Chart:
    """A line where each phase but the first begins; its name above, as an axis's label and so in the theme's colour."""
    firsts = _firsts(table)
    words = {f"{one.start:g}": [one.phase, one.images] for one in firsts.itertuples()}
    # The padding is that of the first of two lines.
    above = {"orient": "top", "labelAlign": "left", "labelPadding": 18}
    named = _at(firsts["start"], labelExpr=f"{json.dumps(words)}[datum.value]", **above)
    return (
        alt.Chart(firsts[["start"]].iloc[1:])
        .mark_rule(color=QUIET, strokeDash=[2, 3])
        .encode(x=alt.X("start:Q", title=None, scale=scale, axis=named))
    )


def _at(values: pd.Series, **options: Any) -> alt.Axis:  # noqa: ANN401 (what Altair's axis takes)
    """An axis with labels at these values alone."""
    return alt.Axis(values=values.to_list(), grid=False, ticks=False, domain=False, labelFlush=False, **options)


def learning_rate(rates: Sequence[float] | np.ndarray, *, phases: Sequence[str] | None = None) -> alt.Chart:
    """Draw the learning rate over a training.

    Parameters
    ----------
    rates : sequence of float, shape (n_points,)
        At evenly spaced points of the training.
    phases : sequence of str, shape (n_points,), optional
        What was trained at each point; each phase has its own line.

    Returns
    -------
    altair.Chart
    """
    table = pd.DataFrame({"done": np.linspace(0, 1, len(rates)), "rate": np.asarray(rates, float)})
    table["phase"] = list(phases) if phases is not None else "training"
    return (
        alt.Chart(table)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("done:Q", title="share of the training", axis=alt.Axis(format="%")),
            y=alt.Y("rate:Q", title="learning rate"),
            detail="phase:N",
            tooltip=[alt.Tooltip("phase:N"), alt.Tooltip("rate:Q", format=".2e", title="learning rate")],
        )
        .properties(
            height=180,
            description=f"Learning rate over the training: from {table['rate'].iloc[0]:.2g} up to "
            f"{table['rate'].max():.2g} and down to {table['rate'].iloc[-1]:.2g}.",
        )
    )
