"""What the app was started with: ``streamlit run app.py -- --survey FOLDER [--label COLUMN] [--scale S] …``."""

import argparse
import sys
from typing import NoReturn

import streamlit as st

from galviz.survey.survey import checked_scale
from panels.plain import plain
from panels.settings import settings


class _Parser(argparse.ArgumentParser):
    """Raises where argparse would end the process, which in a page would end nothing and show nothing."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def read_arguments() -> argparse.Namespace:
    """Read the arguments after ``--``; if they make no sense, say so on the page and stop.

    Returns
    -------
    argparse.Namespace
        ``survey`` (str; where none is named that of the instructor's settings, or None for the shipped survey),
        ``label`` (str, or None for the usual column), ``scale`` (float, 1 unless given), ``model`` (str, a card, or
        None for the shipped one) and ``features`` (str, a features file to explore instead of the network's, or None).
    """
    # No -h: the help would go to the server's terminal at every run of a page.
    parser = _Parser(prog="streamlit run app.py --", add_help=False, allow_abbrev=False)
    parser.add_argument("--survey", metavar="FOLDER")
    parser.add_argument("--label", metavar="COLUMN")
    parser.add_argument("--scale", metavar="S", type=float)
    parser.add_argument("--model", metavar="CARD")
    parser.add_argument("--features", metavar="FILE")
    try:
        found = parser.parse_args(sys.argv[1:])
        if found.survey is None:
            found.survey = settings().survey
        if found.label is not None and found.survey is None:
            parser.error("argument --label: it names a column of your own survey, so give --survey too")
        if found.scale is not None and found.survey is None:
            parser.error("argument --scale: it is for images of your own survey, so give --survey too")
        found.scale = checked_scale(1.0 if found.scale is None else found.scale)
    except ValueError as error:
        st.title("The app was started with arguments it can't use")
        said = str(error).removesuffix(".")
        st.error(plain(f"{said[:1].upper()}{said[1:]}."), icon=":material/terminal:")
        st.markdown("Stop it in its terminal (Ctrl+C) and start it again as")
        st.code("streamlit run app.py -- --survey FOLDER --label COLUMN --scale 1 --model CARD", language="bash")
        st.markdown("or without anything behind `app.py` for the survey that comes with galviz.")
        st.stop()
    return found
