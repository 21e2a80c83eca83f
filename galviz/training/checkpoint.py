"""The state of a run after an epoch, as a file from which the run continues to the same result."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from galviz.files.reading import open_regular
from galviz.files.writing import with_resume_hint, write_bytes


@dataclass
class Progress:
    """The state of a run.

    Attributes
    ----------
    phase, epoch : int
        The current phase and its number of finished epochs.
    history : list of dict
        One record per finished epoch, of all phases.
    network, optimiser : dict or None
        Their states; None before the first epoch.

    Examples
    --------
    >>> Progress(phase=1, epoch=3).history
    []
    """

    phase: int = 0
    epoch: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    network: dict[str, torch.Tensor] | None = None
    optimiser: dict[str, Any] | None = None


def save_checkpoint(path: Path, settings: dict[str, Any], progress: Progress) -> None:
    """Save a checkpoint, completely or not at all.

    Raises
    ------
    OSError
        If it can't be written; the previous one is unchanged then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save_checkpoint(Path(folder) / "net.checkpoint", {"lr": 0.01}, Progress(epoch=3))
    ...     load_checkpoint(Path(folder) / "net.checkpoint", {"lr": 0.01}).epoch
    3
    """
    # In memory first, because torch.save hides the reason if the disk is full.
    content = io.BytesIO()
    torch.save({"settings": settings, "progress": vars(progress)}, content)
    with with_resume_hint():
        write_bytes(path, content.getbuffer())


def load_checkpoint(path: Path, settings: dict[str, Any]) -> Progress:
    """Load the checkpoint of a run with these settings; an empty `Progress` if there is none.

    Raises
    ------
    ValueError
        If the file is damaged, or belongs to a run with other settings.

    Examples
    --------
    >>> load_checkpoint(Path("no such.checkpoint"), {}).epoch
    0
    """
    advice = "Give the same settings to continue that run, or remove the file to start again."
    try:
        # weights_only: tensors, numbers, strings; a pickle that would run code is refused
        with open_regular(path) as file:
            content = torch.load(file, weights_only=True, map_location="cpu")
        previous, progress = dict(content["settings"]), Progress(**content["progress"])
    except FileNotFoundError:
        return Progress()
    except Exception as error:  # torch raises many kinds of errors for damaged files
        raise ValueError(
            f"The checkpoint {path} can't be read ({type(error).__name__}). Remove it to start again."
        ) from error
    for name in sorted(settings.keys() | previous.keys()):
        before, now = previous.get(name), settings.get(name)
        if before != now:
            raise ValueError(f"The checkpoint {path} was begun with {name} {before!r}, not {now!r}. {advice}")
    return progress


def network_state(network: nn.Module) -> dict[str, torch.Tensor]:
    """Copy a network's state to the CPU, where further training doesn't change it.

    Examples
    --------
    >>> sorted(network_state(nn.Linear(2, 1)))
    ['bias', 'weight']
    """
    return {name: values.detach().cpu().clone() for name, values in network.state_dict().items()}


def optimiser_state(optimiser: Any) -> dict[str, Any]:  # noqa: ANN401 (fastai's Lookahead gives its class no base to name)
    """State of fastai's `ranger` as plain lists and dictionaries.

    Examples
    --------
    >>> from fastai.optimizer import ranger
    >>> optimiser_state(ranger([torch.zeros(2, requires_grad=True)], lr=0.1))["count"]
    0
    """
    state = optimiser.state_dict()
    slow = state["slow_weights"]
    return {
        "state": [dict(values) for values in state["state"]],
        "hypers": [
            {name: float(value) if isinstance(value, float) else value for name, value in group.items()}
            for group in state["hypers"]
        ],
        "count": state["count"],
        "slow_weights": None if slow is None else [list(group) for group in slow],
    }


def restore_optimiser(optimiser: Any, state: dict[str, Any], device: torch.device) -> None:  # noqa: ANN401
    """Load such a state into an optimiser, its tensors on the network's device.

    Examples
    --------
    >>> from fastai.optimizer import ranger
    >>> parameters = [torch.zeros(2, requires_grad=True)]
    >>> state = optimiser_state(ranger(parameters, lr=0.1))
    >>> optimiser = ranger(parameters, lr=0.3)
    >>> restore_optimiser(optimiser, state, torch.device("cpu"))
    >>> optimiser.hypers[0]["lr"]
    0.1
    """
    optimiser.load_state_dict(_to_device(state, device))


def _to_device(value: Any, device: torch.device) -> Any:  # noqa: ANN401 (any part of a state)
    if isinstance(value, dict):
        return {name: _to_device(part, device) for name, part in value.items()}
    if isinstance(value, list):
        return [_to_device(part, device) for part in value]
    return value.to(device) if isinstance(value, torch.Tensor) else value
