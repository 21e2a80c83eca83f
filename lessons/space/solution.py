"""Solutions to the exercises of the lesson 'The feature space'."""

import numpy as np


def cosine_similarity(a: np.ndarray, b: np.ndarray) -> float:
    """Compute the cosine of the angle between two vectors: a·b / (|a| |b|)."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def without_direction(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Remove the head's direction from the features: x − (x·u) u, with u = w / |w|."""
    unit = np.ravel(weight) / np.linalg.norm(weight)
    return features - np.outer(features @ unit, unit)


def nearest(features: np.ndarray, row: int, k: int) -> list[int]:
    """Find the k galaxies that are nearest to one galaxy in the feature space."""
    distances = np.linalg.norm(features - features[row], axis=1)
    order = np.argsort(distances, kind="stable")  # a stable sort leaves equal distances in the order of the rows
    return order[order != row][:k].tolist()


def strangest_neighbour(features: np.ndarray, causes: np.ndarray) -> int:
    """Find the galaxy whose nearest neighbour in the feature space has the most different causes."""
    std = causes.std(axis=0)
    standardised = (causes - causes.mean(axis=0)) / np.where(std > 0, std, 1)  # a constant column becomes 0
    excess = []
    for i in range(len(features)):
        in_features = np.linalg.norm(features - features[i], axis=1)
        in_causes = np.linalg.norm(standardised - standardised[i], axis=1)
        in_features[i] = in_causes[i] = np.inf  # a galaxy isn't its own neighbour
        excess.append(in_causes[in_features.argmin()] - in_causes.min())
    # Of the shipped galaxies, with metallicity, mass and inclination, it is row 87, a merger. Its neighbour in features
    # is no merger, and has 17 times its mass. So galaxies with similar features can have very different causes.
    return int(np.argmax(excess))
