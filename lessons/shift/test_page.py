"""The page on domain shift shows what the core computes, and the numbers in its text are right."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.novelty import fit_novelty
from galviz.analysis.pca import fit_pca
from galviz.artefacts.hubble import HUBBLE_FIELD, NOISE, PETROSIAN, split_survey, survey_novelty
from galviz.artefacts.real_galaxies import load_real_galaxies
from galviz.course.manifest import find_lesson
from galviz.course.prose import read_sections
from galviz.features.features import load_features
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from lessons.shift.words import (
    compare_controls,
    draw_sources,
    fine_tuning_words,
    learning_curve_table,
    methods_table,
)
from tests.drawn import chart

PAGE = "lessons/shift"


@pytest.fixture(scope="module")
def field():
    return HUBBLE_FIELD.load()


@pytest.fixture(scope="module")
def features():
    return load_features()


@pytest.fixture(scope="module")
def novelty(features):
    return survey_novelty(features.layers["features"])


@pytest.fixture(scope="module")
def controls(field, features, novelty):
    labels = load_survey(verify=False).catalogue["metallicity"]
    unchanged = novelty.held_out_distances[:200], features.predictions[features.rows(field.control_ids)]
    return compare_controls(field, novelty.limit(0.99), labels, unchanged)


def page_text(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info) for element in kind)


def says(section, *phrases):
    text = " ".join(read_sections(find_lesson("shift").folder / "text.md")[section].split())
    return all(phrase in text for phrase in phrases)


# The page


@pytest.mark.parametrize("step", range(1, 9))
def test_every_step_is_drawn(run_app, step):
    assert not run_app(page=PAGE, step=step).exception


@pytest.mark.parametrize("threshold", [2, 12])
def test_sources_above_a_threshold(run_app, field, threshold):
    count = int((field.sources["threshold"] >= threshold).sum())
    app = run_app(page=PAGE, step=2, threshold=threshold, frames="true")
    assert f"**{count}** sources stand out by {threshold} standard deviations" in page_text(app)
    picture, marked = draw_sources(field, threshold, frames=True)
    assert marked == count
    plain, _ = draw_sources(field, threshold, frames=False)
    assert np.any(np.asarray(picture) != np.asarray(plain))


def test_the_map_projects_the_hubble_galaxies(run_app, field, features):
    _, rows = chart(run_app(page=PAGE, step=3, sample=80))
    ids = draw_sample(features.object_ids, 80)
    projection = fit_pca(features.layers["features"][features.rows(ids)], 2)
    hubble = rows[rows["group"] == "Hubble deep field"]
    assert hubble[["x", "y"]].to_numpy() == pytest.approx(projection.transform(field.features), abs=1e-3)
    assert len(rows) == 80 + 128
    assert rows["image"].str.startswith("data:image/webp").all()


@pytest.mark.parametrize("percentile", [99, 90])
def test_the_distances_and_their_limit(run_app, field, novelty, percentile):
    app = run_app(page=PAGE, step=4, percentile=percentile)
    distances, limit = novelty.distances(field.features), np.quantile(novelty.held_out_distances, percentile / 100)
    beyond = int((distances > limit).sum())
    text = page_text(app)
    assert f"**{beyond} of 128** galaxies of the deep field (**{beyond / 128:.0%}**)" in text
    assert f"the {percentile}th percentile of the held-out simulated galaxies, at {limit:.1f}" in text
    assert f"Median p-value: {np.median(novelty.p_values(distances)):.3f}" in text


def test_the_controls_on_the_page(run_app, controls):
    table = run_app(page=PAGE, step=5).table[0].value
    assert table.index.tolist() == controls.index.tolist()
    assert table["beyond the 99th percentile"].tolist() == controls["beyond"].map("{:.0%}".format).tolist()
    assert table["RMSE [dex]"].tolist() == controls["rmse"].map("{:.3f}".format).tolist()


def test_results_on_real_galaxies(run_app):
    results = load_real_galaxies()
    shown = run_app(page=PAGE, step=7).table[0].value
    pd.testing.assert_frame_equal(shown, methods_table(results))
    zero_shot = results.method("zero-shot")
    assert shown.loc[zero_shot.title, "RMSE [dex]"].startswith(f"{zero_shot.rmse.value:.3f} [")
    assert shown.loc[zero_shot.title, ["real labels", "tested on"]].tolist() == ["0", "400"]
    tuned = results.method("fine-tuned")
    assert shown.loc[tuned.title, "tested on"] == f"{tuned.n_tested}"
    curve = learning_curve_table(results)
    assert len(curve) == len({point.n_labels for point in results.learning_curve})
    assert run_app(page=PAGE, step=8).table[0].value.shape == curve.shape
    assert fine_tuning_words(results) in page_text(run_app(page=PAGE, step=7))


# Numbers in the text


def test_the_map_hides_what_the_distance_shows(field, features, novelty):
    ids = draw_sample(features.object_ids, 256)
    projection = fit_pca(features.layers["features"][features.rows(ids)], 2)
    plane = projection.transform(field.features)
    inside = (plane > projection.coordinates.min(axis=0)) & (plane < projection.coordinates.max(axis=0))
    assert inside.all(axis=1).mean() > 0.95
    far = novelty.distances(field.features) > novelty.limit(0.99)
    assert far[inside.all(axis=1)].mean() > 0.8
    assert says("map", "Nearly all of them lie among the simulated ones", "most of the galaxies that look typical here")


def test_numbers_of_galaxies_and_neighbours(field, novelty):
    assert (novelty.n_reference, len(novelty.held_out_distances), novelty.n_neighbors) == (1000, 1000, 5)
    assert says("distance", "5 nearest neighbours among 1,000 simulated galaxies", "1,000 other simulated galaxies")
    assert says("detect", "25 connected pixels", "4.45 times its R90", "scaled to 128 pixels", "the 128 brightest")
    assert len(field.chosen) == 128
    assert says("controls", "200 held-out galaxies")
    assert says("try", "At the 90th, 10 % of the galaxies")


def test_p_values_of_one_percent_are_rare_among_held_out_galaxies(features):
    """The held-out half is cut in two at random, many times; the guarantee holds on average."""
    values = features.layers["features"]
    reference, held_out = split_survey(len(values))
    novelty, random, shares = fit_novelty(values[reference], values[held_out]), np.random.default_rng(0), []
    for _ in range(200):
        distances = random.permutation(novelty.held_out_distances)
        calibrated = replace(novelty, held_out_distances=distances[:500])
        shares.append((calibrated.p_values(distances[500:]) <= 0.01).mean())
    assert np.mean(shares) == pytest.approx(0.01, abs=0.002)
    assert says("distance", r"has $p \le 0.01$ in at most 1 % of cases on average")


def test_what_the_controls_show(controls):
    beyond, rmse = controls["beyond"], controls["rmse"]
    assert controls.index[1:3].tolist() == [PETROSIAN, "turned by 90°"]
    assert (beyond.iloc[1:3] < 0.07).all()
    assert (beyond[["inverted", NOISE]] == 1).all()
    for name in ("without colour", "blurred, 4 px"):
        assert rmse[name] / rmse["unchanged"] == pytest.approx(2, abs=0.15)
        assert beyond[name] <= beyond["unchanged"] + 0.01
    assert rmse.idxmax() == "red and blue exchanged"
    assert beyond["red and blue exchanged"] < 0.5
    assert says("controls", "*without colour* and *blurred, 4 px*: the errors are twice as large as before")
    assert says(
        "controls", "the rows *framed by size* and *turned by 90°* should stay near", "the error is the largest of all"
    )
    assert says("limits", f"too strict: {beyond[PETROSIAN]:.0%}".replace("%", " %"))


def test_predictions_for_the_deep_field_are_lower(field, features):
    assert field.predictions.mean() < features.predictions.mean() - 0.1
    assert says("predictions", "lower on average")


def test_what_the_results_on_real_galaxies_show():
    results = load_real_galaxies()
    rmse = {method.name: method.rmse for method in results.methods}
    baselines = [method for method in results.methods if method.kind == "baseline"]
    best = min(baselines, key=lambda method: method.rmse.value)
    assert results.survey.n_galaxies == 400
    assert rmse["zero-shot"].low < best.rmse.value < rmse["zero-shot"].high
    assert says("real", f"the best baseline, which was fitted to {best.n_fitted} real labels", "400 real SDSS galaxies")
    assert abs(results.method("recalibrated").bias.value) < 0.005 < abs(results.method("zero-shot").bias.value)
    assert rmse["ridge-features"].value < min(method.rmse.value for method in baselines)
    assert results.difference("ridge-features", best.name).rmse.low > 0
    # fine-tuning beats every baseline too; text.md doesn't say that it is better than the ridge
    assert results.difference("fine-tuned", best.name).rmse.low > 0
    tuned = results.difference("fine-tuned", "ridge-features").rmse
    assert tuned.low < 0 < tuned.high
    assert says("real", "Fine-tuning all layers with so few labels isn't clearly better")
    assert abs(results.distance.error_correlation["zero-shot"].value) < 0.2
    assert results.distance.groups[-1].share_beyond.value < 0.1


@pytest.mark.full
def test_whitened_components_miss_noise(features, novelty):
    from PIL import Image

    from galviz.network.activations import ActivationRecorder
    from galviz.network.model import load_model

    random = np.random.default_rng(0)
    images = [Image.fromarray(random.integers(0, 256, (160, 160, 3), dtype=np.uint8)) for _ in range(12)]
    noise = ActivationRecorder(load_model(), ["features"])(images)[0]["features"]
    values = features.layers["features"].astype(float)
    reference, held_out = split_survey(len(values))
    pca = fit_pca(values[reference], 30)
    k = int(np.searchsorted(np.cumsum(pca.explained_variance_ratio), 0.95)) + 1
    whitened = fit_novelty(pca.coordinates[:, :k], pca.transform(values[held_out])[:, :k])
    assert (whitened.distances(pca.transform(noise)[:, :k]) > whitened.limit(0.99)).mean() < 0.2
    assert (novelty.distances(noise) > novelty.limit(0.99)).all()
    assert says("standardise", "95 % of the variance, whitened, miss images of pure noise")


# The figure


@pytest.mark.full
def test_the_figure_shows_what_the_core_computes(field, novelty):
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    namespace = {}
    try:
        exec((find_lesson("shift").folder / "figure.py").read_text(encoding="utf-8"), namespace)
        share = (novelty.distances(field.features) > novelty.limit(0.99)).mean()
        assert plt.gcf().axes[0].get_title().startswith(f"{share:.0%} of the Hubble galaxies")
    finally:
        plt.close("all")
