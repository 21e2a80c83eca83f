"""Instrument 'Glossary': every term of the course, in the order of the alphabet."""

import streamlit as st

from panels.controls import in_url
from panels.glossary import anchor, read_terms


def page() -> None:
    """Draw the page."""
    st.title("Glossary")
    st.markdown(
        "**The words of the course, each in a sentence or two.** Lessons link to them where they first use them."
    )
    query = in_url(st.text_input, "Find", key="find", placeholder="a word, or a part of one").strip().lower()
    matches = {
        term: text
        for term, text in sorted(read_terms().items(), key=lambda item: item[0].lower())
        if query in term.lower() or query in text.lower()
    }
    if not matches:
        st.info("No term has that in its name or its meaning.", icon=":material/search_off:")
    for term, text in matches.items():
        st.subheader(term, anchor=anchor(term))
        st.container(width=720).markdown(text)
