"""What the page of training says in words and numbers, from the card's recipe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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
