"""Instrument 'Audit': what may be wrong with a survey's images and values, and which galaxies to leave out."""

import streamlit as st

from galviz.audit.findings import FATAL
from panels.audit import forget_audit, run_audit, show_exclusion, show_group
from panels.chosen_survey import chosen_survey, offer_own_survey
from panels.exclusion import offer_return
from panels.markdown import markdown_code


def page() -> None:
    """Draw the page."""
    survey = chosen_survey()
    st.title("Audit")
    if survey.path is None:
        where = "that come with galviz"
    else:
        where = "in your upload" if survey.private else f"in the survey {markdown_code(survey.name)}"
    st.markdown(
        f"**Look at the data before anything is computed.** Which images of the galaxies {where} are blank, damaged, "
        "copied or not centred on a galaxy? Which labels are far from all others?"
    )
    offer_own_survey(survey)
    if survey.path is not None:
        offer_return(survey.path)
    audit = run_audit()
    n_fatal = sum(finding.severity == FATAL for finding in audit.details)
    with st.container(horizontal=True):
        st.metric("Galaxies audited", f"{audit.n_galaxies:,}")
        st.metric("Fatal findings", f"{n_fatal:,}", help="The survey is refused until they are repaired or excluded")
        st.metric("Suspicious findings", f"{len(audit.details) - n_fatal:,}", help="Look at them, and decide yourself")
    if audit.details:
        show_exclusion(audit)
    else:
        st.success("Nothing was found.", icon=":material/check:")
    for group in audit.groups:
        show_group(audit, group)
    st.button("Audit again", icon=":material/refresh:", on_click=forget_audit)
    with st.expander("Limitations"):
        st.markdown(
            "- Damage is recognised by seams, flat areas and warnings of the decoder. A few wrong bytes in a JPEG may "
            "change a single block, which isn't detected.\n"
            "- A galaxy counts as off-centre if the brightest smooth object is elsewhere. In 1 of 300 sound images, "
            "that is a bright star or a neighbour.\n"
            "- Copies that are stretched, rotated by other angles than 90 degrees, or cropped to less than 70 % of a "
            "side may be missed.\n"
            "- An outlier isn't an error. Excluding rare galaxies because they are rare biases what you learn."
        )
