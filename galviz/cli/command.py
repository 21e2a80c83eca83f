"""What the commands share: their shape, a progress bar, numbers in arguments, exit status."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

SCALE_HELP = "resample images by this factor, such as 0.25, so that a network sees more of large ones (default: 1)"
DONE, NOT_WELL, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
_closed: set[int] = set()


@dataclass(frozen=True)
class Command:
    """A subcommand: its line in ``--help``, its arguments, and what it does (returning the exit status)."""

    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


@contextmanager
def progress_bar(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Lend a function progress(done, total) that draws a bar on stderr, if that is a terminal."""
    from tqdm import tqdm

    with tqdm(desc=what, unit=unit, disable=None, leave=False, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


def say(line: str) -> None:
    """Print a line to stdout at once, above a progress bar if there is one."""
    from tqdm import tqdm

    tqdm.write(line, file=sys.stdout)
    sys.stdout.flush()


def at_least(lowest: int) -> Callable[[str], int]:
    """Make a type for argparse: whole numbers from `lowest`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = lowest - 1
        if number < lowest:
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {lowest}; got {text!r}")
        return number

    return parse


def names_in(option: str, text: str) -> list[str]:
    """The names in a list with commas.

    Raises
    ------
    ValueError
        If there are none, which would be taken for the option left out.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise ValueError(f"{option} must name at least one; got {text!r}. Leave it out for the default.")
    return names


def pairs_in(option: str, text: str) -> dict[str, str]:
    """``K=V,…`` as a dictionary."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals):
            raise ValueError(f"{option} must be like name=value,name=value; got {text!r}.")
        if name in pairs:
            raise ValueError(f"{option} must have each name once; got {name!r} twice.")
        pairs[name] = value
    return pairs


def output_file(text: str) -> Path:
    """A type for argparse: the name of a file to write, with ``~`` for the home folder."""
    if text == "-":
        raise argparse.ArgumentTypeError("can't be standard output; for a file of that name write ./-")
    if not text or text.endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(f"must be the name of a file; got {text!r}")
    return Path(os.path.expanduser(text))  # noqa: PTH111 (pathlib's raises where there is no such user)


def output_folder(text: str) -> Path:
    """A type for argparse: the name of a folder to write to, with ``~`` for the home folder."""
    if not text:
        raise argparse.ArgumentTypeError("must be the name of a folder; got ''")
    return Path(os.path.expanduser(text))  # noqa: PTH111


def open_closed_streams() -> None:
    """Have stdin, stdout and stderr, where a shell has closed them, lead nowhere.

    Otherwise the next file that is opened would get the number of one of them, and what is printed with it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number: this one
            _closed.add(number)
        if getattr(sys, name) is None:  # as Python leaves it
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False, encoding="utf-8"))


def drop_unwritten(stream: TextIO) -> None:
    """Have a stream lead nowhere if it can't be written to, because its reader has gone or a disk is full."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def require_stdout(what: str) -> None:
    """Refuse to begin if the results were printed where nobody reads them.

    Raises
    ------
    ValueError
        If standard output was closed when the command began.
    """
    if 1 in _closed:
        raise ValueError(f"standard output is closed, so the {what} have nowhere to go; name a file with --out")


def tell(sentence: str) -> None:
    """Print to stderr; a stderr that takes nothing must not stop the command."""
    with suppress(OSError):
        print(sentence, file=sys.stderr)


def fail(sentence: str, status: int) -> int:
    """Print a sentence to stderr and return the status."""
    tell(f"galviz: {sentence}")
    return status
