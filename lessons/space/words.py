"""What the page of the feature space says in numbers: where a component turns over."""

import numpy as np
from numpy.typing import ArrayLike

# Of the variance of the coordinate, so much must be in the bend before it is called one.
_LEAST_BEND = 0.05


def turning_point(label: ArrayLike, coordinate: ArrayLike) -> float | None:
    """The label at which a coordinate stops rising and starts to fall, or the other way round.

    A parabola is fitted to the coordinate as a function of the label; its vertex is the point.

    Parameters
    ----------
    label, coordinate : array of shape (n,)
        Galaxies whose label is NaN are left out.

    Returns
    -------
    float or None
        In the label's unit; None where the parabola explains hardly more than a line, or turns where next to no
        galaxies are (outside the 5th to 95th percentile of the label).
    """
    label, coordinate = np.asarray(label, float), np.asarray(coordinate, float)
    known = np.isfinite(label)
    label, coordinate = label[known], coordinate[known]
    if len(label) < 10 or np.ptp(label) == 0 or np.ptp(coordinate) == 0:
        return None
    centre = label.mean()
    bend, slope, _ = np.polyfit(label - centre, coordinate, 2)
    line = np.polyval(np.polyfit(label - centre, coordinate, 1), label - centre)
    curve = np.polyval(np.polyfit(label - centre, coordinate, 2), label - centre)
    gained = (((coordinate - line) ** 2).sum() - ((coordinate - curve) ** 2).sum()) / (
        (coordinate - coordinate.mean()) ** 2
    ).sum()
    vertex = centre - slope / (2 * bend) if bend else np.inf
    low, high = np.percentile(label, [5, 95])
    return float(vertex) if gained >= _LEAST_BEND and low <= vertex <= high else None
