"""Page of the lesson 'What do the components mean?': correlations with known causes, probes, and controls for both."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.correlation import LEAST_GALAXIES, METHODS, Correlations, correlate, curve_r2
from galviz.analysis.probes import probe
from galviz.artefacts.probes import TRAINED, ProbeResults, known_causes
from galviz.charts import correlation_heatmap, probe_chart
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.network.card import read_card
from lessons.meaning.words import SOURCES, cause_name, claims, closest_causes, signed, source_words, with_interval
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import choose_components, choose_one, in_address, limit_components
from panels.feature_space import align_head, shipped_features
from panels.meaning import components_of, correlations_of, shipped_probes
from panels.sampling import choose_sample
from panels.surveys import OpenSurvey, open_shipped_survey

MEASURES = {"straight (Pearson's r)": METHODS[0], "by rank (Spearman's ρ)": METHODS[1]}
# Sources that have a row of coordinates a galaxy; the others are probes alone.
MAPPED = ("trained", "random weights", "shuffled labels", "raw pixels")
# A regression on fewer galaxies than its axes and this says nothing.
LEAST_BESIDE = 2


@dataclass(frozen=True)
class Sample:
    """A sample, and what its components are compared with.

    Attributes
    ----------
    object_ids : list of str
    source : str
        Whose components: one of `MAPPED`.
    measure : str
        A key of `MEASURES`.
    n_components : int
    causes : DataFrame
        The known causes of the sample's galaxies, one row per galaxy.
    coordinates : ndarray of shape (n, n_components), or None
        None if the sample is too small for intervals.
    """

    object_ids: list[str]
    source: str
    measure: str
    n_components: int
    causes: pd.DataFrame
    coordinates: np.ndarray | None

    @property
    def components(self) -> list[str]:
        """Names of the components."""
        return [f"PC{number}" for number in range(1, self.n_components + 1)]


def _choose(opened: OpenSurvey, features: Features, results: ProbeResults) -> Sample:
    catalogue = opened.survey.catalogue
    source = choose_one("Components of", MAPPED, MAPPED[0], key="source", help="The trained network, or a control.")
    left, right = st.columns(2, gap="large")
    with left:
        measure = choose_one("Correlation", list(MEASURES), next(iter(MEASURES)), key="measure")
    with right:
        object_ids = choose_sample(opened.survey)
        n_components = limit_components(choose_components(), len(object_ids), results.pixels.shape[1])
    coordinates = None
    if len(object_ids) >= LEAST_GALAXIES:
        coordinates = components_of(features, SOURCES[source], object_ids, n_components).coordinates
    causes = catalogue.loc[object_ids, known_causes(catalogue)]
    return Sample(object_ids, source, measure, n_components, causes, coordinates)


def _show_correlations(sample: Sample, correlations: Correlations) -> None:
    chart = correlation_heatmap(correlations, sample.components, [cause_name(name) for name in sample.causes])
    st.altair_chart(chart, key=f"map-{sample.source}-{sample.n_components}-{sample.measure}")
    st.caption(
        f"{len(sample.object_ids):,} simulated galaxies, {sample.source}, {correlations.level:.0%} intervals by 1,000 "
        "bootstrap samples. A dot: the interval holds 0. Point at a field to see it."
    )


def _say_what_is_clear(sample: Sample, correlations: Correlations) -> None:
    chance = correlations_of(sample.coordinates, sample.causes, MEASURES[sample.measure], permuted=True)
    st.markdown("**In your sample**")
    st.markdown("\n".join(f"- {sentence}" for sentence in closest_causes(correlations, list(sample.causes))[:3]))
    st.markdown(
        f"Of {correlations.r.size} intervals **{int(correlations.clear.sum())}** leave out 0. With the causes dealt "
        f"out to other galaxies, where only chance is left, **{int(chance.clear.sum())}** do."
    )


def _show_shares(sample: Sample, cause: str) -> None:
    """Draw the share of each component's variance that goes with a cause, by a line, by ranks and by a parabola."""
    if sample.coordinates is None:
        return
    if sample.causes[cause].nunique() < 2:
        st.info(f"All of the sample have the same {cause_name(cause)}.", icon=":material/info:")
        return
    one, coordinates = sample.causes[[cause]], sample.coordinates
    shares = {
        "line, r²": correlations_of(coordinates, one, "pearson").r[:, 0] ** 2,
        "ranks, ρ²": correlations_of(coordinates, one, "spearman").r[:, 0] ** 2,
        "parabola, R²": curve_r2(coordinates, one.to_numpy(float))[:, 0],
    }
    st.dataframe(
        {"component": sample.components, **shares},
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in shares},
    )
    st.caption(f"Share of each component's variance that goes with *{cause_name(cause)}*, {sample.source}.")


