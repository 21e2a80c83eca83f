"""The form of a subcommand, its exit status and its messages."""

import argparse
import shlex
import signal
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DONE, CHECK_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
_WIDTH = 80


@dataclass(frozen=True)
class Command:
    """A subcommand of ``python -m galviz``.

    Parameters
    ----------
    summary : str
        Its line in ``python -m galviz --help``.
    details : str
        What it reads and writes, for its own ``--help``.
    example : str
        Arguments that show its use.
    add_arguments : callable
        Adds its arguments to a parser.
    run : callable
        Runs it with the parsed arguments and returns the exit status.

    Examples
    --------
    >>> greet = Command("Say hello.", "It writes nothing.", "greet", lambda parser: None, lambda options: DONE)
    >>> print(greet.description)
    Say hello. It writes nothing.
    <BLANKLINE>
    example:
      python -m galviz greet
    """

    summary: str
    details: str
    example: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]

    @property
    def description(self) -> str:
        """The text above the arguments in ``--help``."""
        text = textwrap.fill(f"{self.summary} {self.details}", _WIDTH)
        return f"{text}\n\nexample:\n  python -m galviz {self.example}"

    @property
    def example_arguments(self) -> list[str]:
        """The example as a shell would split it."""
        return shlex.split(self.example)


def warn(message: str) -> None:
    """Print to stderr; a full or closed stderr doesn't stop the command.

    Examples
    --------
    >>> warn("2 galaxies have no label")
    """
    with suppress(OSError):
        print(message, file=sys.stderr)


def fail(message: str, status: int) -> int:
    """Print an error message to stderr and return the exit status.

    Examples
    --------
    >>> fail("there is no folder my-survey", BAD_INPUT)
    2
    """
    warn(f"galviz: {message}")
    return status


def display_path(path: Path) -> str:
    """Return a path relative to the working directory if it is below that.

    Examples
    --------
    >>> display_path(Path.cwd() / "work")
    'work'
    """
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Let the signal SIGTERM end a block as Ctrl+C does, so that its temporary files are removed; also a decorator.

    Examples
    --------
    >>> with interrupted_by_sigterm():
    ...     pass
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
