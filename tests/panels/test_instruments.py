"""The pages Layer by layer, Units, Compare and One galaxy: what they show is what the core computes."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.domain_shift import domain_shift
from galviz.analysis.neighbours import neighbours_kept
from galviz.analysis.pca import fit_pca
from galviz.artefacts.probes import PROBE_RESULTS
from galviz.features.cache import cache_features
from galviz.features.cache_key import Origin
from galviz.features.features import Features, load_features
from galviz.network.card import read_card
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from tests.drawn import address_of, addresses, map_coordinates, map_selection, maps
from tests.panels.embeddings import write_features

PAGES = [f"instruments/{name}" for name in ("layers", "units", "compare", "galaxy")]


def press(app, label):
    button = next(button for button in app.button if button.label == label)
    return button.click().run()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("labelled", [True, False])
def test_own_galaxies_and_features_without_predictions(run_app, make_survey, tmp_path, page, labelled):
    folder = make_survey(24, labelled=labelled, causes=labelled, side_px=64, seed=4)
    app = run_app("--survey", folder, "--features", write_features(folder, tmp_path), page=page)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_two_galaxies(run_app, make_survey, tmp_path, page):
    folder = make_survey(2, side_px=64, seed=5)
    app = run_app("--survey", folder, "--features", write_features(folder, tmp_path), page=page)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", [*PAGES, "instruments/explore"])
def test_columns_of_any_size_and_missing_labels(run_app, make_survey, tmp_path, page):
    folder = make_survey(24, side_px=64, seed=4)
    catalogue = pd.read_csv(folder / "master.csv", dtype={"objID": str})
    numbers = np.random.default_rng(1).normal(size=24)
    catalogue = catalogue.assign(huge=numbers * 1e200, close=np.where(numbers > 0, 0.3, np.nextafter(0.3, 1)))
    catalogue.loc[3:, "oh_p50"] = np.nan
    catalogue.to_csv(folder / "master.csv", index=False)
    file = write_features(folder, tmp_path)
    app = run_app("--survey", folder, "--features", file, page=page, map_colour="close")
    assert not app.exception
    assert not app.error
    assert not any("nan" in caption.value for caption in app.caption)


# Layer by layer


def test_each_map_is_its_layer_and_all_have_the_same_selection(run_app, survey, features):
    ids = survey.object_ids[3:6]
    drawn = maps(run_app(page="instruments/layers", ids="~".join(ids)))
    assert len(drawn) == len(features.layers)
    for data, values in zip(drawn, features.layers.values(), strict=True):
        expected = fit_pca(values, 2).coordinates
        for axis in (0, 1):
            r = np.corrcoef(map_coordinates(data)[:, axis], expected[:, axis])[0, 1]
            assert r == pytest.approx(1, abs=1e-5)
        assert map_selection(data) == set(ids)


def test_shipped_probes_are_drawn_for_the_chosen_quantities_and_control(run_app, features):
    app = run_app(page="instruments/layers", control="random weights")
    app.multiselect(key="probed").set_value(["redshift", "seeing_arcsec"]).run()
    rows = app.dataframe[-1].value
    probes = PROBE_RESULTS.load().probes
    for source, name in (*((layer, layer) for layer in features.layers), ("random-weights", "random weights")):
        expected = probes[(probes["source"] == source) & probes["cause"].isin(["redshift", "seeing_arcsec"])]
        assert set(rows.loc[rows["source"] == name, "r2"]) == set(expected["r2"])


def test_probes_of_own_galaxies_are_fitted_on_request(run_app, make_survey, tmp_path):
    folder = make_survey(60, side_px=64, seed=4)
    app = run_app("--survey", folder, "--features", write_features(folder, tmp_path), page="instruments/layers")
    before = len(app.dataframe)
    press(app, "Fit probes for 60 galaxies")
    assert not app.exception
    table = app.dataframe[before].value
    # The features are random: no probe predicts anything, and neither does the control.
    assert table["r2"].max() < 0.3
    assert "permuted values" in set(table["source"])


# Units


def test_the_extremes_of_a_channel_and_its_correlations(run_app, survey, features):
    app = run_app(page="instruments/units", layer="stage2", channel=17)
    activations = features.layers["stage2"][:, 17]
    order = np.argsort(activations, kind="stable")
    shown = addresses(app)
    assert len(shown) == 24
    press(app, "Select the highest")
    assert set(app.query_params["ids"].split("~")) == {survey.object_ids[row] for row in order[-12:]}
    table = app.dataframe[0].value.set_index("column")
    for column in ("redshift", "bulge_fraction", "metallicity"):
        r = np.corrcoef(activations, survey.catalogue[column])[0, 1]
        assert table.loc[column, "r"] == pytest.approx(r, abs=1e-6)
        assert table.loc[column, "low"] <= table.loc[column, "r"] <= table.loc[column, "high"]


def test_the_suggested_channel_is_the_one_that_follows_most(run_app, survey, features):
    app = run_app(page="instruments/units")
    app.selectbox(key="unit_follows").set_value("inclination_deg").run()
    r = [np.corrcoef(one, survey.catalogue["inclination_deg"])[0, 1] for one in features.layers["features"].T]
    best = int(np.nanargmax(np.abs(r)))
    (button,) = [button for button in app.button if button.label.startswith(f"{best}: ")]
    assert float(button.label.split("= ")[1].replace("−", "-")) == pytest.approx(r[best], abs=0.006)
    assert button.click().run().slider(key="channel").value == best


def test_a_component_is_that_of_all_galaxies(run_app, features):
    app = run_app(page="instruments/units", unit_kind="components", component=2)
    expected = fit_pca(features.layers["features"], 10).coordinates[:, 1]
    table = app.dataframe[0].value.set_index("column")
    r = np.corrcoef(expected, features.predictions)[0, 1]
    assert table.loc["predicted", "r"] == pytest.approx(r, abs=1e-5)


# Compare


def cka(x, y):
    """Linear CKA by the definition with Gram matrices, independent of the core."""
    k, m = (values @ values.T for values in (x.astype(float), y.astype(float)))
    k, m = (gram - gram.mean(axis=0) - gram.mean(axis=1, keepdims=True) + gram.mean() for gram in (k, m))
    return np.sum(k * m) / np.sqrt(np.sum(k * k) * np.sum(m * m))


def test_two_networks_are_compared_by_their_numbers(run_app, features):
    app = run_app(page="instruments/compare", right_network="shuffled labels", left_layer="stage3")
    x, y = features.layers["stage3"], load_features(control="shuffled-labels").layers["features"]
    numbers = {metric.label: metric.value for metric in app.metric}
    assert float(numbers["Linear CKA"]) == pytest.approx(cka(x, y), abs=0.006)
    assert numbers["Nearest 10 in common"] == f"{neighbours_kept(x, y):.0%}"
    table = app.dataframe[0].value.set_index(["one", "other"])["cka"]
    assert table["stem", "features"] == pytest.approx(cka(features.layers["stem"], y), abs=1e-6)
    left, right = maps(app)
    for data, values in ((left, x), (right, y)):
        r = np.corrcoef(map_coordinates(data)[:, 0], fit_pca(values, 2).coordinates[:, 0])[0, 1]
        assert r == pytest.approx(1, abs=1e-5)


def test_a_layer_is_like_itself(run_app):
    app = run_app(page="instruments/compare", right_network="trained")
    numbers = {metric.label: metric.value for metric in app.metric}
    assert (numbers["Linear CKA"], numbers["Nearest 10 in common"]) == ("1.00", "100%")


def test_own_galaxies_are_compared_with_the_simulated_ones(run_app, make_survey, features, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    own = load_survey(make_survey(40, side_px=64))
    card, random = read_card(), np.random.default_rng(2)
    rows = random.permutation(len(features.object_ids))[:40]
    # Copies of simulated galaxies, but for one unit of one layer.
    layers = {name: np.array(values[rows]) for name, values in features.layers.items()}
    layers["stage2"][:, 5] = 1e3
    made = Features(own.object_ids, layers, features.predictions[rows], asdict(Origin.expected(own.sha256, card)))
    cache_features(made)
    app = run_app("--survey", own.folder, page="instruments/compare", compared="surveys")
    assert not app.exception
    sample = draw_sample(features.object_ids, 40)
    for layer in ("features", "stage2"):
        app = app.button_group(key="layer").set_value(layer).run()
        numbers = {metric.label: metric.value for metric in app.metric}
        simulated = features.layers[layer][features.rows(sample)]
        expected = domain_shift(made.layers[layer], simulated)
        assert numbers["Told apart (AUC)"] == f"{expected.auc:.2f}"
        assert numbers["Neighbours of the same survey"] == f"{expected.same_survey:.0%}"
        (data,) = maps(app)
        fit = fit_pca(np.concatenate([made.layers[layer], simulated]), 2).coordinates
        places = {one: row for row, one in enumerate([*own.object_ids, *(f"simulated: {one}" for one in sample)])}
        expected = fit[[places[one] for one in data["points"]["ids"]]]
        assert abs(np.corrcoef(map_coordinates(data)[:, 0], expected[:, 0])[0, 1]) == pytest.approx(1, abs=1e-5)
    assert numbers["Told apart (AUC)"] == "1.00"


# One galaxy


def test_previous_and_next_follow_the_chosen_order(run_app, survey):
    order = list(survey.catalogue.sort_values("redshift", kind="stable").index)
    app = run_app(page="instruments/galaxy", galaxy=order[10], galaxy_order="redshift")
    assert app.text_input[0].value == order[10]
    assert press(app, "Next").text_input[0].value == order[11]
    for _ in range(2):
        press(app, "Previous")
    assert app.text_input[0].value == order[9]
    assert app.query_params["galaxy"] == order[9]


def test_a_galaxy_has_its_image_values_and_neighbours_at_each_layer(run_app, survey, features):
    one = survey.object_ids[40]
    app = run_app(page="instruments/galaxy", galaxy=one)
    assert addresses(app)[0] == address_of(survey.image(one))
    table = app.dataframe[0].value
    redshift = survey.catalogue["redshift"]
    assert table.loc["redshift", "% of galaxies below"] == pytest.approx(
        100 * (redshift < redshift[one]).mean(), abs=0.1
    )
    captions = [caption for image in app.image for caption in [image.proto.imgs[0].caption]]
    values = features.layers["stage1"]
    nearest = np.argsort(np.linalg.norm(values - values[40], axis=1))[1:9]
    expected = [f"{survey.catalogue['metallicity'].iloc[row]:.2f}" for row in nearest]
    assert captions[9:17] == expected


def test_an_unknown_galaxy_is_refused_and_the_one_before_stays(run_app, survey):
    app = run_app(page="instruments/galaxy", galaxy=survey.object_ids[2])
    app.text_input[0].set_value("no such id").run()
    assert len(app.error) == 1
    assert app.query_params["galaxy"] == survey.object_ids[2]
    app = run_app(page="instruments/galaxy", galaxy="no such id")
    assert len(app.error) == 1
    assert app.query_params["galaxy"] == survey.object_ids[0]


def test_integers_are_shown_with_all_digits(run_app, make_survey, tmp_path):
    folder = make_survey(5, side_px=48, causes=False)
    table = pd.read_csv(folder / "master.csv", dtype={"objID": str})
    table.assign(mjd=51_882_123).to_csv(folder / "master.csv", index=False)
    app = run_app("--survey", folder, "--features", write_features(folder, tmp_path), page="instruments/galaxy")
    assert app.dataframe[0].value.loc["mjd", "value"] == "51882123"


def test_one_galaxy_has_no_components(run_app, make_survey, tmp_path):
    folder = make_survey(1, side_px=48)
    features = write_features(folder, tmp_path)
    app = run_app("--survey", folder, "--features", features, page="instruments/units", unit_kind="components")
    assert not app.exception
    assert any("two galaxies" in info.value for info in app.info)
