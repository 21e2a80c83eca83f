"""What the telescope and the processing add: seeing, noise, sky, stretch, band scales, pixels, JPEG."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

SDSS_PIXEL_ARCSEC = 0.396
SEEING_ARCSEC = 1.30  # of the narrow Gaussian; with wings and pixel an image is 1.34 wide


def draw_observation(size: int, rng: Generator, variety: float) -> dict[str, NDArray]:
    """Draw what the telescope and the pipeline add.

    Parameters
    ----------
    size : int
        Number of galaxies.
    rng : numpy.random.Generator
    variety : float
        Factor on the scatter, see `draw_causes`.

    Returns
    -------
    dict of str to ndarray of shape (size,)

    Examples
    --------
    >>> observation = draw_observation(1000, np.random.default_rng(0), variety=1.0)
    >>> print(np.median(observation["seeing_arcsec"]).round(2), "arcsec seeing")
    1.29 arcsec seeing
    """
    draws = rng.standard_normal((18, size))
    # a bright sky is bright and noisy in every band: levels and noise share at least half of their scatter
    sky = np.maximum(draws[17], -0.9)  # no sky is darker than a moonless one
    draws[1:4] = 0.6 * sky + 0.8 * draws[1:4]
    draws[4:7] = 0.85 * sky + 0.53 * draws[4:7]

    excess_variety = max(variety - 1, 0.0)  # what is constant within SDSS varies only beyond SDSS's own variety
    sky_variety = min(variety, 1.5)  # nothing can be learnt under a sky as bright as the galaxies

    def log_normal(row: int, median: float, sigma: float) -> NDArray:
        return median * np.exp(variety * sigma * draws[row])

    return {
        "seeing_arcsec": log_normal(0, SEEING_ARCSEC, 0.09),
        "sky_noise_g_nmgy": log_normal(1, 0.0114, 0.16),
        "sky_noise_r_nmgy": log_normal(2, 0.0162, 0.16),
        "sky_noise_i_nmgy": log_normal(3, 0.0237, 0.27),
        "sky_offset_g_nmgy": -0.0008 + 0.0024 * np.exp(sky_variety * 0.88 * draws[4]),
        "sky_offset_r_nmgy": -0.0008 + 0.0035 * np.exp(sky_variety * 0.95 * draws[5]),
        "sky_offset_i_nmgy": 0.0036 + 0.0084 * np.exp(sky_variety * 0.76 * draws[6]),
        # calibrated to about 1 %: Padmanabhan et al. (2008), ApJ 674, 1217
        "band_scale_g": log_normal(7, 7.9, 0.012),
        "band_scale_r": log_normal(8, 5.72, 0.012),
        "band_scale_i": log_normal(9, 4.9, 0.012),
        "stretch_nonlinearity": log_normal(10, 2.2, 0.02),
        "stretch_factor": log_normal(11, 0.245, 0.03),
        "band_shift_arcsec": log_normal(12, 0.124, 0.3),
        "noise_correlation_px": log_normal(13, 0.87, 0.1),
        "pixel_scale_arcsec": np.full(size, SDSS_PIXEL_ARCSEC) * np.exp(0.05 * excess_variety * draws[14]),
        "tile_jpeg_quality": np.clip(np.round(90 + 3 * excess_variety * draws[15]), 60, 96).astype(int),
        "cutout_jpeg_quality": np.clip(np.round(75 + 6 * excess_variety * draws[16]), 50, 95).astype(int),
    }
