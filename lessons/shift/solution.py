"""Solutions to the exercises of the lesson 'Domain shift'."""

import numpy as np


def distance_to_training(features: np.ndarray, training: np.ndarray, k: int) -> np.ndarray:
    """Compute how far galaxies lie from the training set: the mean distance to the k nearest training galaxies."""
    scale = training.std(axis=0)
    scaled = training / scale
    return np.array([np.sort(np.linalg.norm(scaled - galaxy, axis=1))[:k].mean() for galaxy in features / scale])


def p_values(distances: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Compute how often a galaxy like the training ones lies at least as far away."""
    count = (held_out[None, :] >= distances[:, None]).sum(axis=1)
    return (1 + count) / (1 + len(held_out))


def recalibrate(predicted: np.ndarray, true: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """Recalibrate predictions on a few labelled galaxies of the new kind."""
    slope, intercept = np.polyfit(predicted[fit], true[fit], 1)
    return slope * predicted[~fit] + intercept
