"""Layers of features that are read when they are first asked for, and the errors of features."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from galviz.errors import BrokenFileError, listed, quoted


class FeaturesError(BrokenFileError):
    """Features, or a file of them, that can't be used; the message says why and what to do."""


class UnknownLayer(FeaturesError, KeyError):
    """A layer that these features don't have; a KeyError too, because `Features.layers` is a mapping."""

    __str__ = ValueError.__str__  # a KeyError's own puts the sentence in quotes


class Layers(Mapping[str, np.ndarray]):
    """Arrays by the name of the layer; each is obtained from `read` when it is first asked for, and cached read-only.

    Parameters
    ----------
    names : iterable of str
    count : int
        Number of galaxies, the rows of each array.
    read : callable
        Called as read(name), by several threads at once if they ask at once.

    Examples
    --------
    >>> layers = Layers(["stem"], 2, lambda name: np.zeros((2, 3)))
    >>> list(layers), layers["stem"].shape
    (['stem'], (2, 3))
    """

    def __init__(self, names: Iterable[str], count: int, read: Callable[[str], np.ndarray]) -> None:
        self._names = tuple(names)
        self.count = count
        self._read = read
        self._cached: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise UnknownLayer(f"layer must be one of {listed(self._names)}; got {quoted(str(name))}")
        if name not in self._cached:
            # Threads that ask at once may each read; all get the array that was stored first.
            values = self._read(name)
            values.setflags(write=False)
            self._cached.setdefault(name, values)
        return self._cached[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names  # Mapping's own would read the layer

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
