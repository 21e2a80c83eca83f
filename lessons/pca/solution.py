"""Solutions to the exercises of the lesson 'Principal components'."""

import numpy as np


def centre(values: np.ndarray) -> np.ndarray:
    """Subtract from each column its mean."""
    return values - np.mean(values, axis=0)


def principal_coordinates(values: np.ndarray, n_components: int) -> np.ndarray:
    """Put galaxies on the axes along which they differ most, by the singular value decomposition."""
    left, singular, _ = np.linalg.svd(values - np.mean(values, axis=0), full_matrices=False)
    return (left * singular)[:, :n_components]


def whiten(coordinates: np.ndarray) -> np.ndarray:
    """Make all axes equally wide: divide each column by its standard deviation."""
    deviations = np.std(coordinates, axis=0, ddof=1)
    return np.divide(coordinates, deviations, out=np.zeros_like(coordinates, float), where=deviations > 0)
