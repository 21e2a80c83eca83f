"""What the map of the explorer is given, and which events it may return."""

import base64

import numpy as np
import pytest

from panels.galaxy_map import MapPoints, Picked, parse_picked

N = 5


def make_points(**changes):
    generator = np.random.default_rng(0)
    options = {
        "object_ids": [str(10**18 + row) for row in range(N)],
        "coordinates": generator.normal(size=(N, 2)) * [1e-3, 1e6],
        "fill": generator.integers(0, 256, (N, 3), dtype=np.uint8),
        "ring": None,
        "texts": ["text"] * N,
        "images": {"3": "data:,picture"},
        "shown": np.array([3]),
        "cells": None,
        "n_cells": None,
        "titles": ("PC1", "PC2"),
        "description": "5 galaxies",
    }
    return MapPoints(**options | changes)


def decode(text, dtype):
    return np.frombuffer(base64.b64decode(text), dtype)


def test_coordinates_are_scaled_to_each_axis():
    points = make_points()
    for axis, name in enumerate("xy"):
        values = points.coordinates[:, axis]
        expected = (values - values.min()) / np.ptp(values)
        np.testing.assert_allclose(decode(points.payload[name], "<f4"), expected, atol=1e-6)
    flat = make_points(coordinates=np.array([[1.0, 2.0]] * N))
    assert (decode(flat.payload["x"], "<f4") == 0.5).all()


def test_colours_are_bytes_and_ids_texts():
    payload = make_points(ring=np.full((N, 3), 7, dtype=np.uint8)).payload
    np.testing.assert_array_equal(decode(payload["fill"], np.uint8).reshape(N, 3), make_points().fill)
    assert set(decode(payload["ring"], np.uint8)) == {7}
    assert payload["ids"] == make_points().object_ids


def test_the_view_stays_if_only_colours_change():
    first, recoloured = make_points().payload, make_points(fill=np.zeros((N, 3), dtype=np.uint8)).payload
    moved = make_points(coordinates=np.eye(N, 2)).payload
    assert make_points().payload["key"] == first["key"]
    assert recoloured["key"] != first["key"]
    assert recoloured["frame"] == first["frame"]
    assert moved["frame"] != first["frame"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "rows",
        {},
        {"rows": [0]},
        {"rows": [0], "how": "explode"},
        {"rows": [5], "how": "add"},
        {"rows": [-1], "how": "add"},
        {"rows": [True], "how": "add"},
        {"rows": ["0"], "how": "add"},
        {"rows": "0", "how": "add"},
        {"row": None},
        {"row": 1.0},
    ],
)
def test_invalid_events_are_ignored(value):
    assert parse_picked(value, make_points().object_ids) is None


@pytest.mark.parametrize("how", ["replace", "add", "remove", "toggle"])
def test_rows_become_ids(how):
    ids = make_points().object_ids
    assert parse_picked({"rows": [4, 0], "how": how}, ids) == Picked([ids[4], ids[0]], how)
    assert parse_picked({"rows": [], "how": how}, ids) == Picked([], how)
    assert parse_picked({"row": 2}, ids) == Picked([ids[2]], "open")
