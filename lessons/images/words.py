"""What the page on preparing images says in numbers: statistics of a batch of galaxies' pixels."""

from collections.abc import Sequence

import numpy as np

from galviz.network.card import ModelCard
from galviz.network.crops import network_crop
from galviz.survey.survey import Survey


def pixel_statistics(survey: Survey, object_ids: Sequence[str], card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each colour over what a network sees of some galaxies.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str
        One or more.
    card : ModelCard
        Says what is cut out.

    Returns
    -------
    mean, std : ndarray of shape (3,)
        Of red, green and blue, on a scale of 0 to 1.
    """
    crops = [network_crop(survey.image(one), card.pad_px, card.crop_px) for one in object_ids]
    pixels = np.stack([np.asarray(crop) for crop in crops]).reshape(-1, 3) / 255
    return pixels.mean(axis=0), pixels.std(axis=0)
