"""Solutions to the exercises of the lesson 'Training'."""

import numpy as np


def gradient_step(
    weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float
) -> tuple[np.ndarray, float]:
    """Take one step down the gradient, for a network of a single weighted sum."""
    error = x @ weight + bias - y
    return weight - rate * 2 * x.T @ error / len(y), bias - rate * 2 * error.mean()


def split(object_ids: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
    """Choose at random which galaxies are learnt from and which are kept apart."""
    shuffled = [object_ids[place] for place in np.random.default_rng(seed).permutation(len(object_ids))]
    kept_apart = round(share * len(shuffled))
    return shuffled[kept_apart:], shuffled[:kept_apart]
