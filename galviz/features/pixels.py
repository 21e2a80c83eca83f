"""Raw pixels as features: what any method is given before it has learnt anything; a control for what one learnt."""

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
    """Give the pixels of what a network is shown, shrunk and in a row.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str, optional
        All of them by default.
    pad_px, crop_px : int
        As of the network's card: see `galviz.network.crops.network_crop`.
    side_px : int
        To which the crop is shrunk, each pixel the mean of those it stands for.
    progress : callable, optional
        Called as progress(done, total). What it raises ends it and comes through.

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
    """
    if side_px < 1:
        raise ValueError(f"side_px must be at least 1; got {side_px}. Give the side of the shrunk picture in pixels.")
    wanted = survey.object_ids if object_ids is None else list(object_ids)
    found = np.empty((len(wanted), 3 * side_px**2), np.float32)
    for place, object_id in enumerate(wanted):
        crop = network_crop(survey.image(object_id), pad_px, crop_px)
        found[place] = np.asarray(crop.resize((side_px, side_px), Image.Resampling.BOX), np.float32).ravel() / 255
        if progress:
            progress(place + 1, len(wanted))
    return found
