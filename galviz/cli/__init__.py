"""``python -m galviz``: each stage of the flow from a shell.

Exit status: 0 done, 1 not all is well (doctor) or not yet (check), 2 bad input or a disk that won't, 130 interrupted.
Results go to stdout, the rest to stderr. To add a command, write a function for its arguments, one that runs it, and a
line in a `COMMANDS`; what it needs is imported inside, so that ``--help`` answers at once and a missing package stops
only what needs it.
"""

import argparse
import sys
from collections.abc import Sequence

from galviz import __version__
from galviz.cli import course, data, imports, networks, surveys, training
from galviz.cli.command import BAD_INPUT, INTERRUPTED, Command, drop_unwritten, fail, open_closed_streams

_NEEDED = "which this needs: pip install -r requirements.txt"
_NEEDED_BY = {
    **dict.fromkeys(("galsim", "astropy", "scipy"), 'which draws the galaxies: pip install -e ".[simulate]"'),
    **dict.fromkeys(("umap", "numba"), 'which fits UMAPs: pip install -e ".[maps]"'),
}
# What a shell reports of a program that SIGPIPE ended, as `head` ends the one before it.
_PIPE_CLOSED = 141

COMMANDS: dict[str, Command] = (
    course.COMMANDS | surveys.COMMANDS | training.COMMANDS | networks.COMMANDS | imports.COMMANDS | data.COMMANDS
)


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
    open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # File names and terminals that aren't UTF-8 must not turn a message into an error of its own.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(arguments)
    finally:
        # Python flushes them again as it ends, and would fail a second time.
        drop_unwritten(sys.stdout)
        drop_unwritten(sys.stderr)


def _run(arguments: Sequence[str] | None) -> int:
    """Run a command and put its errors into words."""
    try:
        try:
            options = build_parser().parse_args(arguments)
            return COMMANDS[options.command].run(options)
        finally:
            sys.stdout.flush()  # after --help too, which ends in SystemExit
    except BrokenPipeError:
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return fail("interrupted; no file was left half-written", INTERRUPTED)
    except ModuleNotFoundError as error:
        from galviz.course.commands import project_python

        missing = (error.name or "").split(".")[0]
        if sys.flags.dev_mode or missing in ("", "galviz"):
            raise
        if (other := project_python()) is not None:
            return fail(f"{missing} is not installed in this Python; that of .venv is {other} -m galviz", BAD_INPUT)
        return fail(f"{missing} is not installed, {_NEEDED_BY.get(missing, _NEEDED)}", BAD_INPUT)
    except (OSError, ValueError) as error:
        if sys.flags.dev_mode:
            raise
        return fail(_in_words(error), BAD_INPUT)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands' arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m galviz",
        description="See what a neural network has learnt about galaxies.",
        epilog="Exit status: 0 done, 1 not all is well (doctor) or not yet (check), 2 bad input, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"galviz {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name, command in COMMANDS.items():
        command.add_arguments(commands.add_parser(name, help=command.summary, description=command.summary))
    return parser


def _in_words(error: OSError | ValueError) -> str:
    """Say an error in a sentence without its type: for a file what failed, and with which."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or type(error).__name__
