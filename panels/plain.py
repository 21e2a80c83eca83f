r"""Text that isn't ours, such as a file's name or a student's error message, shown as it is and never as Markdown.

Streamlit renders Markdown in nearly every text that a page shows: messages, captions, labels, tooltips. In a text from
elsewhere ``$``, ``*`` or ``:red[…]`` would change what it says, and ``![](https://…)`` would load a picture from
another server.
"""

import re

# What has a meaning within a line. An underscore between letters has none: `oh_p50` stays as it is.
_MARKS = re.compile(r"[\\`*\[\]<$~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|:(?=\S)")
# What has a meaning at the beginning of a paragraph: headings, lists, quotations, rules.
_BEGINNING = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[#+>-]))")
# What Streamlit looks for in the text once the escapes are gone: icons and emojis, addresses, arrows.
_FOUND_LATER = re.compile(
    r":(?=[\w+-]+:|material/|//)|www(?=\.)|@|(?<!\S)(?:<(?=->?(?!\S)|=(?!\S))|-(?=[->](?!\S))|[>~](?==(?!\S)))",
    re.IGNORECASE,
)
# Invisible; it keeps two characters from being taken as one sign.
_JOINER = "\u2060"
_CODE = re.compile(r"`([^`]+)`")


def plain(text: object) -> str:
    r"""Escape a text, so that Markdown shows it as it is, on one line.

    Parameters
    ----------
    text : object
        Anything that has a ``str``. Characters that can't be shown become �.

    Examples
    --------
    >>> plain("**x** [a](b) $y$")
    '\\*\\*x\\*\\* \\[a\\](b) \\$y\\$'
    >>> plain("oh_p50")
    'oh_p50'
    """
    return _begun(_escaped(_one_line(text)))


def plain_with_code(text: object) -> str:
    r"""Escape a text of which only what stands between backticks is marked up, as code.

    Parameters
    ----------
    text : object
        A sentence of ours around words that aren't, such as the hint of an exercise.

    Examples
    --------
    >>> plain_with_code("There is no `a*b` in *that*.")
    'There is no `a*b` in \\*that\\*.'
    """
    parts = _CODE.split(_one_line(text))  # text and code in turn
    return _begun("".join(code(part) if place % 2 else _escaped(part) for place, part in enumerate(parts)))


def code(text: object) -> str:
    """Mark a text up as code within a line, whatever it holds.

    Parameters
    ----------
    text : object
        Anything that has a ``str``.

    Examples
    --------
    >>> code("work/pca.py")
    '`work/pca.py`'
    >>> code("a`b")
    '`` a`b ``'
    """
    line = _one_line(text).replace(":material/", f":{_JOINER}material/")  # replaced in code too
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if "`" in line or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


def _one_line(text: object) -> str:
    return "".join(each if each.isprintable() else "�" for each in " ".join(str(text).split()))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", _FOUND_LATER.sub(rf"\g<0>{_JOINER}", text))


def _begun(text: str) -> str:
    return _BEGINNING.sub(r"\1\\", text)
