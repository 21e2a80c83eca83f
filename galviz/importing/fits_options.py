"""How FITS images become pictures: the options of an import, and SDSS's stretch as the default."""

from __future__ import annotations

import math
from dataclasses import dataclass

# The medians of galviz.simulate, which were fitted to real SDSS images (a test compares the two). Factors are those on
# nanomaggies per pixel of 0.396 arcsec. Lupton et al. (2004), PASP 116, 133, stretch the sum of the bands, astropy
# their mean: hence the 3.
SDSS_PIXEL_ARCSEC = 0.396
_STEEPNESS = 3 * 2.2
DEFAULT_Q = 10 * math.sinh(0.1 * _STEEPNESS)  # astropy normalises its slope at a tenth of the range
DEFAULT_STRETCH = DEFAULT_Q / _STEEPNESS
# z in the place of i: the ratio of the two in the colour images of the Legacy Surveys, 2.2 to 3.0
BAND_FACTORS = {band: 0.245 * factor for band, factor in {"g": 7.9, "r": 5.72, "i": 4.9, "z": 4.9 * 2.2 / 3.0}.items()}
_MAX_SIZE_PX = 2048


@dataclass(frozen=True, kw_only=True)
class FitsOptions:
    """Options of an import of FITS cutouts.

    Attributes
    ----------
    bands : str, optional
        The bands of the images in a file in their order, as "gri", for headers that don't name them.
    stretch, q : float
        As in astropy's `make_lupton_rgb`; by default as SDSS's colour images. A smaller stretch gives brighter
        pictures.
    pixel_scale : float, optional
        Arc seconds per pixel of the picture, 0.396 for SDSS's; by default that of the image.
    size : int, optional
        Side of the picture in pixels, 160 as the tutorial's; by default the image's extent.
    native_pixel_scale : float, optional
        Arc seconds per pixel of images whose header has no WCS.
    zero_point : float or tuple of three floats, optional
        AB magnitude of the value 1, for all bands or for g, r and i, if the header doesn't determine it.

    Examples
    --------
    >>> FitsOptions(pixel_scale=0.396, size=160).size
    160
    >>> FitsOptions(pixel_scale=0)
    Traceback (most recent call last):
    ValueError: --pixel-scale must be between 0.001 and 60; got 0.
    """

    bands: str | None = None
    stretch: float = DEFAULT_STRETCH
    q: float = DEFAULT_Q
    pixel_scale: float | None = None
    size: int | None = None
    native_pixel_scale: float | None = None
    zero_point: float | tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        scales = (0.001, 60)
        limits = {"stretch": (1e-6, 1e6), "q": (1e-3, 1e4), "pixel_scale": scales, "native_pixel_scale": scales}
        for name, (low, high) in {**limits, "size": (8, _MAX_SIZE_PX)}.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                option = f"--{name.replace('_', '-')}"
                raise ValueError(f"{option} must be between {low:g} and {high:g}; got {value!r}.")
        if any(not 0 < value < 60 for value in self.zero_points if value is not None):
            raise ValueError(f"--zero-point must be one magnitude, or three for g, r and i; got {self.zero_point!r}.")

    @property
    def zero_points(self) -> tuple[float | None, ...]:
        """The zero points of g, r and i."""
        return self.zero_point if isinstance(self.zero_point, tuple) else (self.zero_point,) * 3
