"""The colours of all charts: a label's, reversed Spectral as in the tutorial, and those of what is no label."""

import altair as alt

from galviz.survey.label import Label

SCHEME = "spectral"
# A chosen galaxy, or a line to compare with; it stands out from both themes' backgrounds, 3 to 1 at least.
CHOSEN = "#d1731c"
QUIET = "gray"
# Kinds and curves on white; in the app .streamlit/config.toml gives them, these in its light theme. With red-green
# blindness too (Machado et al. 2009) any two of a theme, and the orange above, lie at least 0.09 apart in OKLab.
KINDS = ("#2f5fb3", "#179e78", "#6b1743", "#169de3", "#ad1623", "#531290", "#3a2800", "#6e6a6a")


def label_scale(label: Label) -> alt.Scale:
    """Blue at the label's low end, red at its high end; what lies beyond takes the colour of the end."""
    return alt.Scale(domain=[label.low, label.high], scheme=SCHEME, reverse=True, clamp=True)


def label_title(label: Label) -> str:
    """The label's name with its unit, for an axis or a colour bar."""
    return with_unit(label.name, label)


def with_unit(words: str, label: Label) -> str:
    """Words for a quantity in the label's unit, with that unit if it has one."""
    return f"{words} [{label.unit}]" if label.unit else words
