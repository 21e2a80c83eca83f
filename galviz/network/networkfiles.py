"""The files of a network, its card and its weights: they are written together, and replace no other network."""

import hashlib
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from galviz.files.moving import file_state, move_to_new
from galviz.files.writing import remove_unfinished, removing_temporary, temporary_name, write_bytes
from galviz.network.card import ModelCard, write_card
from galviz.network.state import serialise_weights


class NetworkFiles:
    """The card and the weights of a network that is to be written.

    Parameters
    ----------
    card : pathlib.Path
        ``<name>.json``; the weights are ``<name>.safetensors``. Links to files are followed.
    force : bool
        Replace existing files.

    Raises
    ------
    ValueError
        If one of them exists.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     files = NetworkFiles(Path(folder) / "net.json")
    ...     _ = (Path(folder) / "net.json").write_text("written by another program in the meantime")
    ...     files.unused_card().name
    'net-1.json'
    """

    def __init__(self, card: Path, *, force: bool = False) -> None:
        self._card = card
        self._before = _stamps(card)
        if any(self._before) and not force:
            raise ValueError(
                f"{card} or {card.stem}.safetensors exists already. Name another file, or replace both with --force "
                "or force=True."
            )

    def remove_unfinished(self) -> None:
        """Remove temporary files that a killed process left; no other process may be writing this network."""
        for path in _pair(self._card):
            remove_unfinished(path.parent, target=path.name)

    def unused_card(self) -> Path:
        """The card to write: under another name if another program has written a network with this one since."""
        card, number = self._card, 0
        while _stamps(card) != (self._before if number == 0 else (None, None)):
            number += 1
            card = self._card.with_name(f"{self._card.stem}-{number}.json")
        return card

    def write(self, weights: bytes, card: ModelCard) -> ModelCard:
        """Write weights and card to temporary names, then move both into place, or neither.

        Parameters
        ----------
        weights : bytes
            From `galviz.network.state.serialise_weights`.
        card : ModelCard
            Its name, and the name and checksum of its weights, are set here.

        Returns
        -------
        ModelCard
            Under another name if another program has written a network with this one in the meantime.

        Raises
        ------
        OSError
            If a file can't be written. Existing files are unchanged then.
        """
        # Of these bytes, not of a file: another program may write one of the same name at any time.
        card = replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
        path = self._card.with_suffix(".safetensors")
        temporary = temporary_name(path)
        with removing_temporary(temporary, path):
            temporary.write_bytes(weights)
            while (written := self._move_into_place(temporary, card)) is None:
                pass
        return written

    def _move_into_place(self, temporary: Path, card: ModelCard) -> ModelCard | None:
        """Write the card, and move both files to their names; None if another program has just taken one of them."""
        path = self.unused_card()
        card_target, weights_target = _pair(path)
        card = replace(card, name=path.stem, weights=path.with_suffix(".safetensors").name)
        temporary_card = temporary_name(path)
        with removing_temporary(temporary_card, path):
            write_card(card, temporary_card)
            with _without_interrupts():
                if path == self._card and any(self._before):
                    temporary.replace(weights_target)
                    temporary_card.replace(card_target)
                    return card
                try:
                    move_to_new(temporary, weights_target)
                except FileExistsError:
                    return None
                try:
                    move_to_new(temporary_card, card_target)
                except FileExistsError:
                    weights_target.replace(temporary)
                    return None
        return card


def _pair(card: Path) -> tuple[Path, Path]:
    """The files of card and weights, with links followed."""
    return tuple(
        Path(os.path.realpath(path)) if path.is_symlink() else path for path in (card, card.with_suffix(".safetensors"))
    )


def write_weights(network: nn.Module, path: str | os.PathLike[str], *, dtype: torch.dtype = torch.float16) -> None:
    """Write the weights of a network without a card, whole or not at all.

    Parameters
    ----------
    network : torch.nn.Module
    path : path-like
    dtype : torch.dtype
        See `galviz.network.state.serialise_weights`.

    Raises
    ------
    ValueError
        As `serialise_weights`.
    OSError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_weights(nn.Linear(2, 1), f"{folder}/linear.safetensors")
    ...     os.listdir(folder)
    ['linear.safetensors']
    """
    write_bytes(path, serialise_weights(network, dtype=dtype))


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Put off Ctrl-C until the block ends: between the two moves it would leave a card without its weights.

    Blocking the signal in this thread alone would not do: torch's threads receive it too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is interrupted
        return
    received = []
    before = signal.signal(signal.SIGINT, lambda *arguments: received.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if received and callable(before):
            before(*received[0])


def _stamps(card: Path) -> tuple[object, object]:
    """Identify the present content of card and weights; None for a file that doesn't exist."""
    stamps = []
    for path in (card, card.with_suffix(".safetensors")):
        try:
            stamps.append(file_state(path.lstat()))
        except FileNotFoundError:
            stamps.append(None)
    return tuple(stamps)
