"""Export a chart for a publication: PNG or SVG, on white, without tooltips."""

import base64
import io
import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Literal, get_args

import altair as alt
import pandas as pd
from altair.utils.mimebundle import spec_to_mimebundle
from PIL import Image

from galviz.charts.colour import CATEGORICAL

Kind = Literal["png", "svg"]
# 72 px are an inch, so a px of font size is a point. A journal's page is 504 px wide, one of its two columns 252 px.
# 12-point type is still legible if the figure is shrunk from the page's width to a column's.
PX_PER_INCH, WIDTH_PX, FONT_PX, DPI = 72, 504, 12, 300
INSTALL = "pip install vl-convert-python"
# Fonts of equal metrics, so the SVG's layout is the same on every system.
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_WEBP = "data:image/webp;base64,"


class ExportError(ValueError):
    """Charts can't be exported, because vl-convert-python isn't installed."""


def can_export() -> bool:
    """Return whether vl-convert-python, which export needs, is installed.

    Examples
    --------
    >>> isinstance(can_export(), bool)
    True
    """
    return find_spec("vl_convert") is not None


def export_chart(
    chart: alt.Chart | alt.LayerChart,
    kind: Kind,
    *,
    width_px: int = WIDTH_PX,
    height_px: int | None = None,
    font_px: int = FONT_PX,
    dpi: int = DPI,
) -> bytes:
    """Render a chart as PNG or SVG; the same chart gives the same bytes.

    Parameters
    ----------
    chart : altair.Chart or altair.LayerChart
        Of this package, or any other whose encodings name their types. Not modified.
    kind : {"png", "svg"}
    width_px : int
        Width of the whole figure, including titles and colour bar; 72 px are an inch.
    height_px : int, optional
        By default the chart's own height.
    font_px : int
        Font size of all text, in px (points).
    dpi : int
        Resolution of a PNG in dots per inch, at least 300: it is ``width_px * dpi / 72`` dots wide.

    Returns
    -------
    bytes
        The file's content. The background is white, and categories have the light theme's colours. Tooltips are left
        out. Pictures within an SVG are PNGs, because SVG editors don't read WebP.

    Raises
    ------
    ExportError
        If vl-convert-python isn't installed.
    ValueError
        If `kind` is unknown, a size isn't positive or `dpi` is below 300.

    Examples
    --------
    >>> chart = alt.Chart(pd.DataFrame({"x": [1, 2]})).mark_point().encode(x="x:Q")
    >>> export_chart(chart, "pdf")
    Traceback (most recent call last):
    ValueError: kind must be one of png, svg; got 'pdf'.
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}; got {kind!r}.")
    sizes = {"width_px": width_px, "height_px": 1 if height_px is None else height_px, "font_px": font_px}
    for name, value in sizes.items():
        if value <= 0:
            raise ValueError(f"{name} must be positive; got {value}. Pass a size in px; 72 px are an inch.")
    if dpi < DPI:
        raise ValueError(f"dpi must be at least {DPI}, as journals require; got {dpi}. Omit it for {DPI}.")
    if not can_export():
        raise ExportError(f"Exporting a chart needs vl-convert-python, which isn't installed: {INSTALL}")
    spec = _for_print(chart).to_dict()
    fitted = {"type": "fit", "contains": "padding"}
    spec |= {"width": width_px, "autosize": fitted, "padding": 5, "background": "white"}
    if height_px is not None:
        spec["height"] = height_px
    if isinstance(spec.get("title"), dict):
        spec["title"]["fontSize"] = font_px
    spec["config"] = spec.get("config", {}) | _print_config(font_px)
    if kind == "svg":
        return _renumbered(
            spec_to_mimebundle(spec, "svg", mode="vega-lite", engine="vl-convert")["image/svg+xml"]
        ).encode()
    # With ppi, Vega takes 72 px as an inch.
    bundle, _ = spec_to_mimebundle(spec, "png", mode="vega-lite", engine="vl-convert", ppi=dpi)
    return bundle["image/png"]


def _for_print(chart: alt.Chart | alt.LayerChart) -> alt.Chart | alt.LayerChart:
    """Copy a chart without tooltips and without pictures that aren't drawn, its data as inline values.

    Inline, because Altair's conversion of DataFrames (and its limit of 5,000 rows) is a setting of the whole process,
    which Streamlit changes from other threads while it draws.
    """
    copied = chart.copy()
    parts = list(_parts(copied))
    draws_pictures = any(_mark_type(part) == "image" for part in parts)
    for part in parts:
        if isinstance(part.data, pd.DataFrame):
            part.data = alt.to_values(_table_for_print(part.data, draws_pictures))
        if getattr(part, "encoding", alt.Undefined) is not alt.Undefined:
            part.encoding.tooltip = alt.Undefined
    return copied


def _parts(chart: alt.Chart | alt.LayerChart) -> Iterator[Any]:
    """Yield a chart and all its layers."""
    yield chart
    for layer in getattr(chart, "layer", []):
        yield from _parts(layer)


def _mark_type(part: Any) -> str | None:  # noqa: ANN401 (any Altair chart)
    """The type of a chart's marks, or None if only its layers have marks."""
    mark = getattr(part, "mark", None)
    return mark if isinstance(mark, str) else getattr(mark, "type", None)


def _table_for_print(table: pd.DataFrame, draws_pictures: bool) -> pd.DataFrame:
    """Convert a table's pictures to PNG, or drop them."""
    if "image" not in table:
        return table
    if not draws_pictures:
        return table.drop(columns="image")
    return table.assign(image=table["image"].map(_png, na_action="ignore"))


def _png(address: str) -> str:
    """Convert a WebP data URI to a PNG data URI; leave any other address."""
    if not address.startswith(_WEBP):
        return address
    encoded = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(address.removeprefix(_WEBP)))).save(encoded, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(encoded.getvalue()).decode('ascii')}"


def _renumbered(svg: str) -> str:
    """Renumber an SVG's ids from 0, because Vega's counter continues from one file to the next."""
    numbers: dict[str, int] = {}
    return re.sub(
        r'(id="|url\(#)(gradient_|clip)(\d+)',
        lambda match: f"{match[1]}{match[2]}{numbers.setdefault(match[2] + match[3], len(numbers))}",
        svg,
    )


def _print_config(font_px: int) -> dict[str, Any]:
    """The style of printed figures, instead of the app's theme."""
    text = {"labelFontSize": font_px, "titleFontSize": font_px, "titleFontWeight": "normal"}
    return {
        "font": _FONT,
        "aria": False,  # otherwise each galaxy's values are in the SVG twice, as marks and as text
        "axis": text,
        "legend": text,
        "title": {"fontSize": font_px, "fontWeight": "normal"},
        "mark": {"color": CATEGORICAL[0]},
        "range": {"category": list(CATEGORICAL)},
    }
