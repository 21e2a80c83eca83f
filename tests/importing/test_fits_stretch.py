"""Pictures of FITS cutouts: known answers for orientation, colour, resampling and flux; and the simulator's own."""

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from galviz.importing.fits_calibration import sky_coordinates
from galviz.importing.fits_grid import choose_grid
from galviz.importing.fits_images import find_fits_galaxies
from galviz.importing.fits_options import SDSS_PIXEL_ARCSEC, FitsOptions
from galviz.importing.fits_resampling import resample
from galviz.importing.fits_stretch import preview, render
from galviz.survey.images import ImageError
from tests.importing.skies import GALAXY, cube, header, sky, write_bands

pytestmark = pytest.mark.full

STAR_NORTH_EAST = (10.0, 6.0, 1.0, 5.0)  # arc seconds towards east and north


def rendered(folder, **options):
    (galaxy,) = find_fits_galaxies(folder).galaxies
    return np.asarray(render(galaxy, FitsOptions(**options))).astype(int)


def offset_of_star(pixels):
    """Where the light of the star is: pixels right of and above the centre."""
    height, width = pixels.shape[:2]
    y, x = np.mgrid[:height, :width]
    right, up = x - (width - 1) / 2, (height - 1) / 2 - y
    light = pixels.sum(axis=2).astype(float)
    light[np.hypot(right, up) < 12] = 0
    bright = light > light.max() / 2
    return np.average(right[bright], weights=light[bright]), np.average(up[bright], weights=light[bright])


@pytest.mark.parametrize(
    ("angle", "flipped"),
    [(0, False), (90, False), (180, False), (270, False), (0, True), (90, True), (33, False), (200, True)],
)
@pytest.mark.parametrize("pixel_scale", [None, 0.5])
def test_north_is_up_and_east_is_left_whatever_the_orientation_of_the_file(tmp_path, angle, flipped, pixel_scale):
    galaxy = (0, 0, 1.0, 5.0)
    write_bands(tmp_path, sources=[galaxy, STAR_NORTH_EAST], angle_deg=angle, flipped=flipped, shape=(120, 110))
    right, up = offset_of_star(rendered(tmp_path, pixel_scale=pixel_scale))
    scale = pixel_scale or SDSS_PIXEL_ARCSEC
    assert (right, up) == pytest.approx((-10 / scale, 6 / scale), abs=0.6)


def test_without_wcs_row_0_is_the_bottom(tmp_path):
    write_bands(tmp_path, sources=[GALAXY, STAR_NORTH_EAST])
    for path in tmp_path.glob("*.fits"):
        fits.writeto(path, fits.getdata(path), fits.Header({"PIXSCALE": 0.396, "BUNIT": "nanomaggy"}), overwrite=True)
    right, up = offset_of_star(rendered(tmp_path))
    assert right < -15
    assert up > 10


def test_an_image_that_is_north_up_is_not_interpolated(tmp_path):
    write_bands(tmp_path, shape=(80, 60))
    upright = rendered(tmp_path)
    for path in tmp_path.glob("*.fits"):  # the same pixels, stored with north at the left; rows count from below
        turned = np.rot90(fits.getdata(path), -1)
        fits.writeto(path, turned, header(shape=turned.shape, angle_deg=90), overwrite=True)
    assert (rendered(tmp_path) == upright).all()


@pytest.mark.parametrize("order", ["gri", "irg", "rgi"])
def test_a_red_source_is_red_and_a_blue_one_blue(tmp_path, order):
    values, cards = cube(order=order, BANDS=order, sources=[])
    for band, position in (("i", (20, 60)), ("g", (60, 20))):  # red: right, below in the picture
        values[order.index(band)][position] = 50.0
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "1.fits")
    pixels = rendered(tmp_path)
    assert pixels[79 - 20, 60].tolist() == [255, 0, 0]
    assert pixels[79 - 60, 20].tolist() == [0, 0, 255]


def test_a_saturated_star_keeps_its_colour(tmp_path):
    values, cards = cube(BANDS="gri", sources=[])
    values[:, 30:34, 30:34] = np.array([0.25, 0.5, 1.0])[:, None, None] * 1e6
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "1.fits")
    red, green, blue = rendered(tmp_path)[79 - 31, 31]
    assert (red, green, blue) == (
        255,
        pytest.approx(0.5 * 5.72 / 4.9 * 255, abs=2),
        pytest.approx(0.25 * 7.9 / 4.9 * 255, abs=2),
    )


