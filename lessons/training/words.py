"""Phases of the training, and a description of gradient descent, for the page on training."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

# Relative distance from the smallest error at which gradient descent counts as converged.
_CONVERGED = 0.01


@dataclass(frozen=True)
class Phase:
    """A phase of the training: the epochs of one cycle of the learning rate.

    Attributes
    ----------
    name : str
        Display name.
    epochs, side_px : int
        Number of epochs, and side of the images in pixels.
    lr : float
        Maximum learning rate.
    """

    name: str
    epochs: int
    side_px: int
    lr: float


def phases_of(recipe: Mapping[str, Any]) -> list[Phase]:
    """List the phases of a training.

    Parameters
    ----------
    recipe : mapping
        ``training["recipe"]`` of a network's card.

    Returns
    -------
    list of Phase
        In the order of the training, each with another name.

    Examples
    --------
    >>> warm_up = {"epochs": 2, "side_px": 64, "lr": 0.01}
    >>> recipe = {"warm_ups": [warm_up], "epochs": 5, "crop_px": 112, "lr": 0.005}
    >>> [phase.name for phase in phases_of(recipe)]
    ['warm-up 1', 'metallicity only']
    """
    warm_ups = [
        Phase(f"warm-up {number}", phase["epochs"], phase["side_px"], phase["lr"])
        for number, phase in enumerate(recipe["warm_ups"], start=1)
    ]
    return [*warm_ups, Phase("metallicity only", recipe["epochs"], recipe["crop_px"], recipe["lr"])]


def describe_descent(errors: np.ndarray, smallest: float, n_galaxies: int) -> str:
    """Describe the progress of gradient descent.

    Parameters
    ----------
    errors : ndarray of float, shape (n_steps + 1,)
        RMSE before the first step and after each step, in dex.
    smallest : float
        RMSE of the least-squares fit, in dex.
    n_galaxies : int
        Number of galaxies that the errors refer to.

    Returns
    -------
    str

    Examples
    --------
    >>> describe_descent(np.array([0.3, 0.2, 0.1005]), 0.1, 256).split(". ")[-1]
    'From step 2 on, it is within 1 % of that.'
    """
    converged = errors <= (1 + _CONVERGED) * smallest
    text = (
        f"RMSE of {n_galaxies} simulated galaxies: {errors[0]:.3f} dex before the first step, {errors[-1]:#.3g} dex "
        f"now. The smallest possible is {smallest:.3f} dex."
    )
    if errors[-1] > errors[0]:
        return f"{text} The weights diverge, because the steps are too large."
    if converged[-1]:
        first = len(converged) - int(np.argmin(converged[::-1])) if not converged.all() else 0
        return f"{text} From step {first} on, it is within {100 * _CONVERGED:.0f} % of that."
    return text
