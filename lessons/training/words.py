"""What the page of training says in words and numbers: of the card's recipe, and of gradient descent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

# Within this fraction of the smallest error, gradient descent has arrived.
_ARRIVED = 0.01


@dataclass(frozen=True)
class Phase:
    """Epochs under one cycle of the learning rate.

    Attributes
    ----------
    name : str
        For people.
    epochs, side_px : int
    lr : float
        Its highest learning rate.
    """

    name: str
    epochs: int
    side_px: int
    lr: float


def phases_of(recipe: Mapping[str, Any]) -> list[Phase]:
    """The phases of a training, from a card's recipe; each has a name of its own."""
    found = [
        Phase(f"warm-up {number}", each["epochs"], each["side_px"], each["lr"])
        for number, each in enumerate(recipe["warm_ups"], start=1)
    ]
    return [*found, Phase("the metallicity alone", recipe["epochs"], recipe["crop_px"], recipe["lr"])]


def describe_descent(errors: np.ndarray, smallest: float, n_galaxies: int) -> str:
    """Describe how far gradient descent has come.

    Parameters
    ----------
    errors : ndarray of float, shape (n_steps + 1,)
        RMSE before the first step and after each.
    smallest : float
        That of least squares.
    n_galaxies : int
        Galaxies that it is computed of.

    Examples
    --------
    >>> describe_descent(np.array([0.3, 0.2, 0.1005]), 0.1, 256).split(". ")[-1]
    'From step 2 on it is within 1 % of that.'
    """
    arrived = errors <= (1 + _ARRIVED) * smallest
    text = (
        f"RMSE of {n_galaxies} simulated galaxies: {errors[0]:.3f} before the first step, {errors[-1]:#.3g} dex "
        f"now; the smallest possible is {smallest:.3f} dex."
    )
    if errors[-1] > errors[0]:
        return f"{text} The weights diverge: each step is too large."
    if arrived[-1]:
        first = len(arrived) - int(np.argmin(arrived[::-1])) if not arrived.all() else 0
        return f"{text} From step {first} on it is within {100 * _ARRIVED:.0f} % of that."
    return text
