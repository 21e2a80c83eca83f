"""Names of an archive's members: which are safe and possible as files on every system, and which are left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from galviz.errors import shown
from galviz.files.walking import is_hidden

_MAX_PART_BYTES, _MAX_DEPTH = 200, 8
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)
_NOT_ON_WINDOWS = re.compile(r'[<>"|?*:]')


def is_ignored(name: str) -> bool:
    """True for hidden files and what macOS and Windows add to folders.

    Examples
    --------
    >>> [is_ignored(name) for name in ("__MACOSX/images/._1.jpg", "images/Thumbs.db", "images/1.jpg", "../.ssh/key")]
    [True, True, False, False]
    """
    parts = name.split("/")
    if "\\" in name or "\0" in name or ".." in parts or name.startswith("/"):
        return False  # refused, not left out
    return any(map(is_hidden, parts))


def check_names(names: Iterable[str], *, noun: str = "member") -> str | None:
    r"""What is wrong with the first wrong name, and what to do; None if all of them are right.

    Parameters
    ----------
    names : iterable of str
        Paths with ``/`` as in the archive; those of folders end with it.
    noun : str
        What they are called in the message.

    Examples
    --------
    >>> print(check_names(["images/1.jpg", "../1.jpg"]))
    the member ../1.jpg points outside the folder: pack the folder again, with paths inside it
    >>> print(check_names(["images/a.jpg", "images/A.jpg"]))
    the members images/a.jpg and images/A.jpg would be one file on Windows and macOS: rename one of them
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        if fault := _fault(name):
            return f"the {noun} {shown(name)} {fault}"
        parts = [_same_file(part) for part in name.rstrip("/").split("/")]
        for depth in range(1, len(parts)):
            folders.setdefault("/".join(parts[:depth]), name)
        key = "/".join(parts)
        if name.endswith("/"):
            folders.setdefault(key, name)
            continue
        other = files.get(key)
        if other == name:
            return f"the {noun} {shown(name)} is in it twice: remove one of the two"
        if other is not None:
            both = f"{shown(other)} and {shown(name)}"
            return f"the {noun}s {both} would be one file on Windows and macOS: rename one of them"
        files[key] = name
    if both := files.keys() & folders.keys():
        return f"the {noun} {shown(files[min(both)])} is a file and a folder: rename one of them"
    return None


def _same_file(part: str) -> str:
    """The same for two names that a file system may take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", part).casefold())


def _fault(name: str) -> str | None:
    inside = "pack the folder again, with paths inside it"
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        return f"has an absolute path: {inside}"
    if "\\" in name:
        return "has a backslash in its name: pack the folder again, with / between folders"
    parts = name.removesuffix("/").split("/")
    if ".." in parts:
        return f"points outside the folder: {inside}"
    if len(parts) > _MAX_DEPTH:
        return f"lies more than {_MAX_DEPTH} folders deep: pack the folder with the images"
    for part in parts:
        if part in ("", "."):
            return f"has an empty part in its path: {inside}"
        # control characters, marks that change the direction of writing or take no space, halves of a character
        if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in part):
            return "has an invisible character in its name: rename it"
        if _NOT_ON_WINDOWS.search(part) or part[-1] in ". " or _RESERVED.fullmatch(part):
            return "has a name that isn't allowed on Windows: rename it"
        if len(part.encode("utf-8")) > _MAX_PART_BYTES:
            return f"has a name of more than {_MAX_PART_BYTES} bytes: rename it"
    return None
