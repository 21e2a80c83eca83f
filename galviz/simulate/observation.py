"""What the telescope and the processing add: seeing, noise, sky, stretch, band scales, pixels, JPEG."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

SDSS_PIXEL_ARCSEC = 0.396
SEEING_ARCSEC = 1.30  # of the narrow Gaussian; with wings and pixel an image is 1.34 wide


def draw_observation(size: int, rng: Generator, variety: float) -> dict[str, NDArray]:
    """Draw what the telescope and the pipeline add."""
    draws = rng.standard_normal((18, size))
    # a bright sky is bright in every band, and noisy: levels and noise share half of their scatter or more
    sky = np.maximum(draws[17], -0.9)  # no sky is darker than a moonless one
    draws[1:4] = 0.6 * sky + 0.8 * draws[1:4]
    draws[4:7] = 0.85 * sky + 0.53 * draws[4:7]

    beyond = max(variety - 1, 0.0)  # what SDSS holds constant varies only beyond its own variety
    of_sky = min(variety, 1.5)  # a sky as bright as the galaxies would teach nothing

    def spread(row: int, centre: float, deviation: float) -> NDArray:
        return centre * np.exp(variety * deviation * draws[row])

    return {
        "seeing_arcsec": spread(0, SEEING_ARCSEC, 0.09),
        "sky_noise_g_nmgy": spread(1, 0.0114, 0.16),
        "sky_noise_r_nmgy": spread(2, 0.0162, 0.16),
        "sky_noise_i_nmgy": spread(3, 0.0237, 0.27),
        "sky_offset_g_nmgy": -0.0008 + 0.0024 * np.exp(of_sky * 0.88 * draws[4]),
        "sky_offset_r_nmgy": -0.0008 + 0.0035 * np.exp(of_sky * 0.95 * draws[5]),
        "sky_offset_i_nmgy": 0.0036 + 0.0084 * np.exp(of_sky * 0.76 * draws[6]),
        # calibrated to about 1 %: Padmanabhan et al. (2008), ApJ 674, 1217
        "band_scale_g": spread(7, 7.9, 0.012),
        "band_scale_r": spread(8, 5.72, 0.012),
        "band_scale_i": spread(9, 4.9, 0.012),
        "stretch_nonlinearity": spread(10, 2.2, 0.02),
        "stretch_factor": spread(11, 0.245, 0.03),
        "band_shift_arcsec": spread(12, 0.124, 0.3),
        "noise_correlation_px": spread(13, 0.87, 0.1),
        "pixel_scale_arcsec": np.full(size, SDSS_PIXEL_ARCSEC) * np.exp(0.05 * beyond * draws[14]),
        "tile_jpeg_quality": np.clip(np.round(90 + 3 * beyond * draws[15]), 60, 96).astype(int),
        "cutout_jpeg_quality": np.clip(np.round(75 + 6 * beyond * draws[16]), 50, 95).astype(int),
    }
