"""The bands of a galaxy -> a picture by astropy's Lupton stretch, and a contact sheet of several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from galviz.errors import shown
from galviz.importing.fits_calibration import nanomaggies_per_unit, sky_coordinates
from galviz.importing.fits_files import read_fits, read_headers, read_plane
from galviz.importing.fits_galaxies import FitsGalaxy
from galviz.importing.fits_grid import choose_grid, pixel_axes, same_pixels
from galviz.importing.fits_options import BAND_FACTORS, SDSS_PIXEL_ARCSEC, FitsOptions
from galviz.importing.fits_resampling import resample, turn
from galviz.survey.images import ImageError

_MAX_BLANK, _BLANK_TO_NOTE, _CENTRE = 0.5, 0.01, 8
_BLACK, _MAX_WHITE = 4, 0.5
_FLUX_REMEDY = "check its zero point (--zero-point) and that the sky is subtracted, or change --stretch"
_STRETCHES, _PREVIEWED = (0.5, 1.0, 2.0), 12
_CELL_PX, _CELLS_PER_ROW, _LABEL_PX, _GAP_PX = 112, 3, 30, 12


def render(galaxy: FitsGalaxy, options: FitsOptions | None = None) -> Image.Image:
    """Render a galaxy as SDSS's colour images: i (or z), r, g as red, green, blue; north up, east left.

    Parameters
    ----------
    galaxy : FitsGalaxy
    options : FitsOptions, optional

    Returns
    -------
    PIL.Image.Image
        RGB. If r is oriented north up, or can be by turns and flips, no pixel is interpolated unless a pixel scale is
        asked for; else all bands are resampled. Parts without data are black.

    Raises
    ------
    ImageError
        If a file can't be used (see `galviz.importing.fits_files`), if the unit or the pixel scale isn't known, if a
        band is constant, or blank at the centre or in more than half of its pixels, or if the picture is black or
        mostly white.

    Examples
    --------
    >>> import tempfile
    >>> from astropy.io import fits
    >>> from galviz.importing.fits_images import find_fits_galaxies
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     y, x = np.mgrid[-40:40, -40:40]
    ...     light = np.exp(-(x**2 + y**2) / 50) * np.array([0.2, 0.5, 1.0])[:, None, None]
    ...     header = fits.Header({"BANDS": "gri", "BUNIT": "nanomaggy", "PIXSCALE": 0.396})
    ...     fits.PrimaryHDU(light, header).writeto(f"{folder}/1.fits")
    ...     picture = render(find_fits_galaxies(folder).galaxies[0])
    >>> red, green, blue = picture.getpixel((40, 40))
    >>> picture.size, red > green > blue
    ((80, 80), True)
    """
    return render_with_note(galaxy, options or FitsOptions())[0]


def render_with_note(galaxy: FitsGalaxy, options: FitsOptions) -> tuple[Image.Image, str]:
    """As `render`, with a clause about parts that are blank; empty if none are.

    Examples
    --------
    >>> import tempfile
    >>> from astropy.io import fits
    >>> from galviz.importing.fits_images import find_fits_galaxies
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     light = np.random.default_rng(0).normal(0, 0.1, (3, 80, 80))
    ...     light[0, :8] = np.nan
    ...     header = fits.Header({"BANDS": "gri", "BUNIT": "nanomaggy", "PIXSCALE": 0.396})
    ...     fits.PrimaryHDU(light, header).writeto(f"{folder}/1.fits")
    ...     render_with_note(find_fits_galaxies(folder).galaxies[0], FitsOptions())[1]
    '10% of its pixels are blank'
    """
    bands, blank = _surface_brightness(galaxy, options)
    note = f"{blank:.0%} of its pixels are blank" if blank > _BLANK_TO_NOTE else ""
    return _stretched(bands, galaxy.bands, options), note


def preview(galaxies: Sequence[FitsGalaxy], options: FitsOptions | None = None) -> Image.Image:
    """A contact sheet: the first twelve galaxies, each at half the stretch, at the stretch itself and at twice that.

    Parameters
    ----------
    galaxies : sequence of FitsGalaxy
        Those that can't be rendered are left out.
    options : FitsOptions, optional

    Returns
    -------
    PIL.Image.Image

    Raises
    ------
    ImageError
        If no galaxy can be rendered; it is that of the first.

    Examples
    --------
    >>> import tempfile
    >>> from astropy.io import fits
    >>> from galviz.importing.fits_images import find_fits_galaxies
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     light = np.random.default_rng(0).normal(0, 0.1, (3, 80, 80))
    ...     header = fits.Header({"BANDS": "gri", "BUNIT": "nanomaggy", "PIXSCALE": 0.396})
    ...     fits.PrimaryHDU(light, header).writeto(f"{folder}/1.fits")
    ...     preview(find_fits_galaxies(folder).galaxies).size
    (360, 166)
    """
    options = options or FitsOptions()
    rows: list[tuple[str, list[Image.Image]]] = []
    errors: list[ImageError] = []
    for galaxy in galaxies:
        if len(rows) == _PREVIEWED:
            break
        try:
            bands, _ = _surface_brightness(galaxy, options)
            _stretched(bands, galaxy.bands, options)
        except ImageError as error:
            errors.append(error)
            continue
        variants = [replace(options, stretch=options.stretch * factor) for factor in _STRETCHES]
        rows.append((galaxy.object_id, [_stretched(bands, galaxy.bands, each, check=False) for each in variants]))
    if not rows:
        raise errors[0] if errors else ImageError("there are no galaxies", "give a folder with FITS cutouts")
    labels = [f"stretch {options.stretch * factor:.3g}" for factor in _STRETCHES]
    width = len(_STRETCHES) * _CELL_PX + _GAP_PX
    columns = min(len(rows), _CELLS_PER_ROW)
    height = _CELL_PX + _LABEL_PX + _GAP_PX
    sheet = Image.new("RGB", (columns * width + _GAP_PX, -(-len(rows) // columns) * height + _GAP_PX), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (object_id, pictures) in enumerate(rows):
        left, top = _GAP_PX + number % columns * width, _GAP_PX + number // columns * height
        draw.text((left, top), shown(object_id), fill="black")
        for place, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
            chosen = _STRETCHES[place] == 1
            draw.text((left + place * _CELL_PX, top + _LABEL_PX // 2), label, fill="black" if chosen else "#707070")
            picture.thumbnail((_CELL_PX - 2, _CELL_PX - 2), Image.Resampling.LANCZOS)
            sheet.paste(picture, (left + place * _CELL_PX, top + _LABEL_PX))
    return sheet


def _surface_brightness(galaxy: FitsGalaxy, options: FitsOptions) -> tuple[NDArray, float]:
    """Nanomaggies per square arc second of three bands on one grid, row 0 at the bottom; and the fraction blank."""
    images, contents = [], {}
    for plane, band, zero_point in zip(galaxy.planes, galaxy.bands, options.zero_points, strict=True):
        with _naming(plane.path.name, len({other.path for other in galaxy.planes}) > 1):
            if plane.path not in contents:
                content = read_fits(plane.path)
                contents[plane.path] = content, {number: header for number, header, _ in read_headers(content)}
            content, headers = contents[plane.path]
            header = headers[plane.hdu]
            values = read_plane(content, plane.hdu, plane.plane)
            _check_values(values, band)
            wcs = sky_coordinates(header, native_pixel_scale=options.native_pixel_scale)
            area = abs(np.linalg.det(pixel_axes(wcs, values.shape)[0]))
            factor = nanomaggies_per_unit(header, pixel_area_arcsec2=area, zero_point=zero_point)
            images.append((values * np.float32(factor / area), wcs))
    reference, wcs = images[1]
    grid = choose_grid(wcs, reference.shape, pixel_arcsec=options.pixel_scale, size_px=options.size)
    exact = grid.turns is not None and all(
        same_pixels(wcs, reference.shape, other_wcs, values.shape) for values, other_wcs in images
    )
    bands = np.stack([turn(values, grid) if exact else resample(values, other, grid) for values, other in images])
    is_blank = ~np.isfinite(bands).all(axis=0)
    if is_blank.mean() > _MAX_BLANK:
        raise ImageError(
            f"{is_blank.mean():.0%} of the picture would be blank",
            "cut out more of the sky, or choose a smaller --size",
        )
    height, width = is_blank.shape
    half = max(1, min(height, width) // (2 * _CENTRE))
    centre = is_blank[height // 2 - half : height // 2 + half, width // 2 - half : width // 2 + half]
    if centre.mean() > 0.1:
        raise ImageError("it is blank at the centre", "use an image in which the galaxy isn't masked")
    return bands * SDSS_PIXEL_ARCSEC**2, float(is_blank.mean())


@contextmanager
def _naming(name: str, is_needed: bool) -> Iterator[None]:
    """Name the file in an error, if the galaxy has several."""
    try:
        yield
    except ImageError as error:
        if not is_needed:
            raise
        raise ImageError(f"{shown(name)}: {error.problem}", error.remedy) from error


def _check_values(values: NDArray, band: str) -> None:
    known = values[np.isfinite(values)]
    if not known.size:
        raise ImageError(f"all pixels in {band} are blank", "download it again, or leave the galaxy out")
    if known.min() == known.max():
        raise ImageError(f"all pixels in {band} have the same value", "download it again, or leave the galaxy out")
    if (known == 0).mean() > _MAX_BLANK:
        raise ImageError(
            f"{(known == 0).mean():.0%} of the pixels in {band} are exactly 0, as where a survey has no data",
            "leave the galaxy out",
        )


def _stretched(bands: NDArray, names: str, options: FitsOptions, *, check: bool = True) -> Image.Image:
    """Stretch g, r, i in nanomaggies per pixel of SDSS; row 0 at the bottom."""
    from astropy.visualization import make_lupton_rgb

    blue, green, red = (
        np.nan_to_num(band * BAND_FACTORS[name], nan=0.0) for band, name in zip(bands, names, strict=True)
    )
    with np.errstate(invalid="ignore", divide="ignore"):  # at pixels without light, which astropy then replaces
        pixels = make_lupton_rgb(red, green, blue, stretch=options.stretch, Q=options.q)
    pixels = np.ascontiguousarray(pixels[::-1])
    brightest = pixels.max(axis=2)
    if check and brightest.max() <= _BLACK:
        raise ImageError("its picture would be black", _FLUX_REMEDY)
    if check and (brightest == 255).mean() > _MAX_WHITE:
        raise ImageError(f"{(brightest == 255).mean():.0%} of its picture would be saturated", _FLUX_REMEDY)
    return Image.fromarray(pixels)
