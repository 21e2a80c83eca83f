"""The turning point of a component, for the page on the feature space."""

import numpy as np
from numpy.typing import ArrayLike

# Smallest share of the coordinate's variance that the bend must explain, in addition to a straight line.
_MIN_BEND = 0.05


def turning_point(label: ArrayLike, coordinate: ArrayLike) -> float | None:
    """Find the label at which a coordinate changes from rising to falling, or the reverse.

    It is the vertex of a parabola, fitted to the coordinate as a function of the label.

    Parameters
    ----------
    label, coordinate : array of shape (n,)
        Galaxies whose label is NaN are left out.

    Returns
    -------
    float or None
        In the label's unit. None if the parabola explains hardly more than a straight line, or if its vertex is outside
        the 5th to 95th percentile of the label, where there are almost no galaxies.

    Examples
    --------
    >>> label = np.linspace(8.2, 9.2, 20)
    >>> round(turning_point(label, (label - 8.8) ** 2), 6)
    8.8
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
    gain = (((coordinate - line) ** 2).sum() - ((coordinate - curve) ** 2).sum()) / (
        (coordinate - coordinate.mean()) ** 2
    ).sum()
    vertex = centre - slope / (2 * bend) if bend else np.inf
    low, high = np.percentile(label, [5, 95])
    return float(vertex) if gain >= _MIN_BEND and low <= vertex <= high else None
