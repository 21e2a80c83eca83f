"""A short summary of everything that a function returned, to compare two runs of Python."""

import ast
import hashlib
from pathlib import Path

import numpy as np

from galviz.course.judge import WrongAnswer, as_array

# Two runs on one machine differ by rounding only.
_RTOL = 1e-3
_MAX_NUMBERS = 20_000


class ResultSummary:
    """Summarises results as they come. The order of texts in a list doesn't count, because it may be free.

    Attributes
    ----------
    numbers : list of float
        Two per array: the sum of its absolute values, and a weighted sum that depends on their order.

    Examples
    --------
    >>> one, other = ResultSummary(), ResultSummary()
    >>> one.add(["a", "b"])
    >>> other.add(["b", "a"])
    >>> one.as_dict() == other.as_dict()
    True
    """

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self._texts = hashlib.sha256()

    def add(self, result: object) -> None:
        """Add a result: numbers or texts, or lists, tuples and dicts of them; anything else is ignored."""
        if isinstance(result, str):
            self._texts.update(result.encode("utf-8", errors="replace") + b"\0")
        elif isinstance(result, dict):
            for value in result.values():
                self.add(value)
        elif isinstance(result, list | tuple) and not all(isinstance(item, int | float) for item in result):
            texts = sorted(item for item in result if isinstance(item, str))
            for item in [*texts, *(item for item in result if not isinstance(item, str))]:
                self.add(item)
        elif len(self.numbers) < _MAX_NUMBERS:
            try:
                array = np.nan_to_num(as_array(result).ravel(), posinf=1e6, neginf=-1e6)
            except WrongAnswer:
                return
            self.numbers += [float(np.abs(array).sum()), float(array @ np.sin(np.arange(1, array.size + 1)))]

    def as_dict(self) -> dict[str, object]:
        """The summary as a dict of JSON types."""
        return {"numbers": self.numbers, "texts": self._texts.hexdigest()}


def is_same(one: dict[str, object], other: dict[str, object]) -> bool:
    """Whether two summaries, as dicts, are the same apart from rounding.

    Examples
    --------
    >>> is_same({"numbers": [3.0, 1.5], "texts": ""}, {"numbers": [3.0, 1.50001], "texts": ""})
    True
    >>> is_same({"numbers": [3.0, 1.5], "texts": ""}, {"numbers": [3.0, 1.6], "texts": ""})
    False
    """
    try:
        first, second = (np.reshape(np.asarray(summary["numbers"], float), (-1, 2)) for summary in (one, other))
    except (KeyError, TypeError, ValueError):
        return False
    if one.get("texts") != other.get("texts") or first.shape != second.shape:
        return False
    return bool(np.all(np.abs(first - second) <= _RTOL * np.maximum(first[:, :1], 1e-9)))


def depends_on_hashes(path: Path) -> bool:
    """Whether a Python file has a `set` or calls `hash`, which may make its results depend on the start of Python.

    Examples
    --------
    >>> depends_on_hashes(Path(__file__))
    True
    """
    return any(
        isinstance(node, ast.Set | ast.SetComp)
        or (isinstance(node, ast.Name) and node.id in {"set", "frozenset", "hash"})
        for node in ast.walk(ast.parse(path.read_bytes()))
    )
