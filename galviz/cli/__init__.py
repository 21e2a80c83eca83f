"""``python -m galviz``: each stage of the flow from a shell.

Exit status: 0 done, 2 bad input or a disk that won't, 130 interrupted. Results go to stdout, the rest to stderr. To add
a command, write a function for its arguments, one that runs it, and a line in `COMMANDS`; what it needs is imported
inside, so that ``--help`` answers at once and a missing package stops only what needs it.
"""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from galviz import __version__

_DONE, _BAD_INPUT, _INTERRUPTED = 0, 2, 130
# What a shell reports of a program that SIGPIPE ended, as `head` ends the one before it.
_PIPE_CLOSED = 141


@dataclass(frozen=True)
class Command:
    """A subcommand: its line in ``--help``, its arguments, and what it does (returning the exit status)."""

    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those that Python was called with.

    Returns
    -------
    int
        The exit status. Bad input prints a sentence to stderr and never a traceback, unless Python's own development
        mode (``python -X dev -m galviz``) is on.

    Raises
    ------
    SystemExit
        From argparse: status 2 for arguments it doesn't know, 0 after ``--help``.
    """
    for stream in (sys.stdout, sys.stderr):
        # File names and terminals that aren't UTF-8 must not turn a message into an error of its own.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status = COMMANDS[options.command].run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return _fail("interrupted; no file was left half-written", _INTERRUPTED)
    except (OSError, ValueError) as error:
        if sys.flags.dev_mode:
            raise
        _forget_output()
        return _fail(_in_words(error), _BAD_INPUT)
    return status


def _forget_output() -> None:
    """Drop what stdout can't take: Python flushes it again as it ends, and would fail a second time."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m galviz",
        description="See what a neural network has learnt about galaxies.",
        epilog="Exit status: 0 done, 2 bad input, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"galviz {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name, command in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=command.summary, description=command.summary))
    return parser


def _check_survey_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="holds master.csv and images/<objID>.jpg (.jpeg, .png)")
    parser.add_argument("--label", metavar="COLUMN", help="the label's column (default: oh_p50, else metallicity)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _check_survey(options: argparse.Namespace) -> int:
    from galviz.survey import SurveyError, load_survey

    try:
        with _progress_bar("checking images", "image") as progress:
            survey = load_survey(options.folder, options.label, progress=progress)
    except SurveyError as error:
        if options.json:
            problems = json.loads(error.problems.to_json(orient="records"))
            print(json.dumps({"folder": options.folder, "problems": problems}, indent=2))
        else:
            print(*error.details, sep="\n")
            print(f"{error.summary}.")
        return _BAD_INPUT

    label, n_galaxies = survey.label, len(survey.object_ids)
    values = [] if label is None else survey.catalogue[label.column].dropna()
    sizes = Counter(survey.image_size(object_id) for object_id in survey.object_ids)
    found = {
        "folder": options.folder,
        "problems": [],
        "galaxies": n_galaxies,
        "label": label and label.column,
        "unit": label and label.unit,
        "lowest": float(min(values)) if len(values) else None,
        "highest": float(max(values)) if len(values) else None,
        "without_label": n_galaxies - len(values),
        "image_sizes_px": {f"{width} x {height}": count for (width, height), count in sizes.most_common()},
        "sha256": survey.sha256,
    }
    print(json.dumps(found, indent=2) if options.json else _summary(found))
    return _DONE


def _summary(found: dict) -> str:
    """Word a sound survey in a few lines."""
    if found["label"] is None:
        label = "none (name its column with --label)"
    else:
        low, high, missing = found["lowest"], found["highest"], found["without_label"]
        measured = f"{low:g} to {high:g} {found['unit']}".rstrip() if low is not None else "nowhere measured"
        label = f"{found['label']}, {measured}; {missing or 'no'} {'galaxy' if missing == 1 else 'galaxies'} without it"
    sizes = [f"{size} px ({count})" for size, count in found["image_sizes_px"].items()]
    shown = ", ".join(sizes[:5]) + (f" and {len(sizes) - 5} other sizes" if len(sizes) > 5 else "")
    return "\n".join(
        [
            f"The survey folder {found['folder']} is sound.",
            f"galaxies  {found['galaxies']}",
            f"label     {label}",
            f"images    {shown}",
            f"sha256    {found['sha256']}",
        ]
    )


def _simulate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=_at_least(1), required=True, metavar="N", help="number of galaxies")
    parser.add_argument("--seed", type=_at_least(0), required=True, metavar="S", help="same seed, same survey")
    parser.add_argument(
        "--framing",
        choices=("fixed", "petrosian"),
        default="fixed",
        help="fixed: 160 px at 0.396 arcsec/px; petrosian: 128 px, cut to 5 Petrosian R90 (default: fixed)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the survey folder goes")
    parser.add_argument("--workers", type=_at_least(1), metavar="W", help="processes (default: one a core)")
    parser.add_argument(
        "--variety",
        type=float,
        default=1.0,
        metavar="V",
        help="how widely telescope and processing vary; 1 as within SDSS, 2 or 3 for training (default: 1)",
    )


def _simulate(options: argparse.Namespace) -> int:
    try:
        from galviz.simulate import write_survey

        with _progress_bar("rendering galaxies", "galaxy") as progress:
            write_survey(
                options.out,
                n=options.n,
                seed=options.seed,
                framing=options.framing,
                workers=options.workers,
                variety=options.variety,
                progress=progress,
            )
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing not in {"galsim", "astropy", "scipy"}:
            raise
        return _fail(f'{missing} is not installed, which draws the galaxies: pip install -e ".[simulate]"', _BAD_INPUT)
    print(f"{options.n} galaxies are in {options.out}")
    return _DONE


COMMANDS = {
    "check-survey": Command(
        "Check a survey folder; print what is wrong, row by row, and what to do.",
        _check_survey_arguments,
        _check_survey,
    ),
    "simulate": Command(
        "Write a survey folder of mock galaxies; once stopped, the same command goes on.",
        _simulate_arguments,
        _simulate,
    ),
}


@contextmanager
def _progress_bar(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """Lend a function progress(done, total) that draws a bar on stderr, if that is a terminal."""
    from tqdm import tqdm

    with tqdm(desc=what, unit=unit, disable=None, leave=False, file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


def _at_least(lowest: int) -> Callable[[str], int]:
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


def _in_words(error: OSError | ValueError) -> str:
    """Say an error in a sentence without its type: for a file what failed, and with which."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or type(error).__name__


def _fail(sentence: str, status: int) -> int:
    print(f"galviz: {sentence}", file=sys.stderr)
    return status
