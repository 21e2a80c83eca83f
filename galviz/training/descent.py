"""Gradient descent of two weights, small enough to watch: the path of the weights over the surface of the error.

The network is one weighted sum without a bias, x · w, and the loss is the mean squared error, whose derivative is
(2/n) Σ (x · w − y) x. Its surface is a paraboloid, so all about the path is known: gradient descent converges if the
learning rate is below 2 divided by the largest eigenvalue of the loss's second derivatives (Goodfellow, Bengio &
Courville 2016, *Deep Learning*, section 4.3).
"""

import numpy as np

# Beyond this the weights have diverged; their squares would overflow soon after.
_DIVERGED = 1e6


def descend(
    inputs: np.ndarray,
    target: np.ndarray,
    learning_rate: float,
    n_steps: int,
    *,
    batch_size: int | None = None,
    start: tuple[float, float] = (0.0, 0.0),
    seed: int = 0,
) -> np.ndarray:
    """Take steps down the gradient of the mean squared error.

    Parameters
    ----------
    inputs : ndarray of float, shape (n, 2)
    target : ndarray of float, shape (n,)
        What the weighted sum should be. Subtract the mean first: there is no bias.
    learning_rate : float
        Above 0.
    n_steps : int
        0 or more.
    batch_size : int, optional
        Galaxies per step: each epoch shuffles them and leaves out the last incomplete batch. By default all of them.
    start : tuple of two float
        The weights before the first step.
    seed : int
        Of the shuffling.

    Returns
    -------
    ndarray of float, shape (n_steps + 1, 2)
        The weights before the first step and after each. Shorter if the weights diverge.

    Raises
    ------
    ValueError
        If the shapes don't fit, the learning rate isn't above 0, or the batch size is below 1 or above n.

    Examples
    --------
    >>> inputs, target = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 2.0])
    >>> print(descend(inputs, target, learning_rate=0.5, n_steps=2))
    [[0.   0.  ]
     [0.5  1.  ]
     [0.75 1.5 ]]
    """
    _check_shapes(inputs, target)
    n = len(target)
    batch_size = n if batch_size is None else batch_size
    if not learning_rate > 0 or n_steps < 0 or not 1 <= batch_size <= n:
        raise ValueError(
            f"learning_rate must be above 0, n_steps 0 or more and batch_size from 1 to {n}; "
            f"got {learning_rate}, {n_steps} and {batch_size}."
        )
    generator, weights = np.random.default_rng(seed), np.array(start, float)
    path, order = [weights], np.array([], dtype=int)
    while len(path) <= n_steps and np.abs(weights).max() < _DIVERGED:
        if len(order) < batch_size:
            order = generator.permutation(n) if batch_size < n else np.arange(n)
        batch, order = order[:batch_size], order[batch_size:]
        errors = inputs[batch] @ weights - target[batch]
        weights = weights - learning_rate * 2 / batch_size * (errors @ inputs[batch])
        path.append(weights)
    return np.array(path)


def root_mean_square_error(inputs: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Compute the error of each of many pairs of weights, over all galaxies.

    Parameters
    ----------
    inputs : ndarray of float, shape (n, 2)
    target : ndarray of float, shape (n,)
    weights : ndarray of float, shape (..., 2)

    Returns
    -------
    ndarray of float, shape (...)

    Examples
    --------
    >>> inputs, target = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 2.0])
    >>> root_mean_square_error(inputs, target, np.array([[1.0, 2.0], [0.0, 2.0]])).round(3).tolist()
    [0.0, 0.707]
    """
    _check_shapes(inputs, target)
    return np.sqrt(((weights @ inputs.T - target) ** 2).mean(axis=-1))


def lowest_point(inputs: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the weights with the smallest error: those of least squares.

    Parameters
    ----------
    inputs : ndarray of float, shape (n, 2)
    target : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (2,)

    Examples
    --------
    >>> lowest_point(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 2.0])).tolist()
    [1.0, 2.0]
    """
    _check_shapes(inputs, target)
    return np.linalg.lstsq(inputs, target, rcond=None)[0]


def largest_stable_rate(inputs: np.ndarray) -> float:
    """Return the learning rate at and above which gradient descent with all galaxies doesn't converge.

    Parameters
    ----------
    inputs : ndarray of float, shape (n, 2)

    Returns
    -------
    float
        2 divided by the largest eigenvalue of the loss's second derivatives, (2/n) Σ x xᵀ.

    Examples
    --------
    >>> largest_stable_rate(np.array([[2.0, 0.0], [0.0, 1.0]]))
    0.5
    """
    return float(1 / np.linalg.eigvalsh(inputs.T @ inputs / len(inputs))[-1])


def _check_shapes(inputs: np.ndarray, target: np.ndarray) -> None:
    if inputs.ndim != 2 or inputs.shape[1] != 2 or target.shape != inputs.shape[:1] or not len(target):
        raise ValueError(
            f"inputs must be of shape (n, 2) and target of shape (n,); got {inputs.shape}, {target.shape}."
        )
