"""Layers that are read on first access, and the errors of features."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from galviz.errors import BrokenFileError, listed, quoted


class FeaturesError(BrokenFileError):
    """Features, or a file of features, that can't be used."""


class UnknownLayer(FeaturesError, KeyError):
    """A layer that doesn't exist; also a KeyError, because `Features.layers` is a mapping."""

    __str__ = ValueError.__str__  # KeyError's puts the message in quotes


class Layers(Mapping[str, np.ndarray]):
    """A mapping of layers to arrays that are read on first access, and cached read-only.

    Parameters
    ----------
    names : iterable of str
    count : int
        Number of galaxies, the rows of each array.
    read : callable
        Called as read(name); several threads may call it at the same time.

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
            # Several threads may read the same layer; all get the array that was stored first.
            values = self._read(name)
            values.setflags(write=False)
            self._cached.setdefault(name, values)
        return self._cached[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names  # Mapping.__contains__ would read the layer

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
