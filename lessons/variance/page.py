"""Page of the lesson 'How many components?': how sure a share of variance is, and reasons to choose a number."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.dimension import (
    ChanceShares,
    parallel_analysis,
    quick_bootstrap,
)
from galviz.analysis.regression import HeldOutRegression
from galviz.analysis.variance import BootstrapVariance, HeldOutVariance, held_out_explained_variance
from galviz.charts import (
    error_by_components_chart,
    parallel_analysis_chart,
    variance_by_sample_size_chart,
    variance_estimates_chart,
)
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.survey.causes import CAUSES, cause_title
from lessons.variance.words import counted, fewest_as_good, interval, reasons, width
from panels import components
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import MOST_COMPONENTS, choose_components, choose_layer, in_address, limit_components
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

TUTORIAL = (0.92, 0.97, 0.98)
TARGETS = ("metallicity", "log_mass_msun", "inclination_deg", "bulge_fraction", "dust_v_mag", "redshift")
# Components drawn beside chance.
DRAWN = 12


@dataclass(frozen=True)
class Sample:
    """The galaxies and the layer that the page is about."""

    features: Features
    layer: str
    object_ids: list[str]

    @property
    def largest(self) -> int:
        """How many components the sample can have at most, and are looked at."""
        return min(MOST_COMPONENTS, len(self.object_ids), self.n_channels)

    @property
    def n_channels(self) -> int:
        """How many numbers the layer has for each galaxy."""
        return self.features.layers[self.layer].shape[1]

    def most_held_out(self, asked: int) -> int:
        """How many components can be fitted if a fold of the galaxies is left out."""
        return components.most_held_out(len(self.object_ids), self.n_channels, asked)

    def shares(self, n_components: int) -> BootstrapVariance:
        """Shares of the variance, with the interval of their bootstrap."""
        return components.shares(self.features, self.layer, self.object_ids, n_components)

    def held_out(self, n_components: int) -> HeldOutVariance:
        """Shares of the variance of galaxies left out of the fit."""
        return components.held_out(self.features, self.layer, self.object_ids, n_components)


def _show_shares(sample: Sample, found: BootstrapVariance, left_out: HeldOutVariance) -> None:
    shown, by_fold = found.cumulative, left_out.by_fold
    n_components = len(shown.estimate)
    with st.container(horizontal=True):
        for count in range(1, min(3, n_components) + 1):
            low, high = shown.low[count - 1], shown.high[count - 1]
            st.metric(
                "In the first" if count == 1 else f"In {count} components",
                f"{shown.estimate[count - 1]:.1%}",
                f"{low:.1%} to {high:.1%}",
                delta_color="off",
                delta_arrow="off",
            )
    these = pd.DataFrame({"share": shown.estimate, "low": shown.low, "high": shown.high})
    others = pd.DataFrame({"share": left_out.mean, "low": by_fold.min(axis=0), "high": by_fold.max(axis=0)})
    curves = {
        f"these {len(sample.object_ids):,} galaxies": these,
        "galaxies left out": others,
        "the tutorial's 256": pd.DataFrame({"share": TUTORIAL[:n_components]}),
    }
    st.altair_chart(variance_estimates_chart(curves))
    st.caption(
        f"{len(sample.object_ids):,} simulated galaxies, layer {sample.layer}. Band: where 95 % of "
        f"{found.n_resamples} resamples of them lie. Bars: from the worst to the best of {components.FOLDS} folds. The "
        "tutorial's are real galaxies and another network; it gives no interval."
    )


def _show_networks(object_ids: list[str]) -> None:
    """Draw the shares of the three networks' features beside the tutorial's."""
    most = min(3, len(object_ids))
    rows = {"the tutorial": [f"{share:.0%}" for share in TUTORIAL]}
    for name, words in components.NETWORKS.items():
        theirs = components.shares(components.features_of_network(name), "features", object_ids, most)
        rows[words] = [interval(theirs.cumulative, count) for count in range(1, most + 1)]
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=["1 component", "2 components", "3 components"])
    st.table(table)
    st.caption(
        f"Share of the variance in the first components of the layer features, and where 95 % of the resamples of your "
        f"{len(object_ids):,} galaxies lie."
    )


def _show_sizes(sample: Sample, text: str) -> None:
    left, right = st.columns(2, gap="large")
    by_size = components.by_sample_size(sample.features, sample.layer)
    left.markdown(text)
    spread = by_size.assign(width=100 * (by_size["high"] - by_size["low"])).query("components == 1").set_index("size")
    left.markdown(
        f"Of this network's layer {sample.layer}, a sample of 256 puts the first share anywhere in an interval of "
        f"**{spread.loc[256, 'width']:.1f} percentage points**, one of {spread.index[-1]:,} in one of "
        f"**{spread['width'].iloc[-1]:.1f}**. Samples of {spread.index[0]} find "
        f"**{spread['median'].iloc[0]:.0%}** in the middle, where all {spread.index[-1]:,} have "
        f"{spread['all'].iloc[0]:.0%}."
    )
    with right:
        st.altair_chart(variance_by_sample_size_chart(by_size))
        st.caption(
            "Bands: where 95 % of 200 samples lie. Dashed: all galaxies of the survey. The first scale is logarithmic."
        )


def _regression(sample: Sample, label: pd.Series) -> HeldOutRegression | None:
    """The error of a label predicted from the components; None if there are too few galaxies to leave some out."""
    readable = sample.most_held_out(MOST_COMPONENTS + 2) - 2
    if readable < 1:
        return None
    n_components = min(readable, MOST_COMPONENTS)
    return components.regression(sample.features, sample.layer, sample.object_ids, n_components, label)


def _show_rules(sample: Sample, chance: ChanceShares, next_use: HeldOutRegression | None, target: str) -> None:
    most = sample.largest
    in_sample = sample.shares(most).cumulative.estimate
    held_out = sample.held_out(sample.most_held_out(most)).mean
    rules = reasons(in_sample, held_out, chance, next_use, cause_title(target))
    st.table(pd.DataFrame(rules, columns=["rule", "components"]).set_index("rule"))


def _show_chance(chance: ChanceShares) -> None:
    st.subheader("Against chance")
    drawn = int((chance.chance[:DRAWN] > 0).sum())
    st.altair_chart(parallel_analysis_chart(np.maximum(chance.observed[:drawn], 1e-6), chance.chance[:drawn]))


def _show_next_use(next_use: HeldOutRegression | None, n_galaxies: int, target: str) -> None:
    st.subheader("For the next use")
    if next_use is None:
        st.info("Too few galaxies to leave some out: take more.", icon=":material/info:")
        return
    cause = CAUSES[target]
    st.altair_chart(
        error_by_components_chart(
            next_use.rmse, next_use.standard_error, next_use.baseline, title=cause.name, unit=cause.unit
        )
    )
    best = int(next_use.rmse.argmin())
    st.markdown(
        f"Of your {n_galaxies:,} galaxies the least error, **{next_use.rmse[best]:.3g} {cause.unit}**, is reached "
        f"with {counted(best + 1)}. Within one standard error **{counted(fewest_as_good(next_use))}** will do. "
        f"With none, the error is {next_use.baseline:.3g}."
    )


def _say_what_is_lost(found: BootstrapVariance, left_out: HeldOutVariance) -> str:
    lost = np.sqrt(1 - min(1.0, float(left_out.mean[-1])))
    return (
        f"**What is lost.** Rebuild galaxies that were left out from {len(left_out.mean)} components: typically they "
        f"miss their place by **{lost:.0%}** of their distance from the mean. Your interval of the first share is "
        f"{width(found.cumulative, 1):.1f} percentage points wide."
    )


def page() -> None:
    """Draw the page."""
    lesson, opened = find_lesson("variance"), open_shipped_survey()
    text = begin(lesson, opened)

    picture = st.container()  # above the controls that decide on it
    left, right = st.columns(2, gap="large")
    with left:
        object_ids = choose_sample(opened.survey)
        asked = choose_components()
    with right:
        features = components.choose_network()
        sample = Sample(features, choose_layer(list(features.layers)), object_ids)
    n_components = limit_components(asked, len(object_ids), sample.n_channels)
    found = sample.shares(n_components)
    left_out = sample.held_out(sample.most_held_out(n_components))
    with picture:
        _show_shares(sample, found, left_out)

    left, right = st.columns(2, gap="large")
    left.markdown(text["idea"])
    right.markdown(text["formula"])

    st.header("How sure could the tutorial be?")
    left, right = st.columns(2, gap="large")
    left.markdown(text["tutorial"])
    with right:
        _show_networks(object_ids)

    st.header("How many galaxies?")
    _show_sizes(sample, text["size"])

    st.header("A reason for a number")
    left, right = st.columns(2, gap="large")
    label = "The next use: read from the components"
    target = in_address(right.selectbox, label, TARGETS, format_func=cause_title, key="target")
    next_use = _regression(sample, opened.survey.catalogue[target])
    chance = components.chance_shares(sample.features, sample.layer, object_ids)
    left.markdown(text["choose"])
    with right:
        _show_rules(sample, chance, next_use, target)

    left, right = st.columns(2, gap="large")
    with left:
        _show_chance(chance)
        st.markdown(text["chance"])
    with right:
        _show_next_use(next_use, len(object_ids), target)
        st.markdown(text["next"])
    st.markdown(_say_what_is_lost(found, left_out))
    show_code(
        quick_bootstrap,
        held_out_explained_variance,
        parallel_analysis,
        matplotlib=figure_source(lesson),
    )
    end(lesson, text)
