"""The arguments of the app: ``streamlit run app.py -- --survey FOLDER [--label COLUMN] [--scale S] …``."""

import argparse
import sys
from typing import NoReturn

import streamlit as st

from galviz.survey.cutouts import validate_scale
from galviz.survey.exclusion import read_exclusion
from panels.markdown import escape_markdown
from panels.settings import settings


class _Parser(argparse.ArgumentParser):
    """Raises an error instead of ending the process, as argparse does."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _read_excluded(parser: _Parser, file: str) -> list[str]:
    try:
        return read_exclusion(file)
    except OSError as error:
        parser.error(f"argument --exclude: {file} can't be read: {error.strerror}")


def read_arguments() -> argparse.Namespace:
    """Parse the arguments after ``--``; if they are invalid, explain it on the page and stop.

    Returns
    -------
    argparse.Namespace
        ``survey`` (str; by default that of the instructor's settings, or None for the shipped survey), ``label`` (str,
        or None for the default column), ``scale`` (float, by default 1), ``model`` (str, a card, or None for the
        shipped network), ``features`` (str, a features file to explore instead of the network's, or None) and
        ``excluded`` (list of str, the ids of ``--exclude``).
    """
    # No -h: the help would be printed to the server's terminal at every run of a page.
    parser = _Parser(prog="streamlit run app.py --", add_help=False, allow_abbrev=False)
    parser.add_argument("--survey", metavar="FOLDER")
    parser.add_argument("--label", metavar="COLUMN")
    parser.add_argument("--scale", metavar="S", type=float)
    parser.add_argument("--model", metavar="CARD")
    parser.add_argument("--features", metavar="FILE")
    parser.add_argument("--exclude", metavar="FILE")
    try:
        arguments = parser.parse_args(sys.argv[1:])
        if arguments.survey is None:
            arguments.survey = settings().survey
        if arguments.label is not None and arguments.survey is None:
            parser.error("argument --label: it names a column of your own survey, so --survey is needed too")
        if arguments.scale is not None and arguments.survey is None:
            parser.error("argument --scale: it applies to images of your own survey, so --survey is needed too")
        arguments.scale = validate_scale(1.0 if arguments.scale is None else arguments.scale)
        if arguments.exclude is not None and arguments.survey is None:
            parser.error("argument --exclude: it lists galaxies of your own survey, so --survey is needed too")
        arguments.excluded = [] if arguments.exclude is None else _read_excluded(parser, arguments.exclude)
    except ValueError as error:
        st.title("The app was started with invalid arguments")
        message = str(error).removesuffix(".")
        st.error(escape_markdown(f"{message[:1].upper()}{message[1:]}."), icon=":material/terminal:")
        st.markdown("Stop it in its terminal (Ctrl+C) and start it again with")
        st.code("streamlit run app.py -- --survey FOLDER --label COLUMN --scale 1 --model CARD", language="bash")
        st.markdown("or without arguments for the survey that comes with galviz.")
        st.stop()
    return arguments
