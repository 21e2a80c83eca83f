"""The text of a page, from its text.md."""

from pathlib import Path


def sections(path: Path) -> dict[str, str]:
    """Split a text.md at its ``## name`` lines.

    Parameters
    ----------
    path : pathlib.Path
        A Markdown file. What stands before the first ``##`` is for readers of the file alone.

    Returns
    -------
    dict of str to str
        The text of each section by its name.
    """
    parts = ("\n" + path.read_text(encoding="utf-8")).split("\n## ")[1:]
    return {name.strip(): text.strip() for name, _, text in (part.partition("\n") for part in parts)}
