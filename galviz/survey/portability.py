"""Names of images that another operating system can't store."""

from collections.abc import Iterable

from galviz.errors import listed

# Names that Windows reserves for devices, with any ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


def portability_warnings(names: Iterable[str]) -> list[str]:
    """Describe which image names can't be stored on another system's disk.

    Most disks of Windows and macOS ignore the difference between upper and lower case, and Windows reserves some names
    for devices.

    Returns
    -------
    list of str
        At most one sentence for each of the two reasons.

    Examples
    --------
    >>> portability_warnings(["1.jpg", "CON.jpg"])
    ["Windows can't store a file called CON.jpg: rename it."]
    """
    by_lower_case: dict[str, list[str]] = {}
    reserved = []
    for name in names:
        by_lower_case.setdefault(name.casefold(), []).append(name)
        if name.rpartition("/")[2].partition(".")[0].rstrip().casefold() in _RESERVED:
            reserved.append(name)
    sentences = []
    if groups := [group for group in by_lower_case.values() if len(group) > 1]:
        sentences.append(
            f"{listed(groups[0])} differ only in upper and lower case{_and_more(len(groups))}: on most disks of "
            "Windows and macOS one would replace the other. Rename one before you copy the survey there."
        )
    if reserved:
        sentences.append(f"Windows can't store a file called {reserved[0]}{_and_more(len(reserved))}: rename it.")
    return sentences


def _and_more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
