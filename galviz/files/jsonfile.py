"""JSON that anybody may have edited, parsed strictly, so that nothing in it is guessed."""

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

_MAX_INTEGER = 2**63  # what other programs read an integer into


def parse_json(content: bytes, *, max_depth: int = 32) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """Parse JSON in UTF-8, with or without a byte order mark.

    Raises
    ------
    ValueError
        If it isn't JSON, gives a key twice, is nested more than `max_depth` levels deep, or holds a number that isn't
        finite, an integer beyond 64 bits, or half of a surrogate pair (which can't be written in UTF-8).
    """
    try:
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError(f"it is nested more than {max_depth} levels deep") from error
    _check(value, max_depth)
    return value


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, whose keys must differ: json itself keeps the last value of a key that is given twice."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {_short(key)} is given twice")
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no finite number")


def _check(value: Any, max_depth: int) -> None:  # noqa: ANN401
    """Check numbers, texts and depth; without recursion, so that the depth can't end it."""
    level = [value]
    for _ in range(max_depth + 1):
        deeper = []
        for each in level:
            if isinstance(each, dict):
                deeper += [*each, *each.values()]
            elif isinstance(each, list):
                deeper += each
            elif isinstance(each, str):
                _check_text(each)
            elif isinstance(each, float) and not math.isfinite(each):
                raise ValueError("it holds a number beyond the range of a float, about 1.8e308")
            elif isinstance(each, int) and not -_MAX_INTEGER <= each < _MAX_INTEGER:
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
