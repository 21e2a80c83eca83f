"""Which replies are images of galaxies."""

import io

import pytest
from PIL import Image

from galviz.sdss.images import image_scale
from galviz.sdss.request import SdssRequest
from galviz.sdss.session import ReplyError
from galviz.sdss.verification import check_image
from tests.galaxies import draw_catalogue, draw_galaxy
from tests.sdss.skyserver import as_jpeg, footprint_frame, mock_jpegs


@pytest.mark.parametrize("size_px", [64, 160, 300])
def test_galaxies_on_a_black_background_are_images(size_px):
    """Without noise, most of the frame has one colour; edge-on galaxies are thin."""
    for galaxy in draw_catalogue(12, 1).itertuples():
        check_image(as_jpeg(draw_galaxy(galaxy, size_px)), size_px)


def test_a_galaxy_at_the_edge_of_the_imaging_is_an_image():
    for content in mock_jpegs(10):
        image = Image.open(io.BytesIO(content))
        image.paste("black", (0, 0, 40, 160))
        check_image(as_jpeg(image), 160)


@pytest.mark.parametrize("colours", [("black", "white"), ("grey", "black"), ("white", "black")])
@pytest.mark.parametrize("size_px", [64, 128, 160, 512])
def test_frames_with_a_message_are_no_images(colours, size_px):
    with pytest.raises(ReplyError, match="no imaging there") as caught:
        check_image(footprint_frame(size_px, *colours), size_px)
    assert caught.value.permanent


def test_a_huge_image_is_refused_before_it_is_decoded():
    stream = io.BytesIO()
    Image.new("L", (9000, 9000)).save(stream, "JPEG", quality=1)
    with pytest.raises(ReplyError, match="px"):
        check_image(stream.getvalue(), 160)


@pytest.mark.parametrize("radius", ["-9999", "", "nan", "inf", "0"])
def test_without_a_petrosian_radius_there_is_no_scale(radius):
    assert image_scale(SdssRequest(n=1, petrosian=True), radius) is None
    assert image_scale(SdssRequest(n=1), radius) == 0.396
