"""Checks of the ids and arrays that features are made of."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from galviz.errors import quoted
from galviz.features.fileformat import ID, PREDICTION
from galviz.features.layers import FeaturesError


def check_ids(object_ids: Sequence[str]) -> list[str]:
    """The ids as a list; raises FeaturesError unless they are strings, each once."""
    ids = list(object_ids)
    for kind in set(map(type, ids)):
        if not issubclass(kind, str):
            stray = next(object_id for object_id in ids if type(object_id) is kind)
            raise FeaturesError(f"object_ids must be strings; got {stray!r} of type {kind.__name__}")
    if len(set(ids)) < len(ids):
        ((object_id, count),) = Counter(ids).most_common(1)
        raise FeaturesError(f"object_ids must hold each galaxy once; got {quoted(object_id)} {count} times")
    return ids


def check_layer(name: str, values: np.ndarray, ids: list[str]) -> np.ndarray:
    """The values of a layer as float32, shape (n, channels); raises FeaturesError as `check_array`."""
    if not isinstance(name, str) or name in ("", ID, PREDICTION):
        raise FeaturesError(f"a layer's name must be a string other than '', {ID} and {PREDICTION}; got {name!r}")
    return check_array(f"layer {quoted(name)}", values, ids, 2)


def check_array(what: str, values: np.ndarray, ids: list[str], n_axes: int) -> np.ndarray:
    """Copy `values` as read-only float32; raises FeaturesError unless they are finite, with one row per galaxy.

    Parameters
    ----------
    what : str
        What they are, for the message.
    values : array of shape (n,) or (n, channels)
    ids : list of str, length n
    n_axes : int
        1 or 2.
    """
    values = np.asarray(values)
    if values.ndim != n_axes or len(values) != len(ids) or 0 in values.shape[1:]:
        shape = f"({len(ids)}, n_channels)" if n_axes == 2 else f"({len(ids)},)"
        hint = ": average maps over height and width first" if values.ndim == 4 else ""
        raise FeaturesError(f"{what} must have shape {shape}, a row for each of object_ids; got {values.shape}{hint}")
    if values.dtype.kind not in "fiu":
        raise FeaturesError(f"{what} must be numbers; got dtype {values.dtype}")
    with np.errstate(over="ignore"):  # what float32 can't hold becomes inf, and is told
        copy = np.array(values, dtype=np.float32)
    raise_where(~np.isfinite(copy), values, ids, f"{what} must be finite")
    copy.setflags(write=False)
    return copy


def raise_where(bad: np.ndarray, values: np.ndarray, ids: list[str], rule: str) -> None:
    """Raise a FeaturesError that names the first galaxy where `bad` is true, if it is true anywhere."""
    if bad.any():
        first = tuple(np.argwhere(bad)[0])
        raise FeaturesError(f"{rule}; got {values[first]} for galaxy {ids[first[0]]}: check its image and the network")
