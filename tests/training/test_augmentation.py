"""Shrink, variation and blur against Pillow, SciPy and the spreads that the documentation states."""

import math

import numpy as np
import pytest
import torch
from fastai.torch_core import TensorImage
from PIL import Image
from scipy.ndimage import gaussian_filter

from galviz.training.augmentation import Shrink, Variation, random_blur


def noise_images(count=6, side_px=24, seed=0):
    random_pixels = np.random.default_rng(seed).random((count, 3, side_px, side_px))
    return TensorImage(torch.from_numpy(random_pixels).float())


def flat_images(count, colour):
    return TensorImage(torch.tensor(colour).view(1, 3, 1, 1).repeat(count, 1, 8, 8))


def test_shrink_is_pillow_s_resize():
    x = noise_images(side_px=48)
    shrunk = Shrink(32).encodes(x)
    assert type(shrunk) is TensorImage
    for channel, expected in zip(np.asarray(shrunk)[:, 0], np.asarray(x)[:, 0], strict=True):
        pillow = Image.fromarray(expected).resize((32, 32), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(channel, np.asarray(pillow), atol=1e-5)
    assert Shrink(48).encodes(x) is x
    assert Shrink(37).encodes(x).shape == (6, 3, 37, 37)


def test_variation_of_strength_0_changes_nothing():
    x = noise_images()
    x[0, :, :4] = 0.0
    x[1, :, :4] = 1.0
    varied = Variation(0.0).encodes(x)
    torch.testing.assert_close(varied, x, rtol=0, atol=1.01e-4)  # black becomes 1e-4, because of the gamma


@pytest.mark.parametrize("strength", [0.3, 1.0, 3.0])
def test_variation_keeps_range_shape_and_its_input(strength):
    x = noise_images()
    before = x.clone()
    torch.manual_seed(5)
    varied = Variation(strength).encodes(x)
    assert type(varied) is TensorImage
    assert varied.shape == x.shape
    assert varied.dtype == x.dtype
    assert 0 <= varied.min() < varied.max() <= 1
    assert torch.equal(x, before)
    torch.manual_seed(5)
    assert torch.equal(Variation(strength).encodes(x), varied)
    torch.manual_seed(6)
    assert not torch.equal(Variation(strength).encodes(x), varied)


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_variation_has_the_documented_spreads(strength):
    count, tolerance = 4000, 0.06  # the sd of 4,000 is known to 1.1 %, the noise's of half as many to 1.6 %

    def varied(*colour):
        """Flat images of a colour, with the same random numbers."""
        torch.manual_seed(1)
        return np.asarray(Variation(strength).encodes(flat_images(count, colour)), dtype=float)

    # Flat: no blur shows. Same draws: sky and noise, which are added last, cancel in differences, and what is left is
    # (b c x)^gamma at a grey level x. Three levels in equal ratios give gamma, and then all else.
    low, middle, high = (varied(level, level, level) for level in (0.2, 0.3, 0.45))
    gamma = np.log(((high - middle) / (middle - low)).mean(axis=(1, 2, 3))) / np.log(1.5)
    power = gamma[:, None, None, None]
    signal = (high - middle) / (1.5**power - 1)
    scaled = (signal ** (1 / power)).mean(axis=(2, 3)) / 0.3
    added = middle - signal
    # A coloured image has the same m and c_i but other greys; saturation k is what the two don't share.
    colour = np.array([0.5, 0.3, 0.2])
    coloured = ((varied(*colour) - added) ** (1 / power)).mean(axis=(2, 3))
    grey, coloured_grey = scaled.mean(axis=1), coloured.mean(axis=1)
    saturation = 1 - (coloured - colour * scaled)[:, 0] / (coloured_grey - colour[0] * grey)
    bands = grey[:, None] + (scaled - grey[:, None]) / saturation[:, None]

    def close(values, expected):
        assert abs(np.mean(values)) < 5 * expected * strength / math.sqrt(count)
        assert np.std(values) == pytest.approx(expected * strength, rel=tolerance)

    brightness = np.log(bands).mean(axis=1)
    close(brightness, math.hypot(0.13, 0.05 / math.sqrt(3)))
    close(np.log(bands)[:, 0] - brightness, 0.05 * math.sqrt(2 / 3))
    close(np.log(saturation), 0.10)
    close(np.log(gamma), 0.08)
    noise = added.std(axis=(2, 3)).mean(axis=1)
    close(added.mean(axis=(2, 3))[:, 1], math.hypot(0.008, 0.03 / math.sqrt(3) / math.sqrt(2) / 8))
    noisy = noise > 1e-4
    assert noisy.mean() == pytest.approx(0.5, abs=0.04)
    # evenly from 0 to 3 %; each is known to 5 % from its 3 × 64 pixels
    assert noise[noisy].mean() == pytest.approx(0.015 * strength, rel=tolerance)
    assert noise.max() < 0.03 * strength * 1.25
    assert noise.max() > 0.03 * strength * 0.95


def test_each_image_is_varied_independently():
    torch.manual_seed(0)
    varied = Variation(1.0).encodes(flat_images(50, (0.4, 0.4, 0.4)))
    assert len({round(float(level), 5) for level in varied.mean(dim=(1, 2, 3))}) == 50


@pytest.mark.parametrize("max_sigma_px", [0.5, 1.0])
def test_half_of_the_images_are_blurred_by_a_gaussian(max_sigma_px):
    point = torch.zeros(2000, 3, 9, 9)
    point[:, 0, 4, 4], point[:, 1, 2, 6], point[:, 2] = 1.0, 0.5, 0.25
    torch.manual_seed(3)
    blurred = random_blur(point, max_sigma_px)
    # the width from a Gaussian's first two values: exp(-1 / 2σ²)
    ratio = np.asarray(blurred[:, 0, 4, 5] / blurred[:, 0, 4, 4], dtype=float)
    sigma = np.sqrt(-0.5 / np.log(np.clip(ratio, 1e-30, None)))
    sharp = ratio < 1e-6
    # a Gaussian narrower than 0.19 px doesn't reach the next pixel
    assert sharp.mean() == pytest.approx(0.5 + 0.5 * 0.14 / max_sigma_px, abs=0.05)
    assert torch.equal(blurred[sharp][:, :2] > 1e-5, point[sharp][:, :2] > 1e-5)
    assert sigma.max() <= 0.05 + max_sigma_px
    assert np.mean(sigma[~sharp]) == pytest.approx((0.19 + 0.05 + max_sigma_px) / 2, rel=0.05)
    for number in np.flatnonzero(~sharp)[:20]:
        for channel in range(3):
            expected = gaussian_filter(point[number, channel].numpy(), sigma[number], mode="mirror", radius=3)
            np.testing.assert_allclose(blurred[number, channel], expected, atol=1e-5)
