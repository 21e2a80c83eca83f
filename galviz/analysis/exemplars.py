"""Galaxies that stand for others: one per cell of a map, a strip along one component, the extremes of a unit."""

import numpy as np
from numpy.typing import ArrayLike

from galviz.analysis.validation import check_matrix, check_numbers, check_whole


def atlas_rows(coordinates: ArrayLike, n_cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose one galaxy for each cell of a square grid over a map: the nearest to the mean of the cell's galaxies.

    Parameters
    ----------
    coordinates : array of shape (n, 2)
    n_cells : int
        Number of cells along each axis.

    Returns
    -------
    rows : ndarray of int, shape (m,)
        Rows of the chosen galaxies; cells without a galaxy have none.
    cells : ndarray of int, shape (m, 2)
        Column and row of each cell, 0 to `n_cells` − 1, from the lowest coordinates.

    Raises
    ------
    ValueError
        If `coordinates` isn't a table of two columns of finite numbers, or `n_cells` is below 1.

    Examples
    --------
    >>> rows, cells = atlas_rows([[0, 0], [0.2, 0.1], [0.1, 0.05], [1, 1]], 2)
    >>> rows.tolist(), cells.tolist()
    ([2, 3], [[0, 0], [1, 1]])
    """
    coordinates = check_matrix(coordinates, "coordinates")
    if coordinates.shape[1] != 2:
        raise ValueError(f"coordinates must have two columns; got {coordinates.shape[1]}. Choose two axes.")
    check_whole("n_cells", n_cells, 1)
    low, extent = coordinates.min(axis=0), np.ptp(coordinates, axis=0)
    scaled = (coordinates - low) / np.where(extent > 0, extent, 1)
    cells = np.minimum((scaled * n_cells).astype(int), n_cells - 1)
    _, inverse = np.unique(cells, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    counts = np.bincount(inverse)
    means = np.stack([np.bincount(inverse, scaled[:, axis]) / counts for axis in (0, 1)], axis=1)
    distances = np.linalg.norm(scaled - means[inverse], axis=1)
    order = np.lexsort((distances, inverse))
    rows = order[np.r_[0, np.cumsum(counts)[:-1]]]
    return rows, cells[rows]


def strip_rows(coordinates: ArrayLike, component: int, n_galaxies: int) -> np.ndarray:
    """Choose galaxies along one component, at even quantiles, whose other components are near their medians.

    Parameters
    ----------
    coordinates : array of shape (n, k)
    component : int
        Its column, from 0.
    n_galaxies : int
        1 to n.

    Returns
    -------
    ndarray of int, shape (n_galaxies,)
        Rows by increasing component. The galaxies are divided into `n_galaxies` groups of equal size by the component;
        of each, the one is chosen that is nearest to the medians of the others, in units of their standard deviation.

    Raises
    ------
    ValueError
        If `coordinates` isn't a table of finite numbers, or an option is out of range.

    Examples
    --------
    >>> strip_rows([[0, 5], [1, 0], [2, 0], [3, -5]], 0, 2).tolist()
    [1, 2]
    """
    coordinates = check_matrix(coordinates, "coordinates")
    check_whole("component", component, 0, coordinates.shape[1] - 1, "the last column")
    check_whole("n_galaxies", n_galaxies, 1, len(coordinates), "the number of galaxies")
    others = np.delete(coordinates, component, axis=1)
    spread = others.std(axis=0)
    offsets = np.linalg.norm((others - np.median(others, axis=0)) / np.where(spread > 0, spread, 1), axis=1)
    order = np.argsort(coordinates[:, component], kind="stable")
    return np.array([group[np.argmin(offsets[group])] for group in np.array_split(order, n_galaxies)])


def extreme_rows(activations: ArrayLike, n_galaxies: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the galaxies with the highest and the lowest activation of one unit.

    Parameters
    ----------
    activations : array of shape (n,)
        Of a channel or a component.
    n_galaxies : int
        1 to n.

    Returns
    -------
    highest, lowest : ndarray of int, shape (n_galaxies,)
        Rows, the most extreme first; equal activations in the order of the rows.

    Raises
    ------
    ValueError
        If `activations` aren't finite numbers of shape (n,), or `n_galaxies` is out of range.

    Examples
    --------
    >>> highest, lowest = extreme_rows([0.1, 0.9, 0.5], 2)
    >>> highest.tolist(), lowest.tolist()
    ([1, 2], [0, 2])
    """
    values = check_numbers(activations, "activations", "numbers of shape (n,)")
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError(f"activations must be finite numbers of shape (n,); got shape {values.shape}. Give one unit.")
    check_whole("n_galaxies", n_galaxies, 1, len(values), "the number of galaxies")
    return np.argsort(-values, kind="stable")[:n_galaxies], np.argsort(values, kind="stable")[:n_galaxies]
