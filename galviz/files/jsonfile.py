"""Strict parsing of JSON files, which users may have edited."""

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

_MAX_INTEGER = 2**63  # other programs read integers as 64 bits


def parse_json(content: bytes, *, max_depth: int = 32) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """Parse JSON in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    content : bytes
    max_depth : int
        Maximum number of nested levels.

    Raises
    ------
    ValueError
        If it isn't JSON, repeats a key, is nested deeper than `max_depth`, or contains a number that isn't finite, an
        integer beyond 64 bits, or half of a surrogate pair (which can't be written as UTF-8).

    Examples
    --------
    >>> parse_json(b'{"batch_size": 64}')
    {'batch_size': 64}
    >>> parse_json(b'{"batch_size": 64, "batch_size": 128}')
    Traceback (most recent call last):
    ValueError: the key 'batch_size' is given twice
    """
    try:
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError(f"it is nested more than {max_depth} levels deep") from error
    _check(value, max_depth)
    return value


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. Its keys must differ: json itself would keep the last value of a repeated key."""
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {_short(key)} is given twice")
        result[key] = value
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no finite number")


def _check(value: Any, max_depth: int) -> None:  # noqa: ANN401
    """Check numbers, strings and depth, level by level: recursion could exceed Python's limit."""
    level = [value]
    for _ in range(max_depth + 1):
        deeper = []
        for item in level:
            if isinstance(item, dict):
                deeper += [*item, *item.values()]
            elif isinstance(item, list):
                deeper += item
            elif isinstance(item, str):
                _check_text(item)
            elif isinstance(item, float) and not math.isfinite(item):
                raise ValueError("it holds a number beyond the range of a float, about 1.8e308")
            elif isinstance(item, int) and not -_MAX_INTEGER <= item < _MAX_INTEGER:
                raise ValueError("it holds an integer beyond 64 bits")
        level = deeper
        if not level:
            return
    raise ValueError(f"it is nested more than {max_depth} levels deep")


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"the text {_short(text)} holds half of a surrogate pair") from error


def _short(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:40] + "…")
