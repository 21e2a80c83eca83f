"""Batches: central crops and all validation galaxies, augmented and shuffled training galaxies."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from fastai.torch_core import TensorImage
from fastai.vision.augment import aug_transforms
from PIL import Image

from galviz.survey.survey import load_survey
from galviz.training.augmentation import Variation
from galviz.training.dataloaders import make_dataloaders, pixel_statistics
from galviz.training.galaxies import select_galaxies, split_galaxies
from tests.training.runs import SHORT, crops_of


def test_pixel_statistics_are_those_of_all_crops(survey, galaxies):
    calls = []
    mean, std = pixel_statistics(galaxies, SHORT, progress=lambda *call: calls.append(call))
    pixels = crops_of(survey, survey.object_ids, SHORT) / 255
    np.testing.assert_allclose(mean, pixels.mean(axis=(0, 1, 2)), atol=1e-6)
    np.testing.assert_allclose(std, pixels.std(axis=(0, 1, 2)), atol=1e-6)
    assert {type(value) for value in (*mean, *std)} == {float}
    assert calls == [(40, 40)]


@pytest.mark.parametrize("level", [0, 51, 85, 130, 255])
def test_the_standard_deviation_of_images_without_contrast_is_not_zero(level):
    flat = SimpleNamespace(image=lambda object_id: Image.new("RGB", (64, 64), (level, level, level)))
    mean, std = pixel_statistics([SimpleNamespace(survey=flat, object_id="1")] * 7, SHORT)
    np.testing.assert_allclose(mean, level / 255, atol=1e-6)
    assert std == (0.001, 0.001, 0.001)


MEAN, STD = (0.1, 0.2, 0.3), (0.2, 0.3, 0.4)


def loaders(galaxies, recipe=SHORT, phase=-1):
    return make_dataloaders(galaxies, recipe, recipe.phases[phase], MEAN, STD)


def denormalised(batch):
    """A batch's pixels, (n, height, width, 3), 0 to 255."""
    mean, std = (np.array(values).reshape(1, 3, 1, 1) for values in (MEAN, STD))
    return (np.asarray(batch, dtype=float) * std + mean).transpose(0, 2, 3, 1) * 255


def test_validation_batches_are_the_central_pixels_normalised(survey, galaxies):
    _, in_validation = split_galaxies(galaxies, SHORT)
    ids = [survey.object_ids[position] for position in in_validation]
    batches = list(loaders(galaxies).valid)
    assert [len(x) for x, _ in batches] == [8]
    x, y = batches[0]
    np.testing.assert_allclose(denormalised(x), crops_of(survey, ids, SHORT), atol=1e-3)
    np.testing.assert_allclose(y, survey.catalogue.loc[ids, ["metallicity"]], atol=1e-6)
    assert (x.dtype, y.dtype) == (torch.float32, torch.float32)


def test_validation_batches_are_complete_and_deterministic(galaxies):
    recipe = replace(SHORT, valid_share=0.3)  # twelve: a batch and a half
    dataloaders = loaders(galaxies, recipe)
    passes = [list(dataloaders.valid) for _ in range(2)] + [list(loaders(galaxies, recipe).valid)]
    assert [len(x) for x, _ in passes[0]] == [8, 4]
    for other in passes[1:]:
        for (x, y), (other_x, other_y) in zip(passes[0], other, strict=True):
            assert torch.equal(x, other_x)
            assert torch.equal(y, other_y)


