"""The label's scale: a network learns (label - mean) / std, whatever the label's unit."""

import numpy as np

from galviz.network.cardformat import LARGEST_LABEL, SMALLEST_LABEL_STD, STEPS_IN_STD


def label_scale(labels: np.ndarray, name: str) -> tuple[float, float]:
    """Mean and standard deviation of the labels that are trained on.

    Parameters
    ----------
    labels : ndarray of float64, shape (n_galaxies,)
        Finite.
    name : str
        The label's column.

    Returns
    -------
    mean, std : float
        In the label's unit.

    Raises
    ------
    ValueError
        If the labels are all the same, or float32, in which predictions are computed, can't hold them or what tells
        them apart.
    """
    largest = float(np.abs(labels).max())
    if labels.min() == labels.max():
        raise ValueError(
            f"The label {name} is {labels[0]:g} for all {len(labels)} galaxies to train on: there is nothing to learn. "
            "Name another label with --label."
        )
    if largest > LARGEST_LABEL:
        raise ValueError(
            f"The label {name} goes up to {largest:g}, and predictions are float32 numbers, in which {LARGEST_LABEL:g} "
            "is the most that is safe. Choose a larger unit, or take the logarithm."
        )
    mean, std = float(labels.mean()), float(labels.std())
    if std < SMALLEST_LABEL_STD:
        raise ValueError(
            f"The label {name} varies by {std:g} (standard deviation), and predictions are float32 numbers, in which "
            f"{SMALLEST_LABEL_STD:g} is the least that is safe. Choose a smaller unit, or take the logarithm."
        )
    step = float(np.spacing(np.float32(abs(mean))))
    if std < STEPS_IN_STD * step:
        raise ValueError(
            f"The label {name} varies by {std:.3g} (standard deviation) around {mean:.10g}, where float32 numbers, as "
            f"predictions are, lie {step:.3g} apart. Subtract a constant from it, such as its mean."
        )
    return mean, std


def standardised(values: np.ndarray) -> np.ndarray | None:
    """(values - mean) / standard deviation (of n - 1), in float64; None if the values don't vary.

    Values that differ by rounding errors alone don't vary.
    """
    # By a power of 2, which changes no digit, so that no square is beyond the range of a float.
    scaled = np.ldexp(values, -np.frexp(np.abs(values).max())[1])
    std = scaled.std(ddof=1)
    if not std > STEPS_IN_STD * np.spacing(np.abs(scaled).max()):
        return None
    return (scaled - scaled.mean()) / std
