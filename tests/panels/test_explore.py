"""The page Explore: its map, selections by condition, range and buttons, and what it says of the selected galaxies."""

import base64

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.embeddings import fit_tsne
from galviz.analysis.groups import compare_groups
from galviz.analysis.pca import fit_pca
from galviz.analysis.similarity import nearest_rows
from galviz.charts.export import can_export
from galviz.features.features import load_features
from galviz.survey.survey import load_survey
from tests.drawn import chart, map_coordinates, map_selection, maps
from tests.panels.embeddings import write_features

PAGE = "instruments/explore"


def map_data(app):
    (data,) = maps(app)
    return data


def selected_ids(app):
    return map_selection(map_data(app))


def press(app, label):
    (button,) = [button for button in app.button if button.label == label]
    return button.click().run()


def test_the_map_has_all_galaxies_on_two_components(run_app, survey, features):
    app = run_app(page=PAGE)
    assert not app.exception
    data = map_data(app)
    assert data["points"]["ids"] == survey.object_ids
    expected = fit_pca(features.layers["features"], 10).coordinates[:, :2]
    correlation = [np.corrcoef(map_coordinates(data)[:, axis], expected[:, axis])[0, 1] for axis in (0, 1)]
    assert correlation == pytest.approx([1, 1], abs=1e-6)
    assert data["selected"] is None


def test_a_selection_survives_layer_axes_colour_and_page_and_can_be_undone(run_app, survey):
    app = run_app(page=PAGE)
    app.text_input(key="explorer_query").set_value("metallicity < 8.4 and inclination_deg > 30").run()
    catalogue = survey.catalogue
    expected = set(catalogue.index[(catalogue["metallicity"] < 8.4) & (catalogue["inclination_deg"] > 30)])
    assert selected_ids(app) == expected
    app.button_group(key="layer").set_value("stage1").run()
    app.selectbox(key="map_colour").set_value("redshift").run()
    app.selectbox(key="x").set_value("PC3").run()
    assert selected_ids(app) == expected
    app = app.switch_page("lessons/galaxies/page.py").run().switch_page(f"{PAGE}/page.py").run()
    assert selected_ids(app) == expected
    assert selected_ids(press(app, "Invert")) == set(survey.object_ids) - expected
    assert selected_ids(press(app, "Undo")) == expected
    assert selected_ids(press(app, "Clear")) == set()
    assert not app.exception


def test_a_small_selection_is_read_from_the_url_and_written_to_it(run_app, survey):
    first, second = survey.object_ids[5], survey.object_ids[7]
    app = run_app(page=PAGE, ids=f"{first}~{second}~unknown")
    assert selected_ids(app) == {first, second}
    app.text_input(key="explorer_query").set_value(f"objID == '{second}'").run()
    assert app.query_params["ids"] == second
    press(app, "Invert")
    assert "ids" not in app.query_params


def test_a_wrong_condition_keeps_the_selection_and_says_why(run_app, survey):
    app = run_app(page=PAGE, ids=survey.object_ids[0])
    app.text_input(key="explorer_query").set_value("metallicty < 8.4").run()
    (error,) = app.error
    assert "metallicity" in error.value
    assert selected_ids(app) == {survey.object_ids[0]}
    app.text_input(key="explorer_query").set_value("").run()
    assert not app.error


def test_differences_are_those_of_the_core_and_two_selections_can_be_compared(run_app, survey, features):
    app = run_app(page=PAGE, panel="Differences")
    app.text_input(key="explorer_query").set_value("redshift > 0.1").run()
    press(app, "Keep this selection")
    table = app.dataframe[0].value
    values = survey.catalogue.assign(predicted=features.predictions)
    values["residual"] = values["predicted"] - values["metallicity"]
    expected = compare_groups(values, (values["redshift"] > 0.1).to_numpy())
    assert list(table["column"]) == list(expected["column"])
    np.testing.assert_allclose(table["difference"], expected["difference"])
    app.text_input(key="explorer_query").set_value("redshift <= 0.05").run()
    press(app, "Keep this selection")
    app.selectbox(key="compare").set_value("A").run()
    app.selectbox(key="compare_with").set_value("B").run()
    either = values[(values["redshift"] > 0.1) | (values["redshift"] <= 0.05)]
    expected = compare_groups(either, (either["redshift"] > 0.1).to_numpy())
    np.testing.assert_allclose(app.dataframe[0].value["difference"], expected["difference"])


