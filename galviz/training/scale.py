"""The scale of the training targets: a network is trained on (label - mean) / std, in any unit."""

import numpy as np

from galviz.network.cardformat import LARGEST_LABEL, SMALLEST_LABEL_STD, STEPS_IN_STD


def label_scale(labels: np.ndarray, name: str) -> tuple[float, float]:
    """Mean and standard deviation of the training labels.

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
        If the labels are all the same, or if float32, the dtype of predictions, can't represent them or their
        differences.

    Examples
    --------
    >>> label_scale(np.array([8.0, 9.0, 8.0, 9.0]), "metallicity")
    (8.5, 0.5)
    """
    largest = float(np.abs(labels).max())
    if labels.min() == labels.max():
        raise ValueError(
            f"The label {name} is {labels[0]:g} for all {len(labels)} training galaxies: there is nothing to learn. "
            "Name another label with --label."
        )
    if largest > LARGEST_LABEL:
        raise ValueError(
            f"The label {name} goes up to {largest:g}, but the largest value that float32 predictions safely represent "
            f"is {LARGEST_LABEL:g}. Choose a larger unit, or take the logarithm."
        )
    mean, std = float(labels.mean()), float(labels.std())
    if std < SMALLEST_LABEL_STD:
        raise ValueError(
            f"The label {name} has a standard deviation of {std:g}, but the smallest that float32 predictions safely "
            f"represent is {SMALLEST_LABEL_STD:g}. Choose a smaller unit, or take the logarithm."
        )
    step = float(np.spacing(np.float32(abs(mean))))
    if std < STEPS_IN_STD * step:
        raise ValueError(
            f"The label {name} has a standard deviation of {std:.3g} around {mean:.10g}, where float32 predictions "
            f"have steps of {step:.3g}. Subtract a constant from it, such as its mean."
        )
    return mean, std


def standardise(values: np.ndarray) -> np.ndarray | None:
    """(values - mean) / standard deviation (of n - 1), in float64; None if the values don't vary.

    Values that differ only by rounding errors count as constant.

    Examples
    --------
    >>> standardise(np.array([1.0, 2.0, 3.0])).tolist()
    [-1.0, 0.0, 1.0]
    """
    # Scaled by a power of 2, which changes no digit, because squares could exceed the range of a float.
    scaled = np.ldexp(values, -np.frexp(np.abs(values).max())[1])
    std = scaled.std(ddof=1)
    if not std > STEPS_IN_STD * np.spacing(np.abs(scaled).max()):
        return None
    return (scaled - scaled.mean()) / std
