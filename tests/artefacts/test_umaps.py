"""The shipped UMAPs cover every galaxy and setting, and preserve neighbours."""

import numpy as np
import pytest

from galviz.analysis.embeddings import FEATURES, NOISE, SETTINGS, UmapSettings, fit_umap, noise_like
from galviz.analysis.neighbours import count_pieces, map_qualities
from galviz.analysis.pca import fit_pca
from galviz.artefacts import umaps
from galviz.artefacts.artefact import Provenance
from galviz.artefacts.umaps import UMAPS, fit_umaps
from galviz.features.features import load_features


@pytest.fixture(scope="module")
def features():
    return load_features()


@pytest.fixture(scope="module")
def values(features):
    return features.layers["features"]


@pytest.fixture(scope="module")
def shipped():
    return UMAPS.load()


def test_every_setting_has_coordinates_of_every_galaxy(shipped, features):
    assert tuple(shipped) == SETTINGS
    for places in shipped.values():
        assert places.index.tolist() == features.object_ids
        assert places.dtypes.unique().tolist() == [np.float32]
        assert np.isfinite(places.to_numpy()).all()
    assert {"umap-learn", "numba", "python", "processor"} <= UMAPS.provenance().versions.keys()


def test_saved_umaps_are_loaded_unchanged(shipped, tmp_path):
    UMAPS.save(shipped, Provenance("s"), tmp_path / "one.parquet")
    again = UMAPS.load(tmp_path / "one.parquet")
    assert tuple(again) == tuple(shipped)
    assert all(again[settings].equals(places) for settings, places in shipped.items())


def test_the_shipped_umaps_are_trustworthy(shipped, values):
    rows = slice(None, None, 4)
    embeddings = {
        settings.name: coordinates.to_numpy()[rows]
        for settings, coordinates in shipped.items()
        if settings.of == FEATURES
    }
    embeddings["PCA"] = fit_pca(values, 2).coordinates[rows]
    qualities = map_qualities(values[rows], embeddings)
    umap_qualities = qualities.drop(index="PCA")
    assert umap_qualities["trustworthiness"].min() > max(0.92, qualities.loc["PCA", "trustworthiness"])
    assert umap_qualities["distance_rank_correlation"].max() < qualities.loc["PCA", "distance_rank_correlation"]


def test_a_umap_of_noise_falls_into_pieces_with_few_neighbours(shipped):
    (noise,) = [
        coordinates for settings, coordinates in shipped.items() if (settings.of, settings.n_neighbors) == (NOISE, 5)
    ]
    assert count_pieces(noise.to_numpy()) > 10


def test_umaps_are_fitted_to_the_features_and_to_noise(values, features, monkeypatch):
    monkeypatch.setattr(umaps, "fit_umap", lambda values, settings: values[:, :2] + settings.seed)
    few, settings = values[:20].astype(float), [UmapSettings(of, 5, 0.1, 3) for of in (FEATURES, NOISE)]
    progress = []
    coordinates = fit_umaps(features.object_ids[:20], few, settings, progress=lambda *at: progress.append(at))
    assert progress == [(1, 2), (2, 2)]
    for setting, source in zip(settings, (few, noise_like(few)), strict=True):
        assert np.array_equal(coordinates[setting].to_numpy(), source[:, :2] + 3)
        assert coordinates[setting].index.tolist() == features.object_ids[:20]


@pytest.mark.full
@pytest.mark.slow  # umap-learn is compiled as it runs
def test_umap_is_reproducible_and_preserves_neighbours(values):
    few, settings = values[:60], UmapSettings(FEATURES, 10, 0.1, 3)
    coordinates = fit_umap(few, settings)
    assert np.array_equal(coordinates, fit_umap(few, settings))
    assert map_qualities(few, {"umap": coordinates}).loc["umap", "trustworthiness"] > 0.85
