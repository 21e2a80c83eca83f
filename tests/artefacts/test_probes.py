"""The shipped probe results are reproduced; probes find planted causes."""

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.pca import fit_pca
from galviz.analysis.probes import probe
from galviz.artefacts.artefact import Provenance
from galviz.artefacts.probes import (
    CAUSES,
    COMPARED,
    PERMUTED,
    PIXELS,
    PROBE_RESULTS,
    TRAINED,
    UNKNOWABLE,
    fit_probes,
    known_causes,
)
from galviz.features.features import CONTROLS, load_features
from galviz.features.pixels import pixel_features
from galviz.network.card import read_card
from galviz.survey.survey import load_survey


@pytest.fixture(scope="module")
def survey():
    return load_survey(verify=False)


@pytest.fixture(scope="module")
def results():
    return PROBE_RESULTS.load()


@pytest.fixture(scope="module")
def drawn():
    """A catalogue of 120 galaxies with three causes, and sources that tell of two, one or none of them."""
    random = np.random.default_rng(3)
    mass, tilt, merger = random.normal(size=120), random.normal(size=120), random.integers(0, 2, 120)
    catalogue = pd.DataFrame({"log_mass_msun": mass, "inclination_deg": tilt, "merger": merger})
    noise = random.normal(size=(120, 4))
    both = np.column_stack([mass, tilt, noise]) + 0.1 * random.normal(size=(120, 6))
    return catalogue, {TRAINED: both, CONTROLS[0]: both[:, 1:], PIXELS: noise}


def test_every_source_and_cause_is_shipped(results):
    assert results.pixels.shape[0] == 2000
    sources = list(dict.fromkeys(results.probes["source"]))
    assert sources == [*read_card().layers, *COMPARED, PERMUTED]
    assert all(list(results.of(source).index) == list(CAUSES) for source in sources)


@pytest.mark.slow
def test_shipped_probes_are_reproduced(survey, results):
    names = ["metallicity", "inclination_deg", "merger", "metallicity_scatter_dex"]
    causes = survey.catalogue[names].to_numpy(float)
    trained = probe(load_features().layers["features"], causes)
    rows = results.of(TRAINED).loc[names]
    assert rows["r2"].to_numpy() == pytest.approx(trained.r2, abs=2e-3)
    assert rows[["low", "high"]].to_numpy().T == pytest.approx(np.array(trained.interval()), abs=2e-3)
    control = probe(load_features(control=CONTROLS[0]).layers["features"], causes)
    rows = results.of(CONTROLS[0]).loc[names]
    assert rows["r2"].to_numpy() == pytest.approx(control.r2, abs=2e-3)
    assert rows["ahead"].to_numpy() == pytest.approx(trained.r2 - control.r2, abs=2e-3)
    ahead = np.array(trained.interval(control))
    assert rows[["ahead_low", "ahead_high"]].to_numpy().T == pytest.approx(ahead, abs=2e-3)


def test_shipped_pixels_are_those_of_the_pictures(survey, results):
    """Distances between galaxies are compared, because computing all components takes long."""
    ids, card = survey.object_ids[::50], read_card()
    pixels = pixel_features(survey, ids, pad_px=card.pad_px, crop_px=card.crop_px)
    components = results.pixels[::50]
    of_pixels, of_components = (
        ((values[:, None] - values[None]) ** 2).sum(axis=2)[np.triu_indices(len(ids), 1)]
        for values in (pixels, components)
    )
    assert (of_components <= of_pixels * 1.01).all()
    assert np.corrcoef(of_components, of_pixels)[0, 1] > 0.95
    assert 0.5 < results.pixel_variance < 1


def test_unknowable_causes_cannot_be_predicted(results):
    """If no label leaks, whatever the network."""
    for source in [TRAINED, *COMPARED]:
        assert (results.of(source).loc[list(UNKNOWABLE), "r2"] < 0.02).all()
    assert results.of(PERMUTED)["high"].max() < 0.02


def test_probes_find_planted_causes(drawn):
    catalogue, sources = drawn
    calls = []
    results = fit_probes(catalogue, sources, n_resamples=200, progress=lambda *call: calls.append(call))
    assert results.of(TRAINED).loc[["log_mass_msun", "inclination_deg"], "r2"].min() > 0.9
    assert results.of(CONTROLS[0]).loc["log_mass_msun", "r2"] < 0.2
    lead = results.about("log_mass_msun").loc[CONTROLS[0]]
    assert lead["ahead_low"] > 0.5
    assert lead["ahead_low"] < lead["ahead"] < lead["ahead_high"]
    assert results.about("inclination_deg").loc[CONTROLS[0], "ahead"] == pytest.approx(0, abs=0.02)
    assert results.of(PIXELS)["r2"].max() < 0.2
    assert results.of(PERMUTED)["r2"].max() < 0.1
    assert results.of(TRAINED)["ahead"].isna().all()
    assert calls[-1] == (4, 4)
    assert np.abs(results.pixels) == pytest.approx(
        np.abs(fit_pca(sources[PIXELS], 4, whiten=False).coordinates), abs=2e-3
    )
    assert results.pixel_variance == 1


def test_saved_probes_are_loaded_unchanged(drawn, tmp_path):
    results = fit_probes(*drawn, n_resamples=50)
    PROBE_RESULTS.save(results, Provenance("s"), tmp_path / "one")
    loaded = PROBE_RESULTS.load(tmp_path / "one")
    pd.testing.assert_frame_equal(loaded.probes, results.probes)
    np.testing.assert_array_equal(loaded.pixels, results.pixels)
    assert loaded.pixel_variance == 1


def test_causes_are_numbers_that_differ():
    catalogue = pd.DataFrame(
        {"merger": [0, 1], "mag_r": ["a", "b"], "redshift": [0.1, 0.1], "log_mass_msun": [np.nan, 9], "other": [1, 2]}
    )
    assert known_causes(catalogue) == ["merger"]
