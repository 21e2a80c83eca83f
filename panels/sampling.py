"""The sample of galaxies a page works on: one slider, the same on every page, and in the address."""

import streamlit as st

from galviz.survey.sample import draw_sample
from galviz.survey.survey import Survey
from panels.controls import choose_number

DEFAULT_SIZE = 256
SMALLEST_SIZE = 5
# Each galaxy of a sample carries its picture into the page, some 400 bytes: a page stays well below 2 MB.
LARGEST_SIZE = 2_000


def choose_sample(survey: Survey) -> list[str]:
    """Draw the sample slider and the sample it asks for.

    Returns
    -------
    list of str
        objIDs in the catalogue's order; all of them, without a slider, where there are hardly any.
    """
    total = len(survey.object_ids)
    if total <= SMALLEST_SIZE:
        st.caption(f"All {total} galaxies of this survey." if total != 1 else "The one galaxy of this survey.")
        return list(survey.object_ids)
    largest = min(total, LARGEST_SIZE)
    told = "Drawn at random from the survey, always the same ones; a larger sample contains the smaller."
    if largest < total:
        told += f" At most {largest:,} of the {total:,} galaxies, so that pages with pictures stay quick."
    size = choose_number(
        "Galaxies in the sample", SMALLEST_SIZE, largest, min(DEFAULT_SIZE, largest), key="sample", help=told
    )
    return draw_sample(survey.object_ids, size)
