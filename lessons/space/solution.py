"""Solutions to the exercises of the lesson 'The feature space'."""

import numpy as np


def without_direction(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Take the head's direction out of the features: x − (x·u) u, with u = w / |w|."""
    unit = np.ravel(weight) / np.linalg.norm(weight)
    return features - np.outer(features @ unit, unit)


def nearest(features: np.ndarray, row: int, k: int) -> list[int]:
    """Find the galaxies that are most like one galaxy to the network: those nearest to it in the feature space."""
    distances = np.linalg.norm(features - features[row], axis=1)
    order = np.argsort(distances, kind="stable")
    return order[order != row][:k].tolist()
