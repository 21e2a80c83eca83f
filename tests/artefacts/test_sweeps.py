"""The shipped sweeps: size, coverage, and that their labels are the simulator's and their features the network's."""

import sys

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.cause_effects import rank_causes
from galviz.analysis.pca import fit_pca
from galviz.artefacts.artefact import Inputs, Provenance
from galviz.artefacts.build import build_data
from galviz.artefacts.sweep_making import choose_galaxies
from galviz.artefacts.sweeps import SWEEPS, UNCHANGED
from galviz.cli import main
from galviz.features.features import load_features
from galviz.network.card import read_card
from galviz.network.crops import network_crop
from galviz.network.head import read_head
from galviz.survey.causes import CAUSES
from galviz.survey.survey import load_survey

# The label depends on these; a bar counts only as there or not.
IN_THE_LABEL = {"log_mass_msun", "log_sfr_msun_yr", "size_offset_dex", "redshift", "bar_strength"}


@pytest.fixture(scope="module")
def sweeps():
    return SWEEPS.load()


@pytest.fixture(scope="module")
def survey():
    return load_survey(verify=False)


@pytest.fixture(scope="module")
def own(sweeps):
    return sweeps.rows[sweeps.rows["cause"] == UNCHANGED]


def test_they_are_small_current_and_cover_what_was_promised(sweeps, survey):
    assert SWEEPS.path.stat().st_size <= 3_000_000
    assert SWEEPS.is_current(survey, read_card())
    assert len(sweeps.object_ids) >= 24
    assert len(sweeps.causes) >= 8
    assert set(sweeps.causes) <= set(CAUSES)
    for object_id in sweeps.object_ids:
        for cause in sweeps.causes:
            sweep = sweeps.sweep(object_id, cause)
            assert len(sweep) == 7
            assert (np.diff(sweep["value"]) > 0).all()
            assert sweep["own"].sum() == 1
            assert sweep.loc[sweep["own"], "value"].item() == survey.catalogue.loc[object_id, cause]


def test_values_span_the_survey(sweeps, survey):
    for cause in set(sweeps.causes) - {"log_sfr_msun_yr"}:
        low, high = survey.catalogue[cause].quantile([0.01, 0.99])
        for object_id in sweeps.object_ids:
            values = sweeps.sweep(object_id, cause)["value"]
            # the galaxy's own value takes the place of the nearest of seven
            assert np.ptp(values) >= 0.9 * (high - low), (object_id, cause)


def test_galaxies_are_typical_and_spread_over_label_and_feature_space(sweeps, survey):
    chosen = survey.catalogue.loc[sweeps.object_ids]
    assert np.ptp(chosen["metallicity"]) > 0.6
    assert (chosen["arm_number"] > 0).all()
    assert not chosen[["merger", "satellite_trail", "bleeding_star"]].any(axis=None)
    features = load_features()
    coordinates = fit_pca(features.layers["features"], 2).coordinates
    spread = np.ptp(coordinates[features.rows(sweeps.object_ids)], axis=0)
    assert (spread > 2.5).all()  # standard deviations


def test_unchanged_galaxies_have_the_features_predictions_and_images_that_are_shipped(sweeps, survey, own):
    features = load_features()
    rows = features.rows(own["objID"].tolist())
    assert own["predicted"].to_numpy() == pytest.approx(features.predictions[rows], abs=1e-3)
    assert sweeps.features[own.index] == pytest.approx(features.layers["features"][rows], rel=2e-3, abs=1e-3)
    assert own["true"].to_numpy() == pytest.approx(survey.catalogue.loc[own["objID"], "metallicity"].to_numpy(), abs=0)
    card = read_card()
    for row in own.index[::6]:
        crop = network_crop(survey.image(own["objID"][row]), card.pad_px, card.crop_px)
        difference = np.asarray(sweeps.image(row), float) - np.asarray(crop, float)
        assert np.abs(difference).mean() < 4  # WebP


