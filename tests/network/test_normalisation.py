"""The input of a network: pixels minus their mean, in units of their standard deviation."""

import numpy as np
import pytest
import torch
from PIL import Image

from galviz.network.card import read_card
from galviz.network.forward import preprocess
from galviz.network.normalisation import normalise


def test_a_pixel_by_hand():
    normalised = normalise(np.array([[[51, 0, 255]]], np.uint8), (0.1, 0.2, 0.5), (0.1, 0.4, 0.25))
    assert normalised[0, 0] == pytest.approx([1.0, -0.5, 2.0], rel=1e-6)
    assert normalised.dtype == np.float32


def test_it_is_what_the_network_is_given():
    card = read_card()
    pixels = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    given = preprocess([Image.fromarray(pixels)], card)[0]
    assert torch.equal(given, torch.from_numpy(normalise(pixels, card.mean, card.std)).permute(2, 0, 1))


def test_torch_and_numpy_agree_to_the_last_bit():
    """As features were made with torch's division, and are to stay what they are."""
    card = read_card()
    pixels = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 256, 3)
    mean, std = torch.tensor(card.mean), torch.tensor(card.std)
    expected = (torch.from_numpy(pixels).float().div(255) - mean) / std
    assert np.array_equal(normalise(pixels, card.mean, card.std), expected.numpy())
