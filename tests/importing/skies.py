"""FITS files with known sources, for the tests of imports."""

import numpy as np

SDSS = 0.396


def header(pixel_arcsec=SDSS, shape=(80, 80), *, angle_deg=0.0, flipped=False, **keywords):
    """Nanomaggies; centred on RA 150, Dec 20; `angle_deg` is where north lies, from up towards the left."""
    from astropy.io.fits import Header

    angle = np.radians(angle_deg)
    step = pixel_arcsec / 3600
    east = step if flipped else -step
    cards = {
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRVAL1": 150.0,
        "CRVAL2": 20.0,
        "CRPIX1": (shape[1] + 1) / 2,
        "CRPIX2": (shape[0] + 1) / 2,
        "CD1_1": east * np.cos(angle),
        "CD1_2": east * np.sin(angle),
        "CD2_1": -step * np.sin(angle),
        "CD2_2": step * np.cos(angle),
        "BUNIT": "nanomaggy",
    }
    return Header({**cards, **keywords})


def sky(header, shape, sources, *, noise=0.002, seed=0):
    """Gaussians on the sky, in nanomaggies per pixel: each (arcsec east, arcsec north, sigma in arcsec, flux)."""
    from astropy.wcs import WCS

    wcs = WCS(header).celestial
    y, x = np.mgrid[: shape[0], : shape[1]]
    ra, dec = wcs.all_pix2world(x, y, 0)
    east, north = (ra - 150) * 3600 * np.cos(np.radians(20)), (dec - 20) * 3600
    area = abs(np.linalg.det(wcs.pixel_scale_matrix)) * 3600**2
    values = np.random.default_rng(seed).normal(0, noise, shape)
    for at_east, at_north, sigma, flux in sources:
        r2 = (east - at_east) ** 2 + (north - at_north) ** 2
        values += flux * area / (2 * np.pi * sigma**2) * np.exp(-r2 / (2 * sigma**2))
    return values.astype(np.float32)


GALAXY = (0.0, 0.0, 3.0, 60.0)


def write_bands(folder, pattern="1_{}.fits", *, fluxes=(0.4, 1.0, 1.6), shape=(80, 80), sources=(GALAXY,), **options):
    """Three files, g, r, i, with fluxes as given; `pattern` has a place for the band."""
    from astropy.io import fits

    for number, (band, factor) in enumerate(zip("gri", fluxes, strict=True)):
        scaled = [(east, north, sigma, flux * factor) for east, north, sigma, flux in sources]
        hdu_header = header(shape=shape, **options)
        path = folder / pattern.format(band)
        path.parent.mkdir(parents=True, exist_ok=True)
        fits.PrimaryHDU(sky(hdu_header, shape, scaled, seed=number), hdu_header).writeto(path)
    return folder


def cube(shape=(80, 80), order="gri", sources=(GALAXY,), **keywords):
    """Values of shape (3, height, width) and header."""
    factors = {"g": 0.4, "r": 1.0, "i": 1.6, "z": 2.0}
    hdu_header = header(shape=shape, **keywords)
    planes = [
        sky(hdu_header, shape, [(*source[:3], source[3] * factors[band]) for source in sources], seed=number)
        for number, band in enumerate(order)
    ]
    return np.stack(planes), hdu_header
