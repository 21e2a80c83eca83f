"""Principal components from the singular value decomposition, in four lines of NumPy."""

import numpy as np


def pca_by_svd(values: np.ndarray, n_components: int) -> tuple[np.ndarray, np.ndarray]:
    """Compute coordinates and explained variance ratios of the first principal components.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        One row per galaxy.
    n_components : int
        At most min(n, d).

    Returns
    -------
    coordinates : ndarray of shape (n, n_components)
        Not whitened; the sign of each column is arbitrary.
    explained_variance_ratio : ndarray of shape (n_components,)

    Examples
    --------
    >>> _, ratios = pca_by_svd(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 2.0]]), 2)
    >>> ratios.round(2).tolist()
    [0.95, 0.05]
    """
    centred = values - values.mean(axis=0)  # otherwise the first axis points from the origin to the mean
    left, singular_values, _ = np.linalg.svd(centred, full_matrices=False)
    variances = singular_values**2 / (len(values) - 1)
    return (left * singular_values)[:, :n_components], (variances / variances.sum())[:n_components]
