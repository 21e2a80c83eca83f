"""Frozen dataclasses as JSON: nested ones as objects, tuples as lists; what is read must fit the annotations."""

import dataclasses
import types
from collections.abc import Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from galviz.errors import listed

Record = TypeVar("Record")


def to_json(value: Any, *, digits: int) -> Any:  # noqa: ANN401 (whatever a dataclass holds)
    """Convert a dataclass to objects, lists, strings and numbers.

    Parameters
    ----------
    value : dataclass instance
    digits : int
        Floats are rounded to so many decimal places.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Error:
    ...     rmse: float
    >>> to_json({"mean": Error(0.20011)}, digits=3)
    {'mean': {'rmse': 0.2}}
    """
    if dataclasses.is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name), digits=digits) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: to_json(item, digits=digits) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item, digits=digits) for item in value]
    return round(value, digits) if isinstance(value, float) else value


def from_json(kind: type[Record], content: object) -> Record:
    """Build a dataclass from JSON; exactly its fields must be there, with values of the annotated types.

    Raises
    ------
    ValueError
        If they aren't; the message is a clause that names the field.

    Examples
    --------
    >>> @dataclasses.dataclass(frozen=True)
    ... class Error:
    ...     rmse: float
    >>> from_json(Error, {"rmse": 0.2})
    Error(rmse=0.2)
    >>> from_json(Error, {"rmse": "0.2"})
    Traceback (most recent call last):
    ValueError: Error.rmse must be a number; got '0.2'
    """
    return _read(kind, content, kind.__name__)


def _read(kind: Any, content: Any, where: str) -> Any:  # noqa: ANN401
    if kind is Any:
        return content
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):  # X | None
        return None if content is None else _read(arguments[0], content, where)
    if origin is tuple:
        _check(isinstance(content, list), "a list", content, where)
        return tuple(_read(arguments[0], item, f"{where}[{number}]") for number, item in enumerate(content))
    if origin is Mapping:
        _check(isinstance(content, dict), "an object", content, where)
        return {name: _read(arguments[1], item, f"{where}[{name!r}]") for name, item in content.items()}
    if dataclasses.is_dataclass(kind):
        _check(isinstance(content, dict), "an object", content, where)
        expected = get_type_hints(kind)
        if different := sorted(expected.keys() ^ content.keys()):
            raise ValueError(f"{where} must have the entries {listed([*expected])}; {listed(different)} differs")
        return kind(**{name: _read(hint, content[name], f"{where}.{name}") for name, hint in expected.items()})
    if kind is float:
        _check(type(content) in (int, float), "a number", content, where)
        return float(content)
    names = {int: "a whole number", str: "a text"}
    _check(type(content) is kind, names[kind], content, where)
    return content


def _check(holds: bool, rule: str, content: object, where: str) -> None:
    if not holds:
        raise ValueError(f"{where} must be {rule}; got {content!r:.40}")
