r"""Escape text from elsewhere, such as file names and error messages, so that Streamlit shows it unchanged.

Streamlit renders Markdown in nearly all texts of a page: messages, captions, labels, tooltips. In a text from elsewhere
``$``, ``*`` or ``:red[…]`` would change what is shown, and ``![](https://…)`` would load a picture from another server.
"""

import re

# Markdown within a line. An underscore between letters isn't Markdown: `oh_p50` stays unchanged.
_INLINE = re.compile(r"[\\`*\[\]<$~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|:(?=\S)")
# Markdown at the start of a paragraph: headings, lists, quotations, rules.
_BLOCK_START = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[#+>-]))")
# What Streamlit replaces after removing escapes: icons, emojis, URLs, arrows.
_REPLACED_LATER = re.compile(
    r":(?=[\w+-]+:|material/|//)|www(?=\.)|@|(?<!\S)(?:<(?=->?(?!\S)|=(?!\S))|-(?=[->](?!\S))|[>~](?==(?!\S)))",
    re.IGNORECASE,
)
# Invisible character that separates two characters.
_JOINER = "\u2060"
_CODE = re.compile(r"`([^`]+)`")


def escape_markdown(text: object) -> str:
    r"""Escape a text for Markdown, on one line.

    Parameters
    ----------
    text : object
        Converted with ``str``. Characters that can't be printed become �.

    Examples
    --------
    >>> escape_markdown("**x** [a](b) $y$")
    '\\*\\*x\\*\\* \\[a\\](b) \\$y\\$'
    >>> escape_markdown("oh_p50")
    'oh_p50'
    """
    return _escape_start(_escape_inline(_one_line(text)))


def escape_markdown_except_code(text: object) -> str:
    r"""Escape a text for Markdown, except code between backticks.

    Parameters
    ----------
    text : object
        A message that quotes other text, such as the hint of an exercise.

    Examples
    --------
    >>> escape_markdown_except_code("There is no `a*b` in *that*.")
    'There is no `a*b` in \\*that\\*.'
    """
    parts = _CODE.split(_one_line(text))  # text and code alternate
    return _escape_start(
        "".join(markdown_code(part) if number % 2 else _escape_inline(part) for number, part in enumerate(parts))
    )


def markdown_code(text: object) -> str:
    """Format any text as inline code.

    Parameters
    ----------
    text : object
        Converted with ``str``.

    Examples
    --------
    >>> markdown_code("work/pca.py")
    '`work/pca.py`'
    >>> markdown_code("a`b")
    '`` a`b ``'
    """
    line = _one_line(text).replace(":material/", f":{_JOINER}material/")  # Streamlit replaces it in code too
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if "`" in line or not line else ""
    return f"{fence}{space}{line}{space}{fence}"


def _one_line(text: object) -> str:
    return "".join(character if character.isprintable() else "�" for character in " ".join(str(text).split()))


def _escape_inline(text: str) -> str:
    return _INLINE.sub(r"\\\g<0>", _REPLACED_LATER.sub(rf"\g<0>{_JOINER}", text))


def _escape_start(text: str) -> str:
    return _BLOCK_START.sub(r"\1\\", text)
