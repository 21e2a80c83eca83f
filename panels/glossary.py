"""The glossary: a term's meaning at hand where a page first uses it, and all of them on a page of their own."""

import re
from functools import cache

from galviz.course.coursefile import course_file_error
from galviz.course.lesson import LESSONS_FOLDER
from galviz.course.prose import read_sections

GLOSSARY_FILE = LESSONS_FOLDER / "glossary.md"
# Sections of a text that is no prose of ours to link in.
_NOT_LINKED = ("sources",)
# What must stay as it is: blocks of code, code, formulas, links, and headings.
_KEPT = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)|<[^>]*>|^#.*?$", re.DOTALL | re.MULTILINE
)


def terms() -> dict[str, str]:
    """Meaning of each term of the glossary, in its order.

    Raises
    ------
    CourseError
        If the glossary can't be read, or has no terms.
    """
    return {heading.partition(" (")[0]: text for heading, text in _entries().items()}


def _entries() -> dict[str, str]:
    """Text of each section of the glossary by its heading."""
    if not (found := read_sections(GLOSSARY_FILE)):
        raise course_file_error(GLOSSARY_FILE, "has no sections '## term' with a text")
    return found


def anchor(term: str) -> str:
    """A term's place on the glossary's page."""
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


def link_terms(text: dict[str, str]) -> dict[str, str]:
    """Link each term to the glossary where it first stands in a text; pointed at, the link tells its meaning.

    Parameters
    ----------
    text : dict of str to str
        Sections of Markdown. Code, formulas, links and headings stay as they are.

    Returns
    -------
    dict of str to str

    Raises
    ------
    CourseError
        If the glossary can't be read, or has no terms.
    """
    entries, seen = _entries(), set()
    pattern, names = _forms(tuple(entries))
    meanings = {heading.partition(" (")[0]: meaning for heading, meaning in entries.items()}
    return {
        name: part if name in _NOT_LINKED else _link(part, pattern, names, meanings, seen)
        for name, part in text.items()
    }


def _link(text: str, pattern: re.Pattern, names: dict[str, str], meanings: dict[str, str], seen: set[str]) -> str:
    pieces, place = [], 0

    def replace(match: re.Match) -> str:
        term = names[" ".join(match.group(0).split()).lower()]
        if term in seen:
            return match.group(0)
        seen.add(term)
        return f'[{match.group(0)}](glossary#{anchor(term)} "{_first_sentence(meanings[term])}")'

    for kept in _KEPT.finditer(text):
        pieces += [pattern.sub(replace, text[place : kept.start()]), kept.group(0)]
        place = kept.end()
    return "".join([*pieces, pattern.sub(replace, text[place:])])


@cache
def _forms(headings: tuple[str, ...]) -> tuple[re.Pattern, dict[str, str]]:
    """A pattern for every form of every term, the longest first; and the term that each form is of.

    A heading of the glossary is ``## kernel (kernels)``: the term and, in brackets, other forms.
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
    """A term's meaning in one sentence, as plain text."""
    text = " ".join(meaning.split())
    first = re.split(r"(?<=[.])\s", text, maxsplit=1)[0]
    return re.sub(r"[*_`$\\]", "", first).replace('"', "'")
