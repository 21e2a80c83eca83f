"""The page Cause laboratory: what a control changes is what the sweeps say, and the URL keeps it."""

from types import SimpleNamespace

import numpy as np
import pytest

from galviz.analysis.cause_effects import rank_causes
from galviz.analysis.pca import fit_pca
from galviz.artefacts.sweeps import SWEEPS
from galviz.features.features import load_features
from galviz.survey.causes import cause_title
from galviz.survey.survey import load_survey
from panels.laboratory import FOLLOWS
from tests.drawn import address_of, addresses, chart

PAGE = "instruments/laboratory"
STRIP, SPACE, CURVES, RANKING = range(4)


@pytest.fixture(scope="module")
def sweeps():
    return SWEEPS.load()


def page_text(app):
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def metrics(app):
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def value_options(app):
    return app.select_slider(key="lab_value").options


@pytest.mark.parametrize(("galaxy", "cause", "step"), [(3, "redshift", 6), (20, "bulge_fraction", 0)])
def test_a_value_changes_picture_prediction_and_place(run_app, sweeps, galaxy, cause, step):
    app = run_app(page=PAGE, lab_galaxy=galaxy, lab_cause=cause_title(cause))
    object_id = sweeps.object_ids[galaxy - 1]
    sweep = sweeps.sweep(object_id, cause)
    own = sweep.index[sweep["own"]][0]
    assert addresses(app)[:2] == [address_of(sweeps.image(own))] * 2
    assert {delta for _, delta in metrics(app).values()} == {""}

    app.select_slider(key="lab_value").set_value(value_options(app)[step]).run()
    assert not app.exception
    changed = sweep.index[step]
    assert addresses(app)[:2] == [address_of(sweeps.image(row)) for row in (own, changed)]
    assert addresses(app)[2:] == [address_of(sweeps.image(row)) for row in sweep.index]
    for name in ("predicted", "true"):
        value, delta = metrics(app)[name.capitalize()]
        assert value == f"{sweep[name][changed]:.2f} dex"
        assert delta == f"{sweep[name][changed] - sweep[name][own]:+.2f}"
    assert bool(app.warning) == (not sweep["observable"][changed])
    assert FOLLOWS[cause] in page_text(app)


def test_charts_show_the_sweep_and_its_path_among_all_galaxies(run_app, sweeps):
    app = run_app(page=PAGE, lab_galaxy=5, lab_cause=cause_title("log_mass_msun"), x="PC2", y="PC3")
    sweep = sweeps.sweep(sweeps.object_ids[4], "log_mass_msun")
    _, curves = chart(app, CURVES)
    predicted = curves[curves["label"] == "predicted"]
    assert predicted["metallicity"].to_numpy() == pytest.approx(sweep["predicted"].to_numpy())
    projection = fit_pca(load_features().layers["features"], 10)
    spec, galaxies = chart(app, SPACE)
    assert galaxies[["PC2", "PC3"]].to_numpy() == pytest.approx(projection.coordinates[:, 1:3], abs=6e-4)
    assert "PC2" in spec["layer"][0]["encoding"]["x"]["title"]
    _, ranking = chart(app, RANKING)
    effects = rank_causes([sweeps.sweep(sweeps.object_ids[4], cause) for cause in sweeps.causes])
    assert ranking["predicted"].tolist() == [effect.predicted for effect in effects]
    table = app.dataframe[0].value
    assert table["true"].to_numpy() == pytest.approx(sweep["true"].to_numpy())


def test_a_picture_of_the_strip_chooses_its_galaxy(run_app, sweeps):
    app = run_app(page=PAGE, lab_galaxy=2)
    _, strip = chart(app, STRIP)
    assert strip["objID"].tolist() == sweeps.object_ids
    app.session_state["lab_strip-2"] = {"selection": {"galaxy": [{"objID": sweeps.object_ids[8]}]}}
    app.run()
    app.slider(key="lab_galaxy").set_value(9).run()  # what the chart's callback does in a browser
    _, strip = chart(app, STRIP)
    assert strip.loc[strip["chosen"], "objID"].tolist() == [sweeps.object_ids[8]]


def test_the_url_restores_the_experiment_and_bad_values_are_ignored(run_app, sweeps):
    title = cause_title("dust_v_mag")
    app = run_app(page=PAGE, lab_galaxy=7, lab_cause=title)
    chosen = value_options(app)[-1]
    app.select_slider(key="lab_value").set_value(chosen).run()
    again = run_app(page=PAGE, lab_galaxy=7, lab_cause=title, lab_value=chosen)
    assert addresses(again) == addresses(app)
    assert metrics(again) == metrics(app)
    bad = run_app(page=PAGE, lab_galaxy="99", lab_cause="no such cause", lab_value="inf", lab_live="perhaps")
    assert not bad.exception
    assert {delta for _, delta in metrics(bad).values()} == {""}


