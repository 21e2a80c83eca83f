"""The colours of all charts: the label's scale (reversed Spectral, as in the tutorial), highlights and categories."""

import altair as alt

from galviz.survey.label import Label

# The selected galaxy or a reference line; its contrast with either theme's background is at least 3 to 1.
HIGHLIGHT = "#d1731c"
# Whatever has no value, and marks of secondary importance.
NEUTRAL = "gray"
# Categories on a white page; in the app .streamlit/config.toml sets them, with these in the light theme. Any two of a
# theme, and the highlight, are at least 0.09 apart in OKLab, also with red-green blindness (Machado et al. 2009).
CATEGORICAL = ("#2f5fb3", "#179e78", "#6b1743", "#169de3", "#ad1623", "#531290", "#3a2800", "#6e6a6a")
_SCHEME = "spectral"


def label_scale(label: Label) -> alt.Scale:
    """Return the label's colour scale: blue at its low end, red at its high end, values beyond clamped to the ends.

    Examples
    --------
    >>> label_scale(Label("metallicity", "Metallicity", "dex", 8.2, 9.4)).domain
    [8.2, 9.4]
    """
    return alt.Scale(domain=[label.low, label.high], scheme=_SCHEME, reverse=True, clamp=True)


def label_title(label: Label) -> str:
    """Return the label's name with its unit, for an axis or a colour bar.

    Examples
    --------
    >>> label_title(Label("metallicity", "Metallicity", "dex", 8.2, 9.4))
    'Metallicity [dex]'
    """
    return with_unit(label.name, label)


def with_unit(text: str, label: Label) -> str:
    """Append the label's unit, if it has one.

    Examples
    --------
    >>> with_unit("error", Label("metallicity", "Metallicity", "dex", 8.2, 9.4))
    'error [dex]'
    >>> with_unit("error", Label("redshift", "Redshift", "", 0.0, 0.3))
    'error'
    """
    return f"{text} [{label.unit}]" if label.unit else text
