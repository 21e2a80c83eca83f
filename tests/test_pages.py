"""The pages that stand on the shipped features: what a control shows is what the core computes."""

import numpy as np
import pytest

from galviz.card import read_card
from galviz.features import load_features
from galviz.metrics import errors_of
from galviz.projection import fit_pca
from galviz.sample import draw_sample
from galviz.survey import load_survey
from lessons import LESSONS


@pytest.fixture(scope="module")
def survey():
    return load_survey(verify=False)


@pytest.fixture(scope="module")
def features():
    return load_features()


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def told(app):
    """Everything a page says outside its tables."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.mark.parametrize("page", ["instruments/home", *(f"lessons/{lesson.slug}" for lesson in LESSONS)])
def test_every_page_runs(run_app, page):
    app = run_app(page=page)
    assert not app.exception
    assert not app.error
    assert len(app.title) == 1
    assert "imulated" in told(app)


def test_lessons_lead_to_one_another(run_app):
    for place, lesson in enumerate(LESSONS):
        links = [link.proto.label for link in run_app(page=f"lessons/{lesson.slug}").get("page_link")]
        assert place == 0 or f"Back: {LESSONS[place - 1].title}" in links
        assert place + 1 == len(LESSONS) or f"Next: {LESSONS[place + 1].title}" in links


# Predictions


@pytest.mark.parametrize("size", [24, 256, 2000])
def test_the_errors_shown_are_those_of_the_sample(run_app, survey, features, size):
    app = run_app(page="lessons/predictions", sample=size)
    ids = draw_sample(survey.object_ids, size)
    truth = survey.catalogue.loc[ids, "metallicity"].to_numpy(float)
    expected = errors_of(features.predictions[features.rows(ids)], truth)
    shown = metrics(app)
    assert shown["RMSE"] == f"{expected.rmse:.3f} dex"
    assert shown["NMAD"] == f"{expected.nmad:.3f} dex"
    assert shown["Bias"] == f"{expected.bias:+.3f} dex"
    assert shown["Guessing the mean"] == f"{truth.std():.3f} dex"
    table = app.dataframe[0].value
    assert table.index.to_list() == ids
    assert table["true"].to_numpy() == pytest.approx(truth, abs=6e-4)


def test_the_worst_misses_are_the_worst(run_app, survey, features):
    app = run_app(page="lessons/predictions", sample=100)
    ids = draw_sample(survey.object_ids, 100)
    error = np.abs(features.predictions[features.rows(ids)] - survey.catalogue.loc[ids, "metallicity"].to_numpy(float))
    worst = np.argsort(error)[::-1][:8]
    captions = [caption for image in app.image for caption in image.captions]
    first = ids[worst[0]]
    truth, predicted = survey.catalogue.loc[first, "metallicity"], features.predictions[features.rows([first])][0]
    assert captions[0] == f"{truth:.2f} → {predicted:.2f}"
    assert len(captions) == 8


# Principal components


@pytest.mark.parametrize(
    ("size", "layer", "n_components"), [(256, "features", 3), (64, "stage1", 5), (24, "stem", 10), (2000, "stage3", 2)]
)
def test_the_variance_shown_is_that_of_the_sample_at_the_layer(run_app, survey, features, size, layer, n_components):
    app = run_app(page="lessons/pca", sample=size, layer=layer, components=n_components)
    ids = draw_sample(survey.object_ids, size)
    values = features.layers[layer][features.rows(ids)]
    expected = fit_pca(values, n_components).explained_variance_ratio
    shown = metrics(app)
    assert shown["Numbers a galaxy"] == str(values.shape[1])
    assert shown["In the first"] == f"{expected[0]:.1%}"
    assert shown["In 2 components"] == f"{expected[:2].sum():.1%}"
    assert ("In 3 components" in shown) == (n_components >= 3)
    table = app.dataframe[0].value
    assert table["explained variance"].to_list() == [f"{ratio:.1%}" for ratio in expected]


def test_whitened_axes_are_equally_wide_and_others_are_not(run_app, survey, features):
    column = "standard deviation of the coordinates"
    app = run_app(page="lessons/pca")
    assert app.dataframe[0].value[column].to_list() == pytest.approx([1, 1, 1])
    app.toggle(key="whiten").set_value(False).run()
    ids = draw_sample(survey.object_ids, 256)
    expected = fit_pca(features.layers["features"][features.rows(ids)], 3, whiten=False).coordinates.std(axis=0, ddof=1)
    assert app.dataframe[0].value[column].to_list() == pytest.approx(expected, abs=1e-3)


def test_the_svd_by_hand_agrees(features):
    from lessons.pca.by_hand import pca_by_svd

    values = features.layers["stage2"][:100].astype(float)
    coordinates, ratios = pca_by_svd(values, 4)
    fit = fit_pca(values, 4, whiten=False)
    assert ratios == pytest.approx(fit.explained_variance_ratio)
    assert np.abs(coordinates) == pytest.approx(np.abs(fit.coordinates), abs=1e-8)


# The feature space


def test_controls_keep_their_values_in_the_address(run_app):
    app = run_app(page="lessons/space", sample=128, layer="stage1", components=5, x="PC3", y="PC5")
    assert app.slider(key="sample").value == 128
    assert app.slider(key="components").value == 5
    assert (app.selectbox(key="x").value, app.selectbox(key="y").value) == ("PC3", "PC5")
    assert "128 simulated galaxies, layer stage1" in told(app)


def test_both_axes_are_never_the_same(run_app):
    app = run_app(page="lessons/space")
    app.selectbox(key="x").set_value("PC2").run()
    assert "PC2" not in app.selectbox(key="y").options
    assert not app.exception


def test_what_the_head_puts_there_is_computed(run_app, survey, features):
    from galviz.alignment import head_alignment
    from galviz.head import read_head

    app = run_app(page="lessons/space", sample=500, components=4)
    ids = draw_sample(survey.object_ids, 500)
    truth = survey.catalogue.loc[ids, "metallicity"].to_numpy(float)
    expected = head_alignment(features.layers["features"][features.rows(ids)], read_head().weight, 4, label=truth)
    table = app.dataframe[0].value
    assert table["cosine to head"].to_list() == pytest.approx(expected.cosines, abs=0.006)
    assert f"**{expected.label_r2:.0%}** of the true metallicity's variance" in told(app)


def test_turning_points_of_known_curves():
    from lessons.space.words import turning_point

    rng = np.random.default_rng(0)
    label = rng.uniform(8.2, 9.2, 500)
    assert turning_point(label, (label - 8.8) ** 2 + rng.normal(0, 0.01, 500)) == pytest.approx(8.8, abs=0.02)
    assert turning_point(label, -((label - 8.6) ** 2)) == pytest.approx(8.6)
    assert turning_point(label, 3 * label + rng.normal(0, 0.1, 500)) is None
    assert turning_point(label, (label - 12) ** 2) is None  # bent, but it doesn't turn among these
    assert turning_point(label, rng.normal(size=500)) is None
    assert turning_point([np.nan] * 20, range(20)) is None
    assert turning_point(np.append(label, np.nan), np.append((label - 8.8) ** 2, 1e9)) == pytest.approx(8.8)


# Galaxies as points


def test_the_frame_says_what_it_is(run_app):
    app = run_app(page="lessons/points")
    assert "framed in the colour of their true metallicity" in told(app)
    app = run_app(page="lessons/points", frame="predicted")
    assert "framed in the colour of their predicted metallicity" in told(app)


def test_along_a_component_are_its_extremes_and_its_middle(run_app, survey, features):
    app = run_app(page="lessons/points", sample=100, along="PC2")
    ids = draw_sample(survey.object_ids, 100)
    coordinate = np.sort(fit_pca(features.layers["features"][features.rows(ids)], 3).coordinates[:, 1])
    captions = [caption for image in app.image for caption in image.captions]
    shown = [float(caption.split(" · ")[0]) for caption in captions]
    assert shown == pytest.approx([*coordinate[:8], *coordinate[46:54], *coordinate[-8:]], abs=0.051)


# Training


def test_the_numbers_of_the_training_are_the_cards(run_app):
    card = read_card()
    shown = metrics(run_app(page="lessons/training"))
    assert shown["Galaxies learnt from"] == f"{card.training['n_training']:,}"
    assert shown["Epochs"] == str(len(card.training["epochs"]))
    steps = card.training["n_training"] // card.training["recipe"]["batch_size"] * len(card.training["epochs"])
    assert shown["Steps"] == f"{steps:,}"


@pytest.mark.parametrize(
    ("seconds", "words"), [(48, "48 s"), (720, "12 min"), (7530, "2 h 6 min"), (7199, "2 h 0 min")]
)
def test_durations_are_told_for_people(seconds, words):
    from lessons.training.words import told_duration

    assert told_duration(seconds) == words


def test_worked_numbers_of_the_texts():
    assert np.sqrt((0.1**2 + 0.1**2 + 0.2**2) / 3) == pytest.approx(0.14, abs=0.005)
    errors = errors_of([-0.1, 0.0, 0.1, 0.1, 0.9], [0.0] * 5)
    assert (round(errors.rmse, 2), round(errors.bias, 2), round(errors.nmad, 2)) == (0.41, 0.2, 0.15)
    assert fit_pca([[1, 1], [2, 2], [3, 3]], 2).explained_variance == pytest.approx([2, 0], abs=1e-12)
    assert round(100 * fit_pca([[1, 1], [2, 2], [3, 2]], 1).explained_variance_ratio[0]) == 95
    assert round(2 * np.sqrt(0.5) / np.sqrt(2.5), 2) == 0.89
