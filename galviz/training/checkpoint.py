"""A run's state after an epoch, on disk: what is needed to go on to the same result."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from galviz.files.reading import open_regular
from galviz.files.writing import saying_how_to_go_on, write_bytes


@dataclass
class Progress:
    """How far a run has come.

    Attributes
    ----------
    phase, epoch : int
        The phase being trained and the epochs of it that are done.
    history : list of dict
        A record for each epoch done, of all phases.
    network, optimiser : dict or None
        Their states; None before the first epoch.
    """

    phase: int = 0
    epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    network: dict[str, torch.Tensor] | None = None
    optimiser: dict[str, Any] | None = None


def save_checkpoint(path: Path, settings: dict[str, Any], progress: Progress) -> None:
    """Write a checkpoint, whole or not at all.

    Raises
    ------
    OSError
        If it can't be written; the one before is then still there.
    """
    # In memory first: where a disk is full, torch.save raises a RuntimeError that says nothing of it.
    content = io.BytesIO()
    torch.save({"settings": settings, "progress": vars(progress)}, content)
    with saying_how_to_go_on():
        write_bytes(path, content.getbuffer())


def read_checkpoint(path: Path, settings: dict[str, Any]) -> Progress:
    """Read the checkpoint of a run with these settings; a fresh start where there is none.

    Raises
    ------
    ValueError
        If the file is broken, or of a run with other settings.
    """
    advice = "Give the same settings to go on with it, or remove it to begin anew."
    try:
        # weights_only: tensors, numbers, texts; a pickle that would run code is refused
        with open_regular(path) as file:
            found = torch.load(file, weights_only=True, map_location="cpu")
        begun, progress = dict(found["settings"]), Progress(**found["progress"])
    except FileNotFoundError:
        return Progress()
    except Exception as error:  # what torch raises for rubbish is of many kinds
        raise ValueError(
            f"The checkpoint {path} can't be read ({type(error).__name__}). Remove it to begin anew."
        ) from error
    for name in sorted(settings.keys() | begun.keys()):
        if begun.get(name) != settings.get(name):
            was, now = begun.get(name), settings.get(name)
            raise ValueError(f"The checkpoint {path} was begun with {name} {was!r}, not {now!r}. {advice}")
    return progress


def network_state(network: nn.Module) -> dict[str, torch.Tensor]:
    """A copy of a network's state on the CPU, which training doesn't change under it."""
    return {name: values.detach().cpu().clone() for name, values in network.state_dict().items()}


def optimiser_state(optimiser: Any) -> dict[str, Any]:  # noqa: ANN401 (fastai's Lookahead gives its class no base to name)
    """State of fastai's `ranger` as plain lists and dictionaries."""
    state = optimiser.state_dict()
    slow = state["slow_weights"]
    return {
        "state": [dict(each) for each in state["state"]],
        "hypers": [
            {name: float(value) if isinstance(value, float) else value for name, value in each.items()}
            for each in state["hypers"]
        ],
        "count": state["count"],
        "slow_weights": None if slow is None else [list(group) for group in slow],
    }


def restore_optimiser(optimiser: Any, state: dict[str, Any], device: torch.device) -> None:  # noqa: ANN401
    """Put such a state back, its tensors where the network lies."""
    optimiser.load_state_dict(_moved(state, device))


def _moved(value: Any, device: torch.device) -> Any:  # noqa: ANN401 (whatever a state is made of)
    if isinstance(value, dict):
        return {name: _moved(part, device) for name, part in value.items()}
    if isinstance(value, list):
        return [_moved(part, device) for part in value]
    return value.to(device) if isinstance(value, torch.Tensor) else value
