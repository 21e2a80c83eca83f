"""The text of charts, as large as that of the pages; Streamlit adds the colours of its theme in the browser."""

import altair as alt

_FONT_PX, _NAME = 14, "galviz"


def enable_chart_theme() -> None:
    """Make all Altair charts of this process use the sizes of the app's text."""
    if alt.theme.active != _NAME:
        alt.theme.register(_NAME, enable=True)(_theme)


def _theme() -> alt.theme.ThemeConfig:
    text = {"labelFontSize": _FONT_PX, "titleFontSize": _FONT_PX}
    return {"config": {"axis": text, "legend": text, "header": text, "title": {"fontSize": _FONT_PX}}}
