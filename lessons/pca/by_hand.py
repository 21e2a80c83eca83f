"""Principal components from the singular value decomposition, in the four lines that it takes."""

import numpy as np


def pca_by_svd(values: np.ndarray, n_components: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates and explained variance ratios of the first principal components.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        A galaxy a row.
    n_components : int
        At most min(n, d).

    Returns
    -------
    coordinates : ndarray of shape (n, n_components)
        Not whitened; the sign of each column is arbitrary.
    explained_variance_ratio : ndarray of shape (n_components,)
    """
    centred = values - values.mean(axis=0)  # without this, the first axis would point at the mean
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    variance = singular**2 / (len(values) - 1)
    return (left * singular)[:, :n_components], (variance / variance.sum())[:n_components]
