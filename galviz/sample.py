"""Which galaxies to show: a seeded sample, and a few of it evenly spaced in rank."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

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