def test_a_range_of_a_column_selects_and_narrows(run_app, survey):
    app = run_app(page=PAGE, panel="Histogram", histogram_column="redshift", ids="~".join(survey.object_ids[:10]))
    redshift = survey.catalogue["redshift"]
    limits = float(redshift.quantile(0.3)), float(redshift.quantile(0.6))
    app.slider(key="explorer_range-redshift").set_value(limits).run()
    narrowed = set(redshift.index[:10][redshift[:10].between(*limits)])
    assert selected_ids(press(app, "Narrow the selection to it")) == narrowed
    assert selected_ids(press(app, "Select the range")) == set(redshift.index[redshift.between(*limits)])


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_a_galaxy_has_its_values_and_nearest_neighbours(run_app, survey, features, metric):
    app = run_app(page=PAGE, panel="Galaxy", metric=metric, layer="stage2")
    app.session_state["explorer_galaxy"] = survey.object_ids[3]
    app.run()
    data = map_data(app)
    assert data["points"]["ids"][data["opened"]] == survey.object_ids[3]
    true, predicted, residual = (float(metric.value.split()[0]) for metric in app.metric)
    assert true == pytest.approx(survey.catalogue["metallicity"].iloc[3], abs=0.006)
    assert residual == pytest.approx(predicted - true, abs=0.011)
    rows, _ = nearest_rows(features.layers["stage2"], 3, n_neighbors=8, metric=metric)
    assert not app.exception
    assert len(rows) == 8


@pytest.mark.parametrize(
    "colour", ["residual", "metallicity", "predicted", "true and predicted", "redshift", "arm_number"]
)
def test_every_kind_of_colour_is_drawn(run_app, colour):
    app = run_app(page=PAGE)
    app.selectbox(key="map_colour").set_value(colour).run()
    assert not app.exception
    data = map_data(app)["points"]
    assert len(base64.b64decode(data["fill"])) == 3 * len(data["ids"])
    assert (data["ring"] is not None) == (colour == "true and predicted")
    spec, _ = chart(app)
    assert spec["mark"]["type"] == "bar"


@pytest.mark.parametrize("marks", ["pictures", "atlas"])
def test_pictures_are_drawn_without_overlap(run_app, marks):
    points = map_data(run_app(page=PAGE, marks=marks))["points"]
    assert len(points["shown"]) > 15
    assert all(points["images"][str(row)].startswith("data:image/") for row in points["shown"])
    if marks == "atlas":
        cells = [tuple(cell) for cell in points["cells"]]
        assert len(cells) == len(set(cells)) == len(points["shown"])


@pytest.mark.parametrize(("labelled", "causes"), [(True, True), (False, False)])
def test_own_galaxies_are_explored(run_app, make_survey, tmp_path, labelled, causes):
    folder = make_survey(24, labelled=labelled, causes=causes, side_px=64, seed=4)
    file = write_features(folder, tmp_path)
    app = run_app("--survey", folder, "--features", file, page=PAGE)
    assert not app.exception
    own = load_survey(folder)
    assert map_data(app)["points"]["ids"] == own.object_ids
    app.text_input(key="explorer_query").set_value(f"objID in ['{own.object_ids[0]}', '{own.object_ids[1]}']").run()
    assert selected_ids(app) == set(own.object_ids[:2])
    assert not app.exception


def test_a_catalogue_with_the_names_of_the_network_s_columns(run_app, make_survey, tmp_path):
    folder = make_survey(24, side_px=64, seed=4)
    table = pd.read_csv(folder / "master.csv", dtype={"objID": str})
    table["predicted"] = table["residual"] = table["true"] = np.arange(24.0)
    table.to_csv(folder / "master.csv", index=False)
    app = run_app("--survey", folder, "--features", write_features(folder, tmp_path), page=PAGE)
    app.text_input(key="explorer_query").set_value("predicted < 5 and residual < 4 and true < 3").run()
    assert not app.exception
    assert selected_ids(app) == set(table["objID"][:3])


