"""The files that a training writes, and the rule that they replace no other network."""

from pathlib import Path

from galviz.files.moving import file_state


class NetworkFiles:
    """The card and the weights of a network that is to be trained.

    Parameters
    ----------
    card : pathlib.Path
        ``<name>.json``; the weights are ``<name>.safetensors``, an interrupted run's state is ``<name>.checkpoint``.
    force : bool
        Replace existing files.

    Raises
    ------
    ValueError
        If one of them exists: that training is finished, or is a different one.

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
        # Even if there is a checkpoint: an interrupted run has written neither of them.
        if any(self._before) and not force:
            raise ValueError(
                f"{card} or {card.stem}.safetensors exists already. Name another file, or replace both with --force "
                "or train(…, force=True)."
            )

    def unused_card(self) -> Path:
        """The card to write: under another name if another program has written a network with this one since."""
        card, number = self._card, 0
        while _stamps(card) != (self._before if number == 0 else (None, None)):
            number += 1
            card = self._card.with_name(f"{self._card.stem}-{number}.json")
        return card


def _stamps(card: Path) -> tuple[object, object]:
    """Identify the present content of card and weights; None for a file that doesn't exist."""
    stamps = []
    for path in (card, card.with_suffix(".safetensors")):
        try:
            stamps.append(file_state(path.lstat()))
        except FileNotFoundError:
            stamps.append(None)
    return tuple(stamps)
