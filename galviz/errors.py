"""What error messages share: how they show values, and the error for a file that can't be used."""

import difflib
from collections.abc import Collection, Sequence


class BrokenFileError(ValueError):
    """A file that galviz needs is missing or can't be used; the message says which, and what to do."""


def quoted(text: str) -> str:
    r"""`text` in quotation marks, on one line and shortened to 40 characters, for a message.

    Examples
    --------
    >>> print(quoted("two\nlines"))
    'two\nlines'
    """
    return repr(text if len(text) <= 40 else text[:40] + "…")


def describe_unknown_id(object_id: object, known: Collection[str]) -> str:
    """An id that isn't among the `known` ones, quoted, with similar ids, for the end of a message.

    Examples
    --------
    >>> describe_unknown_id("galaxy-12", ["galaxy-1", "galaxy-3", "star"])
    "'galaxy-12', which is close to galaxy-1, galaxy-3"
    """
    if not isinstance(object_id, str):
        return f"{object_id!r} of type {type(object_id).__name__}: ids are strings"
    similar = difflib.get_close_matches(object_id, known, n=3, cutoff=0.8)
    return quoted(object_id) + (f", which is close to {listed(similar)}" if similar else "")


def suggest(name: str, known: Collection[str]) -> str:
    """The one of the `known` names that is most similar to `name`, as a question in brackets; empty if none is similar.

    Examples
    --------
    >>> print("there is no setting lesson" + suggest("lesson", ["lessons", "survey"]))
    there is no setting lesson (is 'lessons' meant?)
    """
    similar = difflib.get_close_matches(name, known, n=1)
    return f" (is {similar[0]!r} meant?)" if similar else ""


def shown(name: str) -> str:
    r"""`name` unchanged if it is short and printable, else `quoted`.

    Examples
    --------
    >>> print(shown("galaxy-1"), shown("two\nlines"))
    galaxy-1 'two\nlines'
    """
    return name if len(name) <= 40 and name.isprintable() else quoted(name)


def listed(names: Sequence[str], *, at_most: int = 12) -> str:
    """`names` separated by commas, at most the first few of them.

    Examples
    --------
    >>> listed(["stem", "stage1", "stage2"], at_most=2)
    'stem, stage1 … and 1 more'
    """
    rest = len(names) - at_most
    return ", ".join(map(shown, names[:at_most])) + (f" … and {rest} more" if rest > 0 else "")
