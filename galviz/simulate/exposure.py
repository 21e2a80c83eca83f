"""From light to a colour image: sky, noise, misaligned bands, and SDSS's stretch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.visualization import make_lupton_rgb
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from galviz.simulate.galaxy import Galaxy
from galviz.simulate.observation import SDSS_PIXEL_ARCSEC
from galviz.simulate.plane import random_stream

_NOISE_STREAM = 41
# sky brightness behind the noise (nanomaggies per square arc second), to which a source adds its own photon noise;
# 22.0, 20.9 and 20.2 mag in g, r, i: Stoughton et al. (2002), AJ 123, 485
_SKY_NMGY_ARCSEC2 = 10 ** (0.4 * (22.5 - np.array([22.0, 20.9, 20.2])))


def expose(causes: Mapping[str, Any], light: Mapping[str, NDArray]) -> NDArray:
    """Add up the components, misalign the bands and add sky and noise, as the telescope does.

    Parameters
    ----------
    causes : mapping
        One galaxy's row of `draw_causes`, or a changed copy of it.
    light : mapping of str to ndarray of shape (3, side, side)
        From `draw_light`.

    Returns
    -------
    float32 ndarray of shape (3, side, side)
        g, r, i in nanomaggies per pixel.

    Examples
    --------
    Without light, the noise has the level of the sky:

    >>> from galviz.simulate import draw_causes
    >>> galaxy = draw_causes(1, seed=1).iloc[0]
    >>> exposure = expose(galaxy, {"disc": np.zeros((3, 160, 160), np.float32)})
    >>> print(exposure[1].std().round(3), galaxy["sky_noise_r_nmgy"].round(3))
    0.019 0.019
    """
    causes = Galaxy(causes)
    total = np.zeros_like(next(iter(light.values())))
    for part in light.values():
        total = total + part
    total = np.clip(total, 0, None)  # arms and patches may subtract a little more than a truncated disc has
    rng = random_stream(causes, _NOISE_STREAM)
    angle = rng.uniform(0, 2 * np.pi)
    shift = float(causes["band_shift_arcsec"]) / float(causes["pixel_scale_arcsec"])
    for band, sign in ((0, 1), (2, -1)):  # linear interpolation keeps the effect of a change local
        total[band] = ndimage.shift(
            total[band], (sign * shift * np.sin(angle), sign * shift * np.cos(angle)), order=1, mode="nearest"
        )
    noise = np.array([causes[f"sky_noise_{band}_nmgy"] for band in "gri"], np.float32)[:, None, None]
    offset = np.array([causes[f"sky_offset_{band}_nmgy"] for band in "gri"], np.float32)[:, None, None]
    sky = (_SKY_NMGY_ARCSEC2 * float(causes["pixel_scale_arcsec"]) ** 2).astype(np.float32)[:, None, None]
    photon_noise = np.sqrt(1 + total / sky)
    # bands are resampled onto a common grid before they become a colour image, which correlates their noise
    width = float(causes["noise_correlation_px"])
    grain = ndimage.gaussian_filter(rng.standard_normal(total.shape, dtype=np.float32), (0, width, width), mode="wrap")
    kernel = ndimage.gaussian_filter(np.eye(1, 161, 80)[0], width)
    grain /= np.float32((kernel**2).sum())  # back to unit variance
    return total + offset + noise * photon_noise * grain


def stretch(causes: Mapping[str, Any], exposure: NDArray) -> Image.Image:
    """Turn an exposure into a colour image as SDSS does: i, r, g as red, green, blue, asinh of their sum.

    The colour images of Lupton et al. (2004), PASP 116, 133, by astropy's `make_lupton_rgb`, which works on the mean
    of the bands: the non-linearity of SDSS, 2.25 on their sum, is 6.75 on it.

    Parameters
    ----------
    causes : mapping
        One galaxy's row of `draw_causes`, or a changed copy of it.
    exposure : ndarray of shape (3, side, side)
        g, r, i in nanomaggies per pixel of the telescope.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Examples
    --------
    Light in i alone is red:

    >>> from galviz.simulate import draw_causes
    >>> galaxy = draw_causes(1, seed=1).iloc[0]
    >>> light = np.stack([np.zeros((2, 2)), np.zeros((2, 2)), np.full((2, 2), 0.5)])
    >>> red, green, blue = stretch(galaxy, light).getpixel((0, 0))
    >>> red > 100, green, blue
    (True, 0, 0)
    """
    causes = Galaxy(causes)
    per_sdss_pixel = (SDSS_PIXEL_ARCSEC / causes["pixel_scale_arcsec"]) ** 2
    scale = float(causes["stretch_factor"]) * per_sdss_pixel
    bands = [
        exposure[band] * np.float32(scale * causes[f"band_scale_{name}"])
        for band, name in ((2, "i"), (1, "r"), (0, "g"))
    ]
    steepness = 3 * float(causes["stretch_nonlinearity"])
    softening = 10 * np.sinh(0.1 * steepness)  # astropy normalises its slope at a tenth of the range
    with np.errstate(invalid="ignore"):  # at pixels without light, which astropy then replaces
        return Image.fromarray(make_lupton_rgb(*bands, stretch=softening / steepness, Q=softening))
