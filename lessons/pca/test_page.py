"""The page of principal components: the cloud that it draws is the sample's projection."""

import base64

import numpy as np
import pytest

from galviz.analysis.pca import fit_pca
from galviz.charts.point_colours import colour_numbers
from galviz.features.features import load_features
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from tests.drawn import sent_to_component

PAGE = "lessons/pca"


def shown_cloud(app):
    """The only cloud of a page, and its coordinates of shape (n, 3)."""
    (cloud,) = sent_to_component(app, "galviz_point_cloud")
    return cloud, np.frombuffer(base64.b64decode(cloud["coordinates"]), "<f4").reshape(-1, 3)


@pytest.fixture(scope="module")
def survey():
    return load_survey(verify=False)


@pytest.mark.parametrize("whiten", [True, False])
def test_the_cloud_is_the_samples_projection(run_app, survey, whiten):
    app = run_app(page=PAGE, step=2, sample=40, layer="stage1", components=5, whiten=str(whiten).lower())
    assert not app.exception
    ids, features = draw_sample(survey.object_ids, 40), load_features()
    expected = fit_pca(features.layers["stage1"][features.rows(ids)], 3, whiten=whiten).coordinates
    cloud, coordinates = shown_cloud(app)
    assert coordinates == pytest.approx(expected, abs=1e-4)
    assert cloud["deviations"] == pytest.approx(expected.std(axis=0, ddof=1), rel=1e-4)
    assert (cloud["deviations"] == pytest.approx([1, 1, 1], rel=1e-6)) == whiten
    assert ("whitened" in cloud["description"]) == whiten
    colours = colour_numbers(survey.catalogue.loc[ids, "metallicity"].to_numpy(float), (8.2, 9.4), scheme="spectral")
    assert base64.b64decode(cloud["fill"]) == colours.rgb.tobytes()


def test_whitening_moves_the_same_galaxies(run_app):
    app = run_app(page=PAGE, step=2, sample=20)
    whitened, _ = shown_cloud(app)
    unwhitened, _ = shown_cloud(app.toggle(key="whiten").set_value(False).run())
    assert whitened["galaxies"] == unwhitened["galaxies"]
    assert np.ptp(whitened["deviations"]) < 1e-6 < np.ptp(unwhitened["deviations"])


def test_a_cloud_of_two_components_is_flat(run_app):
    cloud, coordinates = shown_cloud(run_app(page=PAGE, step=2, sample=20, components=2))
    assert cloud["titles"] == ["PC1", "PC2"]
    assert (coordinates[:, 2] == 0).all()
