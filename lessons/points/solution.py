"""Solutions to the exercises of the lesson 'Galaxies as points'."""

import numpy as np


def spread_out(coordinates: np.ndarray, count: int, first: int) -> list[int]:
    """Select galaxies that are far from each other, by farthest-point sampling."""
    selected = [first]
    nearest = np.linalg.norm(coordinates - coordinates[first], axis=1)  # distance to the nearest selected galaxy
    while len(selected) < count:
        nearest[selected] = -1  # never selected again
        selected.append(int(np.argmax(nearest)))  # argmax returns the lowest row of a tie
        nearest = np.minimum(nearest, np.linalg.norm(coordinates - coordinates[selected[-1]], axis=1))
    return selected


def ends(coordinate: np.ndarray, k: int) -> tuple[list[int], list[int]]:
    """Find the galaxies with the lowest and the highest coordinates along one component."""
    if 2 * k > len(coordinate):
        raise ValueError(f"k must be at most half of the {len(coordinate)} galaxies; got {k}.")
    order = np.argsort(coordinate, kind="stable").tolist()  # a stable sort keeps equal values in the order of rows
    return order[:k], order[-k:]


def along_component(coordinates: np.ndarray, component: int, count: int) -> list[int]:
    """Select galaxies along the axis of one principal component."""
    low, high = coordinates[:, component].min(), coordinates[:, component].max()
    positions = np.linspace(low, high, count) if count > 1 else [(low + high) / 2]
    selected = []
    for position in positions:
        point = np.zeros(coordinates.shape[1])
        point[component] = position
        distances = np.linalg.norm(coordinates - point, axis=1)
        distances[selected] = np.inf  # never selected again
        selected.append(int(np.argmin(distances)))  # argmin returns the smallest row of a tie
    return selected
