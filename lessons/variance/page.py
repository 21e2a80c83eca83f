"""Page of the lesson 'How many components?': intervals for explained variance, and criteria for a number."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.analysis.dimension import parallel_analysis, quick_bootstrap
from galviz.analysis.variance import BootstrapVariance, HeldOutVariance, held_out_explained_variance
from galviz.charts import (
    error_by_components_chart,
    parallel_analysis_chart,
    variance_by_sample_size_chart,
    variance_estimates_chart,
)
from galviz.course.manifest import find_lesson
from galviz.survey.causes import CAUSES, cause_title
from lessons.variance.words import apply_criteria, fewest_as_good, format_count, format_interval, interval_width
from panels.controls import choose_components, choose_layer, in_url, limit_components
from panels.explained_variance import (
    FOLDS,
    NETWORKS,
    VarianceSample,
    bootstrap_variance,
    choose_network,
    features_of_network,
)
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

TUTORIAL = (0.92, 0.97, 0.98)
TARGETS = ("metallicity", "log_mass_msun", "inclination_deg", "bulge_fraction", "dust_v_mag", "redshift")
# Components in the chart of permuted columns.
N_PERMUTED = 12


def _choose_sample() -> VarianceSample:
    """Draw the controls for the network, the layer and the sample."""
    features = choose_network()
    layer = choose_layer(list(features.layers))
    return VarianceSample(features, layer, choose_sample(open_shipped_survey().survey))


def _show_estimates(controls: DeltaGenerator) -> None:
    """Draw the explained variance with its interval, and that of held-out galaxies."""
    with controls:
        sample = _choose_sample()
        n_components = limit_components(choose_components(), len(sample.object_ids), sample.n_channels)
    bootstrap = sample.bootstrap(n_components)
    held_out = sample.held_out(sample.limit_held_out(n_components))
    cumulative, by_fold = bootstrap.cumulative, held_out.by_fold
    with st.container(horizontal=True):
        for count in range(1, min(3, n_components) + 1):
            low, high = cumulative.low[count - 1], cumulative.high[count - 1]
            st.metric(
                f"In {format_count(count)}",
                f"{cumulative.estimate[count - 1]:.1%}",
                f"{low:.1%} to {high:.1%}",
                delta_color="off",
                delta_arrow="off",
            )
    in_sample = pd.DataFrame({"share": cumulative.estimate, "low": cumulative.low, "high": cumulative.high})
    out_of_sample = pd.DataFrame({"share": held_out.mean, "low": by_fold.min(axis=0), "high": by_fold.max(axis=0)})
    estimates = {
        f"these {len(sample.object_ids):,} galaxies": in_sample,
        "held-out galaxies": out_of_sample,
        "the tutorial's 256": pd.DataFrame({"share": TUTORIAL[:n_components]}),
    }
    st.altair_chart(variance_estimates_chart(estimates))
    st.caption(
        f"{len(sample.object_ids):,} simulated galaxies, layer {sample.layer}. Band: 95 % interval of "
        f"{bootstrap.n_resamples} bootstrap resamples. Bars: from the worst to the best of {FOLDS} folds. The tutorial "
        "used real galaxies and another network, and gives no interval."
    )
    st.markdown(_describe_loss(bootstrap, held_out))


def _show_networks(controls: DeltaGenerator) -> None:
    """Draw a table of the explained variance of the three networks, and of the tutorial's."""
    with controls:
        object_ids = choose_sample(open_shipped_survey().survey)
    n_components = min(3, len(object_ids))
    rows = {"the tutorial": [f"{share:.0%}" for share in TUTORIAL]}
    for name, title in NETWORKS.items():
        variance = bootstrap_variance(features_of_network(name), "features", object_ids, n_components)
        rows[title] = [format_interval(variance.cumulative, count) for count in range(1, n_components + 1)]
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=[format_count(count) for count in (1, 2, 3)])
    st.table(table)
    st.caption(
        f"Explained variance of the first components of the layer features, for your {len(object_ids):,} galaxies. In "
        "brackets: the 95 % bootstrap interval."
    )


