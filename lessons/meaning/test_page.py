"""The page on meaning shows what the core computes, and the numbers in its text are right."""

import numpy as np
import pandas as pd
import pytest

from galviz.analysis.correlation import correlate, curve_r2
from galviz.analysis.pca import fit_pca
from galviz.analysis.probes import Probe, probe
from galviz.artefacts.probes import PERMUTED, PIXELS, PROBE_RESULTS, TRAINED, UNKNOWABLE, ProbeResults, known_causes
from galviz.course.manifest import find_lesson
from galviz.course.prose import read_sections
from galviz.features.features import CONTROLS, load_features
from galviz.features.pixels import SIDE_PX
from galviz.network.card import read_card
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from lessons.meaning.words import (
    SOURCES,
    TRUE_CONTROLS,
    cause_name,
    claims,
    closest_causes,
    signed,
    source_words,
    with_interval,
)
from tests.drawn import chart

PAGE = "lessons/meaning"


@pytest.fixture(scope="module")
def survey():
    return load_survey(verify=False)


@pytest.fixture(scope="module")
def results():
    return PROBE_RESULTS.load()


def page_text(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info) for element in kind)


def values_of(source, ids):
    features = load_features()
    rows = features.rows(ids)
    if source == PIXELS:
        return PROBE_RESULTS.load().pixels[rows]
    return (features if source == TRAINED else load_features(control=source)).layers["features"][rows]


# Charts and sentences


@pytest.mark.parametrize(
    ("source", "size", "k"),
    [("trained", 100, 3), ("shuffled labels", 300, 4), ("raw pixels", 40, 10)],
)
def test_the_table_shows_the_correlations_of_the_sample(run_app, survey, source, size, k):
    app = run_app(page=PAGE, step=2, sample=size, components=k, source=source)
    assert not app.exception
    ids, names = draw_sample(survey.object_ids, size), known_causes(survey.catalogue)
    coordinates = fit_pca(values_of(SOURCES[source], ids), k).coordinates
    causes = survey.catalogue.loc[ids, names].to_numpy(float)
    correlations = correlate(coordinates, causes)
    _, rows = chart(app)
    finite = np.isfinite(correlations.r)
    assert rows["r"].to_numpy() == pytest.approx(correlations.r[finite], abs=6e-5)
    assert rows["low"].to_numpy() == pytest.approx(correlations.low[finite], abs=6e-5)
    assert rows["high"].to_numpy() == pytest.approx(correlations.high[finite], abs=6e-5)
    assert rows["component"].iloc[-1] == f"PC{k}"
    chance = correlate(coordinates, np.random.default_rng(0).permutation(causes, axis=0))
    text = page_text(app)
    assert f"**{int(correlations.clear.sum())}** of {correlations.r.size} intervals exclude 0" in text
    assert f"across galaxies **{int(chance.clear.sum())}** do" in text
    assert closest_causes(correlations, names)[1] in text
    assert f"{size} simulated galaxies, {source}, 95% intervals" in text


def test_ranks_are_correlated_if_chosen(run_app, survey):
    app = run_app(page=PAGE, step=2, sample=80, measure="by rank (Spearman's ρ)")
    ids, names = draw_sample(survey.object_ids, 80), known_causes(survey.catalogue)
    causes = survey.catalogue.loc[ids, names].to_numpy(float)
    correlations = correlate(fit_pca(values_of(TRAINED, ids), 3).coordinates, causes, method="spearman")
    assert chart(app)[1]["r"].to_numpy() == pytest.approx(correlations.r[np.isfinite(correlations.r)], abs=6e-5)
    assert "ρ = " in page_text(app)


def test_shares_of_variance(run_app, survey):
    app = run_app(page=PAGE, step=3, sample=150)
    app.selectbox(key="cause").select("inclination_deg").run()
    ids = draw_sample(survey.object_ids, 150)
    coordinates = fit_pca(values_of(TRAINED, ids), 3).coordinates
    cause = survey.catalogue.loc[ids, ["inclination_deg"]].to_numpy(float)
    table = app.dataframe[0].value
    assert table["line, r²"].to_numpy() == pytest.approx(correlate(coordinates, cause).r[:, 0] ** 2)
    assert table["ranks, ρ²"].to_numpy() == pytest.approx(correlate(coordinates, cause, method="spearman").r[:, 0] ** 2)
    assert table["parabola, R²"].to_numpy() == pytest.approx(curve_r2(coordinates, cause)[:, 0])
    assert "*inclination (0 = face-on)*" in page_text(app)


