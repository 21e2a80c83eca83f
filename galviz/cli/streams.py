"""Standard input, output and error: progress bars, and streams that are closed or full."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_closed: set[int] = set()


@contextmanager
def progress_bar(description: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function progress(done, total) that draws a bar on stderr if that is a terminal.

    Examples
    --------
    >>> with progress_bar("extracting", "galaxy") as progress:
    ...     progress(1, 2)
    """
    from tqdm import tqdm

    with tqdm(desc=description, unit=unit, disable=None, leave=False, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


def print_above_bar(line: str) -> None:
    """Print a line to stdout immediately, above a progress bar if there is one.

    Examples
    --------
    >>> print_above_bar("epoch 1")
    epoch 1
    """
    from tqdm import tqdm

    tqdm.write(line, file=sys.stdout)
    sys.stdout.flush()


def open_closed_streams() -> None:
    """Redirect stdin, stdout and stderr to the null device if the shell has closed them.

    Otherwise the next file to be opened would get the number of one of them, and with it what is printed.

    Examples
    --------
    >>> open_closed_streams()
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            _closed.add(number)
        if getattr(sys, name) is None:  # Python sets a closed stream to None
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False, encoding="utf-8"))


def discard_unwritten(stream: TextIO) -> None:
    """Redirect a stream to the null device if flushing fails, because its reader has exited or the disk is full.

    Examples
    --------
    >>> discard_unwritten(sys.stdout)
    """
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def require_stdout(content: str) -> None:
    """Raise an error if standard output was closed when the command started.

    Parameters
    ----------
    content : str
        What would be printed, in the plural, for the message.

    Raises
    ------
    ValueError
        If it was closed.

    Examples
    --------
    >>> require_stdout("predictions")
    """
    if 1 in _closed:
        raise ValueError(f"standard output is closed, so the {content} can't be printed; name a file with --out")
