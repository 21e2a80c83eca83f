"""The course: its lessons in order. A lesson's number is its place in `LESSONS`; its folder has its name."""

from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course.

    Attributes
    ----------
    slug : str
        Name of its folder and of its address in the browser.
    title : str
        What the navigation calls it.
    minutes : int
        How long it takes to read and play with.
    claim : str
        The one sentence a student should come away with.
    """

    slug: str
    title: str
    minutes: int
    claim: str

    @property
    def folder(self) -> Path:
        """Where its page.py and text.md are."""
        return _HERE / self.slug

    @property
    def page(self) -> Path:
        """The Streamlit script of its page."""
        return self.folder / "page.py"


LESSONS = (
    Lesson(
        slug="galaxies",
        title="The galaxies",
        minutes=10,
        claim="A galaxy's picture betrays its chemistry: you can see it before any network does.",
    ),
)


def lesson(slug: str) -> Lesson:
    """Find a lesson by the name of its folder.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    for candidate in LESSONS:
        if candidate.slug == slug:
            return candidate
    known = ", ".join(candidate.slug for candidate in LESSONS)
    raise ValueError(f"slug must be one of {known}; got {slug!r}. Add a new lesson to LESSONS.")
