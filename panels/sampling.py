"""The sample of galaxies of a page: one slider for all pages, in the URL."""

import streamlit as st

from galviz.survey.sample import draw_sample
from galviz.survey.survey import Survey
from panels.controls import choose_number

_DEFAULT_SIZE = 256
_MIN_SIZE = 5
# Each galaxy of a sample adds a thumbnail of about 400 bytes to the page, which should stay well below 2 MB.
MAX_SAMPLE_SIZE = 2_000


def choose_sample(survey: Survey) -> list[str]:
    """Draw the slider for the sample size, and draw the sample.

    Returns
    -------
    list of str
        objIDs in the catalogue's order. For very small surveys all of them, without a slider.
    """
    total = len(survey.object_ids)
    if total <= _MIN_SIZE:
        st.caption(f"All {total} galaxies of this survey." if total != 1 else "The one galaxy of this survey.")
        return list(survey.object_ids)
    largest = min(total, MAX_SAMPLE_SIZE)
    help = "Drawn at random from the survey with a fixed seed. A larger sample contains the smaller one."
    if largest < total:
        help += f" At most {largest:,} of the {total:,} galaxies, to keep pages with pictures fast."
    size = choose_number(
        "Galaxies in the sample", _MIN_SIZE, largest, min(_DEFAULT_SIZE, largest), key="sample", help=help
    )
    return draw_sample(survey.object_ids, size)
