"""From causes to an image: light, what the telescope adds, colours, JPEG."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from astropy.visualization import make_lupton_rgb
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy import fft, ndimage

from galviz.simulate.components import PARTS, draw_galaxy
from galviz.simulate.field import FIELD_PARTS, draw_field
from galviz.simulate.galaxy import Galaxy
from galviz.simulate.observation import SDSS_PIXEL_ARCSEC
from galviz.simulate.plane import stream
from galviz.simulate.stamp import make_stamp

FRAMINGS = ("fixed", "petrosian")
FIXED_PX = 160  # at 0.396 arcsec, as the tutorial's cutouts
_EDGE_PX = 1  # drawn beyond a fixed frame, so that it can be resampled aside
PETROSIAN_PX, PETROSIAN_RADII = 128, 4.45
LARGEST_FRAME_PX = 480
_MARGIN_PX = 16  # light that wraps around in a Fourier transform ends here
_REACH_SCALES, _REACH_ARCSEC = 8.0, 5.0  # from a galaxy's centre to the edge of its stamp
_SAVED_AGAIN_QUALITY = 92
_NOISE_STREAM, _PLACE_STREAM, _RESAMPLING_STREAM = 41, 42, 43
# sky brightness behind the noise (nanomaggies a square arc second): what adds to a source's own photon noise;
# 22.0, 20.9 and 20.2 mag in g, r, i: Stoughton et al. (2002), AJ 123, 485
_SKY_NMGY_ARCSEC2 = 10 ** (0.4 * (22.5 - np.array([22.0, 20.9, 20.2])))


def check_framing(framing: str) -> None:
    """Raise ValueError unless the framing is one of `FRAMINGS`."""
    if framing not in FRAMINGS:
        raise ValueError(f"framing must be one of {', '.join(FRAMINGS)}, not {framing!r}.")


def frame_px(causes: Mapping[str, Any], framing: str) -> int:
    """Side of a galaxy's frame in the telescope's own pixels; even.

    Raises
    ------
    ValueError
        If the framing is not one of `FRAMINGS`.
    """
    check_framing(framing)
    if framing == "fixed":
        return FIXED_PX + 2 * _EDGE_PX
    side = PETROSIAN_RADII * causes["petrosian_r90_arcsec"] / causes["pixel_scale_arcsec"]
    return 2 * round(min(max(side, 16), LARGEST_FRAME_PX) / 2)


def draw_light(
    causes: Mapping[str, Any], framing: str = "fixed", *, without: tuple[str, ...] = ()
) -> dict[str, NDArray]:
    """Draw each component of a galaxy's field through the atmosphere, without noise.

    Parameters
    ----------
    causes : mapping
        One galaxy's row of `draw_causes`, or a changed copy of it.
    framing : str
        "fixed" or "petrosian".
    without : tuple of str
        Components to leave out, of `components.PARTS` and `field.FIELD_PARTS`.

    Returns
    -------
    dict of str to float32 ndarray of shape (3, side, side)
        g, r, i in nanomaggies a pixel of the telescope; what a galaxy doesn't have is not there.
    """
    causes = Galaxy(causes)
    side = frame_px(causes, framing)
    unknown = [without] if isinstance(without, str) else sorted(set(without) - {*PARTS, *FIELD_PARTS})
    if unknown:
        raise ValueError(
            f"without must be a tuple of components ({', '.join((*PARTS, *FIELD_PARTS))}), not of {', '.join(unknown)}."
        )
    pixel, scale = float(causes["pixel_scale_arcsec"]), float(causes["disc_scale_arcsec"])
    # as large as the galaxy, at most the frame with a margin for what a Fourier transform wraps around
    needed = min(side + 2 * _MARGIN_PX, 2 * (_REACH_SCALES * scale + _REACH_ARCSEC) / pixel)
    width = 2 * fft.next_fast_len(int(needed) // 2 + 1, real=True)
    aside = stream(causes, _PLACE_STREAM).normal(0, 0.55, 2) - 0.5
    stamp = make_stamp(
        width,
        pixel_arcsec=pixel,
        seeing_arcsec=float(causes["seeing_arcsec"]),
        position_angle_deg=float(causes["position_angle_deg"]),
        disc_scale_arcsec=scale,
        centre=(width / 2 + float(aside[0]), width / 2 + float(aside[1])),
    )
    parts = {
        name: _place(light, side, (width - side) // 2)
        for name, light in draw_galaxy(causes, stamp, without=without).items()
    }
    return parts | draw_field(causes, side, without=without)


def _place(light: NDArray, side: int, margin: int) -> NDArray:
    """Crop a stamp to the frame, or set it into an empty one."""
    if margin >= 0:
        return light[:, margin : margin + side, margin : margin + side]
    return np.pad(light, ((0, 0), (-margin, side - light.shape[1] + margin), (-margin, side - light.shape[2] + margin)))


def expose(causes: Mapping[str, Any], light: Mapping[str, NDArray]) -> NDArray:
    """Add up the components and add what the telescope does: bands that miss each other, sky and noise.

    Parameters
    ----------
    causes : mapping
    light : mapping of str to ndarray of shape (3, side, side)
        From `draw_light`.

    Returns
    -------
    float32 ndarray of shape (3, side, side)
        g, r, i in nanomaggies a pixel.
    """
    causes = Galaxy(causes)
    total = np.zeros_like(next(iter(light.values())))
    for part in light.values():
        total = total + part
    total = np.clip(total, 0, None)  # arms and patches may take a little more than a truncated disc has
    rng = stream(causes, _NOISE_STREAM)
    angle = rng.uniform(0, 2 * np.pi)
    shift = float(causes["band_shift_arcsec"]) / float(causes["pixel_scale_arcsec"])
    for band, sign in ((0, 1), (2, -1)):  # linear interpolation: what happens far away stays far away
        total[band] = ndimage.shift(
            total[band], (sign * shift * np.sin(angle), sign * shift * np.cos(angle)), order=1, mode="nearest"
        )
    noise = np.array([causes[f"sky_noise_{band}_nmgy"] for band in "gri"], np.float32)[:, None, None]
    offset = np.array([causes[f"sky_offset_{band}_nmgy"] for band in "gri"], np.float32)[:, None, None]
    sky = (_SKY_NMGY_ARCSEC2 * float(causes["pixel_scale_arcsec"]) ** 2).astype(np.float32)[:, None, None]
    photons = np.sqrt(1 + total / sky)
    # bands are resampled onto a common grid before they become a colour image, which correlates their noise
    width = float(causes["noise_correlation_px"])
    grain = ndimage.gaussian_filter(rng.standard_normal(total.shape, dtype=np.float32), (0, width, width), mode="wrap")
    kernel = ndimage.gaussian_filter(np.eye(1, 161, 80)[0], width)
    grain /= np.float32((kernel**2).sum())  # back to unit variance
    return total + offset + noise * photons * grain


def stretch(causes: Mapping[str, Any], exposure: NDArray) -> Image.Image:
    """Turn an exposure into colours as SDSS does: i, r, g as red, green, blue, asinh of their sum.

    The colour images of Lupton et al. (2004), PASP 116, 133, by astropy's `make_lupton_rgb`, which works on the mean
    of the bands: the non-linearity of SDSS, 2.25 on their sum, is 6.75 on it.

    Parameters
    ----------
    causes : mapping
    exposure : ndarray of shape (3, side, side)
        g, r, i in nanomaggies a pixel of the telescope.

    Returns
    -------
    PIL.Image.Image
        RGB.
    """
    causes = Galaxy(causes)
    per_pixel = (SDSS_PIXEL_ARCSEC / causes["pixel_scale_arcsec"]) ** 2
    scale = float(causes["stretch_factor"]) * per_pixel
    bands = [
        exposure[band] * np.float32(scale * causes[f"band_scale_{name}"])
        for band, name in ((2, "i"), (1, "r"), (0, "g"))
    ]
    steepness = 3 * float(causes["stretch_nonlinearity"])
    softening = 10 * np.sinh(0.1 * steepness)  # astropy normalises its slope at a tenth of the range
    with np.errstate(invalid="ignore"):  # where all light is zero, which astropy then replaces
        return Image.fromarray(make_lupton_rgb(*bands, stretch=softening / steepness, Q=softening))


def jpeg_bytes(image: Image.Image, quality: int) -> bytes:
    """Encode as JPEG with chroma at half resolution, as SDSS's server does."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0", optimize=True)
    return buffer.getvalue()


