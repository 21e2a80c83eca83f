"""The files that a training makes, and the rule that it replaces no other network."""

from pathlib import Path

from galviz.files.writing import stamp


class NetworkFiles:
    """The card and the weights of a network that is to be trained.

    Parameters
    ----------
    card : pathlib.Path
        ``<name>.json``; the weights are ``<name>.safetensors``, a stopped run's state is ``<name>.checkpoint``.
    force : bool
        Replace them if they are there.

    Raises
    ------
    ValueError
        If one is there: the training is finished, or is another one.
    """

    def __init__(self, card: Path, *, force: bool = False) -> None:
        self._card = card
        self._before = _stamps(card)
        # Beside a checkpoint too: a run that was stopped before its end has written neither.
        if any(self._before) and not force:
            raise ValueError(
                f"{card} is a network already, or {card.stem}.safetensors beside it is. Name another file, or replace "
                "both: --force, or train(…, force=True)."
            )

    def free_card(self) -> Path:
        """The card to write: under another name if another program has written a network of this one meanwhile."""
        card, number = self._card, 0
        while _stamps(card) != (self._before if number == 0 else (None, None)):
            number += 1
            card = self._card.with_name(f"{self._card.stem}-{number}.json")
        return card


def _stamps(card: Path) -> tuple[object, object]:
    """What tells the two files from others of the same name; None where there is none."""
    found = []
    for path in (card, card.with_suffix(".safetensors")):
        try:
            found.append(stamp(path.lstat()))
        except FileNotFoundError:
            found.append(None)
    return tuple(found)
