"""The text of charts, as large as that of the pages; Streamlit adds the colours of its theme in the browser."""

import altair as alt

from panels.presentation import is_presenting

_NAME = "galviz"
_FONT_PX, _PRESENTATION_FONT_PX = 14, 19


def enable_chart_theme() -> None:
    """Make all Altair charts of this process use the sizes of the app's text."""
    if alt.theme.active != _NAME:
        alt.theme.register(_NAME, enable=True)(_theme)


def _theme() -> alt.theme.ThemeConfig:
    size = _PRESENTATION_FONT_PX if is_presenting() else _FONT_PX  # of this thread's session
    text = {"labelFontSize": size, "titleFontSize": size}
    return {"config": {"axis": text, "legend": text, "header": text, "title": {"fontSize": size}}}
