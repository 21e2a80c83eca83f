"""The one colour scale of a label: reversed Spectral, as in the tutorial, over the label's range."""

import altair as alt

from galviz.label import Label

SCHEME = "spectral"
# Colours of what is no label: a chosen galaxy, a line to compare with.
CHOSEN = "#e08a2b"
QUIET = "gray"


def label_scale(label: Label) -> alt.Scale:
    """Blue at the label's low end, red at its high end; what lies beyond takes the colour of the end."""
    return alt.Scale(domain=[label.low, label.high], scheme=SCHEME, reverse=True, clamp=True)


def bar_title(label: Label, *, before: str = "") -> list[str]:
    """The label's name for a colour bar: the words above, the formula below them."""
    words, comma, formula = label_title(label).partition(", ")
    words = f"{before} {words[0].lower()}{words[1:]}" if before else words
    return [words, formula] if comma else [words]


def label_title(label: Label) -> str:
    """The label's name with its unit, for an axis or a colour bar."""
    return with_unit(label.name, label)


def with_unit(words: str, label: Label) -> str:
    """Words for a quantity in the label's unit, with that unit if it has one."""
    return f"{words} [{label.unit}]" if label.unit else words
