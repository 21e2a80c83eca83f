"""Galaxies that stand for others, against a search of all galaxies."""

import numpy as np
import pytest

from galviz.analysis.exemplars import atlas_rows, extreme_rows, strip_rows


@pytest.fixture(scope="module")
def cloud():
    return np.random.default_rng(8).normal(size=(300, 3)) * [1, 5, 0.2]


@pytest.mark.parametrize("n_cells", [1, 4, 30])
def test_each_cell_of_an_atlas_has_the_galaxy_nearest_to_its_mean(cloud, n_cells):
    points = cloud[:, :2]
    rows, cells = atlas_rows(points, n_cells)
    scaled = (points - points.min(axis=0)) / np.ptp(points, axis=0)
    all_cells = np.minimum((scaled * n_cells).astype(int), n_cells - 1)
    assert {tuple(cell) for cell in cells} == {tuple(cell) for cell in all_cells}
    assert len(cells) == len({tuple(cell) for cell in cells})
    for row, cell in zip(rows, cells, strict=True):
        members = np.flatnonzero((all_cells == cell).all(axis=1))
        distances = np.linalg.norm(scaled[members] - scaled[members].mean(axis=0), axis=1)
        assert row in members
        assert np.linalg.norm(scaled[row] - scaled[members].mean(axis=0)) == pytest.approx(distances.min())


def test_an_atlas_of_galaxies_in_one_place_has_one_cell():
    rows, cells = atlas_rows([[2.0, 3.0]] * 4, 5)
    assert (rows.tolist(), cells.tolist()) == ([0], [[0, 0]])


def test_a_strip_goes_along_one_component_near_the_medians_of_the_others(cloud):
    rows = strip_rows(cloud, 1, 10)
    along = cloud[rows, 1]
    assert (np.diff(along) > 0).all()
    deciles = np.quantile(cloud[:, 1], np.linspace(0, 1, 11))
    assert ((deciles[:-1] <= along) & (along <= deciles[1:])).all()
    others = np.abs(cloud[:, [0, 2]] - np.median(cloud[:, [0, 2]], axis=0)) / cloud[:, [0, 2]].std(axis=0)
    assert np.linalg.norm(others[rows], axis=1).max() < np.median(np.linalg.norm(others, axis=1))


def test_a_strip_of_one_component_and_of_all_galaxies(cloud):
    rows = strip_rows(cloud[:, :1], 0, len(cloud))
    np.testing.assert_array_equal(rows, np.argsort(cloud[:, 0], kind="stable"))


def test_extremes_are_those_of_sorting(cloud):
    highest, lowest = extreme_rows(cloud[:, 0], 300)
    np.testing.assert_array_equal(cloud[highest, 0], np.sort(cloud[:, 0])[::-1])
    np.testing.assert_array_equal(cloud[lowest, 0], np.sort(cloud[:, 0]))
    highest, lowest = extreme_rows([1, 1, 1], 2)
    assert highest.tolist() == lowest.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (atlas_rows, (np.eye(3), 2), "two columns"),
        (atlas_rows, (np.eye(2), 0), "n_cells"),
        (strip_rows, (np.eye(3), 3, 1), "component"),
        (strip_rows, (np.eye(3), 0, 4), "n_galaxies"),
        (extreme_rows, ([1.0, np.nan], 1), "finite"),
        (extreme_rows, ([1.0], 2), "n_galaxies"),
    ],
)
def test_invalid_arguments_are_refused(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)
