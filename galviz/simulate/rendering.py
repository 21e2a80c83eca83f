"""From causes to the image in a survey folder: light, exposure, stretch, and the JPEG compressions on the way."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pandas as pd
from PIL import Image, ImageOps

from galviz.simulate.exposure import expose, stretch
from galviz.simulate.framing import EDGE_PX, FIXED_PX, PETROSIAN_PX
from galviz.simulate.galaxy import Galaxy
from galviz.simulate.light import draw_light
from galviz.simulate.plane import random_stream

_SAVED_AGAIN_QUALITY = 92
_RESAMPLING_STREAM = 43


def render(
    causes: Mapping[str, Any] | pd.Series, framing: str = "fixed", *, without: tuple[str, ...] = (), jpeg: bool = True
) -> Image.Image:
    """Render one galaxy as an SDSS image.

    Parameters
    ----------
    causes : mapping or Series
        One row of `draw_causes`, or a changed copy of it. Each component and the noise have their own random stream:
        what doesn't depend on a changed cause stays the same bit for bit. data/README.md marks the columns that no
        image depends on.
    framing : str
        "fixed": 160 px of 0.396 arcsec, as the tutorial's cutouts. "petrosian": 128 px across 4.45 R90
        of the drawn light, which frames as 5 Petrosian R90 do in SDSS.
    without : tuple of str
        Components to leave out, see `draw_light`.
    jpeg : bool
        Compress as SDSS's images were (once at the telescope's pixels, once at the end). If False, the image is the
        stretched one, at the telescope's pixels.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Raises
    ------
    ValueError
        If the framing or a component is unknown, or a cause is missing or not valid.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> galaxy = draw_causes(1, seed=1).iloc[0]
    >>> render(galaxy).size, render(galaxy, "petrosian").size
    ((160, 160), (128, 128))
    """
    if jpeg:
        with Image.open(io.BytesIO(render_jpeg(causes, framing, without=without))) as image:
            return image.convert("RGB")
    native = _render_native(Galaxy(causes), framing, without)
    return native if framing == "petrosian" else ImageOps.crop(native, EDGE_PX)


def render_jpeg(
    causes: Mapping[str, Any] | pd.Series, framing: str = "fixed", *, without: tuple[str, ...] = ()
) -> bytes:
    """Render one galaxy as the bytes of a JPEG file, as in a survey folder.

    Parameters are those of `render`.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> content = render_jpeg(draw_causes(1, seed=1).iloc[0])
    >>> content[:2].hex(), len(content) < 12_000
    ('ffd8', True)
    """
    causes = Galaxy(causes)
    native = _render_native(causes, framing, without)
    with Image.open(io.BytesIO(_compress(native, int(causes["tile_jpeg_quality"])))) as compressed:
        compressed.load()
    # SDSS's server resamples its tiles onto the cutout: at another scale, or at the same scale with an offset of a
    # fraction of a pixel
    if framing == "fixed":
        left, top = random_stream(causes, _RESAMPLING_STREAM).uniform(0, 2 * EDGE_PX, 2)
        box = (left, top, left + FIXED_PX, top + FIXED_PX)
        resampled = compressed.resize((FIXED_PX, FIXED_PX), Image.Resampling.LANCZOS, box)
    else:
        resampled = compressed.resize((PETROSIAN_PX, PETROSIAN_PX), Image.Resampling.LANCZOS)
    served = _compress(resampled, int(causes["cutout_jpeg_quality"]))
    if framing == "fixed":
        return served
    # the published 128 px data sets were opened and saved once more (their quantisation shows both qualities)
    with Image.open(io.BytesIO(served)) as cutout:
        return _compress(cutout.convert("RGB"), _SAVED_AGAIN_QUALITY)


def _render_native(causes: Mapping[str, Any], framing: str, without: tuple[str, ...]) -> Image.Image:
    """The stretched image at the telescope's pixels."""
    return stretch(causes, expose(causes, draw_light(causes, framing, without=without)))


def _compress(image: Image.Image, quality: int) -> bytes:
    """Encode as JPEG with chroma at half resolution, as SDSS's server does."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, subsampling="4:2:0", optimize=True)
    return buffer.getvalue()
