"""The home page: the tour's map is what the core computes, its claims are true, and links lead to what is open."""

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.pca import fit_pca
from panels.tour import STEPS, tour_facts
from tests.drawn import map_coordinates, map_selection, maps
from tests.panels.embeddings import write_features

HOME = "instruments/home"


def links(app):
    return [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_each_step_shows_all_galaxies_at_its_layer(run_app, survey, features, number):
    app = run_app(page=HOME, tour=number)
    assert not app.exception
    assert not app.error
    assert len(app.title) == 1
    (data,) = maps(app)
    step = STEPS[number - 1]
    assert data["points"]["ids"] == survey.object_ids
    expected = fit_pca(features.layers[step.layer], 2).coordinates
    for axis in (0, 1):
        assert np.corrcoef(map_coordinates(data)[:, axis], expected[:, axis])[0, 1] == pytest.approx(1, abs=1e-5)
    assert app.subheader[0].value == step.title
    assert "{" not in app.markdown[2].value
    assert bool(data["points"]["shown"]) == step.pictures
    assert data["tools"] == (number == len(STEPS))


def test_next_and_back_move_the_map_to_the_ends_of_the_scale(run_app, survey):
    app = run_app(page=HOME)
    forward, back = (next(button for button in app.button if button.label == name) for name in ("Next", "Back"))
    assert back.disabled
    views = []
    for extreme in (survey.catalogue["metallicity"].nsmallest, survey.catalogue["metallicity"].nlargest):
        forward.click().run()
        (data,) = maps(app)
        assert map_selection(data) == set(extreme(150).index)
        views.append(data["view"])
        forward = next(button for button in app.button if button.label == "Next")
    assert views[0]["zoom"] > 1.2
    assert views[0]["x"] > 0.55 > 0.4 > views[1]["x"]
    assert app.query_params["tour"] == "3"


def test_what_the_tour_claims_is_so(survey, features):
    catalogue = survey.catalogue
    order = catalogue["metallicity"].sort_values().index
    poor, rich = catalogue.loc[order[:150]], catalogue.loc[order[-150:]]
    for column in ("log_mass_msun", "half_light_radius_kpc"):
        assert poor[column].median() < catalogue[column].median() < rich[column].median()
    colours = [(part["mag_g"] - part["mag_r"]).median() for part in (poor, catalogue, rich)]
    assert colours == sorted(colours)
    assert poor["clumpiness"].median() > 1.5 * catalogue["clumpiness"].median()
    facts = tour_facts(features, catalogue["metallicity"])
    truth = catalogue["metallicity"].to_numpy()
    for layer in ("stem", "features"):
        pcs = fit_pca(features.layers[layer], 2).coordinates
        predictors = np.column_stack([pcs, np.ones(len(pcs))])
        rest = truth - predictors @ np.linalg.lstsq(predictors, truth, rcond=None)[0]
        assert facts[layer] == pytest.approx(1 - rest.var() / truth.var(), abs=1e-6)
    assert facts["stem"] < 0.3 < 0.7 < facts["features"]
    errors = features.predictions - truth
    assert facts["rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)))
    # Errors of both signs occur everywhere along the band.
    tenths = pd.qcut(features.predictions, 10, labels=False)
    assert pd.Series(errors > 0).groupby(tenths).mean().between(0.25, 0.75).all()


@pytest.mark.full
def test_links_lead_to_what_the_app_was_started_with(run_app, make_survey, tiny_card, tmp_path):
    assert "Explore" in links(run_app(page=HOME))
    folder = make_survey(19, side_px=64)
    assert f"Explore your survey: 19 galaxies of {folder.name}" in links(run_app("--survey", folder, page=HOME))
    assert "Explore with your network: tiny" in links(run_app("--model", tiny_card, page=HOME))
    file = write_features(folder, tmp_path)
    app = run_app("--survey", folder, "--features", file, page=HOME, tour=len(STEPS))
    assert not app.exception
    assert f"Explore your survey: 19 galaxies of {folder.name}" in links(app)
