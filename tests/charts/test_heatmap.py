"""Heatmaps: the right colour in the right place."""

import numpy as np
import pytest

from galviz.charts.heatmap import heatmap

DARK, ORANGE, BLUE = (24, 28, 38), (255, 160, 70), (92, 160, 255)


def colours(values, **options):
    """The picture's colour at each number's place."""
    picture = np.asarray(heatmap(values, side_px=1, **options))
    return [[tuple(int(part) for part in colour) for colour in row] for row in picture]


def test_signs_have_their_colours_and_zero_is_dark():
    assert colours([[2.0, -2.0], [0.0, 2.0]]) == [[ORANGE, BLUE], [DARK, ORANGE]]


def test_half_of_the_maximum_is_halfway_between_the_colours():
    ((half, _),) = colours([[1.0, 2.0]])
    assert half == pytest.approx(np.add(DARK, ORANGE) / 2, abs=1)


def test_values_beyond_vmax_are_clipped():
    assert colours([[1.0, 8.0]], vmax=1.0) == [[ORANGE, ORANGE]]
    assert colours([[1.0]], vmax=1e9) == [[DARK]]


def test_zeros_are_dark():
    assert colours(np.zeros((2, 2))) == [[DARK, DARK], [DARK, DARK]]


@pytest.mark.parametrize(("shape", "size"), [((4, 4), (112, 112)), ((3, 3), (114, 114)), ((2, 5), (115, 46))])
def test_each_value_is_a_square_of_whole_pixels(shape, size):
    values = np.arange(np.prod(shape), dtype=float).reshape(shape)
    picture = heatmap(values)
    assert picture.size == size
    side = size[0] // shape[1]
    blocks = np.asarray(picture).reshape(shape[0], side, shape[1], side, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((0, 3)), [[np.nan]], [[np.inf, 0.0]]])
def test_values_must_be_a_finite_two_dimensional_array(values):
    with pytest.raises(ValueError, match="values must be finite, of shape"):
        heatmap(values)
