"""The quality of a map: against scikit-learn, SciPy, a brute-force oracle and cases worked by hand."""

import numpy as np
import pytest
from scipy.spatial import procrustes
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness

from galviz.analysis.neighbours import count_pieces, map_qualities, neighbours_kept, procrustes_disparity

LINE = [[0.0], [1.0], [3.0], [7.0], [15.0]]
MOVED = [[0.0], [1.0], [3.0], [7.0], [7.5]]


@pytest.fixture(scope="module")
def cloud():
    return np.random.default_rng(5).normal(size=(60, 6))


def quality(values, coordinates, k):
    return map_qualities(values, {"one": coordinates}, n_neighbors=k).loc["one"]


def brute_continuity(values, coordinates, k):
    """By the formula in words: for each galaxy, its true neighbours that aren't among those in the map."""
    n, total = len(values), 0

    def order(points, i):
        others = [j for j in range(n) if j != i]
        return sorted(others, key=lambda j: float(np.sum((points[i] - points[j]) ** 2)))

    for i in range(n):
        true, shown = order(values, i), order(coordinates, i)
        total += sum(shown.index(j) + 1 - k for j in true[:k] if j not in shown[:k])
    return 1 - 2 * total / (n * k * (2 * n - 3 * k - 1))


def test_the_worked_example():
    scores = quality(LINE, MOVED, 1)
    assert scores["trustworthiness"] == pytest.approx(0.8)
    assert scores["continuity"] == pytest.approx(1 - 1 / 15)
    assert scores["neighbours_kept"] == pytest.approx(4 / 5)


def test_a_map_of_the_same_distances_is_perfect(cloud):
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))[0]
    assert quality(cloud, 3 * cloud @ turn + 7, 10).to_numpy() == pytest.approx(1)


@pytest.mark.parametrize("k", [1, 5, 29])
def test_trustworthiness_is_scikit_learns_and_continuity_brute_forces(cloud, k):
    scores = quality(cloud, cloud[:, :2], k)
    assert scores["trustworthiness"] == pytest.approx(trustworthiness(cloud, cloud[:, :2], n_neighbors=k))
    assert scores["continuity"] == pytest.approx(brute_continuity(cloud, cloud[:, :2], k))


def test_the_correlation_of_distances_is_spearmans(cloud):
    pairs = np.triu_indices(len(cloud), 1)
    apart = [np.linalg.norm(points[pairs[0]] - points[pairs[1]], axis=1) for points in (cloud, cloud[:, :2])]
    correlation = quality(cloud, cloud[:, :2], 5)["distance_rank_correlation"]
    assert correlation == pytest.approx(spearmanr(*apart).statistic)


def test_random_coordinates_have_the_quality_of_chance():
    random = np.random.default_rng(2)
    scores = quality(random.normal(size=(400, 5)), random.normal(size=(400, 2)), 10)
    assert scores["trustworthiness"] == pytest.approx(0.5, abs=0.03)
    assert scores["neighbours_kept"] == pytest.approx(10 / 399, abs=0.01)
    assert scores["distance_rank_correlation"] == pytest.approx(0, abs=0.05)


def test_neighbours_kept_between_maps(cloud):
    assert neighbours_kept(LINE, MOVED, n_neighbors=1) == pytest.approx(4 / 5)
    assert neighbours_kept(cloud, -2 * cloud, n_neighbors=4) == 1


def test_disparity_is_scipys(cloud):
    one, other = cloud[:, :2], cloud[:, 1:3]
    assert procrustes_disparity(one, other) == pytest.approx(procrustes(one, other)[2])
    mirrored = one * [-3, 3] + [5, 0]
    assert procrustes_disparity(one, mirrored) == pytest.approx(0, abs=1e-12)


def test_pieces_are_counted():
    random = np.random.default_rng(3)
    clump = random.normal(size=(20, 2))
    apart = np.concatenate([clump, clump + 100, clump - 100])
    assert count_pieces(clump, n_neighbors=9) == 1
    assert count_pieces(apart, n_neighbors=9) == 3
    # two pairs and a third that one of them leads to
    assert count_pieces([[0.0], [1.0], [10.0], [11.0], [12.5]], n_neighbors=1) == 2


@pytest.mark.parametrize(
    ("k", "message"),
    [(0, "n_neighbors must be a whole number of at least 1"), (3, "at most 2, less than half of the 5 galaxies")],
)
def test_neighbours_out_of_range_are_refused(k, message):
    for call in (quality, lambda one, other, k: neighbours_kept(one, other, n_neighbors=k)):
        with pytest.raises(ValueError, match=message):
            call(LINE, MOVED, k)


def test_maps_of_other_galaxies_are_refused(cloud):
    with pytest.raises(ValueError, match=r"maps\['one'\] must have a row for each of the 60 galaxies; got 59"):
        quality(cloud, cloud[1:, :2], 5)
    with pytest.raises(ValueError, match="other must have 2 columns, as one; got 3"):
        procrustes_disparity(cloud[:, :2], cloud[:, :3])


def test_inputs_stay_as_they_were(cloud):
    before = cloud.copy()
    quality(cloud, cloud[:, :2], 5)
    count_pieces(cloud)
    assert (cloud == before).all()
