"""The page of 'How many components?' shows what the core computes, and the figures in its text are right."""

import numpy as np
import pytest

from galviz.analysis.dimension import gaussian_standard_error, parallel_analysis, quick_bootstrap, share_by_sample_size
from galviz.analysis.pca import fit_pca
from galviz.analysis.regression import held_out_regression
from galviz.analysis.variance import ShareInterval, held_out_explained_variance
from galviz.course.manifest import find_lesson
from galviz.course.prose import read_sections
from galviz.features.features import CONTROLS, load_features
from galviz.survey.causes import cause_title
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from lessons.variance.words import fewest_as_good, first_to_reach, format_count, format_interval, interval_width
from tests.drawn import chart
from tests.steps import open_steps

PAGE = "lessons/variance"


@pytest.fixture(scope="module")
def features():
    return load_features()


@pytest.fixture(scope="module")
def catalogue():
    return load_survey(verify=False).catalogue


def sampled(features, size, layer="features"):
    """Return the ids of a sample, and the activations of a layer for them."""
    ids = draw_sample(features.object_ids, size)
    return ids, features.layers[layer][features.rows(ids)]


def page_text(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info) for element in kind)


def text_contains(section, *phrases):
    """Whether a section of the lesson's text contains all phrases, wherever its lines break."""
    text = " ".join(read_sections(find_lesson("variance").folder / "text.md")[section].split())
    return all(phrase in text for phrase in phrases)


def rows_of(app, number, **selection):
    """Return the rows of a chart's table, or those with a given value in a column."""
    rows = chart(app, number)[1]
    for column, value in selection.items():
        rows = rows[rows[column] == value]
    return rows


# The page


@pytest.mark.parametrize(
    ("size", "layer", "components"), [(60, "features", 4), pytest.param(150, "stage1", 2, marks=pytest.mark.slow)]
)
def test_the_chart_shows_what_the_core_computes(run_app, features, size, layer, components):
    app = run_app(page=PAGE, sample=size, layer=layer, components=components)
    assert not app.exception
    _, values = sampled(features, size, layer)
    shares, held_out = quick_bootstrap(values, components).cumulative, held_out_explained_variance(values, components)
    drawn = rows_of(app, 0, estimate=f"these {size} galaxies")
    for column, part in (("share", shares.estimate), ("low", shares.low), ("high", shares.high)):
        assert drawn[column].to_numpy() == pytest.approx(part, abs=1e-5)
    out_of_sample = rows_of(app, 0, estimate="held-out galaxies")
    assert out_of_sample["share"].to_numpy() == pytest.approx(held_out.mean, abs=1e-5)
    assert out_of_sample["low"].to_numpy() == pytest.approx(held_out.by_fold.min(axis=0), abs=1e-5)
    assert app.metric[0].value == f"{shares.estimate[0]:.1%}"
    assert app.metric[0].delta == f"{shares.low[0]:.1%} to {shares.high[0]:.1%}"
    assert f"**{np.sqrt(1 - held_out.mean[-1]):.0%}** of their distance" in page_text(app)


def test_the_table_contains_the_tutorial_the_network_and_the_controls(run_app, features):
    table = run_app(page=PAGE, step=2, sample=80).table[0].value
    assert table.loc["the tutorial"].tolist() == ["92%", "97%", "98%"]
    for name in (None, *CONTROLS):
        shares = quick_bootstrap(sampled(load_features(control=name), 80)[1], 3).cumulative
        row = table.loc["trained" if name is None else name.replace("-", " ")]
        assert row.tolist() == [format_interval(shares, count) for count in (1, 2, 3)]


@pytest.mark.slow
def test_another_network_can_be_chosen(run_app):
    app = run_app(page=PAGE, sample=60, network="random weights")
    values = sampled(load_features(control="random-weights"), 60)[1]
    assert app.metric[0].value == f"{fit_pca(values, 1).explained_variance_ratio[0]:.1%}"


