"""Start a new lesson from the template."""

import json
import re
import shutil
import unicodedata
from collections.abc import Collection
from pathlib import Path

from galviz.course.coursefile import read_course_file
from galviz.course.lesson import LESSONS_FOLDER, PAGE_ADDRESSES, is_slug
from galviz.files.writing import temporary_name, write_text

TEMPLATE = "template"
# Names that pytest uses, those of other pages, and those that no file may have on Windows.
_RESERVED = {TEMPLATE, "conftest", *PAGE_ADDRESSES, "con", "prn", "aux", "nul"}
_RESERVED |= {f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)}

# Unicode categories: control characters, surrogates, line and paragraph separators.
_NO_TEXT = {"Cc", "Cs", "Zl", "Zp"}


def copy_template(slug: str, title: str, known: Collection[str]) -> Path:
    """Copy the template to a new folder, and put the lesson's name into its files.

    Parameters
    ----------
    slug : str
    title : str
    known : collection of str
        Slugs that are in use.

    Returns
    -------
    pathlib.Path
        The new folder.

    Raises
    ------
    ValueError
        If the slug is invalid or in use, the title is invalid, or a file of the template can't be read.
    OSError
        If the files can't be written.

    Examples
    --------
    >>> copy_template("hooks", "Hooks", {"hooks"})
    Traceback (most recent call last):
    ValueError: NAME 'hooks' is taken; choose another
    """
    if not is_slug(slug):
        raise ValueError(f"NAME must be a word of small letters, digits and _ that begins with a letter; got {slug!r}")
    folder = LESSONS_FOLDER / slug
    if slug in _RESERVED or slug in known or folder.exists():
        raise ValueError(f"NAME {slug!r} is taken; choose another")
    if not title.strip() or any(unicodedata.category(character) in _NO_TEXT for character in title):
        raise ValueError(f"TITLE must be a line of text; got {title!r}")
    # Escaped for a Python string in double quotes.
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    # The folder gets its name when all files are there: if this is interrupted, the name isn't in use.
    temporary = temporary_name(folder)
    try:
        temporary.mkdir()
        for path in sorted((LESSONS_FOLDER / TEMPLATE).iterdir()):
            if path.is_file():
                text = re.sub(rf"(?<![A-Za-z]){TEMPLATE}(?![A-Za-z])", slug, read_course_file(path))
                begin = f'"""The lesson \'{quoted}\'."""\n'
                write_text(temporary / path.name, begin if path.name == "__init__.py" else text)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return folder


def manifest_entry(slug: str, title: str) -> str:
    """Format the table of a new lesson for `lessons/manifest.toml`.

    Parameters
    ----------
    slug, title : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(manifest_entry("dust", "What dust does"))
    [[lesson]]
    slug = "dust"
    title = "What dust does"
    minutes = 10
    difficulty = 1
    claim = "One sentence that a student should come away with."
    afterwards = "do what the lesson taught"
    """
    # A JSON string is a TOML string too: a title holds no control character that only one of them would escape.
    return "\n".join(
        [
            "[[lesson]]",
            f"slug = {json.dumps(slug)}",
            f"title = {json.dumps(title, ensure_ascii=False)}",
            "minutes = 10",
            "difficulty = 1",
            'claim = "One sentence that a student should come away with."',
            'afterwards = "do what the lesson taught"',
        ]
    )
