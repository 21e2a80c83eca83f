"""Embeddings: t-SNE that repeats itself, and noise without structure."""

import sys

import numpy as np
import pytest

from galviz.analysis.embeddings import FEATURES, UmapSettings, fit_tsne, fit_umap, noise_like
from galviz.analysis.neighbours import count_pieces, neighbours_kept
from galviz.features.features import load_features


@pytest.fixture(scope="module")
def values():
    return load_features().layers["features"]


# t-SNE


def test_tsne_repeats_itself_and_leaves_its_input(values):
    few = values[:60].copy()
    one = fit_tsne(few, perplexity=10)
    assert one.shape == (60, 2)
    assert np.array_equal(one, fit_tsne(few, perplexity=10))
    assert np.array_equal(few, values[:60])


def test_started_at_random_the_seed_decides(values):
    one, other = (fit_tsne(values[:60], perplexity=10, init="random", seed=seed) for seed in (0, 1))
    assert not np.allclose(one, other, atol=1)


def test_started_from_pca_the_seed_decides_nothing(values):
    one, other = (fit_tsne(values[:60], perplexity=10, seed=seed) for seed in (0, 1))
    assert one == pytest.approx(other, abs=1e-3)


def test_clusters_that_are_there_are_found():
    random = np.random.default_rng(4)
    clumps = np.concatenate([random.normal(size=(25, 5)) + 50 * place for place in (0, 1, 2)])
    assert count_pieces(fit_tsne(clumps, perplexity=8), n_neighbors=8) == 3


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
def test_invalid_arguments_of_tsne_are_refused(values, options, message):
    with pytest.raises(ValueError, match=message):
        fit_tsne(values[:40], **options)


def test_too_few_galaxies_are_refused(values):
    with pytest.raises(ValueError, match="values must hold 3 galaxies or more"):
        fit_tsne(values[:2], perplexity=1)


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
    assert count_pieces(noise) == 1
    assert count_pieces(fit_tsne(noise, perplexity=2)) > 5
    assert count_pieces(fit_tsne(noise, perplexity=30)) <= 2


# UMAP


def test_without_umap_learn_the_error_names_the_install_command(monkeypatch, values):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ModuleNotFoundError, match=r'UMAP needs umap-learn, .*pip install -e "\.\[maps\]"'):
        fit_umap(values[:20], UmapSettings(FEATURES, 5, 0.1, 0))


def test_features_of_any_scale_are_embedded(values):
    few = values[:40].astype(float)
    tiny, small, huge = (fit_tsne(2.0**power * few, perplexity=10) for power in (-100, -60, 100))
    assert np.array_equal(tiny, small)
    assert np.array_equal(tiny, huge)
    assert neighbours_kept(few, tiny, n_neighbors=5) > 0.5
