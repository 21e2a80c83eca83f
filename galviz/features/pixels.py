"""Raw pixels as features: a baseline for what a network has learnt."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from galviz.network.crops import network_crop
from galviz.survey.survey import Survey

SIDE_PX = 28


def pixel_features(
    survey: Survey,
    object_ids: Sequence[str] | None = None,
    *,
    pad_px: int,
    crop_px: int,
    side_px: int = SIDE_PX,
    progress: Callable[[int, int], object] | None = None,
) -> np.ndarray:
    """Downsample the crops that a network takes, and flatten their pixels.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str, optional
        All galaxies by default.
    pad_px, crop_px : int
        As on the network's card: see `galviz.network.crops.network_crop`.
    side_px : int
        Side of the downsampled crop; each of its pixels is the mean of those that it covers.
    progress : callable, optional
        Called as progress(done, total). An exception raised by it cancels the work.

    Returns
    -------
    ndarray of float32, shape (n, 3 × side_px²)
        0 to 1; row by row from the upper left, red, green and blue of each pixel.

    Raises
    ------
    ValueError
        If a side is less than 1.
    SurveyError
        If an image can't be read any more.

    Examples
    --------
    >>> import galviz
    >>> survey = galviz.load_survey()
    >>> pixel_features(survey, survey.object_ids[:2], pad_px=144, crop_px=112, side_px=4).shape
    (2, 48)
    """
    if side_px < 1:
        raise ValueError(f"side_px must be at least 1; got {side_px}. Give the side of the crop in pixels.")
    ids = survey.object_ids if object_ids is None else list(object_ids)
    pixels = np.empty((len(ids), 3 * side_px**2), np.float32)
    for row, object_id in enumerate(ids):
        crop = network_crop(survey.image(object_id), pad_px, crop_px)
        pixels[row] = np.asarray(crop.resize((side_px, side_px), Image.Resampling.BOX), np.float32).ravel() / 255
        if progress:
            progress(row + 1, len(ids))
    return pixels
