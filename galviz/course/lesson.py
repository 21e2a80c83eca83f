"""A lesson: its folder, and its entry in the manifest."""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

LESSONS_FOLDER = Path(__file__).parents[2] / "lessons"
DIFFICULTIES = {1: "easy", 2: "medium", 3: "hard"}
# The last part of the addresses of the other pages, and the heading under which the navigation lists them.
PAGE_ADDRESSES = (
    "home",
    "explore",
    "laboratory",
    "layers",
    "units",
    "compare",
    "galaxy",
    "audit",
    "glossary",
    "certificate",
)
INSTRUMENTS = "Instruments"
_SLUG = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course, as the manifest describes it.

    Attributes
    ----------
    slug : str
        Name of its folder and of its address in the browser.
    title : str
        Its name in the navigation.
    minutes : int
        How long its page takes, without the exercises.
    difficulty : int
        1 easy, 2 medium, 3 hard.
    claim : str
        Its main statement, in one sentence.
    afterwards : str
        What a student can do after it; ends the sentence 'Afterwards you can …'.
    before : tuple of str
        Slugs of the lessons it builds on.
    part : str
        Its heading in the navigation.
    """

    slug: str
    title: str
    minutes: int
    difficulty: int
    claim: str
    afterwards: str
    before: tuple[str, ...] = ()
    part: str = "Beyond the tutorial"

    @property
    def folder(self) -> Path:
        """The folder of its page.py and text.md."""
        return LESSONS_FOLDER / self.slug

    @property
    def page(self) -> Path:
        """The module that draws its page."""
        return self.folder / "page.py"


def is_slug(text: str) -> bool:
    """Whether a text can be the slug of a lesson, which names a Python package and a web address.

    Examples
    --------
    >>> is_slug("dust_lanes"), is_slug("Dust lanes"), is_slug("class")
    (True, False, False)
    """
    return _SLUG.fullmatch(text) is not None and not keyword.iskeyword(text)
