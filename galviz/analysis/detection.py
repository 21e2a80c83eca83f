"""Finding galaxies in an image of the sky, with photutils: where they are, how bright, and how large.

Needs the extra ``shift``; photutils and astropy are imported by the function.
"""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import ndimage

# Weights of red, green and blue in the luminance (ITU-R BT.601).
_LUMINANCE = (0.299, 0.587, 0.114)
_BOXES = 9  # per side, in which the background is estimated
_SMOOTHING_PX = 3.0  # full width at half maximum of the kernel
_MIN_PX, _CONTRAST = 25, 0.01
_LIGHT_SHARE = 0.9


def find_galaxies(image: ArrayLike, *, threshold: float = 2.0) -> pd.DataFrame:
    """Find the sources in a colour image that stand out from its background.

    Sources are connected groups of at least 25 pixels of the smoothed luminance above the threshold. Overlapping ones
    are separated (deblended). Stars are sources, too: nothing here distinguishes them from galaxies.

    Parameters
    ----------
    image : array of shape (height, width, 3)
        Red, green and blue, in any unit; larger values are brighter.
    threshold : float
        In standard deviations of the background.

    Returns
    -------
    DataFrame
        One row per source, from the brightest to the faintest: ``x`` and ``y``, its centre in pixels from 0 (columns
        and rows); ``flux``, the sum of its pixels above the background; ``r90``, the radius in pixels that contains
        90 % of its light; ``threshold``, the highest threshold at which it still has 25 pixels.

    Raises
    ------
    ValueError
        If the image hasn't that shape.
    ModuleNotFoundError
        If photutils isn't installed.

    Examples
    --------
    >>> y, x = np.mgrid[:180, :180]
    >>> noise = np.random.default_rng(0).normal(size=(180, 180))
    >>> light = 100 * np.exp(-((x - 60) ** 2 + (y - 110) ** 2) / 30)
    >>> sources = find_galaxies(np.stack([light + noise] * 3, axis=2), threshold=3)
    >>> sources[["x", "y"]].round().to_dict("records")
    [{'x': 60.0, 'y': 110.0}]
    """
    from astropy.convolution import convolve
    from photutils.background import Background2D
    from photutils.segmentation import SourceCatalog, deblend_sources, detect_sources, make_2dgaussian_kernel
    from photutils.utils.exceptions import NoDetectionsWarning

    pixels = np.asarray(image, dtype=np.float64)
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"image must have the shape (height, width, 3); got {pixels.shape}. Give a colour image.")
    luminance = pixels @ np.array(_LUMINANCE)
    background = Background2D(luminance, [-(-side // _BOXES) for side in luminance.shape], filter_size=3)
    light, noise = luminance - background.background, background.background_rms
    smooth = convolve(light, make_2dgaussian_kernel(_SMOOTHING_PX, size=5))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoDetectionsWarning)
        segments = detect_sources(smooth, threshold * noise, _MIN_PX)
    if segments is None:
        return pd.DataFrame(columns=["x", "y", "flux", "r90", "threshold"], dtype=float)
    segments = deblend_sources(smooth, segments, _MIN_PX, contrast=_CONTRAST, progress_bar=False)
    catalogue = SourceCatalog(light, segments, convolved_data=smooth, error=noise)
    columns = {
        "x": catalogue.x_centroid,
        "y": catalogue.y_centroid,
        "flux": catalogue.segment_flux,
        "r90": catalogue.flux_radius(_LIGHT_SHARE),
        "threshold": _highest_thresholds(smooth / noise, segments.data, segments.labels),
    }
    table = pd.DataFrame(
        {name: np.asarray(getattr(values, "value", values), float) for name, values in columns.items()}
    )
    table = table[np.isfinite(table).all(axis=1)]
    return table.sort_values("flux", ascending=False, kind="stable", ignore_index=True)


def _highest_thresholds(significance: np.ndarray, segments: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Compute the value that the least number of pixels of each source reaches."""
    return ndimage.labeled_comprehension(
        significance, segments, labels, lambda values: np.sort(values)[-min(_MIN_PX, len(values))], float, np.nan
    )
