"""Exercises of the lesson 'Principal components'. Write in your own copy: `python -m galviz start pca` makes it."""

import numpy as np


def centre(values: np.ndarray) -> np.ndarray:
    """Subtract the mean of each column from it.

    This is the first step of PCA, because variance is measured from the mean.

    Parameters
    ----------
    values : ndarray of shape (n, d)
        Features, one row per galaxy, as floats or integers; n and d may be 1. 0 is a number like any other, and counts
        in the mean. Don't modify the input.

    Returns
    -------
    ndarray of float, shape (n, d)
        The centred features: the mean of each column is 0. The result isn't rounded, even if the input is integers.

    Examples
    --------
    >>> centre(np.array([[1, 10], [2, 20], [3, 60]]))
    array([[ -1., -20.],
           [  0., -10.],
           [  1.,  30.]])
    """
    raise NotImplementedError("pca.1")


def principal_coordinates(values: np.ndarray, n_components: int) -> np.ndarray:
    """Compute the coordinates of galaxies along the first principal components.

    Let X be the centred values and X = U S Vᵀ their singular value decomposition. S is diagonal: column j of U S is
    column j of U times the singular value sⱼ. The coordinates are the columns of U S, in the order of descending
    singular values. Don't whiten them. The sign of each column is arbitrary. Don't round the coordinates or any
    intermediate result. Any exact method that gives these coordinates is accepted.

    Parameters
    ----------
    values : ndarray of float, shape (n, d)
        Features, one row per galaxy, not yet centred; n and d are at least 2. Don't modify the input.
    n_components : int
        Number of components, from 1 to min(n, d), both included.

    Returns
    -------
    ndarray of float, shape (n, n_components)
        Rows in the order of `values`. The array has two axes, even if `n_components` is 1.

    Examples
    --------
    >>> values = np.array([[4.0, 1.0], [4.0, 3.0], [0.0, 1.0], [0.0, 3.0]])
    >>> np.abs(principal_coordinates(values, 1)).round(6)  # without the sign, which is arbitrary
    array([[2.],
           [2.],
           [2.],
           [2.]])
    """
    raise NotImplementedError("pca.2")


def whiten(coordinates: np.ndarray) -> np.ndarray:
    """Divide each column by its sample standard deviation, to make all axes equally wide.

    The sample standard deviation has the divisor n − 1. A column of zeros has no variance: return it as zeros. Whiten
    any other column, however small its standard deviation is (1e-17, for example).

    Parameters
    ----------
    coordinates : ndarray of float, shape (n, k)
        Principal coordinates; the mean of each column is 0. The columns may be a selection, in any order. n is at least
        2, and k may be 1. A column may contain a 0 among other numbers. Don't modify the input, and leave NumPy's
        settings as they are.

    Returns
    -------
    ndarray of float, shape (n, k)
        The whitened coordinates, with all columns and the rows in the same order.

    Examples
    --------
    >>> whiten(np.array([[-3.0, 0.5, 0.0], [0.0, -1.0, 0.0], [3.0, 0.5, 0.0]])).round(3)
    array([[-1.   ,  0.577,  0.   ],
           [ 0.   , -1.155,  0.   ],
           [ 1.   ,  0.577,  0.   ]])
    """
    raise NotImplementedError("pca.3")


def first_component(features: np.ndarray, predictions: np.ndarray) -> tuple[float, float]:
    """Compare the first principal component of the features with the predictions of the network.

    Centre the features, and compute their first principal component. Don't divide the columns by their standard
    deviations: features with a larger variance weigh more. Return two numbers:

    - the share of the features' total variance that the first component explains, from 0 to 1
    - the absolute value of the Pearson correlation between the coordinates of the galaxies along the first component
      and the predictions, from 0 to 1. It is absolute because the sign of a component is arbitrary.

    Don't round them. Any method that gives these numbers is accepted.

    Try it with the shipped network:

        import galviz

        data = galviz.load_features()
        first_component(data.layers["features"], data.predictions)

    PCA uses the features alone, not the predictions. So what does the second number mean? The comment in the solution
    has an explanation.

    Parameters
    ----------
    features : ndarray of float32 or float64, shape (n, d)
        One row per galaxy, not yet centred; n is at least 3, d at least 1, and n may be smaller than d. Some columns
        may be constant, but not all. Don't modify the input.
    predictions : ndarray of float32 or float64, shape (n,)
        The predicted metallicity of each galaxy, not all equal. Don't modify the input.

    Returns
    -------
    share, correlation : float

    Examples
    --------
    >>> features = np.array([[0.0, 5.0], [2.0, 6.0], [4.0, 5.0], [2.0, 4.0]])
    >>> predictions = np.array([8.0, 8.4, 9.2, 8.8])
    >>> share, correlation = first_component(features, predictions)
    >>> print(round(share, 3), round(correlation, 3))
    0.8 0.949
    """
    raise NotImplementedError("pca.4")
