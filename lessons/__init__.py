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
    Lesson(
        slug="images",
        title="Preparing images",
        minutes=15,
        claim="The network never sees the file: it sees a part of it, varied at random, as numbers around zero.",
    ),
    Lesson(
        slug="network",
        title="The network",
        minutes=20,
        claim="A network is weighted sums with a bend between them; what it knows is in millions of learnt numbers.",
    ),
    Lesson(
        slug="training",
        title="Training",
        minutes=15,
        claim="A network learns by being a little less wrong, over and over; even a perfect one would not reach zero.",
    ),
    Lesson(
        slug="predictions",
        title="Predictions",
        minutes=15,
        claim="A prediction is worth what its errors say: how large, in which direction, of which galaxies.",
    ),
    Lesson(
        slug="hooks",
        title="Hooks",
        minutes=20,
        claim="You can listen to any layer while the network works, if you leave nothing behind.",
    ),
    Lesson(
        slug="pca",
        title="Principal components",
        minutes=20,
        claim="A few axes keep most of what hundreds of numbers say of a galaxy, and a number tells how much.",
    ),
    Lesson(
        slug="space",
        title="The feature space",
        minutes=20,
        claim="Galaxies alike to the network lie close together; you can find out what changes along its axes.",
    ),
    Lesson(
        slug="points",
        title="Galaxies as points",
        minutes=15,
        claim="Put each galaxy's picture where its point was, and you see what changes along the axes.",
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