def test_the_texts_name_metallicity_for_the_causes_that_change_the_label(sweeps):
    object_id = sweeps.object_ids[0]
    assert set(FOLLOWS) == set(sweeps.causes)
    for cause, text in FOLLOWS.items():
        assert ("metallicity" in text) == (np.ptp(sweeps.sweep(object_id, cause)["true"]) > 0), cause


def test_without_galsim_the_page_says_how_to_get_it_and_shows_what_is_shipped(run_app, monkeypatch):
    shown = addresses(run_app(page=PAGE))
    monkeypatch.setattr("panels.laboratory_controls.can_compute_live", lambda: False)
    app = run_app(page=PAGE, lab_live="true")
    assert not app.exception
    assert 'pip install -e ".[simulate]"' in page_text(app)
    assert addresses(app) == shown


def test_with_a_survey_of_one_s_own_the_shipped_galaxies_are_shown_and_the_page_says_why(run_app, make_survey):
    app = run_app("--survey", make_survey(6, side_px=64), page=PAGE)
    assert not app.exception
    assert "not yours" in page_text(app)
    assert addresses(app) == addresses(run_app(page=PAGE))


@pytest.mark.slow
@pytest.mark.full
def test_live_a_value_between_those_shipped_is_drawn_and_predicted(run_app, sweeps):
    import galviz
    from galviz.network.activations import ActivationRecorder
    from galviz.network.crops import network_crop
    from galviz.simulate import intervene, render

    survey = load_survey()
    app = run_app(page=PAGE, lab_live="true", lab_place=1500, lab_cause=cause_title("inclination_deg"))
    assert not app.exception
    label = survey.catalogue["metallicity"].sort_values(kind="stable")
    object_id = label.index[1499]
    predicted = load_features().predictions[survey.object_ids.index(object_id)]
    assert metrics(app)["Predicted"] == (f"{predicted:.2f} dex", "")
    slider = app.slider(key="lab_live_value")
    value = float(slider.min + 0.123 * (slider.max - slider.min))
    slider.set_value(value).run()
    assert not app.exception
    picture = render(intervene(survey.catalogue.loc[object_id], "inclination_deg", value))
    assert addresses(app)[1] == address_of(network_crop(picture, 144, 112))
    _, (expected,) = ActivationRecorder(galviz.load_model(), ["features"])([picture])
    assert float(metrics(app)["Predicted"][0].split()[0]) == pytest.approx(float(expected), abs=0.006)
    _, curves = chart(app, CURVES - 1)  # without the strip
    assert len(curves) == 2 * 8  # seven values and this one


@pytest.mark.full
def test_live_all_causes_are_compared_on_request(run_app, monkeypatch, sweeps):
    from panels import laboratory

    calls = []

    def record(survey, object_id, cause, value, model):
        calls.append(cause)
        return laboratory.shipped_sweep(sweeps.object_ids[0], cause)

    for module in ("laboratory", "laboratory_controls"):
        monkeypatch.setattr(f"panels.{module}.live_sweep", record)
    app = run_app(page=PAGE, lab_live="true", lab_place=1)
    (button,) = [button for button in app.button if button.label == "Compare all causes"]
    button.click().run()
    assert not app.exception
    assert set(calls) >= {"redshift", "log_mass_msun", "position_angle_deg"}
    _, ranking = chart(app, RANKING - 1)
    assert len(ranking) >= 12


@pytest.mark.full
def test_with_another_network_its_predictions_are_shown_live(run_app, tiny_card):
    app = run_app("--model", tiny_card, page=PAGE)
    assert not app.exception
    assert "only if you turn on live" in page_text(app)
    app = run_app("--model", tiny_card, page=PAGE, lab_live="true", lab_place=400)
    assert not app.exception
    assert "open Explore without a survey" in page_text(app)
    assert metrics(app)["Predicted"][0] != "8.72 dex"


def test_a_network_without_predictions_is_not_used(run_app, monkeypatch):
    from panels import laboratory_controls
    from panels.features_source import FeaturesSource

    card = SimpleNamespace(label=None, name="encoder")
    monkeypatch.setattr(FeaturesSource, "card", property(lambda self: card))
    monkeypatch.setattr(laboratory_controls, "in_url", lambda *_, **__: True)
    monkeypatch.setattr(laboratory_controls, "can_compute_live", lambda: True)
    told = []
    monkeypatch.setattr(laboratory_controls.st, "info", lambda text, **_: told.append(text))
    opened = SimpleNamespace(shipped=True)
    lab = laboratory_controls.open_laboratory(opened, FeaturesSource("encoder.json"))
    assert lab.source.is_shipped
    assert "outputs no prediction" in told[0]
