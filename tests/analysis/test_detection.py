"""Galaxies that are drawn into noise are found, with their position, light and size."""

import numpy as np
import pytest

pytestmark = pytest.mark.full


def draw_sky(galaxies, side_px=180, seed=0):
    """A colour image of round Gaussian galaxies (x, y, sigma, peak) in noise of 1 around a background of 10."""
    y, x = np.mgrid[:side_px, :side_px]
    light = sum(peak * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * sigma**2)) for x0, y0, sigma, peak in galaxies)
    noise = np.random.default_rng(seed).normal(10, 1, (side_px, side_px))
    return np.stack([light + noise] * 3, axis=2)


def test_galaxies_are_found_with_their_light_and_size():
    from galviz.analysis.detection import find_galaxies

    drawn = [(50.0, 120.0, 4.0, 100.0), (130.0, 40.0, 6.0, 30.0)]
    sources = find_galaxies(draw_sky(drawn), threshold=3)
    assert sources[["x", "y"]].to_numpy() == pytest.approx(np.array(drawn)[:, :2], abs=0.3)
    flux = [2 * np.pi * sigma**2 * peak for _, _, sigma, peak in drawn]
    assert sources["flux"].to_numpy() == pytest.approx(flux, rel=0.15)  # faint wings are below the threshold
    # a Gaussian has 90 % of its light within 2.146 sigma
    assert sources["r90"].to_numpy() == pytest.approx([2.146 * 4, 2.146 * 6], rel=0.1)
    assert sources["threshold"].iloc[0] > sources["threshold"].iloc[1] > 3


def test_overlapping_galaxies_are_separated():
    from galviz.analysis.detection import find_galaxies

    sources = find_galaxies(draw_sky([(80.0, 90.0, 4.0, 80.0), (98.0, 90.0, 4.0, 60.0)]), threshold=3)
    assert sources["x"].to_numpy() == pytest.approx([80, 98], abs=0.7)


def test_noise_alone_has_no_galaxies_and_another_shape_is_refused():
    from galviz.analysis.detection import find_galaxies

    assert len(find_galaxies(draw_sky([(0.0, 0.0, 1.0, 0.0)]), threshold=5)) == 0
    with pytest.raises(ValueError, match=r"height, width, 3.*\(20, 20\)"):
        find_galaxies(np.zeros((20, 20)))
