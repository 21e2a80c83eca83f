"""The command line, ``python -m galviz``.

Exit status: 0 done, 1 a check failed (`check`, `doctor`), 2 bad input or a file that can't be written, 130 interrupted.
Results go to stdout, messages to stderr. To add a command, write a function for its arguments and one that runs it, and
add a `Command` to a module's `COMMANDS`. Import what a command needs inside its functions: then ``--help`` is fast, and
a missing package affects only the commands that need it. This package may import every other one.
"""

import argparse
import sys
from collections.abc import Sequence

from galviz import __version__
from galviz.cli import (
    auditing,
    build_data,
    catalogues,
    check,
    course,
    doctor,
    importing,
    inference,
    sdss,
    surveys,
    training,
)
from galviz.cli.arguments import StoreOnce, attach_values
from galviz.cli.command import BAD_INPUT, INTERRUPTED, Command, fail
from galviz.cli.streams import discard_unwritten, open_closed_streams

_INSTALL = "which this command needs: pip install -r requirements.txt"
_INSTALL_OPTIONAL = {
    **dict.fromkeys(("galsim", "astropy", "scipy"), 'which simulations need: pip install -e ".[simulate]"'),
    "h5py": 'which HDF5 files need: pip install -e ".[hdf5]"',
    **dict.fromkeys(("umap", "numba"), 'which UMAP needs: pip install -e ".[maps]"'),
    **dict.fromkeys(("astroquery", "requests", "urllib3"), 'which fetching from SDSS needs: pip install -e ".[sdss]"'),
    **dict.fromkeys(("skimage", "photutils"), 'which the Hubble deep field needs: pip install -e ".[shift]"'),
}
# The status that a shell reports for a program ended by SIGPIPE, for example before `| head`.
_PIPE_CLOSED = 141

COMMANDS: dict[str, Command] = (
    course.COMMANDS
    | check.COMMANDS
    | surveys.COMMANDS
    | catalogues.COMMANDS
    | auditing.COMMANDS
    | training.COMMANDS
    | inference.COMMANDS
    | importing.COMMANDS
    | sdss.COMMANDS
    | build_data.COMMANDS
    | doctor.COMMANDS
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the Python process.

    Returns
    -------
    int
        The exit status. Errors are printed to stderr as one sentence without a traceback, unless Python's development
        mode (``python -X dev -m galviz``) is on.

    Raises
    ------
    SystemExit
        From argparse: status 2 for unknown arguments, 0 after ``--help``.

    Examples
    --------
    >>> main(["predict", "--survey", "no-such-folder"])
    2
    """
    open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # File names, or a terminal that isn't UTF-8, must not make printing a message fail.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(arguments)
    finally:
        # Python flushes them again at exit, which would fail a second time.
        discard_unwritten(sys.stdout)
        discard_unwritten(sys.stderr)


def _run(arguments: Sequence[str] | None) -> int:
    """Run a command, and turn its errors into messages."""
    try:
        try:
            options = build_parser().parse_args(attach_values(sys.argv[1:] if arguments is None else arguments))
            return COMMANDS[options.command].run(options)
        finally:
            sys.stdout.flush()  # also after --help, which raises SystemExit
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
            return fail(
                f"{missing} is not installed in this Python; run the one of .venv: {other} -m galviz", BAD_INPUT
            )
        if "pip install" in str(error):  # the sentence of a function that knows which extra it needs
            return fail(str(error), BAD_INPUT)
        return fail(f"{missing} is not installed, {_INSTALL_OPTIONAL.get(missing, _INSTALL)}", BAD_INPUT)
    except (OSError, ValueError) as error:
        if sys.flags.dev_mode:
            raise
        return fail(_message(error), BAD_INPUT)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands.

    Examples
    --------
    >>> build_parser().parse_args(["check", "hooks.2"]).what
    'hooks.2'
    """
    parser = argparse.ArgumentParser(
        prog="python -m galviz",
        description="Explore what a neural network has learnt about galaxies. `COMMAND --help` explains a command.",
        epilog="Exit status: 0 done, 1 a check failed (check, doctor), 2 bad input, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"galviz {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", title="commands")
    for name, command in COMMANDS.items():
        subparser = commands.add_parser(
            name,
            help=command.summary,
            description=command.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for action in (None, "store"):
            subparser.register("action", action, StoreOnce)
        command.add_arguments(subparser)
    return parser


def _message(error: OSError | ValueError) -> str:
    """The message of an error without its type; for a file, the reason and its name."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error) or type(error).__name__
