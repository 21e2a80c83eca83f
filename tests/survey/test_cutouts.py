"""An image must show a galaxy near its centre."""

import numpy as np
import pytest
from PIL import Image

from galviz.survey.cutouts import check_galaxy
from galviz.survey.images import ImageError
from galviz.survey.survey import load_survey


def blob(side_px=160, *, at, sigma_px=6.0, peak=200.0, sky=3.0):
    """A round galaxy of Gaussian profile at (x, y)."""
    y, x = np.mgrid[:side_px, :side_px]
    light = sky + peak * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * sigma_px**2))
    return Image.fromarray(np.repeat(light.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2))


@pytest.mark.parametrize("offset", [0.0, 0.5, 1.5, 2.0, 3.0])
@pytest.mark.parametrize(("sigma_px", "peak"), [(1.0, 40.0), (0.7, 80.0), (30.0, 20.0)])
def test_faint_and_small_galaxies_at_any_pixel_offset(offset, sigma_px, peak):
    check_galaxy(blob(at=(80 + offset, 80 + offset), sigma_px=sigma_px, peak=peak))


@pytest.mark.parametrize("side_px", [160, 300, 900])
def test_galaxy_outside_the_central_crop(side_px):
    check_galaxy(blob(side_px, at=(side_px / 2, side_px / 2)))
    corner = blob(side_px, at=(8, 8), sigma_px=3.0)
    if side_px == 160:
        check_galaxy(blob(side_px, at=(40, 40)))  # within the central 112 px
    with pytest.raises(ImageError, match="its centre, the 112 × 112 px that a network takes, is as dark as"):
        check_galaxy(corner)
    check_galaxy(corner, scale=112 / side_px)  # the network sees all of it then


def test_large_galaxy_without_contrast_at_its_centre():
    check_galaxy(blob(1000, at=(500, 500), sigma_px=300.0, peak=150.0))


def test_identical_images(make_survey):
    folder = make_survey(6, causes=False, side_px=64)
    paths = sorted((folder / "images").iterdir())
    for path in paths[1:4]:
        path.write_bytes(paths[0].read_bytes())
    survey = load_survey(folder)
    (same,) = survey.same_images
    assert sorted(same) == [path.stem for path in paths[:4]]