def measured(picture, pixel_arcsec):
    """Flux, and sigma in arc seconds without the pixels' own width."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    flux = picture.sum()
    row, column = (picture * y).sum() / flux, (picture * x).sum() / flux
    variance = ((picture * (y - row) ** 2).sum() + (picture * (x - column) ** 2).sum()) / (2 * flux)
    return flux * pixel_arcsec**2, np.sqrt(variance) * pixel_arcsec


@pytest.mark.parametrize("native", [0.13, 0.262, 0.396, 0.6])
@pytest.mark.parametrize("angle", [0, 30])
def test_width_and_flux_of_a_gaussian_are_kept(native, angle):
    """As seen by a telescope: its pixels average the light, which adds pixel**2 / 12 to the variance."""
    sigma, flux, fine = 1.2, 7.0, 5
    shape = (round(40 / native),) * 2
    cards = header(native, shape, angle_deg=angle)
    finer = header(native / fine, tuple(side * fine for side in shape), angle_deg=angle)
    values = sky(finer, tuple(side * fine for side in shape), [(3.0, -2.0, sigma, flux)], noise=0)
    values = values.reshape(shape[0], fine, shape[1], fine).sum(axis=(1, 3)) / native**2
    wcs = sky_coordinates(cards)
    grid = choose_grid(wcs, shape, pixel_arcsec=0.396)
    picture = np.nan_to_num(resample(values, wcs, grid))
    seen = np.sqrt(sigma**2 + max(0.396, native) ** 2 / 12)
    total, width = measured(picture, 0.396)
    assert total == pytest.approx(flux, rel=0.01)
    assert width == pytest.approx(seen, rel=0.01)


def test_larger_pixels_do_not_alias():
    """A pattern finer than the new pixels averages to its mean; picking pixels would give stripes."""
    values = np.broadcast_to(np.arange(240) % 2, (240, 240)).astype(float)
    wcs = sky_coordinates(header(0.1, (240, 240)))
    picture = resample(values, wcs, choose_grid(wcs, (240, 240), pixel_arcsec=0.37))
    assert np.abs(picture[2:-2, 2:-2] - 0.5).max() < 0.08


def test_surface_brightness_is_kept_so_pixel_scale_does_not_change_brightness(tmp_path):
    write_bands(tmp_path / "coarse", shape=(100, 100))
    write_bands(tmp_path / "fine", pixel_arcsec=0.198, shape=(200, 200))
    coarse, fine = rendered(tmp_path / "coarse"), rendered(tmp_path / "fine", pixel_scale=0.396)
    assert coarse.shape == fine.shape
    assert np.abs(coarse - fine)[40:60, 40:60].mean() < 2


def test_bands_on_different_grids_are_aligned(tmp_path):
    """A star that is white on one grid has no coloured rims where g is finer, turned and elsewhere."""
    sources = [(0, 0, 2.0, 20.0), (9.0, 7.0, 2.0, 20.0)]
    grids = {
        "g": header(0.25, (150, 130), angle_deg=40),
        "r": header(0.396, (80, 80)),
        "i": header(0.3, (110, 110), flipped=True),
    }
    grids["g"]["CRPIX1"] += 5
    shapes = {"g": (150, 130), "r": (80, 80), "i": (110, 110)}
    for band, factor in (("g", 1 / 7.9), ("r", 1 / 5.72), ("i", 1 / 4.9)):
        values = sky(grids[band], shapes[band], [(*source[:3], source[3] * 30 * factor) for source in sources], noise=0)
        fits.writeto(tmp_path / f"1_{band}.fits", values, grids[band])
    pixels = rendered(tmp_path, size=64)
    bright = pixels.max(axis=2) > 60
    assert bright.sum() > 100
    assert (pixels.max(axis=2) - pixels.min(axis=2))[bright].max() <= 6


def test_size_cuts_out_and_extends(tmp_path):
    write_bands(tmp_path)
    whole = rendered(tmp_path)
    assert (rendered(tmp_path, size=40) == whole[20:60, 20:60]).all()
    larger = rendered(tmp_path, size=100)
    assert (larger[10:90, 10:90] == whole).all()
    assert (larger[:10] == 0).all()
    assert rendered(tmp_path, size=160, pixel_scale=0.198).shape == (160, 160, 3)
    with pytest.raises(ImageError, match="blank"):
        rendered(tmp_path, size=160)
    with pytest.raises(ImageError, match="--pixel-scale between"):
        rendered(tmp_path, pixel_scale=10)


def test_a_preview_shows_twelve_galaxies_at_three_stretches(tmp_path):
    for number in range(14):
        write_bands(tmp_path, f"{number:02d}_{{}}.fits")
    (tmp_path / "03_g.fits").write_bytes(fits.PrimaryHDU(np.zeros((80, 80)), header()).data.tobytes()[:10])
    galaxies = find_fits_galaxies(tmp_path).galaxies
    sheet = np.asarray(preview(galaxies)).astype(int)
    bright, default, dark = (sheet[42:122, 12 + 112 * n : 92 + 112 * n].mean() for n in range(3))
    assert bright > default > dark > 1
    with pytest.raises(ImageError):
        preview([])


@pytest.mark.parametrize("row", range(3))
def test_the_default_is_the_stretch_of_the_simulator(tmp_path, row):
    """Mock galaxies written as FITS files in nanomaggies come out as the simulator draws them."""
    from galviz.simulate import draw_causes
    from galviz.simulate.exposure import expose, stretch
    from galviz.simulate.light import draw_light

    galaxy = draw_causes(3, seed=17, variety=0.0).iloc[row]
    exposure = expose(galaxy, draw_light(galaxy, "fixed"))
    cards = fits.Header({**header(shape=exposure.shape[1:]), "BANDS": "gri"})
    fits.PrimaryHDU(exposure[:, ::-1], cards).writeto(tmp_path / "1.fits")  # row 0 of a FITS image is the bottom
    own = np.asarray(stretch(galaxy, exposure)).astype(int)
    assert np.abs(rendered(tmp_path) - own).max() <= 1


def test_pictures_are_8_bit_rgb_as_surveys_need_them(tmp_path):
    write_bands(tmp_path)
    (galaxy,) = find_fits_galaxies(tmp_path).galaxies
    assert isinstance(render(galaxy), Image.Image)
    assert render(galaxy).mode == "RGB"