def test_sample_sizes_chance_and_the_next_use(run_app, features, catalogue):
    sizes, in_criteria, against_chance, in_use = (
        run_app(page=PAGE, step=step, sample=70, target=cause_title("inclination_deg")) for step in (3, 4, 5, 6)
    )
    ids, values = sampled(features, 70)
    by_size = share_by_sample_size(features.layers["features"], [10, 20, 50, 100, 256, 500, 1000, 2000])
    assert rows_of(sizes, 0)["median"].to_numpy() == pytest.approx(by_size["median"].to_numpy(), abs=1e-5)
    first = by_size[by_size["components"] == 1].set_index("size")
    assert f"**{100 * (first['high'] - first['low']).loc[256]:.1f} percentage points**" in page_text(sizes)
    chance = parallel_analysis(values)
    drawn = rows_of(against_chance, 0, data="columns permuted")["share"].to_numpy()
    assert drawn == pytest.approx(chance.chance[: len(drawn)], abs=1e-6)
    regression = held_out_regression(values, catalogue.loc[ids, "inclination_deg"].to_numpy(float), 10)
    assert rows_of(in_use, 0)["rmse"].to_numpy() == pytest.approx(regression.rmse)
    assert (
        f"with {format_count(regression.rmse.argmin() + 1)}. The fewest within one standard error of it: "
        f"**{format_count(fewest_as_good(regression))}**" in page_text(in_use)
    )
    criteria = in_criteria.table[0].value["components"]
    assert criteria["more than chance (permuted columns)"] == str(chance.n_above)
    assert criteria["90% of the variance"] == str(
        first_to_reach(fit_pca(values, 10).explained_variance_ratio.cumsum(), 0.9)
    )


@pytest.mark.parametrize("size", [5, 6, 11])
def test_few_galaxies_raise_no_error(run_app, size):
    first, *others = open_steps(run_app, PAGE, sample=size, components=10)
    assert not any(app.exception for app in (first, *others))
    assert f"{size} galaxies have at most {size} components" in page_text(first) or size == 11


# Words


def test_words():
    shares = ShareInterval(*(np.array(part) for part in ([0.5, 0.7], [0.5, 0.7], [0.4, 0.65], [0.6, 0.75])))
    assert format_interval(shares, 2) == "70.0% (65.0 to 75.0)"
    assert interval_width(shares, 1) == pytest.approx(20)
    assert first_to_reach([0.5, 0.9, 0.95], 0.9) == 2
    assert first_to_reach([0.5, 0.6], 0.9) is None
    assert (format_count(1), format_count(4)) == ("1 component", "4 components")


# Text


def test_the_worked_example():
    shares = (0.92, 0.05, 0.01)
    error = gaussian_standard_error(shares, 256)
    bracket = 0.08**2 * 0.92**2 + 0.92**2 * (0.05**2 + 0.01**2)
    assert error[0] == pytest.approx(np.sqrt(2 / 256 * bracket))
    assert text_contains(
        "formula", "0.92, 0.05 and 0.01, from 256", f"= {bracket:.4f}$", f"is {100 * error[0]:.1f} percentage"
    )
    assert text_contains("formula", f"from {92 - 196 * error[0]:.1f} to {92 + 196 * error[0]:.1f} %")
    one, two, three = 1.96 * 100 * error
    assert text_contains("tutorial", f"within {one:.1f} points, the others to within {two:.1f} and {three:.1f}")


def test_the_text_on_controls_and_the_next_use(features, catalogue):
    ids, values = sampled(features, 256)
    shares = {name: fit_pca(sampled(load_features(control=name), 256)[1], 3).explained_variance_ratio.cumsum()
              for name in (None, *CONTROLS)}  # fmt: skip
    differences = {name: np.abs(share - [0.92, 0.97, 0.98]).max() for name, share in shares.items()}
    assert min(differences, key=differences.get) == "random-weights"
    assert f"{shares[None][0]:.0%}" == "65%"
    assert text_contains("idea", "'The first component explains 65 %'")
    random_weights = load_features(control="random-weights").layers["features"]
    first = fit_pca(random_weights, 1).coordinates[:, 0]
    correlation = abs(np.corrcoef(first, catalogue["mag_r"])[0, 1])
    assert text_contains("tutorial", f"brightness in red light is {correlation:.2f}, apart from the sign")
    counts = {
        target: fewest_as_good(held_out_regression(values, catalogue.loc[ids, target].to_numpy(float), 10))
        for target in ("metallicity", "inclination_deg")
    }
    assert counts["metallicity"] == 1 < counts["inclination_deg"]


def test_what_the_quick_bootstrap_leaves_out(features):
    for size in (256, 2000):
        ratio = fit_pca(sampled(features, size)[1], 64).explained_variance_ratio.sum()
        assert 1 - ratio < 0.001
    assert text_contains("limits", "first 64 components", "have less than a thousandth")