@pytest.mark.parametrize("against", ["random weights", "raw pixels"])
def test_probes_are_the_shipped_ones(run_app, results, against):
    _, rows = chart(run_app(page=PAGE, step=4, against=against))
    for words in ("trained", against):
        mine = rows[rows["source"] == words]
        assert mine["r2"].to_numpy() == pytest.approx(results.of(SOURCES[words])["r2"].to_numpy())
        assert mine["cause"].tolist() == [cause_name(cause) for cause in results.of(TRAINED).index]
    table = run_app(page=PAGE, step=5).dataframe[0].value
    about = results.about("metallicity")
    assert len(table) == len(about)
    row = about.loc[CONTROLS[0]]
    assert with_interval(row["r2"], row["low"], row["high"]) in table["R²"].tolist()
    lead = with_interval(row["ahead"], row["ahead_low"], row["ahead_high"], sign=True)
    assert table["lead of the trained features"][list(about.index).index(CONTROLS[0])] == lead
    assert table["lead of the trained features"][list(about.index).index(TRAINED)] == "–"


def test_every_claim_is_on_the_page(run_app, results):
    text = "".join(page_text(run_app(page=PAGE, step=step, sample=50)) for step in (6, 7))
    for claim in claims(results, read_card().training["recipe"]["causes"]).values():
        assert claim in text


@pytest.mark.parametrize("source", ["trained", "raw pixels"])
def test_a_small_sample_is_explained(run_app, source):
    app = run_app(page=PAGE, sample=5, components=10, source=source)
    assert not app.exception
    assert "at least 10 galaxies, not 5" in page_text(app)
    app.slider(key="sample").set_value(10).run()
    assert not app.exception
    assert "Intervals need" not in page_text(app)


def test_a_constant_cause_is_explained(run_app, survey):
    ids = draw_sample(survey.object_ids, 10)
    assert np.ptp(survey.catalogue.loc[ids, "merger"]) == 0
    app = run_app(page=PAGE, step=3, sample=10)
    app.selectbox(key="cause").select("merger").run()
    assert not app.exception
    assert "the same merging with another galaxy" in page_text(app)


# Sentences


def test_numbers_with_intervals():
    assert with_interval(0.536, -0.001, 0.6) == "0.54 [0.00, 0.60]"
    assert with_interval(-0.2, -0.25, 0.05, sign=True) == "−0.20 [−0.25, +0.05]"
    assert signed(-0.004) == "+0.00"
    assert (source_words(CONTROLS[0]), source_words("stage1")) == ("random weights", "stage1")
    assert (cause_name("metallicity"), cause_name("merger"), cause_name("own")) == (
        "metallicity",
        "merging with another galaxy",
        "own",
    )


def make_results(trained, controls, prediction, *, lead=0.02):
    """Probe results from R² by cause, with intervals of ± 0.01, and of ± `lead` for leads."""
    parts = []
    tables = {TRAINED: trained, **dict.fromkeys(TRUE_CONTROLS, controls), "prediction": prediction}
    for source, r2 in {**tables, PERMUTED: dict.fromkeys(trained, 0.001)}.items():
        for cause, value in r2.items():
            ahead = trained[cause] - value if source not in (TRAINED, PERMUTED) else np.nan
            numbers = (value, value - 0.01, value + 0.01, ahead, ahead - lead, ahead + lead)
            parts.append((source, cause, *numbers))
    columns = ["source", "cause", "r2", "low", "high", "ahead", "ahead_low", "ahead_high"]
    return ProbeResults(pd.DataFrame(parts, columns=columns), np.zeros((1, 1)), 1.0)


