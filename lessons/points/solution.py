"""Solutions to the exercises of the lesson 'Galaxies as points'."""

import numpy as np


def spread_out(coordinates: np.ndarray, count: int, first: int) -> list[int]:
    """Pick galaxies that lie far from each other, so that their pictures stand for all and don't cover each other."""
    picked = [first]
    gaps = np.linalg.norm(coordinates - coordinates[first], axis=1)
    while len(picked) < count:
        gaps[picked] = -1
        picked.append(int(np.argmax(gaps)))
        gaps = np.minimum(gaps, np.linalg.norm(coordinates - coordinates[picked[-1]], axis=1))
    return picked


def ends(coordinate: np.ndarray, k: int) -> tuple[list[int], list[int]]:
    """Find the galaxies at both ends of a component, to look at what changes between them."""
    if 2 * k > len(coordinate):
        raise ValueError(f"k must be at most half of the {len(coordinate)} galaxies; got {k}.")
    order = np.argsort(coordinate, kind="stable").tolist()
    return order[:k], order[-k:]
