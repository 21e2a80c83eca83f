"""Validation of the ids and arrays of features."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from galviz.errors import quoted
from galviz.features.fileformat import ID, PREDICTION
from galviz.features.layers import FeaturesError


def check_ids(object_ids: Sequence[str]) -> list[str]:
    """Validate ids, as a list; FeaturesError unless they are strings without duplicates.

    Examples
    --------
    >>> check_ids(("12", "34"))
    ['12', '34']
    """
    ids = list(object_ids)
    for kind in set(map(type, ids)):
        if not issubclass(kind, str):
            stray = next(object_id for object_id in ids if type(object_id) is kind)
            raise FeaturesError(f"object_ids must be strings; got {stray!r} of type {kind.__name__}")
    if len(set(ids)) < len(ids):
        ((object_id, count),) = Counter(ids).most_common(1)
        raise FeaturesError(f"object_ids must have no duplicates; got {quoted(object_id)} {count} times")
    return ids


def check_layer(name: str, values: np.ndarray, ids: list[str]) -> np.ndarray:
    """Validate the values of a layer, as float32 of shape (n, channels); FeaturesError as `check_array`.

    Examples
    --------
    >>> check_layer("features", [[1, 2]], ["12"])
    array([[1., 2.]], dtype=float32)
    """
    if not isinstance(name, str) or name in ("", ID, PREDICTION):
        raise FeaturesError(f"a layer's name must be a string other than '', {ID} and {PREDICTION}; got {name!r}")
    return check_array(f"layer {quoted(name)}", values, ids, 2)


def check_array(title: str, values: np.ndarray, ids: list[str], n_axes: int) -> np.ndarray:
    """Validate an array with one row per galaxy, and copy it as read-only float32.

    Parameters
    ----------
    title : str
        For the error message.
    values : array of shape (n,) or (n, channels)
    ids : list of str, length n
    n_axes : int
        1 or 2.

    Raises
    ------
    FeaturesError
        If the values aren't finite numbers of that shape.

    Examples
    --------
    >>> check_array("predictions", [8.5], ["12"], 1)
    array([8.5], dtype=float32)
    """
    values = np.asarray(values)
    if values.ndim != n_axes or len(values) != len(ids) or 0 in values.shape[1:]:
        shape = f"({len(ids)}, n_channels)" if n_axes == 2 else f"({len(ids)},)"
        hint = ": average maps over height and width first" if values.ndim == 4 else ""
        raise FeaturesError(f"{title} must have shape {shape}, a row for each of object_ids; got {values.shape}{hint}")
    if values.dtype.kind not in "fiu":
        raise FeaturesError(f"{title} must be numbers; got dtype {values.dtype}")
    with np.errstate(over="ignore"):  # values beyond float32 become inf, and raise below
        copy = np.array(values, dtype=np.float32)
    raise_where(~np.isfinite(copy), values, ids, f"{title} must be finite")
    copy.setflags(write=False)
    return copy


def raise_where(bad: np.ndarray, values: np.ndarray, ids: list[str], rule: str) -> None:
    """Raise FeaturesError if `bad` is true anywhere; the message names the first galaxy.

    Examples
    --------
    >>> raise_where(np.array([False]), np.array([8.5]), ["12"], "predictions must be finite")
    """
    if bad.any():
        first = tuple(np.argwhere(bad)[0])
        raise FeaturesError(f"{rule}; got {values[first]} for galaxy {ids[first[0]]}: check its image and the network")


def check_rounding(where: str, values: np.ndarray, max_loss: float) -> None:
    """Raise FeaturesError if rounding to float16, as in features files, would change a layer too much.

    Parameters
    ----------
    where : str
        What has the values, for the message.
    values : ndarray of shape (n, channels)
    max_loss : float
        Largest mean squared change, as a share of the variance.

    Examples
    --------
    >>> check_rounding("layer 'stem'", np.eye(3), 1e-4)
    """
    exact = values.astype(float)
    with np.errstate(over="ignore"):
        saved = exact.astype(np.float32).astype(np.float16).astype(float)
    if not exact.size:
        return
    if np.isfinite(saved).all():
        # Divided by the largest value, because the square of a tiny number underflows to 0.
        scale = np.abs(exact).max() or 1.0
        variance, loss = (exact / scale).var(axis=0).sum(), (((exact - saved) / scale) ** 2).mean(axis=0).sum()
        # If all galaxies are equal, pages report it.
        if loss <= max_loss * variance or (
            (exact == exact[0]).all() and (saved[0] != 0).any() == (exact[0] != 0).any()
        ):
            return
    raise FeaturesError(
        f"{where} has values from {values.min():g} to {values.max():g}, which can't be rounded to float16 as features "
        "files are. Subtract each column's mean and divide by the largest standard deviation first."
    )
