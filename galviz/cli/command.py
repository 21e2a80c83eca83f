"""What the commands share: their shape, a progress bar, numbers in arguments, exit status."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

SCALE_HELP = "resample images by this factor, such as 0.25, so that a network sees more of large ones (default: 1)"
DONE, NOT_WELL, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


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


def fail(sentence: str, status: int) -> int:
    """Print a sentence to stderr and return the status."""
    print(f"galviz: {sentence}", file=sys.stderr)
    return status
