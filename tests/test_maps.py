"""Maps: t-SNE that repeats itself, noise without structure, and the file of UMAPs that is shipped."""

import sys

import numpy as np
import pytest

from galviz.card import read_card
from galviz.features import load_features
from galviz.maps import (
    FEATURES,
    NOISE,
    SETTINGS,
    SHIPPED_MAPS,
    MapsError,
    UmapSettings,
    load_maps,
    make_maps,
    noise_like,
    save_maps,
    tsne,
    umap_once,
)
from galviz.neighbours import map_qualities, pieces
from galviz.projection import fit_pca
from galviz.survey import load_survey


@pytest.fixture(scope="module")
def features():
    return load_features()


@pytest.fixture(scope="module")
def values(features):
    return features.layers["features"]


@pytest.fixture(scope="module")
def shipped():
    return load_maps()


# t-SNE


def test_tsne_repeats_itself_and_leaves_its_input(values):
    few = values[:60].copy()
    one = tsne(few, perplexity=10)
    assert one.shape == (60, 2)
    assert np.array_equal(one, tsne(few, perplexity=10))
    assert np.array_equal(few, values[:60])


def test_started_at_random_the_seed_decides(values):
    one, other = (tsne(values[:60], perplexity=10, init="random", seed=seed) for seed in (0, 1))
    assert not np.allclose(one, other, atol=1)


def test_started_from_pca_the_seed_decides_nothing(values):
    one, other = (tsne(values[:60], perplexity=10, seed=seed) for seed in (0, 1))
    assert one == pytest.approx(other, abs=1e-3)


def test_clusters_that_are_there_are_found():
    random = np.random.default_rng(4)
    clumps = np.concatenate([random.normal(size=(25, 5)) + 50 * place for place in (0, 1, 2)])
    assert pieces(tsne(clumps, perplexity=8), n_neighbors=8) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"perplexity": 40}, r"perplexity must be 1 or more and less than the 40 galaxies; got 40"),
        ({"perplexity": 0.5}, "perplexity must be 1 or more"),
        ({"perplexity": float("nan")}, "perplexity must be 1 or more"),
        ({"init": "umap"}, "init must be 'pca' or 'random'; got 'umap'"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
    ],
)
def test_what_tsne_cannot_use_is_refused(values, options, message):
    with pytest.raises(ValueError, match=message):
        tsne(values[:40], **options)


def test_too_few_galaxies_are_refused(values):
    with pytest.raises(ValueError, match="values must hold 3 galaxies or more"):
        tsne(values[:2], perplexity=1)


# Noise


def test_noise_has_the_covariance_and_nothing_else(values):
    few = values[:, :3]
    noise = noise_like(few)
    assert noise.shape == few.shape
    assert noise.mean(axis=0) == pytest.approx(few.mean(axis=0), abs=4 * few.std(axis=0).max() / np.sqrt(len(few)))
    assert np.cov(noise.T) == pytest.approx(np.cov(few.T), rel=0.15, abs=0.1 * np.cov(few.T).max())
    assert np.array_equal(noise, noise_like(few))
    assert not np.array_equal(noise, noise_like(few, seed=1))


def test_at_low_perplexity_tsne_finds_clusters_in_noise(values):
    noise = noise_like(values[:100])
    assert pieces(noise) == 1
    assert pieces(tsne(noise, perplexity=2)) > 5
    assert pieces(tsne(noise, perplexity=30)) <= 2


# The shipped file


def test_the_shipped_maps_are_of_this_survey_and_these_weights(shipped, features):
    assert tuple(shipped.coordinates) == SETTINGS
    assert shipped.survey_sha256 == load_survey(verify=False).sha256 == features.provenance["survey_sha256"]
    assert shipped.weights_sha256 == read_card().weights_sha256
    assert {"umap-learn", "numba", "python", "processor"} <= shipped.versions.keys()
    for places in shipped.coordinates.values():
        assert places.index.tolist() == features.object_ids
        assert places.dtypes.unique().tolist() == [np.float32]
        assert np.isfinite(places.to_numpy()).all()
    assert SHIPPED_MAPS.stat().st_size < 300_000


def test_the_shipped_maps_are_trustworthy(shipped, values):
    some = slice(None, None, 4)
    maps = {each.name: places.to_numpy()[some] for each, places in shipped.coordinates.items() if each.of == FEATURES}
    maps["PCA"] = fit_pca(values, 2).coordinates[some]
    found = map_qualities(values[some], maps)
    others = found.drop(index="PCA")
    assert others["trustworthiness"].min() > max(0.92, found.loc["PCA", "trustworthiness"])
    assert others["distance_rank_correlation"].max() < found.loc["PCA", "distance_rank_correlation"]


def test_a_umap_of_noise_falls_into_pieces_with_few_neighbours(shipped):
    (few,) = [places for each, places in shipped.coordinates.items() if (each.of, each.n_neighbors) == (NOISE, 5)]
    assert pieces(few.to_numpy()) > 10


def test_what_is_saved_is_loaded_and_writes_the_same_bytes(shipped, tmp_path):
    save_maps(shipped, tmp_path / "one.parquet")
    again = load_maps(tmp_path / "one.parquet")
    save_maps(again, tmp_path / "other.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "other.parquet").read_bytes()
    assert dict(again.versions) == dict(shipped.versions)
    for each, places in shipped.coordinates.items():
        assert again.coordinates[each].equals(places)


@pytest.mark.parametrize("content", [None, b"PAR1, or so it says", SHIPPED_MAPS.with_name("thumbnails.parquet")])
def test_what_holds_no_maps_is_refused(tmp_path, content):
    path = tmp_path / "maps.parquet"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    with pytest.raises(MapsError, match=r"maps.parquet can't be read .*build-data"):
        load_maps(path)


# UMAP itself


def test_without_umap_learn_it_is_said_how_to_get_it(monkeypatch, values):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MapsError, match=r'UMAP needs umap, .*pip install -e "\.\[maps\]"'):
        umap_once(values[:20], UmapSettings(FEATURES, 5, 0.1, 0))


@pytest.mark.full
def test_umap_repeats_itself_and_keeps_neighbours(values, features):
    few, settings = values[:150], [UmapSettings(of, 10, 0.1, 3) for of in (FEATURES, NOISE)]
    told = []
    made = make_maps(features.object_ids[:150], few, "s", "w", settings=settings, progress=lambda *at: told.append(at))
    assert told == [(1, 2), (2, 2)]
    assert made.versions["umap-learn"]
    first = made.coordinates[settings[0]].to_numpy()
    assert np.array_equal(first, umap_once(few, settings[0]))
    assert map_qualities(few, {"umap": first}).loc["umap", "trustworthiness"] > 0.9
