"""Solutions to the exercises of the lesson 'Principal components'."""

import numpy as np


def centre(values: np.ndarray) -> np.ndarray:
    """Subtract the mean of each column from it."""
    return values - np.mean(values, axis=0)


def principal_coordinates(values: np.ndarray, n_components: int) -> np.ndarray:
    """Compute the coordinates of galaxies along the first principal components."""
    centred = values - np.mean(values, axis=0)
    left, singular_values, _ = np.linalg.svd(centred, full_matrices=False)
    return (left * singular_values)[:, :n_components]


def whiten(coordinates: np.ndarray) -> np.ndarray:
    """Divide each column by its sample standard deviation, to make all axes equally wide."""
    deviations = np.std(coordinates, axis=0, ddof=1)
    deviations[deviations == 0] = 1  # a column of zeros stays 0
    return coordinates / deviations
