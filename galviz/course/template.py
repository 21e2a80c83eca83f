"""A lesson of your own, begun from the template."""

import json
import re
from collections.abc import Collection
from pathlib import Path

from galviz.course.lesson import LESSONS_FOLDER
from galviz.files import write_text

TEMPLATE = "template"
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
# Taken: addresses of other pages, and what is no name for a package.
_RESERVED = {TEMPLATE, "home", "glossary", "certificate", "conftest"}


def copy_template(slug: str, title: str, known: Collection[str]) -> Path:
    """Copy the template to a folder of its own, with the lesson's name in its files.

    Parameters
    ----------
    slug : str
    title : str
    known : collection of str
        Slugs that are taken.

    Returns
    -------
    pathlib.Path
        The new folder.

    Raises
    ------
    ValueError
        If the name can't be one, or is taken.
    OSError
        If the files can't be written.
    """
    if not _SLUG.fullmatch(slug):
        raise ValueError(f"NAME must be a word of small letters, digits and _ that begins with a letter; got {slug!r}")
    folder = LESSONS_FOLDER / slug
    if slug in _RESERVED or slug in known or folder.exists():
        raise ValueError(f"NAME {slug!r} is taken; choose another")
    if not title.strip() or len(title.splitlines()) > 1:
        raise ValueError(f"TITLE must be a line of text; got {title!r}")
    folder.mkdir()
    for path in sorted((LESSONS_FOLDER / TEMPLATE).iterdir()):
        if path.is_file():
            text = re.sub(rf"(?<![A-Za-z]){TEMPLATE}(?![A-Za-z])", slug, path.read_text(encoding="utf-8"))
            write_text(folder / path.name, f'"""The lesson \'{title}\'."""\n' if path.name == "__init__.py" else text)
    return folder


def manifest_entry(slug: str, title: str) -> str:
    """What is to be put into the manifest for it."""
    return "\n".join(
        [
            "    Lesson(",
            f"        slug={json.dumps(slug)},",
            f"        title={json.dumps(title, ensure_ascii=False)},",
            "        minutes=10,",
            "        difficulty=1,",
            '        claim="One sentence that a student should come away with.",',
            '        afterwards="do what the lesson taught",',
            "    ),",
        ]
    )