def test_selections_of_a_survey_are_there_again_when_one_comes_back(run_app, make_survey, tmp_path):
    folder = make_survey(12, side_px=64, seed=4)
    own = load_survey(folder).object_ids
    app = run_app("--survey", folder, "--features", write_features(folder, tmp_path), page=PAGE, ids="~".join(own[:3]))
    press(app, "Keep this selection")
    app.session_state["use_shipped_survey"] = True
    assert selected_ids(app.run()) == set()
    app.session_state["use_shipped_survey"] = False
    assert selected_ids(app.run()) == set(own[:3])
    assert "**A**: 3" in [text.value for text in app.markdown]


def test_errors_are_those_of_all_or_of_the_selected(run_app, survey, features):
    app = run_app(page=PAGE, panel="Predictions")
    errors = features.predictions - survey.catalogue["metallicity"].to_numpy()
    metrics = {metric.label: metric.value for metric in app.metric}
    assert float(metrics["RMSE"].split()[0]) == pytest.approx(np.sqrt(np.mean(errors**2)), abs=6e-4)
    app.text_input(key="explorer_query").set_value("redshift > 0.1").run()
    chosen = (survey.catalogue["redshift"] > 0.1).to_numpy()
    metrics = {metric.label: metric.value for metric in app.metric}
    assert float(metrics["Bias"].split()[0]) == pytest.approx(errors[chosen].mean(), abs=6e-4)
    charts = [chart(app, place) for place in range(len(app.get("vega_lite_chart")))]
    assert any(len(rows) == chosen.sum() and "predicted" in rows for _, rows in charts)


def test_the_coordinates_of_all_galaxies_can_be_taken_away(run_app):
    app = run_app(page=PAGE)
    app.session_state["map_export"] = True
    labels = [button.proto.label for button in app.run().get("download_button")]
    assert "Download 2,000 galaxies as CSV" in labels
    assert {"PNG", "SVG"} <= set(labels) or not can_export()


def test_t_sne_of_a_few_galaxies_is_drawn_at_once_and_of_many_on_request(run_app, make_survey, tmp_path):
    app = run_app(page=PAGE, method="t-SNE", layer="stage1")
    assert map_data(app)["points"]["titles"][0].startswith("PC1")  # until it is computed
    assert [button.label for button in app.button].count("Compute t-SNE") == 1
    folder = make_survey(40, side_px=64)
    file = write_features(folder, tmp_path)
    app = run_app("--survey", folder, "--features", file, page=PAGE, method="t-SNE", perplexity=5, tsne_seed=2)
    assert not app.exception
    own = load_features(file)
    expected = fit_tsne(own.layers[own.last_layer], perplexity=5, seed=2)
    drawn = map_coordinates(map_data(app))
    correlation = [np.corrcoef(drawn[:, axis], expected[:, axis])[0, 1] for axis in (0, 1)]
    assert correlation == pytest.approx([1, 1], abs=1e-6)


def test_umap_is_computed_on_request_where_none_is_shipped(run_app, make_survey, tmp_path, monkeypatch):
    asked = []

    def fit(values, settings):
        asked.append((values.shape, settings.n_neighbors, settings.min_dist, settings.seed))
        return values[:, 3:5]

    monkeypatch.setattr("panels.embeddings.fit_umap", fit)
    monkeypatch.setattr("panels.map_embedding.has_umap", lambda: True)
    folder = make_survey(40, side_px=64)
    file = write_features(folder, tmp_path)
    settings = {"method": "UMAP", "umap_neighbours": "5", "umap_distance": "0.5", "umap_seed": "1"}
    app = run_app("--survey", folder, "--features", file, page=PAGE, **settings)
    assert map_data(app)["points"]["titles"][0].startswith("PC1")  # until it is computed
    assert "50" not in app.button_group(key="umap_neighbours").options  # more than there are galaxies
    app = press(app, "Compute UMAP")
    assert not app.exception
    assert asked == [((40, 16), 5, 0.5, 1)]
    data, own = map_data(app), load_features(file)
    assert data["points"]["titles"] == ["UMAP 1", "UMAP 2"]
    expected = own.layers[own.last_layer][:, 3:5]
    correlation = [np.corrcoef(map_coordinates(data)[:, axis], expected[:, axis])[0, 1] for axis in (0, 1)]
    assert correlation == pytest.approx([1, 1], abs=1e-5)
    monkeypatch.setattr("panels.map_embedding.has_umap", lambda: False)
    app = run_app("--survey", folder, "--features", file, page=PAGE)
    assert "UMAP" not in app.button_group(key="method").options
