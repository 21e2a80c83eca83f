"""Read the text of a page from its text.md."""

from collections.abc import Mapping
from pathlib import Path

from galviz.course.coursefile import course_file_error, read_course_file


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
    r"""Split a text.md at its ``## name`` lines.

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
        If the file can't be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "text.md"
    ...     _ = path.write_text("## try\n\nMove the slider.")
    ...     read_sections(path)["try"]
    'Move the slider.'
    """
    parts = ("\n" + read_course_file(path)).split("\n## ")[1:]
    texts = {name.strip(): text.strip() for name, _, text in (part.partition("\n") for part in parts)}
    return Sections(path, {name: text for name, text in texts.items() if text})
