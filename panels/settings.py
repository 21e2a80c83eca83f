"""The instructor's settings, and whether the app runs on the student's own machine."""

from galviz.course.settings import HOME, RUN, Settings, read_settings
from panels.owner import could_be_owner, is_owner


def settings() -> Settings:
    """Read the instructor's settings, at each run, because they may change while the app runs.

    Raises
    ------
    CourseError
        If they can't be read; `explain_errors` shows it on the page.

    Examples
    --------
    >>> settings().lessons[0].slug
    'galaxies'
    """
    return read_settings()


def is_local() -> bool:
    """Return whether the app runs on the student's own machine, and so may run code in `work/` and write files there.

    On a public deployment no student's code ever runs, and the server stores nothing of its visitors. Everything that
    runs code or accesses the student's files must check this function.
    """
    exercises = settings().exercises
    return is_owner() if exercises == HOME else exercises == RUN


def needs_token() -> bool:
    """Return whether the session would be local if it had the token from the terminal."""
    return settings().exercises == HOME and could_be_owner() and not is_owner()