def _show_sizes(controls: DeltaGenerator) -> None:
    """Draw the explained variance of samples of several sizes."""
    with controls:
        sample = _choose_sample()
    by_size = sample.by_sample_size()
    st.altair_chart(variance_by_sample_size_chart(by_size))
    st.caption("Bands: 95 % of 200 samples. Dashed: all galaxies of the survey. The horizontal axis is logarithmic.")
    spread = by_size.assign(width=100 * (by_size["high"] - by_size["low"])).query("components == 1").set_index("size")
    st.markdown(
        f"For the layer {sample.layer}, 95 % of samples of 256 galaxies have a first share within an interval of "
        f"**{spread.loc[256, 'width']:.1f} percentage points**. For samples of {spread.index[-1]:,}, it is "
        f"**{spread['width'].iloc[-1]:.1f}**. The median first share is **{spread['median'].iloc[0]:.0%}** for samples "
        f"of {spread.index[0]}, and {spread['all'].iloc[0]:.0%} for all galaxies."
    )


def _choose_target() -> str:
    label = "The next use: predict from the components"
    return in_url(st.selectbox, label, TARGETS, format_func=cause_title, key="target")


def _show_criteria(controls: DeltaGenerator) -> None:
    """Draw a table of the number of components that each criterion gives."""
    with controls:
        target, sample = _choose_target(), _choose_sample()
    next_use, chance = sample.predict(open_shipped_survey().survey.catalogue[target]), sample.permuted()
    in_sample = sample.bootstrap(sample.max_components).cumulative.estimate
    held_out = sample.held_out(sample.limit_held_out(sample.max_components)).mean
    criteria = apply_criteria(in_sample, held_out, chance, next_use, cause_title(target))
    st.table(pd.DataFrame(criteria, columns=["criterion", "components"]).set_index("criterion"))


def _show_chance(controls: DeltaGenerator) -> None:
    """Draw the explained variance of each component, and that of permuted columns."""
    with controls:
        sample = _choose_sample()
    chance = sample.permuted()
    n_components = int((chance.chance[:N_PERMUTED] > 0).sum())
    st.altair_chart(
        parallel_analysis_chart(np.maximum(chance.observed[:n_components], 1e-6), chance.chance[:n_components])
    )


def _show_next_use(controls: DeltaGenerator) -> None:
    """Draw the error of a quantity that is predicted from the first components."""
    with controls:
        target, sample = _choose_target(), _choose_sample()
    next_use, n_galaxies = sample.predict(open_shipped_survey().survey.catalogue[target]), len(sample.object_ids)
    if next_use is None:
        st.info("Too few galaxies for cross-validation: choose a larger sample.", icon=":material/info:")
        return
    cause = CAUSES[target]
    st.altair_chart(
        error_by_components_chart(
            next_use.rmse, next_use.standard_error, next_use.baseline, title=cause.name, unit=cause.unit
        )
    )
    best = int(next_use.rmse.argmin())
    smallest = f"{next_use.rmse[best]:.3g} {cause.unit}".strip()
    st.markdown(
        f"For your {n_galaxies:,} galaxies, the smallest error is **{smallest}**, with "
        f"{format_count(best + 1)}. The fewest within one standard error of it: "
        f"**{format_count(fewest_as_good(next_use))}**. Without components, the error is {next_use.baseline:.3g}."
    )


def _describe_loss(bootstrap: BootstrapVariance, held_out: HeldOutVariance) -> str:
    """Describe what the components don't explain, and the width of the first interval."""
    lost = np.sqrt(1 - min(1.0, float(held_out.mean[-1])))
    return (
        f"**What is lost.** If you reconstruct held-out galaxies from {format_count(len(held_out.mean))}, they are off "
        f"by **{lost:.0%}** of their distance from the mean (root mean square). Your interval of the first share is "
        f"{interval_width(bootstrap.cumulative, 1):.1f} percentage points wide."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("variance")
    steps = [
        Step(
            "Explained variance is an estimate",
            _show_estimates,
            ("idea",),
            (1,),
            code=(quick_bootstrap, held_out_explained_variance),
            figure=figure_source(lesson),
        ),
        Step("The tutorial's numbers", _show_networks, ("tutorial", "formula")),
        Step("Small samples", _show_sizes, ("size",), (0,)),
        Step("Criteria", _show_criteria, ("choose",), (3,)),
        Step("Parallel analysis", _show_chance, ("chance",), code=(parallel_analysis,)),
        Step("Components as predictors", _show_next_use, ("next",), (2,)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)