def render(
    causes: Mapping[str, Any] | pd.Series, framing: str = "fixed", *, without: tuple[str, ...] = (), jpeg: bool = True
) -> Image.Image:
    """Render one galaxy as SDSS would show it.

    Parameters
    ----------
    causes : mapping or Series
        One row of `draw_causes`, as it is or with causes changed. Each component and the noise have random numbers of
        their own: what a change doesn't touch stays as it was, bit for bit. A change acts on what reads that cause and
        on nothing else; data/README.md marks the columns that no picture reads.
    framing : str
        "fixed": 160 px of 0.396 arcsec, as the tutorial's cutouts. "petrosian": 128 px across 4.45 R90
        of the drawn light, which frames as 5 Petrosian R90 do in SDSS.
    without : tuple of str
        Components to leave out, see `draw_light`.
    jpeg : bool
        Compress on the way, as SDSS's images were (once at the telescope's pixels, once at the end). Without, the
        image is the stretched one, at the telescope's pixels.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Raises
    ------
    ValueError
        If the framing or a component is unknown, or a cause is missing or no number.
    """
    if jpeg:
        with Image.open(io.BytesIO(render_jpeg(causes, framing, without=without))) as image:
            return image.convert("RGB")
    native = _native(Galaxy(causes), framing, without)
    return native if framing == "petrosian" else ImageOps.crop(native, _EDGE_PX)


def _native(causes: Mapping[str, Any], framing: str, without: tuple[str, ...]) -> Image.Image:
    return stretch(causes, expose(causes, draw_light(causes, framing, without=without)))


def render_jpeg(
    causes: Mapping[str, Any] | pd.Series, framing: str = "fixed", *, without: tuple[str, ...] = ()
) -> bytes:
    """Render one galaxy and return the JPEG file's bytes, as they lie in a survey folder."""
    causes = Galaxy(causes)
    native = _native(causes, framing, without)
    with Image.open(io.BytesIO(jpeg_bytes(native, int(causes["tile_jpeg_quality"])))) as compressed:
        compressed.load()
    # SDSS's server resamples its tiles onto the cutout: another scale, or at the same scale a fraction of a pixel aside
    if framing == "fixed":
        left, top = stream(causes, _RESAMPLING_STREAM).uniform(0, 2 * _EDGE_PX, 2)
        box = (left, top, left + FIXED_PX, top + FIXED_PX)
        resampled = compressed.resize((FIXED_PX, FIXED_PX), Image.Resampling.LANCZOS, box)
    else:
        resampled = compressed.resize((PETROSIAN_PX, PETROSIAN_PX), Image.Resampling.LANCZOS)
    served = jpeg_bytes(resampled, int(causes["cutout_jpeg_quality"]))
    if framing == "fixed":
        return served
    # the 128 px sets in circulation were opened and saved once more (their quantisation shows both qualities)
    with Image.open(io.BytesIO(served)) as cutout:
        return jpeg_bytes(cutout.convert("RGB"), _SAVED_AGAIN_QUALITY)
