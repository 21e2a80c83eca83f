"""What the instructor has decided, for the pages; and whether this is the student's own machine."""

from galviz.course.settings import HOME, RUN, Settings, read_settings
from panels.home import could_be_owner, is_owner


def settings() -> Settings:
    """Read the instructor's settings, at each run: the file is small, and may be changed while the app runs.

    Raises
    ------
    CourseError
        If they can't be read; `explain_errors` around the page tells.
    """
    return read_settings()


def is_home() -> bool:
    """Whether the course is on the student's own machine: there code in `work/` runs, and files keep the progress.

    Elsewhere, as on a public deployment, no student's code ever runs, and nothing of a visitor is kept on the server.
    Everything that runs code or touches the student's files asks this function.
    """
    chosen = settings().exercises
    return is_owner() if chosen == HOME else chosen == RUN


def needs_token() -> bool:
    """Whether this session would be at home if it came with the token that the terminal shows."""
    return settings().exercises == HOME and could_be_owner() and not is_owner()