@pytest.mark.parametrize("side_px", [40, 49, 61, 97])
def test_images_of_other_sizes_are_cropped_or_padded(make_survey, side_px):
    survey = load_survey(make_survey(12, side_px=side_px))
    galaxies = select_galaxies([survey], SHORT).galaxies
    _, in_validation = split_galaxies(galaxies, SHORT)
    x, _ = next(iter(loaders(galaxies).valid))
    for pixels, position in zip(denormalised(x), in_validation, strict=True):
        # by hand: the image in the middle of a black square, then that square's middle
        image = np.asarray(survey.image(galaxies[position].object_id), dtype=float)
        padded = np.zeros((300, 300, 3))
        corner = 150 - ((side_px - 60) // 2 + 6)  # where the crop's corner lies at 150
        padded[corner : corner + side_px, corner : corner + side_px] = image
        np.testing.assert_allclose(pixels, padded[150:198, 150:198], atol=1e-3)
    mean, _ = pixel_statistics([galaxies[position] for position in in_validation], SHORT)
    np.testing.assert_allclose(mean, denormalised(x).mean(axis=(0, 1, 2)) / 255, atol=1e-5)


def test_training_batches_are_full_and_shuffled(galaxies):
    dataloaders = loaders(galaxies)
    first, second = (list(dataloaders.train) for _ in range(2))
    assert [len(x) for x, _ in first] == [8] * 4
    labels = sorted(galaxies[position].targets[0] for position in split_galaxies(galaxies, SHORT)[0])
    for batches in (first, second):
        targets = torch.cat([y[:, 0] for _, y in batches])
        np.testing.assert_allclose(sorted(targets.tolist()), labels, atol=1e-6)
    order, other_order = ([round(float(y), 4) for _, ys in batches for y in ys] for batches in (first, second))
    assert order != other_order


def by_label(loader):
    """The images of a pass by their labels, all different."""
    return {round(float(y), 4): x for xs, ys in loader for x, y in zip(xs, ys, strict=True)}


def share_moved(loader):
    """Share of the images that differ in a second pass."""
    first, second = by_label(loader), by_label(loader)
    return np.mean([not torch.allclose(first[label], second[label], atol=0.05) for label in first])


def test_training_images_are_flipped_as_in_the_tutorial(galaxies, monkeypatch):
    calls = []

    def recorded(**options):
        calls.append(options)
        return aug_transforms(**options)

    monkeypatch.setattr("galviz.training.augmentation.aug_transforms", recorded)
    fixed = replace(SHORT, variation=0.0, pad_px=48)  # the crop can't move
    assert share_moved(loaders(galaxies, fixed).train) > 0.6
    assert share_moved(loaders(galaxies, fixed).valid) == 0
    assert calls == [{"max_zoom": 1.0, "flip_vert": True, "max_lighting": 0.0, "max_warp": 0.0}] * 2


def test_training_crops_are_random(galaxies, monkeypatch):
    monkeypatch.setattr("galviz.training.augmentation.aug_transforms", lambda **options: [])
    assert share_moved(loaders(galaxies, replace(SHORT, variation=0.0)).train) > 0.6
    assert share_moved(loaders(galaxies, replace(SHORT, variation=0.0, pad_px=48)).train) == 0


def test_training_images_stay_between_black_and_white(galaxies):
    batches = [x for recipe in (SHORT, replace(SHORT, variation=3.0)) for x, _ in loaders(galaxies, recipe).train]
    pixels = denormalised(torch.cat(batches))
    assert pixels.min() == pytest.approx(0, abs=1e-3)
    assert 200 < pixels.max() < 255.001


def test_a_warm_up_s_batches_are_smaller_and_have_causes(galaxies):
    dataloaders = loaders(galaxies, phase=0)
    for loader in (dataloaders.train, dataloaders.valid):
        x, y = next(iter(loader))
        assert x.shape == (8, 3, 32, 32)
        assert y.shape == (8, 3)
    x, y = next(iter(loaders(galaxies).train))
    assert (x.shape, y.shape) == ((8, 3, 48, 48), (8, 1))


@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_only_training_images_are_varied(galaxies, strength, monkeypatch):
    calls = []

    class RecordedVariation(Variation):
        def encodes(self, x: TensorImage):
            calls.append((self.strength, len(x)))
            return x

    monkeypatch.setattr("galviz.training.dataloaders.Variation", RecordedVariation)
    dataloaders = loaders(galaxies, replace(SHORT, variation=strength))
    list(dataloaders.valid)
    assert calls == []
    list(dataloaders.train)
    assert calls == [(strength, 8)] * 4 * bool(strength)
