"""Solutions to the exercises of the lesson 'Training'."""

import numpy as np


def gradient_step(
    weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float
) -> tuple[np.ndarray, float]:
    """Take one step of gradient descent, for a model that is a single weighted sum."""
    errors = x @ weight + bias - y  # shape (n,)
    weight_derivatives = 2 * x.T @ errors / len(y)  # shape (d,)
    bias_derivative = 2 * errors.mean()
    return weight - rate * weight_derivatives, bias - rate * bias_derivative


def split(object_ids: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
    """Divide galaxies at random into a training set and a validation set."""
    order = np.random.default_rng(seed).permutation(len(object_ids))
    shuffled = [object_ids[index] for index in order]
    n_validation = round(share * len(object_ids))
    return shuffled[n_validation:], shuffled[:n_validation]
