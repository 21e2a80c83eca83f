"""Read the text of a page from its text.md."""

import re
from collections.abc import Mapping
from pathlib import Path

from galviz.course.coursefile import course_file_error, read_course_file

# The beginning or end of a block of code in Markdown.
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FENCE_LINE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
# The beginning of a paragraph that belongs to the one before: a formula, a list, code, or the rest of a sentence.
_CONTINUATION = re.compile(r"\$\$|- |```|[a-z]")


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


def split_text(text: str, max_words: int) -> tuple[str, str]:
    r"""Split a text into its beginning and the rest, between paragraphs.

    A formula, a list or a block of code stays with the paragraph that it follows.

    Parameters
    ----------
    text : str
        Markdown.
    max_words : int
        Words of the beginning; the first paragraph is never split.

    Returns
    -------
    beginning, rest : str
        `rest` is empty if the text isn't longer.

    Examples
    --------
    >>> split_text("One two.\n\nThree four.\n\n$$x$$\n\nFive.", 4)
    ('One two.\n\nThree four.\n\n$$x$$', 'Five.')
    """
    blocks = _blocks(text)
    end, n_words = 1, sum(map(_n_words, blocks[:1]))
    for block in blocks[1:]:
        n_words += _n_words(block)
        if n_words > max_words:
            break
        end += 1
    return "\n\n".join(blocks[:end]), "\n\n".join(blocks[end:])


def list_items(text: str) -> list[str]:
    r"""Split a Markdown list into its items, without their bullets.

    Examples
    --------
    >>> list_items("- Move the\n  slider.\n- Look.")
    ['Move the\n  slider.', 'Look.']
    """
    return [item.strip() for item in re.split(r"^- ", text, flags=re.MULTILINE) if item.strip()]


def _blocks(text: str) -> list[str]:
    """The paragraphs of a text, each with the formulas, lists and code that follow it."""
    blocks, fence = [], False
    for paragraph in re.split(r"\n{2,}", text.strip()):
        continues = fence or (blocks and (_CONTINUATION.match(paragraph) or blocks[-1].endswith(":")))
        if continues:
            blocks[-1] += "\n\n" + paragraph
        else:
            blocks.append(paragraph)
        fence ^= len(_FENCE_LINE.findall(paragraph)) % 2 == 1
    return blocks


def _n_words(block: str) -> int:
    """The number of words, without formulas on lines of their own, code and the targets of links."""
    return len(re.sub(r"\$\$.*?\$\$|```.*?```|(?<=\])\([^)]*\)", "", block, flags=re.DOTALL).split())
