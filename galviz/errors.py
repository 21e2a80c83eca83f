"""What errors have in common: how they show values in a sentence, and the error for a broken file."""

import difflib
from collections.abc import Collection, Sequence


class BrokenFileError(ValueError):
    """A file that galviz needs is missing or can't be used; the text says which, and what to do."""


def quoted(text: str) -> str:
    """`text` in quotes, on one line and not too long, to be shown in a sentence."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def misnamed(object_id: object, known: Collection[str]) -> str:
    """An id that is not among the `known`, for the end of a sentence: quoted, with those that are close to it."""
    if not isinstance(object_id, str):
        return f"{object_id!r} of type {type(object_id).__name__}: ids are strings"
    near = difflib.get_close_matches(object_id, known, n=3, cutoff=0.8)
    return quoted(object_id) + (f", which is close to {listed(near)}" if near else "")


def shown(name: str) -> str:
    """`name` as it is, if it can be shown in a sentence, else in quotes."""
    return name if len(name) <= 40 and name.isprintable() else quoted(name)


def listed(names: Sequence[str], *, at_most: int = 12) -> str:
    """`names` as a list for a sentence, the first few of them."""
    rest = len(names) - at_most
    return ", ".join(map(shown, names[:at_most])) + (f" … and {rest} more" if rest > 0 else "")
