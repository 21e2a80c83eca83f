"""Instrument 'Glossary': every term of the course, in the order of the alphabet."""

import streamlit as st

from panels.glossary import anchor, terms

st.title("Glossary")
st.markdown("**The words of the course, each in a sentence or two.** Lessons link to them where they first use them.")
asked = st.text_input("Find", key="find", bind="query-params", placeholder="a word, or a part of one").strip().lower()
found = {
    term: text
    for term, text in sorted(terms().items(), key=lambda item: item[0].lower())
    if asked in term.lower() or asked in text.lower()
}
if not found:
    st.info("No term has that in its name or its meaning.", icon=":material/search_off:")
for term, text in found.items():
    st.subheader(term, anchor=anchor(term))
    st.container(width=720).markdown(text)
