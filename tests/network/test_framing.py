"""The part of an image that a network reads: shares worked out by hand, and agreement with the crop itself."""

import numpy as np
import pytest
from PIL import Image

from galviz.network.crops import network_crop
from galviz.network.framing import Framing, format_percent, framing_warnings


@pytest.mark.parametrize("size_px", [(160, 160), (112, 112), (64, 64), (400, 40), (33, 500), (3000, 2000), (113, 111)])
@pytest.mark.parametrize(("pad_px", "crop_px"), [(144, 112), (48, 48), (60, 48)])
def test_shares_are_those_of_the_crop(size_px, pad_px, crop_px):
    framing = Framing(size_px, pad_px, crop_px)
    crop = np.asarray(network_crop(Image.new("RGB", size_px, "white"), pad_px, crop_px))[..., 0] > 0
    assert framing.share_padding == pytest.approx(1 - crop.mean())
    assert framing.share_seen == pytest.approx(crop.sum() / (size_px[0] * size_px[1]))


def test_usual_images_need_no_remark():
    assert framing_warnings({(160, 160): 1000, (128, 128): 3, (200, 200): 1}, 144, 112) == []


def test_large_images_are_reported_with_a_scale_that_fits():
    note = " ".join(framing_warnings({(160, 160): 5, (3000, 3000): 2}, 144, 112))
    assert "2 of 7 images are much larger" in note
    assert "the central 112 × 112 of 3000 × 3000 px (less than 1 % of the image)" in note
    assert "--scale 0.0373 would" in note
    assert framing_warnings({(112, 112): 2}, 144, 112, scale=0.0373) == []


def test_a_scale_that_is_there_counts():
    assert any("--scale 0.28 " in one for one in framing_warnings({(800, 800): 1}, 144, 112, scale=2.0))


def test_padding_is_reported():
    (note,) = framing_warnings({(64, 64): 1, (160, 160): 9}, 144, 112)
    assert "1 of 10 images is smaller" in note
    assert "67 % of the crop is padding" in note


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.001, "less than 1 %"), (0.5, "50 %"), (0.999, "more than 99 %"), (1, "100 %")]
)
def test_percentages_are_never_rounded_to_none_or_all(share, text):
    assert format_percent(share) == text
