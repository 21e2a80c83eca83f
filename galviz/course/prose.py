"""Read the text of a page from its text.md."""

import re
from collections.abc import Mapping
from pathlib import Path

from galviz.course.coursefile import course_file_error, read_course_file

# The beginning or end of a block of code in Markdown.
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


class Sections(dict[str, str]):
    """The text of each section, by name. Looking up a missing section raises `CourseError`, which names the file.

    Parameters
    ----------
    path : pathlib.Path
        The file of the sections.
    texts : mapping of str to str
    """

    def __init__(self, path: Path, texts: Mapping[str, str]) -> None:
        super().__init__(texts)
        self.path = path

    def __missing__(self, name: str) -> str:
        raise course_file_error(self.path, f"has no text in a section '## {name}', which its page shows")


def read_sections(path: Path) -> Sections:
    r"""Split a text.md at its ``## name`` lines; those in a block of code are text.

    Parameters
    ----------
    path : pathlib.Path
        A Markdown file. Text before the first ``##`` is left out.

    Returns
    -------
    Sections
        The text of each section, by name. A section without text is left out.

    Raises
    ------
    CourseError
        If the file can't be read, or two sections have the same name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "text.md"
    ...     _ = path.write_text("## try\n\nMove the slider.")
    ...     read_sections(path)["try"]
    'Move the slider.'
    """
    texts: dict[str, list[str]] = {}
    name, fence = None, None
    for line in read_course_file(path).split("\n"):
        marker = _FENCE.match(line)
        if marker and fence is None:
            fence = marker[1]
        elif marker and marker[1].startswith(fence or "") and not line.strip().strip(marker[1][0]):
            fence = None
        if fence is None and line.startswith("## "):
            name = line.removeprefix("## ").strip()
            if name in texts:
                raise course_file_error(path, f"has two sections '## {name}'")
            texts[name] = []
        elif name is not None:
            texts[name].append(line)
    joined = {name: "\n".join(lines).strip() for name, lines in texts.items()}
    return Sections(path, {name: text for name, text in joined.items() if text})
