"""What the diagram of a network is given, and which events it may return."""

import base64
import io

import pytest
from PIL import Image

from panels.network_diagram import DiagramBlock, parse_selected, picture_height


def decoded_picture(uri):
    kind, _, content = uri.partition(",")
    assert kind == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


@pytest.mark.parametrize(
    ("shape", "channels", "places"),
    [((64, 56, 56), "64", "56 × 56"), ((512,), "512", ""), ((3, 112, 96), "3", "112 × 96")],
)
def test_a_shape_is_split_into_channels_and_places(shape, channels, places):
    block = DiagramBlock("stem", "", shape).to_json()
    assert (block["channels"], block["places"]) == (channels, places)


def test_pictures_keep_every_pixel_and_their_order():
    pictures = [Image.effect_noise((8, 8), sigma).convert("RGB") for sigma in (20, 80)]
    block = DiagramBlock("stem", "", (2, 8, 8), pictures, 40).to_json()
    assert [decoded_picture(uri).tobytes() for uri in block["pictures"]] == [one.tobytes() for one in pictures]
    assert block["height"] == 40


def test_a_block_without_pictures_is_sent_without_them():
    block = DiagramBlock("prediction", "513 parameters", (1,), value="8.90").to_json()
    assert (block["pictures"], block["value"]) == ([], "8.90")


def test_larger_maps_are_drawn_larger():
    heights = [picture_height(n_places) for n_places in (4, 7, 14, 28, 56, 112)]
    assert heights == sorted(set(heights))
    assert heights[0] >= 20


@pytest.mark.parametrize("value", [None, "", "stage9", 1, ["stem"], {"name": "stem"}, True])
def test_invalid_events_are_ignored(value):
    assert parse_selected(value, ["stem", "stage1"]) is None


def test_a_name_selects_its_block():
    assert parse_selected("stage1", ["stem", "stage1"]) == "stage1"
