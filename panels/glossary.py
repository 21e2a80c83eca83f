"""The glossary: its terms, links to it from a page's text, and a term's meaning beside its link."""

import re
from functools import cache
from pathlib import Path

import streamlit as st

from galviz.course.coursefile import CourseError, course_file_error
from galviz.course.lesson import LESSONS_FOLDER
from galviz.course.prose import read_sections
from panels.component_files import read_file

GLOSSARY_FILE = LESSONS_FOLDER / "glossary.md"
_SCRIPT = Path(__file__).with_name("glossary_popover.js")
# Sections of a text without links to the glossary.
_UNLINKED_SECTIONS = ("sources",)
# Parts that stay unchanged: code, formulas, links and headings.
_UNCHANGED = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|<[^>]*>|^#.*?$", re.DOTALL | re.MULTILINE
)


def read_terms() -> dict[str, str]:
    """Read the terms of the glossary and their meanings, in its order.

    Raises
    ------
    CourseError
        If the glossary can't be read, or has no terms.

    Examples
    --------
    >>> "activation" in read_terms()
    True
    """
    return {heading.partition(" (")[0]: text for heading, text in _entries().items()}


def _entries() -> dict[str, str]:
    """The glossary's sections by heading."""
    if not (entries := read_sections(GLOSSARY_FILE)):
        raise course_file_error(GLOSSARY_FILE, "has no sections '## term' with a text")
    return entries


def anchor(term: str) -> str:
    """Return the anchor of a term on the glossary's page.

    Examples
    --------
    >>> anchor("Receptive field")
    'receptive-field'
    """
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


def link_terms(text: dict[str, str]) -> dict[str, str]:
    """Link the first occurrence of each term to the glossary, with its meaning as the link's tooltip.

    Parameters
    ----------
    text : dict of str to str
        Sections of Markdown. Code, formulas, links and headings are unchanged.

    Returns
    -------
    dict of str to str

    Raises
    ------
    CourseError
        If the glossary can't be read, or has no terms.

    Examples
    --------
    >>> link_terms({"idea": "An activation."})["idea"].startswith("An [activation](glossary#activation ")
    True
    """
    entries, linked = _entries(), set()
    pattern, names = _forms(tuple(entries))
    meanings = {heading.partition(" (")[0]: meaning for heading, meaning in entries.items()}
    return {
        name: part if name in _UNLINKED_SECTIONS else _link(part, pattern, names, meanings, linked)
        for name, part in text.items()
    }


def _link(text: str, pattern: re.Pattern, names: dict[str, str], meanings: dict[str, str], linked: set[str]) -> str:
    pieces, position = [], 0

    def replace(match: re.Match) -> str:
        term = names[" ".join(match.group(0).split()).lower()]
        if term in linked:
            return match.group(0)
        linked.add(term)
        return f'[{match.group(0)}](glossary#{anchor(term)} "{_first_sentence(meanings[term])}")'

    for unchanged in _UNCHANGED.finditer(text):
        pieces += [pattern.sub(replace, text[position : unchanged.start()]), unchanged.group(0)]
        position = unchanged.end()
    return "".join([*pieces, pattern.sub(replace, text[position:])])


@cache
def _forms(headings: tuple[str, ...]) -> tuple[re.Pattern, dict[str, str]]:
    """A pattern that matches all forms of all terms, the longest first, and the term of each form.

    A heading of the glossary is ``## kernel (kernels)``: the term and, in brackets, its other forms.
    """
    names = {}
    for heading in headings:
        term, _, others = heading.partition(" (")
        for form in [term, *others.removesuffix(")").split(", ")]:
            if form:
                names[form.lower()] = term
    forms = sorted(names, key=len, reverse=True)
    spaced = [re.escape(form).replace(r"\ ", r"\s+") for form in forms]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(spaced)})(?![\w-])", re.IGNORECASE), names


def _first_sentence(meaning: str) -> str:
    """The first sentence of a term's meaning, without Markdown."""
    text = " ".join(meaning.split())
    return _without_markdown(re.split(r"(?<=[.])\s", text, maxsplit=1)[0]).replace('"', "'")


def _without_markdown(text: str) -> str:
    return re.sub(r"[*_`$\\]", "", text)


def explain_terms_beside_links() -> None:
    """Show a term's meaning beside its link when the student presses it, with a link to the glossary.

    Once per page. Without it, or if the glossary can't be read, the links open the glossary in another tab.
    """
    try:
        terms = read_terms()
    except CourseError:
        return  # the page's text says so
    meanings = {
        anchor(term): {"term": term, "meaning": _without_markdown(" ".join(meaning.split()))}
        for term, meaning in terms.items()
    }
    component = st.components.v2.component("galviz_terms", js=read_file(_SCRIPT))
    with st.container(height=1, border=False, key="glossary_popover"):
        component(key="terms", data={"terms": meanings})
