"""Which galaxies to show: a seeded sample, and a few of it evenly spaced in rank."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

SAMPLE_SEED = 2020


def draw_sample(object_ids: Sequence[str], size: int, *, seed: int = SAMPLE_SEED) -> list[str]:
    """Draw `size` galaxies at random, always the same ones for the same seed.

    A larger sample contains the smaller: the sample is the start of one shuffled list, so that a slider adds galaxies
    and takes none away.

    Parameters
    ----------
    object_ids : sequence of str
        The galaxies to draw from.
    size : int
        How many, from 0 to ``len(object_ids)``.
    seed : int
        Seed of the shuffle.

    Returns
    -------
    list of str, length `size`
        In the order of `object_ids`.

    Raises
    ------
    ValueError
        If `size` is negative or more than there are.
    """
    if not 0 <= size <= len(object_ids):
        raise ValueError(f"size must be 0 to {len(object_ids)}, the number of galaxies; got {size}. Ask for fewer.")
    positions = np.random.default_rng(seed).permutation(len(object_ids))[:size]
    return [object_ids[position] for position in np.sort(positions)]


def evenly_ranked(values: pd.Series, count: int) -> list[str]:
    """Pick `count` galaxies from the lowest to the highest value, at equal steps in rank.

    Parameters
    ----------
    values : Series of shape (n_galaxies,), index objID
        What to rank by; a galaxy whose value is missing is left out. Ties are broken by objID.
    count : int
        How many, at least 1; all of them where there are fewer.

    Returns
    -------
    list of str
        The objIDs, the lowest value first; the lowest and the highest are among them where `count` is 2 or more.

    Raises
    ------
    ValueError
        If `count` is less than 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1; got {count}. Ask for one galaxy or more.")
    ranked = values.dropna().sort_index().sort_values(kind="stable").index
    ranks = np.linspace(0, len(ranked) - 1, min(count, len(ranked))).round().astype(int)
    return [str(ranked[rank]) for rank in ranks]


def spread_out(coordinates: ArrayLike, count: int, *, least_apart: float = 0.0, seed: int = SAMPLE_SEED) -> np.ndarray:
    """Pick points of a plane that lie as far apart as they can, so that pictures drawn at them don't cover each other.

    The first is drawn at random; each further one is the point farthest from all that are picked (farthest-point
    sampling: Gonzalez 1985, Theoretical Computer Science 38, 293). The distance of two points is the larger of those
    along the two axes, as squares meet by it, each in units of the axis's range.

    Parameters
    ----------
    coordinates : array of shape (n, 2)
        Finite.
    count : int
        How many, 1 or more; all of them where there are fewer.
    least_apart : float
        Stop, with fewer than `count`, where all others lie closer than that to one that is picked.
    seed : int
        Seed of the first one.

    Returns
    -------
    ndarray of int, shape (at most min(count, n),)
        Rows of `coordinates`, in the order in which they were picked: fewer are the start of more.

    Raises
    ------
    ValueError
        If `coordinates` is no table of finite numbers with two columns, or `count` is less than 1.
    """
    places = np.asarray(coordinates, float)
    if places.ndim != 2 or places.shape[1] != 2 or not np.isfinite(places).all():
        raise ValueError(f"coordinates must be finite, of shape (n, 2); got shape {places.shape}. Give two columns.")
    if count < 1:
        raise ValueError(f"count must be at least 1; got {count}. Ask for one galaxy or more.")
    if len(places) == 0:
        return np.zeros(0, dtype=int)
    ranges = np.ptp(places, axis=0)
    places = (places - places.min(axis=0)) / np.where(ranges > 0, ranges, 1.0)
    picked = [int(np.random.default_rng(seed).integers(len(places)))]
    distance = np.abs(places - places[picked[0]]).max(axis=1)
    while len(picked) < min(count, len(places)):
        distance[picked[-1]] = -1.0  # never again, even where all others lie on top of it
        farthest = int(distance.argmax())
        if distance[farthest] < least_apart:
            break
        picked.append(farthest)
        distance = np.minimum(distance, np.abs(places - places[farthest]).max(axis=1))
    return np.array(picked)