def test_coordinates_equal_an_independent_projection(sweeps, own):
    """By numpy's SVD, with the stated rule for signs, instead of scikit-learn's PCA."""
    features = load_features()
    values = features.layers["features"].astype(float)
    mean = values.mean(axis=0)
    _, singular, axes = np.linalg.svd(values - mean, full_matrices=False)
    signs = np.sign(axes[np.arange(10), np.abs(axes[:10]).argmax(axis=1)])
    scale = signs / (singular[:10] / np.sqrt(len(values) - 1))
    expected = (sweeps.features - mean) @ axes[:10].T * scale
    projection = fit_pca(features.layers["features"], 10)
    assert projection.transform(sweeps.features) == pytest.approx(expected, abs=1e-6)
    shipped = projection.coordinates[features.rows(own["objID"].tolist())]
    assert projection.transform(sweeps.features[own.index]) == pytest.approx(shipped, abs=0.02)


def test_predictions_are_the_heads_of_the_features(sweeps):
    head = read_head()
    assert sweeps.features @ head.weight + head.bias == pytest.approx(sweeps.rows["predicted"].to_numpy(), abs=5e-3)


def test_the_label_changes_only_with_causes_that_it_depends_on(sweeps):
    for object_id in sweeps.object_ids:
        effects = rank_causes([sweeps.sweep(object_id, cause) for cause in sweeps.causes])
        assert {effect.cause for effect in effects if effect.true > 0} == IN_THE_LABEL
        assert [effect.predicted for effect in effects] == sorted(
            (effect.predicted for effect in effects), reverse=True
        )


def test_turning_a_galaxy_moves_its_prediction_less_than_mass(sweeps):
    ranges = pd.DataFrame(
        [
            {cause: np.ptp(sweeps.sweep(object_id, cause)["predicted"]) for cause in sweeps.causes}
            for object_id in sweeps.object_ids
        ]
    ).median()
    assert ranges["position_angle_deg"] < 0.04
    assert ranges["log_mass_msun"] > 5 * ranges["position_angle_deg"]
    assert ranges["bulge_fraction"] > 2 * ranges["position_angle_deg"]  # the label doesn't depend on it


def test_equal_content_gives_equal_bytes_and_is_read_back(sweeps):
    provenance = Provenance("5b1e", "77", "99")
    raw = SWEEPS.encode(sweeps, provenance)
    again, recorded = SWEEPS.decode(raw)
    assert recorded == provenance
    assert SWEEPS.encode(again, provenance) == raw
    pd.testing.assert_frame_equal(again.rows, sweeps.rows)
    np.testing.assert_array_equal(again.features, sweeps.features)
    with pytest.raises(ValueError, match="read-only"):
        again.features[0, 0] = 1


def test_the_same_galaxies_are_chosen_again(sweeps, survey):
    coordinates = fit_pca(load_features().layers["features"], 4).coordinates
    assert choose_galaxies(survey.catalogue, "metallicity", coordinates, sweeps.causes) == sweeps.object_ids


@pytest.mark.full
@pytest.mark.slow
def test_a_sweep_is_made_again(sweeps, survey):
    from galviz.artefacts.sweep_making import make_sweeps
    from galviz.network.model import load_model

    object_id, calls = sweeps.object_ids[-1], []
    inputs = Inputs(survey, load_model(), SWEEPS.path.parents[1])
    made = make_sweeps(inputs, [object_id], ["redshift", "bar_strength"], 7, lambda *call: calls.append(call))
    assert calls == [(1, 1)]
    for cause in made.causes:
        expected, sweep = sweeps.sweep(object_id, cause), made.sweep(object_id, cause)
        assert sweep["predicted"].to_numpy() == pytest.approx(expected["predicted"].to_numpy(), abs=2e-3)
        columns = ["value", "true", "observable", "own"]
        pd.testing.assert_frame_equal(sweep[columns].reset_index(drop=True), expected[columns].reset_index(drop=True))


@pytest.mark.full
def test_without_galsim_there_is_one_clear_error(monkeypatch, capsys):
    simulator = ("galsim", "galviz.simulate", "galviz.artefacts.sweep_making")
    for name in list(sys.modules):
        if name.startswith(simulator):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "galsim", None)
    monkeypatch.setitem(build_data.__kwdefaults__, "artefacts", (SWEEPS,))
    assert main(["build-data", "--again"]) == 2
    assert 'pip install -e ".[simulate]"' in capsys.readouterr().err