def _show_probes(results: ProbeResults, names: list[str], cause: str) -> None:
    rivals = [words for words in SOURCES if words != "trained"]
    against = choose_one("Beside the trained features", rivals, rivals[0], key="against")
    shown = results.probes[results.probes["source"].isin([TRAINED, SOURCES[against]])]
    shown = shown.assign(source=shown["source"].map(source_words), cause=shown["cause"].map(cause_name))
    chart = probe_chart(shown, [cause_name(name) for name in names], ["trained", against])
    st.altair_chart(chart, key=f"probes-{against}")
    st.caption(f"All {len(results.pixels):,} simulated galaxies, each told by a probe that hasn't seen it.")
    about = results.about(cause)
    sources = [source_words(name) if name != TRAINED else "features (the last layer)" for name in about.index]
    leads = about[["ahead", "ahead_low", "ahead_high"]].to_numpy()
    st.dataframe(
        {
            "features of": sources,
            "R²": [with_interval(*row) for row in about[["r2", "low", "high"]].to_numpy()],
            "lead of trained": ["–" if np.isnan(row[0]) else with_interval(*row, sign=True) for row in leads],
        },
        hide_index=True,
    )
    st.caption(f"Probes of *{cause_name(cause)}* (choose another above), from the first layer to the controls.")


def _show_head(opened: OpenSurvey, features: Features, sample: Sample) -> None:
    """Draw how much of the components is there because the head reads the features."""
    object_ids, n_components = sample.object_ids, sample.n_components
    if len(object_ids) < n_components + LEAST_BESIDE:
        st.info("Take more galaxies, or fewer components.", icon=":material/info:")
        return
    truth = opened.survey.catalogue.loc[object_ids, opened.survey.label.column].to_numpy(float)
    head = align_head(features, object_ids, n_components, truth)
    st.markdown(
        f"PC1 of the trained features and the prediction: r = **{signed(head.prediction_correlations[0])}**. Along "
        f"the head's direction lies **{head.head_variance_ratio:.0%}** of the features' variance. {n_components} "
        f"components tell **{head.label_r2:.0%}** of the metallicity's variance, and with that direction taken out "
        f"**{head.label_r2_without_head:.0%}**."
    )
    st.caption(f"{len(object_ids):,} galaxies of your sample, judged in the fit itself.")


def page() -> None:
    """Draw the page."""
    lesson, opened = find_lesson("meaning"), open_shipped_survey()
    features, results = shipped_features(), shipped_probes()
    text = begin(lesson, opened)

    picture = st.container()  # above the controls that decide on it
    sample = _choose(opened, features, results)
    names, correlations = list(sample.causes), None
    if sample.coordinates is None:
        few = len(sample.object_ids)
        picture.info(
            f"Take {LEAST_GALAXIES} galaxies or more: from {few} no interval can be had.", icon=":material/info:"
        )
    else:
        correlations = correlations_of(sample.coordinates, sample.causes, MEASURES[sample.measure])
        with picture:
            _show_correlations(sample, correlations)

    left, right = st.columns(2, gap="large")
    left.markdown(text["reading"])
    with right:
        if correlations is not None:
            _say_what_is_clear(sample, correlations)
        st.markdown(text["intervals"])

    st.header("What r misses")
    left, right = st.columns(2, gap="large")
    left.markdown(text["formula"])
    with right:
        cause = in_address(st.selectbox, "Cause", names, format_func=cause_name, key="cause")
        _show_shares(sample, cause)

    st.header("Probes: what all the features tell together")
    st.container(width=720).markdown(text["probes"])
    _show_probes(results, names, cause)
    st.container(width=720).markdown(text["controls"])

    st.header("What is there by construction")
    said = claims(results, read_card().training["recipe"]["causes"])
    left, right = st.columns(2, gap="large")
    left.markdown(text["head"])
    with right:
        _show_head(opened, features, sample)
        st.markdown(said["construction"])

    st.header("So what may one claim?")
    left, right = st.columns(2, gap="large")
    left.markdown("\n\n".join(said[name] for name in ("ahead", "level", "told")))
    right.markdown("\n\n".join(said[name] for name in ("controls", "chance")))
    show_code(correlate, probe, matplotlib=figure_source(lesson))
    end(lesson, text)