def test_claims_follow_the_numbers():
    trained = {"metallicity": 0.8, "log_mass_msun": 0.7, "mag_r": 0.9, "redshift": 0.6, "arm_winding": 0.0}
    controls = {"metallicity": 0.5, "log_mass_msun": 0.4, "mag_r": 0.9, "redshift": 0.1, "arm_winding": 0.0}
    prediction = {"metallicity": 0.8, "log_mass_msun": 0.6, "mag_r": 0.1, "redshift": 0.2, "arm_winding": 0.0}
    sentences = claims(make_results(trained, controls, prediction), ["log_mass_msun"])
    both = claims(make_results(trained, controls, prediction), ["log_mass_msun", "redshift", "mag_r"])
    assert "(*stellar mass, log10*; *brightness in r*; and *redshift*)" in both["taught"]
    assert "predict **3** of 4 causes better" in sentences["ahead"]
    assert sentences["ahead"].index("Redshift") < sentences["ahead"].index("Metallicity")
    assert (
        "*Redshift*: R² = 0.60 [0.59, 0.61], ahead of the best control (random weights, 0.10) by +0.50"
        in sentences["ahead"]
    )
    assert (
        "*Brightness in r*: R² = 0.90 [0.89, 0.91], random weights 0.90, a lead of +0.00 [−0.02, +0.02]"
        in sentences["level"]
    )
    assert "**The controls aren't at 0**" in sentences["controls"]
    assert "+0.30 [+0.28, +0.32] over raw pixels" in sentences["controls"]
    assert "From random weights alone, probes predict 4 of 5 causes" in sentences["controls"]
    assert "predicts *stellar mass, log10* with R² = 0.60 [0.59, 0.61]" in sentences["construction"]
    assert "a lead of +0.00 [−0.02, +0.02]" in sentences["construction"]
    assert "*brightness in r*: 0.90 [0.89, 0.91] against 0.10 [0.09, 0.11]" in sentences["construction"]
    assert "to predict 1 of these causes (*stellar mass, log10*)" in sentences["taught"]
    assert "lead the controls for 1. The largest lead is that of *redshift*: 0.60 [0.59, 0.61]" in sentences["taught"]
    assert "*Winding direction of the arms*: 0.00 [−0.01, 0.01]" in sentences["chance"]


def test_claims_if_the_controls_are_at_zero():
    trained = {"metallicity": 0.8, "log_mass_msun": 0.7}
    sentences = claims(
        make_results(trained, dict.fromkeys(trained, 0.0), {"metallicity": 0.7, "log_mass_msun": 0.6}), []
    )
    assert "**The controls aren't at 0**" not in sentences["controls"]
    assert "From random weights alone, probes predict 0 of 2 causes" in sentences["controls"]
    assert "There is no such cause" in sentences["level"]
    assert "a lead of +0.10" in sentences["construction"]
    assert sentences["taught"] == "**What training taught it.** This network was trained to predict the label only."
    assert "No network can predict" not in sentences["chance"]


def test_a_constant_component_follows_no_cause():
    x = np.column_stack([np.arange(20.0), np.ones(20)])
    correlations = correlate(x, np.column_stack([np.sin(np.arange(20)), -np.arange(20.0)]))
    assert closest_causes(correlations, ["merger", "mag_r"]) == [
        "**PC1** follows *brightness in r* most closely, r = −1.00 [−1.00, −1.00].",
        "**PC2** is the same for all galaxies.",
    ]


# Numbers in the text


def says(section, *phrases):
    text = " ".join(read_sections(find_lesson("meaning").folder / "text.md")[section].split())
    return all(phrase in text for phrase in phrases)


def test_worked_numbers():
    x, y = np.array([-1.0, 0.0, 1.0]), np.array([1.0, 2.0, 2.0])
    r = np.corrcoef(x, y)[0, 1]
    assert says("formula", "$x = -1, 0, 1$", "$y = 1, 2, 2$", rf"1 / \sqrt{{2 \cdot 2/3}} = {r:.2f}$")
    assert np.corrcoef([1, 0, 1], [-1, 0, 1])[0, 1] == 0
    assert says("formula", "$x = 1, 0, 1$ for $y = -1, 0, 1$, has $r = 0$")
    fitted = Probe(np.array([[1.5], [2.0], [2.5]]), np.full((3, 1), 2.0), np.array([[1.0], [2.0], [3.0]]))
    assert says("probes", f"$1 - 0.5 / 2 = {fitted.r2[0]:.2f}$", "four fifths", "With 512 weights")
    assert read_card().layers["features"] == 512


