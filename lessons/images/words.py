"""Statistics of the pixels of a batch, for the page on preparing images."""

from collections.abc import Sequence

import numpy as np

from galviz.network.card import ModelCard
from galviz.network.crops import network_crop
from galviz.survey.survey import Survey


def pixel_statistics(survey: Survey, object_ids: Sequence[str], card: ModelCard) -> tuple[np.ndarray, np.ndarray]:
    """Compute the mean and standard deviation of each colour over the network's inputs for some galaxies.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str
        One or more.
    card : ModelCard
        Gives the sizes of the crops.

    Returns
    -------
    mean, std : ndarray of shape (3,)
        Of red, green and blue, on a scale of 0 to 1.

    Examples
    --------
    >>> from galviz.network.card import read_card
    >>> from galviz.survey.survey import load_survey
    >>> survey = load_survey(verify=False)
    >>> mean, std = pixel_statistics(survey, survey.object_ids[:2], read_card())
    >>> mean.shape, std.shape
    ((3,), (3,))
    """
    crops = [network_crop(survey.image(object_id), card.pad_px, card.crop_px) for object_id in object_ids]
    pixels = np.stack([np.asarray(crop) for crop in crops]).reshape(-1, 3) / 255
    return pixels.mean(axis=0), pixels.std(axis=0)
