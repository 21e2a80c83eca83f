"""Crops keep the pixels they should, and outlines lie on a crop's own edge."""

import numpy as np
import pytest
from PIL import Image

from galviz.network.crops import centre_crop, outline_crops


def numbered(width, height):
    """An image whose red is the column and whose green is the row."""
    y, x = np.mgrid[:height, :width]
    return Image.fromarray(np.stack([x, y, np.zeros_like(x)], axis=-1).astype(np.uint8))


@pytest.mark.parametrize(("side", "first"), [(144, 8), (112, 24), (160, 0)])
def test_centre_crop_keeps_the_middle(side, first):
    crop = np.asarray(centre_crop(numbered(160, 160), side))
    assert crop.shape == (side, side, 3)
    assert crop[0, 0].tolist() == [first, first, 0]
    assert crop[-1, -1].tolist() == [first + side - 1, first + side - 1, 0]


def test_centre_crop_of_an_oblong_image():
    crop = np.asarray(centre_crop(numbered(100, 60), 40))
    assert crop[0, 0].tolist() == [30, 10, 0]


def test_centre_crop_adds_black_where_the_image_ends():
    crop = np.asarray(centre_crop(Image.new("RGB", (4, 4), "white"), 6))
    assert crop.sum() == 4 * 4 * 3 * 255
    assert crop[0].sum() == crop[:, 0].sum() == crop[-1].sum() == crop[:, -1].sum() == 0


def test_crops_leave_the_image_as_it_was():
    image = numbered(160, 160)
    before = image.tobytes()
    centre_crop(image, 112)
    outline_crops(image, {112: "red"})
    assert image.tobytes() == before


def test_outline_is_the_edge_of_the_crop():
    outlined = np.asarray(outline_crops(Image.new("RGB", (16, 16)), {8: "red"}, magnification=3))
    assert outlined.shape == (48, 48, 3)
    rows, columns = np.nonzero(outlined[..., 0])
    # The crop holds pixels 4 to 11, which are 12 to 35 enlarged three times.
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (12, 35, 12, 35)
    assert not outlined[20:28, 20:28].any()


def test_outline_of_a_square_larger_than_the_image_is_left_out():
    assert not np.asarray(outline_crops(Image.new("RGB", (16, 16)), {20: "red"})).any()


def test_a_square_of_nothing_is_refused():
    with pytest.raises(ValueError, match="side_px must be at least 1; got 0"):
        centre_crop(numbered(8, 8), 0)
