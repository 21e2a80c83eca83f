"""Exported charts: size, colours and marks of PNG and SVG files."""

import base64
import io
import re
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageColor
from streamlit.testing.v1 import AppTest

from galviz.charts import (
    ExportError,
    can_export,
    column_scatter,
    export,
    export_chart,
    image_scatter,
    loss_chart,
    prediction_scatter,
    ring_scatter,
)
from galviz.charts.map_figure import map_figure
from galviz.charts.point_colours import colour_categories, colour_numbers, colour_residuals
from galviz.network.thumbnails import data_uri, thumbnail
from galviz.survey.label import Label

METALLICITY = Label("metallicity", "Metallicity, 12 + log10(O/H)", "dex", 8.2, 9.4)
# Both ends of ColorBrewer's Spectral, of which the low one is blue here.
LOWEST, HIGHEST = "rgb(94, 79, 162)", "rgb(158, 1, 66)"
needs_vl_convert = pytest.mark.full


def galaxies(count, *, pictures=True):
    """Galaxies on a circle: the first has the lowest true and the highest predicted value, the second no true value."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    table = pd.DataFrame(
        {"PC1": np.cos(angle), "PC2": np.sin(angle), "true": 8.8, "predicted": 9.0},
        index=pd.Index([f"91{number:017d}" for number in range(count)], name="objID"),
    )
    table.iloc[0, 2:] = 8.2, 9.4
    table.iloc[1, 2] = np.nan
    if pictures:
        table["image"] = data_uri(thumbnail(Image.new("RGB", (72, 72), "teal")))
    return table


def drawn(svg, role):
    """The marks of an SVG of one role, such as mark-symbol."""
    root = ElementTree.fromstring(svg)
    groups = [group for group in root.iter() if f"{role} role-mark" in group.get("class", "")]
    return [list(group) for group in groups]


def png_of(contents):
    return Image.open(io.BytesIO(contents))


@needs_vl_convert
def test_a_png_is_white_with_the_given_size_and_resolution():
    chart = ring_scatter(galaxies(5), "PC1", "PC2", METALLICITY)
    both_columns, one_column = (
        png_of(export_chart(chart, "png")),
        png_of(export_chart(chart, "png", width_px=252, dpi=600)),
    )
    for image, width, dpi in ((both_columns, 2100, 300), (one_column, 2100, 600)):  # 7 and 3.5 inches
        assert image.format == "PNG"
        assert image.width == width
        assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.01)
        corners = [(0, 0), (width - 1, 0), (0, image.height - 1), (width - 1, image.height - 1)]
        assert {image.getpixel(corner) for corner in corners} == {(255, 255, 255, 255)}


@needs_vl_convert
def test_an_svg_has_one_mark_per_galaxy_in_its_two_colours():
    svg = export_chart(ring_scatter(galaxies(7), "PC1", "PC2", METALLICITY), "svg", height_px=400)
    root = ElementTree.fromstring(svg)
    assert (root.get("width"), root.get("height")) == ("504", "400")
    (marks,) = drawn(svg, "mark-symbol")
    assert len(marks) == 7
    assert (marks[0].get("stroke"), marks[0].get("fill")) == (LOWEST, HIGHEST)  # ring and dot
    assert marks[1].get("stroke") is None  # it has no true label
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "Outer ring: true. Inner dot: predicted." in texts
    assert "Metallicity, 12 + log10(O/H) [dex]" in texts


@needs_vl_convert
def test_the_colour_bar_is_a_bar():
    svg = export_chart(ring_scatter(galaxies(5), "PC1", "PC2", METALLICITY), "svg").decode()
    stops = re.findall(r'stop-color="([^"]+)"', svg)
    assert (stops[0], stops[-1]) == (LOWEST, HIGHEST)


@needs_vl_convert
def test_all_text_has_the_given_size():
    for chart in (
        ring_scatter(galaxies(5), "PC1", "PC2", METALLICITY),
        column_scatter(galaxies(5), "PC1", "PC2", galaxies(5)["true"], METALLICITY, title="true"),
    ):
        svg = export_chart(chart, "svg", font_px=9).decode()
        assert set(re.findall(r'font-size="([^"]+)"', svg)) == {"9px"}


@needs_vl_convert
def test_an_svg_of_2000_galaxies_is_small_and_has_no_tooltips():
    table = galaxies(2000)
    svg = export_chart(ring_scatter(table, "PC1", "PC2", METALLICITY), "svg")
    assert len(svg) < 600_000
    assert len(drawn(svg, "mark-symbol")[0]) == 2000
    for unseen in (b"data:image", table.index[0].encode(), b"PC1:"):
        assert unseen not in svg


@needs_vl_convert
def test_an_svg_has_pictures_as_pngs_in_coloured_frames():
    svg = export_chart(image_scatter(galaxies(6), "PC1", "PC2", METALLICITY), "svg")
    (frames,), (pictures,) = drawn(svg, "mark-symbol"), drawn(svg, "mark-image")
    assert len(frames) == len(pictures) == 6
    assert frames[0].get("fill") == LOWEST
    address = pictures[0].get("{http://www.w3.org/1999/xlink}href")
    kind, _, encoded = address.partition(",")
    assert kind == "data:image/png;base64"
    picture = png_of(base64.b64decode(encoded))
    assert picture.size == (72, 72)
    assert picture.convert("RGB").getpixel((36, 36)) == pytest.approx((0, 128, 128), abs=4)  # teal
    assert png_of(export_chart(image_scatter(galaxies(6), "PC1", "PC2", METALLICITY), "png")).width == 2100


@needs_vl_convert
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_chart_gives_the_same_bytes(kind):
    first = export_chart(image_scatter(galaxies(6), "PC1", "PC2", METALLICITY), kind)
    export_chart(ring_scatter(galaxies(5), "PC1", "PC2", METALLICITY), kind)  # another in between
    assert export_chart(image_scatter(galaxies(6), "PC1", "PC2", METALLICITY), kind) == first


@needs_vl_convert
def test_export_does_not_modify_the_chart():
    for chart in (
        ring_scatter(galaxies(5), "PC1", "PC2", METALLICITY),
        image_scatter(galaxies(5), "PC1", "PC2", METALLICITY),
        prediction_scatter(galaxies(5), METALLICITY),
    ):
        before, table = chart.to_dict(), chart.to_dict()["datasets"]
        export_chart(chart, "svg")
        assert chart.to_dict() == before
        assert chart.to_dict()["datasets"] == table


@needs_vl_convert
def test_altairs_settings_and_row_limit_do_not_affect_export():
    def refuse(data):
        raise AssertionError("used the setting of another thread")

    alt.data_transformers.register("refuse", refuse)
    with alt.data_transformers.enable("refuse"):
        svg = export_chart(prediction_scatter(galaxies(5001, pictures=False), METALLICITY), "svg")
    assert len(drawn(svg, "mark-symbol")[0]) == 5000  # one has no truth
    assert len(drawn(svg, "mark-line")) == 1


@needs_vl_convert
def test_colour_and_dashes_share_a_legend():
    epochs = [{"phase": "training", "epoch": 1, "side_px": 64, "train_rmse": 0.2, "valid_rmse": 0.1}]
    svg = export_chart(loss_chart(epochs, METALLICITY), "svg").decode()
    assert svg.count(">validation set<") == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "pdf"}, "kind must be one of png, svg; got 'pdf'"),
        ({"kind": "png", "width_px": 0}, "width_px must be positive; got 0"),
        ({"kind": "png", "height_px": -5}, "height_px must be positive; got -5"),
        ({"kind": "svg", "font_px": 0}, "font_px must be positive; got 0"),
        ({"kind": "png", "dpi": 72}, "dpi must be at least 300.*got 72"),
    ],
)
def test_invalid_options_are_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        export_chart(ring_scatter(galaxies(5), "PC1", "PC2", METALLICITY), **options)


def test_without_vl_convert_the_error_names_the_package(monkeypatch):
    monkeypatch.setattr(export, "find_spec", lambda name: None)
    assert not can_export()
    with pytest.raises(ExportError, match=r"isn't installed: pip install vl-convert-python$"):
        export_chart(ring_scatter(galaxies(5), "PC1", "PC2", METALLICITY), "png")


# The buttons


def page():
    import streamlit as st

    from galviz.charts import explained_variance_chart
    from panels.export import offer_export

    chart = explained_variance_chart([0.6, 0.3])
    st.altair_chart(chart)
    offer_export(chart, "variance", key="variance")


@needs_vl_convert
def test_export_starts_only_when_a_button_is_pressed(monkeypatch):
    made = []
    monkeypatch.setattr("panels.export.export_chart", lambda *_: made.append(1))
    app = AppTest.from_function(page).run()
    assert not app.exception
    buttons = [button.proto for button in app.get("download_button")]
    assert [button.label for button in buttons] == ["PNG", "SVG"]
    assert made == []


def test_without_vl_convert_a_caption_explains_how_to_install_it(monkeypatch):
    monkeypatch.setattr("panels.export.can_export", lambda: False)
    app = AppTest.from_function(page).run()
    assert not app.exception
    assert app.get("download_button") == []
    (caption,) = app.caption
    assert "`pip install vl-convert-python`" in caption.value
    assert "*Download as PNG*" in caption.value


@needs_vl_convert
@pytest.mark.parametrize(
    "colour", [colour_numbers, colour_residuals, lambda values: colour_categories(pd.Series(values, dtype=object))]
)
def test_galaxies_of_a_map_have_their_colours_in_the_figure_and_none_is_left_out(colour):
    values = np.array([-1.0, 2.0, 0.0, np.nan, 3.0, np.nan])
    colours = colour(values)
    figure = map_figure(np.eye(6)[:, :2], pd.Series(values), colours, titles=("x", "y"), colour_title="z")
    (marks, *_) = drawn(export_chart(figure, "svg"), "mark-symbol")
    fills = [ImageColor.getrgb(mark.get("fill")) for mark in marks]
    np.testing.assert_allclose(fills, colours.rgb, atol=8)  # Vega interpolates between colours along curves
