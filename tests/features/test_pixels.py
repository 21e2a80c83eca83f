"""Raw pixels in a row: of the crop that the network reads, in the documented order."""

import numpy as np
import pytest

from galviz.features.pixels import pixel_features
from galviz.network.crops import network_crop


def test_pixels_are_those_of_the_crop(small_survey):
    ids = small_survey.object_ids[3:5]
    progress_calls = []
    features = pixel_features(
        small_survey, ids, pad_px=60, crop_px=48, side_px=48, progress=lambda *counts: progress_calls.append(counts)
    )
    assert features.shape == (2, 3 * 48 * 48)
    assert features.dtype == np.float32
    crop = np.asarray(network_crop(small_survey.image(ids[1]), 60, 48))
    np.testing.assert_allclose(features[1].reshape(48, 48, 3), crop / 255, atol=1e-6)
    assert progress_calls == [(1, 2), (2, 2)]


def test_a_smaller_picture_holds_means(small_survey):
    features = pixel_features(small_survey, small_survey.object_ids[:1], pad_px=64, crop_px=48, side_px=4)
    crop = np.asarray(network_crop(small_survey.image(small_survey.object_ids[0]), 64, 48), float)
    # Pillow rounds to a whole level along each axis.
    means = crop.reshape(4, 12, 4, 12, 3).mean(axis=(1, 3)) / 255
    np.testing.assert_allclose(features[0].reshape(4, 4, 3), means, atol=1 / 255 + 1e-6)


def test_all_galaxies_by_default_and_no_side_of_nothing(small_survey):
    assert pixel_features(small_survey, pad_px=64, crop_px=48).shape == (100, 3 * 28**2)
    with pytest.raises(ValueError, match="side_px must be at least 1; got 0"):
        pixel_features(small_survey, pad_px=64, crop_px=48, side_px=0)
