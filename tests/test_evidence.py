"""The shipped probes: what they hold is what the core computes anew, and a broken file says what to do."""

import numpy as np
import pandas as pd
import pytest

from galviz.card import read_card
from galviz.derived import is_up_to_date
from galviz.evidence import (
    CAUSES,
    COMPARED,
    PERMUTED,
    PIXELS,
    SHIPPED_EVIDENCE,
    TRAINED,
    UNKNOWABLE,
    EvidenceError,
    gather_evidence,
    known_causes,
    load_evidence,
    save_evidence,
)
from galviz.features import CONTROLS, load_features
from galviz.pixelfeatures import pixel_features
from galviz.probes import probe
from galviz.projection import fit_pca
from galviz.survey import load_survey


@pytest.fixture(scope="module")
def survey():
    return load_survey(verify=False)


@pytest.fixture(scope="module")
def evidence():
    return load_evidence()


@pytest.fixture(scope="module")
def drawn():
    """A catalogue of 120 galaxies with three causes, and sources that tell of two, one or none of them."""
    random = np.random.default_rng(3)
    mass, tilt, merger = random.normal(size=120), random.normal(size=120), random.integers(0, 2, 120)
    catalogue = pd.DataFrame({"log_mass_msun": mass, "inclination_deg": tilt, "merger": merger})
    noise = random.normal(size=(120, 4))
    both = np.column_stack([mass, tilt, noise]) + 0.1 * random.normal(size=(120, 6))
    return catalogue, {TRAINED: both, CONTROLS[0]: both[:, 1:], PIXELS: noise}


def test_what_is_shipped_is_of_this_survey_and_these_weights_and_small(evidence):
    assert is_up_to_date(SHIPPED_EVIDENCE, load_survey(), read_card())
    assert SHIPPED_EVIDENCE.stat().st_size < 500_000
    assert evidence.pixels.shape[0] == 2000
    sources = list(dict.fromkeys(evidence.probes["source"]))
    assert sources == [*read_card().layers, *COMPARED, PERMUTED]
    assert all(list(evidence.of(source).index) == list(CAUSES) for source in sources)


def test_shipped_probes_are_computed_again(survey, evidence):
    names = ["metallicity", "inclination_deg", "merger", "metallicity_scatter_dex"]
    causes = survey.catalogue[names].to_numpy(float)
    trained = probe(load_features().layers["features"], causes)
    rows = evidence.of(TRAINED).loc[names]
    assert rows["r2"].to_numpy() == pytest.approx(trained.r2, abs=2e-3)
    assert rows[["low", "high"]].to_numpy().T == pytest.approx(np.array(trained.interval()), abs=2e-3)
    control = probe(load_features(control=CONTROLS[0]).layers["features"], causes)
    rows = evidence.of(CONTROLS[0]).loc[names]
    assert rows["r2"].to_numpy() == pytest.approx(control.r2, abs=2e-3)
    assert rows["ahead"].to_numpy() == pytest.approx(trained.r2 - control.r2, abs=2e-3)
    ahead = np.array(trained.interval(control))
    assert rows[["ahead_low", "ahead_high"]].to_numpy().T == pytest.approx(ahead, abs=2e-3)


def test_shipped_pixels_are_those_of_the_pictures(survey, evidence):
    """All axes would take long: distances between galaxies in them say whether they are of these pixels."""
    ids, card = survey.object_ids[::50], read_card()
    pixels = pixel_features(survey, ids, pad_px=card.pad_px, crop_px=card.crop_px)
    kept = evidence.pixels[::50]
    theirs, ours = (
        ((each[:, None] - each[None]) ** 2).sum(axis=2)[np.triu_indices(len(ids), 1)] for each in (pixels, kept)
    )
    assert (ours <= theirs * 1.01).all()
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    assert 0.5 < evidence.pixel_variance < 1


def test_nobody_knows_what_leaves_no_trace(evidence):
    """What must hold if nothing leaks, whatever the network."""
    for source in [TRAINED, *COMPARED]:
        assert (evidence.of(source).loc[list(UNKNOWABLE), "r2"] < 0.02).all()
    assert evidence.of(PERMUTED)["high"].max() < 0.02


def test_gathered_from_what_was_planted(drawn):
    catalogue, sources = drawn
    told = []
    found = gather_evidence(
        catalogue, sources, survey_sha256="s", weights_sha256="w", n_resamples=200, progress=lambda *at: told.append(at)
    )
    assert found.of(TRAINED).loc[["log_mass_msun", "inclination_deg"], "r2"].min() > 0.9
    assert found.of(CONTROLS[0]).loc["log_mass_msun", "r2"] < 0.2
    lead = found.about("log_mass_msun").loc[CONTROLS[0]]
    assert lead["ahead_low"] > 0.5
    assert lead["ahead_low"] < lead["ahead"] < lead["ahead_high"]
    assert found.about("inclination_deg").loc[CONTROLS[0], "ahead"] == pytest.approx(0, abs=0.02)
    assert found.of(PIXELS)["r2"].max() < 0.2
    assert found.of(PERMUTED)["r2"].max() < 0.1
    assert found.of(TRAINED)["ahead"].isna().all()
    assert told[-1] == (4, 4)
    assert np.abs(found.pixels) == pytest.approx(
        np.abs(fit_pca(sources[PIXELS], 4, whiten=False).coordinates), abs=2e-3
    )
    assert found.pixel_variance == 1


def test_what_is_saved_is_read_back_and_equal_bytes(drawn, tmp_path):
    catalogue, sources = drawn
    found = gather_evidence(catalogue, sources, survey_sha256="s", weights_sha256="w", n_resamples=50)
    for name in ("one", "two"):
        save_evidence(found, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    back = load_evidence(tmp_path / "one")
    pd.testing.assert_frame_equal(back.probes, found.probes)
    np.testing.assert_array_equal(back.pixels, found.pixels)
    assert (back.pixel_variance, back.survey_sha256, back.weights_sha256) == (1, "s", "w")


def test_causes_are_numbers_that_differ():
    catalogue = pd.DataFrame(
        {"merger": [0, 1], "mag_r": ["a", "b"], "redshift": [0.1, 0.1], "log_mass_msun": [np.nan, 9], "other": [1, 2]}
    )
    assert known_causes(catalogue) == ["merger"]


def test_a_broken_file_says_what_to_do(tmp_path):
    path = tmp_path / "meaning.safetensors"
    for content in (None, b"nothing of the kind"):
        if content:
            path.write_bytes(content)
        with pytest.raises(EvidenceError, match=r"meaning.safetensors, can't be read .*build-data"):
            load_evidence(path)
