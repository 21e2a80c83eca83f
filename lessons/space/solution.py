"""Solutions to the exercises of the lesson 'The feature space'."""

import numpy as np


def without_direction(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Remove the head's direction from the features: x − (x·u) u, with u = w / |w|."""
    unit = np.ravel(weight) / np.linalg.norm(weight)
    return features - np.outer(features @ unit, unit)


def nearest(features: np.ndarray, row: int, k: int) -> list[int]:
    """Find the k galaxies that are nearest to one galaxy in the feature space."""
    distances = np.linalg.norm(features - features[row], axis=1)
    order = np.argsort(distances, kind="stable")  # a stable sort leaves equal distances in the order of the rows
    return order[order != row][:k].tolist()
