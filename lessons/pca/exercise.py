"""Exercises of the lesson 'Principal components'. Write in your own copy: `python -m galviz start pca` makes it."""

import numpy as np


def centre(values: np.ndarray) -> np.ndarray:
    """Subtract from each column its mean.

    The first step of PCA: variance is measured from the mean, and an axis through the origin would point at the mean.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        Features, a galaxy a row, floats or whole numbers. Leave them as they are: they belong to the caller.

    Returns
    -------
    ndarray of shape (n, d)
        Each column's mean is 0.
    """
    raise NotImplementedError("pca.1")


def principal_coordinates(values: np.ndarray, n_components: int) -> np.ndarray:
    """Put galaxies on the axes along which they differ most, by the singular value decomposition.

    With X the centred values and X = U S Vᵀ, the coordinates are the columns of U S, those of largest singular value
    first. Their signs are yours to choose. They aren't whitened.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        Features, a galaxy a row; not centred yet.
    n_components : int
        How many axes to keep, at most min(n, d).

    Returns
    -------
    ndarray of shape (n, n_components)
    """
    raise NotImplementedError("pca.2")


def whiten(coordinates: np.ndarray) -> np.ndarray:
    """Make all axes equally wide: divide each column by its standard deviation.

    The standard deviation is that of a sample, with the divisor n − 1. A column without any variance, all of it 0,
    can't be made wider: leave it 0. A narrow one can.

    Parameters
    ----------
    coordinates : ndarray of shape (n, k)
        Principal coordinates; each column's mean is 0.

    Returns
    -------
    ndarray of shape (n, k)
    """
    raise NotImplementedError("pca.3")
