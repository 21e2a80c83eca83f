"""Previews of augmentation: crops, flips and light as in training, and generators that are restored."""

import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from galviz.network.card import read_card
from galviz.network.crops import centre_crop, network_crop
from galviz.training.preview import augment, max_variation


@pytest.fixture(scope="module")
def card():
    return read_card()


@pytest.fixture(scope="module")
def image():
    """Noise, in which no two crops are alike."""
    return Image.fromarray(np.random.default_rng(1).integers(40, 216, (160, 160, 3), dtype=np.uint8))


def test_crops_are_random_parts_of_the_padded_image(image, card):
    padded = np.asarray(centre_crop(image, card.pad_px))
    windows = np.lib.stride_tricks.sliding_window_view(padded[:, :, 0], (card.crop_px, card.crop_px))
    places = set()
    for crop in augment(image, card, seed=3, count=6)["crop"]:
        red = np.asarray(crop)[:, :, 0]
        positions = np.argwhere((windows[:, :, 0, :] == red[0]).all(axis=2))
        assert len(positions) == 1
        top, left = positions[0]
        assert np.array_equal(np.asarray(crop), padded[top : top + card.crop_px, left : left + card.crop_px])
        places.add((int(top), int(left)))
    assert len(places) > 1


def test_flips_keep_the_centre_and_its_colour(card):
    dot = np.zeros((160, 160, 3), np.uint8)
    dot[70:90, 70:90] = [200, 100, 50]
    for turned in augment(Image.fromarray(dot), card, seed=4, count=8)["turn"]:
        pixels = np.asarray(turned).astype(int)
        assert pixels[53:59, 53:59].reshape(-1, 3).mean(axis=0) == pytest.approx([200, 100, 50], abs=2)
        assert pixels.sum() == pytest.approx(dot.astype(int).sum(), rel=0.02)


def test_some_images_are_flipped_or_rotated_by_quarters(card):
    corner = np.zeros((160, 160, 3), np.uint8)
    corner[40:60, 40:60] = 255  # upper left of the middle
    middles = []
    for turned in augment(Image.fromarray(corner), card, seed=5, count=24)["turn"]:
        rows, columns = np.nonzero(np.asarray(turned)[:, :, 0] > 128)
        middles.append((rows.mean() < 56, columns.mean() < 56))
    assert set(middles) == {(True, True), (True, False), (False, True), (False, False)}
    assert 6 <= middles.count((True, True)) <= 22


def test_light_varies_and_positions_do_not(card):
    dot = np.full((160, 160, 3), 10, np.uint8)
    dot[70:90, 60:80] = [150, 120, 90]
    drawn = augment(Image.fromarray(dot), card, seed=6, count=8)["light"]
    brightness = [np.asarray(one)[46:66, 36:56].mean() for one in drawn]
    assert np.std(brightness) > 3
    for one in drawn:
        rows, columns = np.nonzero(np.asarray(one).sum(axis=2) > 180)
        assert (rows.mean(), columns.mean()) == pytest.approx((55.5, 45.5), abs=1.5)


def test_generators_are_seeded_and_restored(image, card):
    random.seed(11)
    torch.manual_seed(11)
    expected = random.random(), torch.rand(1).item()
    random.seed(11)
    torch.manual_seed(11)
    first, again, other = (augment(image, card, seed=seed) for seed in (1, 1, 2))
    assert (random.random(), torch.rand(1).item()) == expected
    for step in first:
        assert all(np.array_equal(a, b) for a, b in zip(first[step], again[step], strict=True))
    assert not np.array_equal(first["all"][0], other["all"][0])


def test_without_variation_the_step_is_missing(image, card):
    bare = replace(card, training={})
    assert max_variation(bare) == 0
    assert list(augment(image, bare, seed=1)) == ["crop", "turn", "all"]


def test_the_largest_variation_of_the_shipped_network(card):
    recipe = card.training["recipe"]
    assert max_variation(card) == max(warm_up["variation"] for warm_up in recipe["warm_ups"])


def test_flips_are_applied_to_the_central_crop(image, card):
    """Among many draws some are left as they are: half aren't mirrored, and a quarter of those aren't tilted."""
    central = np.asarray(network_crop(image, card.pad_px, card.crop_px)).astype(int)
    apart = [
        np.abs(np.asarray(one).astype(int) - central).mean() for one in augment(image, card, seed=7, count=40)["turn"]
    ]
    assert min(apart) < 1
