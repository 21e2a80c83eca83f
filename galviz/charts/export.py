"""A chart as a file for a publication: PNG or SVG, on white, of one width, without what only a screen can show."""

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

from galviz.charts.colour import KINDS

Kind = Literal["png", "svg"]
# An inch has 72 px, so that a px of type is a point: 504 px are both columns of a journal's page, 252 px one of them.
# Type of 12 points is still legible where the figure is shrunk from the one to the other.
PX_PER_INCH, WIDTH_PX, FONT_PX, DPI = 72, 504, 12, 300
INSTALL = "pip install vl-convert-python"
# Metrics alike, wherever the SVG is opened.
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_WEBP = "data:image/webp;base64,"


class ExportError(ValueError):
    """Charts can't be made files, because the package that does it isn't installed."""


def can_export() -> bool:
    """Whether the package is installed that makes charts files."""
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
    """Draw a chart as a file for a publication; the same chart gives the same bytes.

    Parameters
    ----------
    chart : altair.Chart or altair.LayerChart
        One of this package's, or any other whose encodings name their types. Isn't changed.
    kind : {"png", "svg"}
    width_px : int
        Of the whole figure, titles and colour bar included; 72 px are an inch.
    height_px : int, optional
        The chart's own by default.
    font_px : int
        Size of all type, in px, which are points.
    dpi : int
        Dots an inch of a PNG, 300 or more: it is ``width_px * dpi / 72`` dots wide.

    Returns
    -------
    bytes
        White; Spectral's colours as in the app, kinds in those of the light theme. Tooltips are left out. Pictures
        within an SVG are PNGs, as editors of SVG don't read WebP.

    Raises
    ------
    ExportError
        If vl-convert-python isn't installed.
    ValueError
        If another `kind` is asked for, a size isn't positive or `dpi` is below 300.
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}; got {kind!r}. Ask for one of these.")
    sizes = {"width_px": width_px, "height_px": 1 if height_px is None else height_px, "font_px": font_px}
    for name, value in sizes.items():
        if value <= 0:
            raise ValueError(f"{name} must be positive; got {value}. Give it in px, 72 to an inch.")
    if dpi < DPI:
        raise ValueError(f"dpi must be at least {DPI}, as journals ask for; got {dpi}. Leave it out, or give more.")
    if not can_export():
        raise ExportError(f"Making a chart a file needs vl-convert-python, which isn't installed: {INSTALL}")
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
    # Vega draws at 72 px an inch where it is asked for dots an inch.
    bundle, _ = spec_to_mimebundle(spec, "png", mode="vega-lite", engine="vl-convert", ppi=dpi)
    return bundle["image/png"]


def _for_print(chart: alt.Chart | alt.LayerChart) -> alt.Chart | alt.LayerChart:
    """A copy without tooltips whose data are values, without pictures that aren't drawn.

    Values, because how Altair turns a DataFrame into them (and whether more than 5,000 rows) is one setting of the
    whole process, which Streamlit changes from other threads while it draws.
    """
    copied = chart.copy()
    parts = list(_parts(copied))
    with_pictures = any(_mark(part) == "image" for part in parts)
    for part in parts:
        if isinstance(part.data, pd.DataFrame):
            part.data = alt.to_values(_printed(part.data, with_pictures))
        if getattr(part, "encoding", alt.Undefined) is not alt.Undefined:
            part.encoding.tooltip = alt.Undefined
    return copied


def _parts(chart: alt.Chart | alt.LayerChart) -> Iterator[Any]:
    """A chart and all layers that it is made of."""
    yield chart
    for layer in getattr(chart, "layer", []):
        yield from _parts(layer)


def _mark(part: Any) -> str | None:  # noqa: ANN401 (any of Altair's charts)
    """The kind of a chart's marks, if it has some of its own."""
    mark = getattr(part, "mark", None)
    return mark if isinstance(mark, str) else getattr(mark, "type", None)


def _printed(table: pd.DataFrame, with_pictures: bool) -> pd.DataFrame:
    """A chart's table with its pictures as PNGs, or without them."""
    if "image" not in table:
        return table
    if not with_pictures:
        return table.drop(columns="image")
    return table.assign(image=table["image"].map(_png, na_action="ignore"))


def _png(address: str) -> str:
    """A WebP picture's data URI as a PNG's; any other address as it is."""
    if not address.startswith(_WEBP):
        return address
    encoded = io.BytesIO()
    Image.open(io.BytesIO(base64.b64decode(address.removeprefix(_WEBP)))).save(encoded, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(encoded.getvalue()).decode('ascii')}"


def _renumbered(svg: str) -> str:
    """An SVG whose ids count from 0, where Vega counts on from one file to the next."""
    seen: dict[str, int] = {}
    return re.sub(
        r'(id="|url\(#)(gradient_|clip)(\d+)',
        lambda found: f"{found[1]}{found[2]}{seen.setdefault(found[2] + found[3], len(seen))}",
        svg,
    )


def _print_config(font_px: int) -> dict[str, Any]:
    """What a page of paper asks for, in place of the app's theme."""
    words = {"labelFontSize": font_px, "titleFontSize": font_px, "titleFontWeight": "normal"}
    return {
        "font": _FONT,
        "aria": False,  # else each galaxy's numbers are there a second time, in words
        "axis": words,
        "legend": words,
        "title": {"fontSize": font_px, "fontWeight": "normal"},
        "mark": {"color": KINDS[0]},
        "range": {"category": list(KINDS)},
    }