def test_counts(survey, results):
    cells = 3 * len(known_causes(survey.catalogue))
    assert says(
        "intervals", f"Of {cells} cells", f"{cells / 20:.0f} on average will seem", "a thousand times", "middle 95 %"
    )
    assert says("reading", f"shrunk to {SIDE_PX} pixels per side", "The last two rows")
    assert tuple(results.of(TRAINED).index[-2:]) == UNKNOWABLE
    training = read_card().training
    assert 47_000 < training["n_training"] < 50_000
    assert len(training["epochs"]) == 8
    assert says("limits", "2,000 galaxies for five epochs, the network on almost 50,000 for eight")


def test_three_galaxies_cause_the_field_in_the_text(survey):
    ids = draw_sample(survey.object_ids, 256)
    pc2 = fit_pca(values_of(TRAINED, ids), 3).coordinates[:, 1]
    width = survey.catalogue.loc[ids, "h_alpha_angstrom"].to_numpy(float)
    correlations = correlate(pc2[:, None], width[:, None])
    assert correlations.low[0, 0] < 0 < correlations.high[0, 0]
    assert says("intervals", f"its $r$ is {correlations.r[0, 0]:.2f}. But the dot in it means")
    others = np.argsort(width)[:-3]
    r = np.corrcoef(pc2[others], width[others])[0, 1]
    assert says("intervals", "Three of the 256 galaxies", f"without them $r$ is {signed(r)}")


def test_number_of_fields_that_exclude_zero_by_chance(survey):
    ids, names = draw_sample(survey.object_ids, 256), known_causes(survey.catalogue)
    pcs = fit_pca(values_of(TRAINED, ids), 3).coordinates
    causes = survey.catalogue.loc[ids, names].to_numpy(float)
    permuted = [np.random.default_rng(seed).permutation(causes, axis=0) for seed in range(12)]
    counts = [int(correlate(pcs, values).clear.sum()) for values in permuted]
    assert min(counts) <= 1
    assert max(counts) >= 6
    assert says("intervals", "may well be 6 or 1")


def test_an_unclipped_control_fails_as_in_the_text(survey, results):
    label = survey.catalogue[["metallicity"]].to_numpy(float)
    random = load_features(control=CONTROLS[0]).layers["features"]
    untrimmed = probe(random, label, trim=0)
    assert untrimmed.r2[0] < 0
    worst = np.abs(untrimmed.predictions - label)[:, 0]
    distance = np.linalg.norm(random - np.median(random, axis=0), axis=1)
    assert worst.argmax() == distance.argmax()
    assert says("controls", f"{distance.max() / np.median(distance):.0f} times as far from the median as a typical one")
    assert says("controls", f"misses the metallicity of this galaxy by {worst.max():.0f} dex")
    others = np.delete(np.arange(len(label)), worst.argmax())
    assert 1 - (worst[others] ** 2).sum() / ((label - untrimmed.baseline)[others] ** 2).sum() > 0
    assert results.about("metallicity").loc[CONTROLS[0], "low"] > 0.5
    assert says(
        "controls", "2,000 galaxies negative", "between the 1st and 99th *percentile*", "more than half of the variance"
    )


# The figure


@pytest.mark.full
def test_the_figure_shows_what_the_core_computes():
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    namespace = {}
    try:
        exec((find_lesson("meaning").folder / "figure.py").read_text(encoding="utf-8"), namespace)
        figure = plt.gcf()
        figure.canvas.draw()
        survey, features = load_survey(verify=False), load_features()
        pc1 = fit_pca(features.layers["features"], 3).coordinates[:, 0]
        expected = np.corrcoef(pc1, survey.catalogue["metallicity"])[0, 1]
        assert figure.axes[0].images[0].get_array()[0, 0] == pytest.approx(expected)
    finally:
        plt.close("all")
