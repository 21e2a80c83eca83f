"""Choosing galaxies to show: a random sample, galaxies evenly spaced in rank, and points far from each other."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

SAMPLE_SEED = 2020


def draw_sample(object_ids: Sequence[str], size: int, *, seed: int = SAMPLE_SEED) -> list[str]:
    """Draw a random sample of galaxies.

    With the same seed, a larger sample contains the smaller one, so a slider for the size only adds galaxies.

    Parameters
    ----------
    object_ids : sequence of str
        The galaxies to draw from.
    size : int
        Number of galaxies, from 0 to ``len(object_ids)``.
    seed : int

    Returns
    -------
    list of str, length `size`
        In the order of `object_ids`.

    Raises
    ------
    ValueError
        If `size` is out of range.

    Examples
    --------
    >>> draw_sample(["a", "b", "c", "d", "e"], 2)
    ['a', 'c']
    """
    if not 0 <= size <= len(object_ids):
        raise ValueError(f"size must be 0 to {len(object_ids)}, the number of galaxies; got {size}. Choose fewer.")
    positions = np.random.default_rng(seed).permutation(len(object_ids))[:size]
    return [object_ids[position] for position in np.sort(positions)]


def evenly_ranked(values: pd.Series, count: int) -> list[str]:
    """Choose galaxies from the lowest to the highest value, at equal steps in rank.

    Parameters
    ----------
    values : Series of shape (n_galaxies,), index objID
        The values to rank by. Galaxies with missing values are left out; ties are broken by objID.
    count : int
        Number of galaxies, at least 1; all of them if there are fewer.

    Returns
    -------
    list of str
        The objIDs, the lowest value first. If `count` is at least 2, the lowest and the highest value are included.

    Raises
    ------
    ValueError
        If `count` is less than 1.

    Examples
    --------
    >>> evenly_ranked(pd.Series({"a": 8.4, "b": 9.1, "c": 8.9, "d": 8.5, "e": 8.7}), 3)
    ['a', 'e', 'b']
    """
    if count < 1:
        raise ValueError(f"count must be at least 1; got {count}. Choose at least one galaxy.")
    ranked = values.dropna().sort_index().sort_values(kind="stable").index
    ranks = np.linspace(0, len(ranked) - 1, min(count, len(ranked))).round().astype(int)
    return [str(ranked[rank]) for rank in ranks]


def spread_out(coordinates: ArrayLike, count: int, *, min_distance: float = 0.0, seed: int = SAMPLE_SEED) -> np.ndarray:
    """Choose points of a plane that are far from each other, so that images drawn at them don't overlap.

    The first point is random; each further one is the point farthest from all chosen ones (farthest-point sampling:
    Gonzalez 1985, Theoretical Computer Science 38, 293). The distance is the Chebyshev distance in units of each axis's
    range, because the images are squares.

    Parameters
    ----------
    coordinates : array of shape (n, 2)
        Finite.
    count : int
        Number of points, at least 1; all of them if there are fewer.
    min_distance : float
        Stop early if all other points are closer than this to a chosen one.
    seed : int
        Seed of the first point.

    Returns
    -------
    ndarray of int, shape (at most min(count, n),)
        Rows of `coordinates`, in the order in which they were chosen.

    Raises
    ------
    ValueError
        If `coordinates` isn't a table of finite numbers with two columns, or `count` is less than 1.

    Examples
    --------
    >>> sorted(spread_out([[0.0, 0.0], [0.1, 0.0], [1.0, 1.0], [0.0, 1.0]], 4).tolist())
    [0, 1, 2, 3]
    >>> len(spread_out([[0.0, 0.0], [0.1, 0.0], [1.0, 1.0], [0.0, 1.0]], 4, min_distance=0.5))
    3
    """
    points = np.asarray(coordinates, float)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError(f"coordinates must be finite, of shape (n, 2); got shape {points.shape}. Give two columns.")
    if count < 1:
        raise ValueError(f"count must be at least 1; got {count}. Choose at least one galaxy.")
    if len(points) == 0:
        return np.zeros(0, dtype=int)
    ranges = np.ptp(points, axis=0)
    points = (points - points.min(axis=0)) / np.where(ranges > 0, ranges, 1.0)
    chosen = [int(np.random.default_rng(seed).integers(len(points)))]
    distance = np.abs(points - points[chosen[0]]).max(axis=1)
    while len(chosen) < min(count, len(points)):
        distance[chosen[-1]] = -1.0  # never chosen again, even if all other points are equal to it
        farthest = int(distance.argmax())
        if distance[farthest] < min_distance:
            break
        chosen.append(farthest)
        distance = np.minimum(distance, np.abs(points - points[farthest]).max(axis=1))
    return np.array(chosen)
