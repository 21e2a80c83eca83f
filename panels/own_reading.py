"""What a session's upload is read as: once for the same files and options, however often the page runs."""

from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from galviz.importing.plan import ImportPlan, plan_import
from galviz.importing.question import ImportQuestion
from galviz.survey.survey import SurveyError
from panels.import_words import error_in_page_words, in_page_words
from panels.own_survey import OwnGalaxies

_STATE = "own_reading"
_N_ROWS = 8


class Options(NamedTuple):
    """The choices of the columns; None where galviz chooses.

    Examples
    --------
    >>> Options() == Options(label=None)
    True
    """

    id_column: str | None = None
    image_column: str | None = None
    label: str | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What an upload was read as, once for the same files and options: a plan, or why there is none.

    Attributes
    ----------
    plan : ImportPlan or None
    error : ValueError or None
        An `ImportQuestion`, or what is wrong.
    columns : tuple of str
        Of the table.
    rows : list of list of str
        Its first rows, to look at.
    """

    plan: ImportPlan | None
    error: ValueError | None
    columns: tuple[str, ...]
    rows: list[list[str]]


def read_upload(own: OwnGalaxies, options: Options) -> Reading:
    """Read the table and plan the import, unless that has been done for the same upload and options."""
    key = (own.source, options)
    if st.session_state.get(_STATE, (None,))[0] != key:
        with st.spinner("Reading the table …"):
            st.session_state[_STATE] = (key, _read_again(own, options))
    return st.session_state[_STATE][1]


def _read_again(own: OwnGalaxies, options: Options) -> Reading:
    arguments = {"id_column": options.id_column, "image_column": options.image_column, "label": options.label}
    try:
        plan = plan_import(own.source, missing=options.missing, workspace=own.uploads.folder, **arguments)
    except ImportQuestion as question:
        return Reading(None, question, question.columns, list(map(list, question.rows[:_N_ROWS])))
    except SurveyError as error:
        return Reading(None, error_in_page_words(error), (), [])
    except (ValueError, ModuleNotFoundError) as error:
        return Reading(None, ValueError(in_page_words(str(error))), (), [])
    return Reading(plan, None, plan.columns, plan.rows(_N_ROWS))


def forget_reading() -> None:
    """Forget what an earlier upload was read as."""
    st.session_state.pop(_STATE, None)
