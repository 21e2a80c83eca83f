"""Gradient descent of two weights: their path over the surface of the error, and the error by step."""

from functools import partial

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import HIGHLIGHT, NEUTRAL

_N_CELLS, _N_BANDS = 60, 10


def descent_chart(
    path: np.ndarray, lowest: np.ndarray, surface: np.ndarray, extent: tuple[tuple[float, float], tuple[float, float]]
) -> alt.LayerChart:
    """Draw the path of two weights over the surface of the error.

    Parameters
    ----------
    path : ndarray of float, shape (n_steps + 1, 2)
        The weights before the first step and after each. What is outside the extent isn't drawn.
    lowest : ndarray of float, shape (2,)
        The weights with the smallest error.
    surface : ndarray of float, shape (k, k)
        The error at the centres of the cells of `weight_grid`.
    extent : two pairs of float
        Lowest and highest value of the first weight, then of the second.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> extent = ((0.0, 1.0), (0.0, 2.0))
    >>> path, surface = np.array([[0.0, 0.0], [0.5, 1.0]]), np.ones(weight_grid(extent).shape[:2])
    >>> descent_chart(path, np.array([0.5, 1.0]), surface, extent).description
    'Path of two weights in 1 step: from 0.000 and 0.000 to 0.5 and 1. The error is smallest at 0.500 and 1.000.'
    """
    x, y = (alt.Scale(domain=list(limits), nice=False, zero=False) for limits in extent)
    across = partial(alt.X, title="first weight", scale=x, axis=alt.Axis(grid=False))
    up = partial(alt.Y, title="second weight", scale=y, axis=alt.Axis(grid=False))
    first, second = across("first:Q"), up("second:Q")
    grid = weight_grid(extent)
    # Half the size of a cell, and a little more: between cells that only touch, the background shines through.
    width, height = (0.55 * np.diff(limits).item() / _N_CELLS for limits in extent)
    cells = pd.DataFrame(
        {
            "left": grid[..., 0].ravel() - width,
            "right": grid[..., 0].ravel() + width,
            "bottom": grid[..., 1].ravel() - height,
            "top": grid[..., 1].ravel() + height,
            "error": surface.ravel(),
        }
    ).round(5)
    bands = alt.Scale(type="quantize", scheme=alt.SchemeParams(name="viridis", count=_N_BANDS), reverse=True)
    heights = (
        alt.Chart(cells)
        .mark_rect(clip=True, strokeWidth=0)
        .encode(
            x=across("left:Q"),
            x2="right:Q",
            y=up("bottom:Q"),
            y2="top:Q",
            color=alt.Color("error:Q", scale=bands, legend=alt.Legend(title="RMSE", format=".2f")),
        )
    )
    steps = pd.DataFrame(path, columns=["first", "second"]).assign(step=range(len(path)))
    line = alt.Chart(steps).encode(x=first, y=second, order="step:Q", tooltip=["step:Q", "first:Q", "second:Q"])
    goal = pd.DataFrame([lowest], columns=["first", "second"])
    n_steps = len(path) - 1
    (start_1, start_2), (end_1, end_2), (lowest_1, lowest_2) = path[0], path[-1], lowest
    return alt.layer(
        heights,
        line.mark_line(color="white", strokeWidth=2, clip=True),
        line.mark_circle(color="white", size=36, opacity=1, clip=True),
        alt.Chart(steps.tail(1)).mark_circle(color=HIGHLIGHT, size=150, opacity=1, clip=True).encode(first, second),
        alt.Chart(goal).mark_point(shape="cross", color="black", filled=True, size=130).encode(first, second),
    ).properties(
        height=340,
        description=f"Path of two weights in {n_steps} {'step' if n_steps == 1 else 'steps'}: from {start_1:.3f} and "
        f"{start_2:.3f} to {end_1:.3g} and {end_2:.3g}. The error is smallest at {lowest_1:.3f} and {lowest_2:.3f}.",
    )


def weight_grid(extent: tuple[tuple[float, float], tuple[float, float]]) -> np.ndarray:
    """Return the centres of the cells in which `descent_chart` draws the surface.

    Parameters
    ----------
    extent : two pairs of float
        Lowest and highest value of the first weight, then of the second.

    Returns
    -------
    ndarray of float, shape (60, 60, 2)

    Examples
    --------
    >>> weight_grid(((0.0, 60.0), (0.0, 6.0)))[0, 0].tolist()
    [0.5, 0.05]
    """
    centres = [low + (high - low) * (np.arange(_N_CELLS) + 0.5) / _N_CELLS for low, high in extent]
    return np.stack(np.meshgrid(*centres), axis=-1)


def descent_error_chart(errors: np.ndarray, smallest: float, *, highest: float) -> alt.LayerChart:
    """Draw the error by step of gradient descent.

    Parameters
    ----------
    errors : ndarray of float, shape (n_steps + 1,)
        RMSE before the first step and after each.
    smallest : float
        RMSE of least squares, drawn as a line.
    highest : float
        Upper end of the axis. What is above it isn't drawn.

    Returns
    -------
    altair.LayerChart

    Examples
    --------
    >>> descent_error_chart(np.array([0.3, 0.2]), 0.1, highest=0.4).description
    'RMSE by step: from 0.3 to 0.2. A line marks the smallest possible, 0.1.'
    """
    table = pd.DataFrame({"step": range(len(errors)), "RMSE": errors})
    scale = alt.Scale(domain=[0, highest], nice=False)
    curve = (
        alt.Chart(table)
        .mark_line(point=True, clip=True)
        .encode(
            x=alt.X("step:Q", title="step", axis=alt.Axis(tickMinStep=1, format="d")),
            y=alt.Y("RMSE:Q", scale=scale, title="RMSE"),
            tooltip=["step:Q", alt.Tooltip("RMSE:Q", format=".4f")],
        )
    )
    line = alt.Chart(pd.DataFrame({"RMSE": [smallest]})).mark_rule(color=NEUTRAL, strokeDash=[4, 3])
    return alt.layer(curve, line.encode(y="RMSE:Q")).properties(
        height=150,
        description=f"RMSE by step: from {errors[0]:.3g} to {errors[-1]:.3g}. "
        f"A line marks the smallest possible, {smallest:.3g}.",
    )
