"""The lesson 'How many components?': what its page shows is what the core computes, and what its text says is so."""

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
from lessons.variance.words import counted, fewest_as_good, first_to_reach, interval, width
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
    """Ids of a sample, and what a layer says of them."""
    ids = draw_sample(features.object_ids, size)
    return ids, features.layers[layer][features.rows(ids)]


def page_text(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info) for element in kind)


def says(section, *phrases):
    text = " ".join(read_sections(find_lesson("variance").folder / "text.md")[section].split())
    return all(phrase in text for phrase in phrases)


def rows_of(app, number, **selection):
    """Rows of a chart's table, or those with a given value in a column."""
    rows = chart(app, number)[1]
    for column, value in selection.items():
        rows = rows[rows[column] == value]
    return rows


# The page


@pytest.mark.parametrize(
    ("size", "layer", "components"), [(60, "features", 4), pytest.param(150, "stage1", 2, marks=pytest.mark.slow)]
)
def test_the_picture_is_what_the_core_computes(run_app, features, size, layer, components):
    app = run_app(page=PAGE, sample=size, layer=layer, components=components)
    assert not app.exception
    _, values = sampled(features, size, layer)
    shares, left_out = quick_bootstrap(values, components).cumulative, held_out_explained_variance(values, components)
    drawn = rows_of(app, 0, estimate=f"these {size} galaxies")
    for column, part in (("share", shares.estimate), ("low", shares.low), ("high", shares.high)):
        assert drawn[column].to_numpy() == pytest.approx(part, abs=1e-5)
    apart = rows_of(app, 0, estimate="held-out galaxies")
    assert apart["share"].to_numpy() == pytest.approx(left_out.mean, abs=1e-5)
    assert apart["low"].to_numpy() == pytest.approx(left_out.by_fold.min(axis=0), abs=1e-5)
    assert app.metric[0].value == f"{shares.estimate[0]:.1%}"
    assert app.metric[0].delta == f"{shares.low[0]:.1%} to {shares.high[0]:.1%}"
    assert f"**{np.sqrt(1 - left_out.mean[-1]):.0%}** of their distance" in page_text(app)


def test_the_table_holds_the_tutorial_the_network_and_the_controls(run_app, features):
    table = run_app(page=PAGE, step=2, sample=80).table[0].value
    assert table.loc["the tutorial"].tolist() == ["92%", "97%", "98%"]
    for name in (None, *CONTROLS):
        shares = quick_bootstrap(sampled(load_features(control=name), 80)[1], 3).cumulative
        row = table.loc["trained" if name is None else name.replace("-", " ")]
        assert row.tolist() == [interval(shares, count) for count in (1, 2, 3)]


@pytest.mark.slow
def test_another_network_is_shown_when_asked_for(run_app):
    app = run_app(page=PAGE, sample=60, network="random weights")
    values = sampled(load_features(control="random-weights"), 60)[1]
    assert app.metric[0].value == f"{fit_pca(values, 1).explained_variance_ratio[0]:.1%}"


def test_sample_sizes_chance_and_the_next_use(run_app, features, catalogue):
    sizes, in_rules, against_chance, in_use = (
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
    read = held_out_regression(values, catalogue.loc[ids, "inclination_deg"].to_numpy(float), 10)
    assert rows_of(in_use, 0)["rmse"].to_numpy() == pytest.approx(read.rmse)
    assert (
        f"{counted(read.rmse.argmin() + 1)}. Within one standard error, **{counted(fewest_as_good(read))}**"
        in page_text(in_use)
    )
    rules = in_rules.table[0].value["components"]
    assert rules["more than chance: shuffled columns"] == str(chance.n_above)
    assert rules["90% of the variance"] == str(
        first_to_reach(fit_pca(values, 10).explained_variance_ratio.cumsum(), 0.9)
    )


@pytest.mark.parametrize("size", [5, 6, 11])
def test_few_galaxies_do_not_break_it(run_app, size):
    first, *others = open_steps(run_app, PAGE, sample=size, components=10)
    assert not any(app.exception for app in (first, *others))
    assert f"{size} galaxies have at most {size} components" in page_text(first) or size == 11


# Its words


def test_words():
    shares = ShareInterval(*(np.array(part) for part in ([0.5, 0.7], [0.5, 0.7], [0.4, 0.65], [0.6, 0.75])))
    assert interval(shares, 2) == "70.0% (65.0 to 75.0)"
    assert width(shares, 1) == pytest.approx(20)
    assert first_to_reach([0.5, 0.9, 0.95], 0.9) == 2
    assert first_to_reach([0.5, 0.6], 0.9) is None
    assert (counted(1), counted(4)) == ("1 component", "4 components")


# Its text


def test_the_worked_number():
    shares = (0.92, 0.05, 0.01)
    error = gaussian_standard_error(shares, 256)
    bracket = 0.08**2 * 0.92**2 + 0.92**2 * (0.05**2 + 0.01**2)
    assert error[0] == pytest.approx(np.sqrt(2 / 256 * bracket))
    assert says("formula", "0.92, 0.05 and 0.01, from 256", f"= {bracket:.4f}$", f"is {100 * error[0]:.1f} percentage")
    assert says("formula", f"from {92 - 196 * error[0]:.1f} to {92 + 196 * error[0]:.1f} %")
    one, two, three = 1.96 * 100 * error
    assert says("tutorial", f"within {one:.1f} points, the others to within {two:.1f} and {three:.1f}")


def test_the_text_on_controls_and_the_next_use(features, catalogue):
    ids, values = sampled(features, 256)
    shares = {name: fit_pca(sampled(load_features(control=name), 256)[1], 3).explained_variance_ratio.cumsum()
              for name in (None, *CONTROLS)}  # fmt: skip
    away = {name: np.abs(each - [0.92, 0.97, 0.98]).max() for name, each in shares.items()}
    assert min(away, key=away.get) == "random-weights"
    assert f"{shares[None][0]:.0%}" == "65%"
    assert says("idea", "'The first component explains 65 %'")
    everywhere = load_features(control="random-weights").layers["features"]
    first = fit_pca(everywhere, 1).coordinates[:, 0]
    correlation = abs(np.corrcoef(first, catalogue["mag_r"])[0, 1])
    assert says("tutorial", f"magnitude in r at {correlation:.2f} in size")
    counts = {
        target: fewest_as_good(held_out_regression(values, catalogue.loc[ids, target].to_numpy(float), 10))
        for target in ("metallicity", "inclination_deg")
    }
    assert counts["metallicity"] == 1 < counts["inclination_deg"]


def test_what_the_quick_bootstrap_leaves_out(features):
    for size in (256, 2000):
        ratio = fit_pca(sampled(features, size)[1], 64).explained_variance_ratio.sum()
        assert 1 - ratio < 0.001
    assert says("limits", "leaves out less than a thousandth")
