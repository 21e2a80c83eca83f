"""What the cloud of galaxies is given."""

import base64

import numpy as np
import pytest

from galviz.charts.point_colours import colour_numbers
from panels.point_cloud import CloudPoints

N = 6


def make_points(n_axes=3, **changes):
    values = np.random.default_rng(0).normal(size=(N, n_axes)) * np.arange(n_axes, 0, -1)
    options = {
        "object_ids": [str(10**18 + row) for row in range(N)],
        "coordinates": values,
        "colours": colour_numbers(np.linspace(8.2, 9.4, N), (8.2, 9.4), scheme="spectral"),
        "colour_title": "metallicity",
        "titles": [f"PC{number}" for number in range(1, n_axes + 1)],
        "description": "6 galaxies",
    }
    return CloudPoints(**options | changes)


def decoded_coordinates(payload):
    return np.frombuffer(base64.b64decode(payload["coordinates"]), "<f4").reshape(N, 3)


def test_coordinates_keep_their_scale_and_are_centred():
    points = make_points()
    expected = points.coordinates - points.coordinates.mean(axis=0)
    np.testing.assert_allclose(decoded_coordinates(points.payload), expected, atol=1e-6)
    assert points.payload["deviations"] == pytest.approx(points.coordinates.std(axis=0, ddof=1))


@pytest.mark.parametrize("n_axes", [1, 2])
def test_missing_axes_are_zero(n_axes):
    payload = make_points(n_axes).payload
    assert (decoded_coordinates(payload)[:, n_axes:] == 0).all()
    assert payload["deviations"][n_axes:] == [0] * (3 - n_axes)
    assert payload["titles"] == ["PC1", "PC2"][:n_axes]


def test_axes_beyond_the_third_are_left_out():
    payload = make_points(5).payload
    np.testing.assert_allclose(payload["deviations"], make_points(5).coordinates.std(axis=0, ddof=1)[:3])
    assert payload["titles"] == ["PC1", "PC2", "PC3"]


def test_the_colour_scale_explains_the_colours():
    payload = make_points().payload
    fill = np.frombuffer(base64.b64decode(payload["fill"]), np.uint8).reshape(N, 3)
    assert payload["scale"]["domain"] == ["8.2", "9.4"]
    ends = [f"rgb({', '.join(map(str, fill[row]))})" for row in (0, -1)]
    assert [payload["scale"]["colours"][0], payload["scale"]["colours"][-1]] == ends


def test_only_the_same_galaxies_move():
    first, moved = make_points().payload, make_points(coordinates=np.eye(N, 3)).payload
    others = make_points(object_ids=[str(row) for row in range(N)]).payload
    assert moved["galaxies"] == first["galaxies"] != others["galaxies"]
