"""Page of the lesson 'What do the components mean?': correlations with known causes, probes, and controls for both."""

import numpy as np
import streamlit as st

from galviz.analysis.correlation import LEAST_GALAXIES, Correlations, correlate
from galviz.analysis.probes import probe
from galviz.artefacts.probes import TRAINED, ProbeResults, known_causes
from galviz.charts import correlation_heatmap, probe_chart
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.network.card import read_card
from lessons.meaning.words import SOURCES, cause_name, claims, closest_causes, signed, source_words, with_interval
from panels.controls import choose_components, choose_one, in_url, limit_components
from panels.correlations import MEASURES, ComponentSample, shipped_probes, source_components
from panels.feature_space import align_head, shipped_features
from panels.lesson_frame import begin_lesson, end_lesson
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import OpenSurvey, open_shipped_survey

# Sources whose components can be fitted; for the others there are only probes.
COMPONENT_SOURCES = ("trained", "random weights", "shuffled labels", "raw pixels")
# A regression needs at least this many galaxies more than components.
MIN_EXTRA_GALAXIES = 2


def _choose(opened: OpenSurvey, features: Features, results: ProbeResults) -> ComponentSample:
    catalogue = opened.survey.catalogue
    source = choose_one(
        "Components of",
        COMPONENT_SOURCES,
        COMPONENT_SOURCES[0],
        key="source",
        help="The trained network, or a control.",
    )
    left, right = st.columns(2, gap="large")
    with left:
        measure = choose_one("Correlation", list(MEASURES), next(iter(MEASURES)), key="measure")
    with right:
        object_ids = choose_sample(opened.survey)
        n_components = limit_components(choose_components(), len(object_ids), results.pixels.shape[1])
    coordinates = None
    if len(object_ids) >= LEAST_GALAXIES:
        coordinates = source_components(features, SOURCES[source], object_ids, n_components).coordinates
    causes = catalogue.loc[object_ids, known_causes(catalogue)]
    return ComponentSample(object_ids, source, measure, n_components, causes, coordinates)


def _show_correlations(sample: ComponentSample, correlations: Correlations) -> None:
    chart = correlation_heatmap(correlations, sample.component_names, [cause_name(name) for name in sample.causes])
    st.altair_chart(chart, key=f"map-{sample.source}-{sample.n_components}-{sample.measure}")
    st.caption(
        f"{len(sample.object_ids):,} simulated galaxies, {sample.source}, {correlations.level:.0%} intervals by 1,000 "
        "bootstrap samples. A dot: the interval contains 0. Point at a cell to see it."
    )


def _describe_correlations(sample: ComponentSample, correlations: Correlations) -> None:
    chance = sample.correlations(permuted=True)
    st.markdown("**In your sample**")
    st.markdown("\n".join(f"- {sentence}" for sentence in closest_causes(correlations, list(sample.causes))[:3]))
    st.markdown(
        f"**{int(correlations.clear.sum())}** of {correlations.r.size} intervals exclude 0. After permuting the causes "
        f"across galaxies **{int(chance.clear.sum())}** do: that is what chance alone produces."
    )


def _show_shares(sample: ComponentSample, cause: str) -> None:
    if sample.coordinates is None:
        return
    if sample.causes[cause].nunique() < 2:
        st.info(f"All galaxies of the sample have the same {cause_name(cause)}.", icon=":material/info:")
        return
    shares = sample.variance_shares(cause)
    st.dataframe(
        {"component": sample.component_names, **shares},
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="%.3f") for name in shares},
    )
    st.caption(f"Share of each component's variance that *{cause_name(cause)}* explains, {sample.source}.")


def _show_probes(results: ProbeResults, names: list[str], cause: str) -> None:
    others = [name for name in SOURCES if name != "trained"]
    against = choose_one("Beside the trained features", others, others[0], key="against")
    probes = results.probes[results.probes["source"].isin([TRAINED, SOURCES[against]])]
    probes = probes.assign(source=probes["source"].map(source_words), cause=probes["cause"].map(cause_name))
    chart = probe_chart(probes, [cause_name(name) for name in names], ["trained", against])
    st.altair_chart(chart, key=f"probes-{against}")
    st.caption(f"All {len(results.pixels):,} simulated galaxies, each predicted by a probe fitted to others.")
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


def _show_head(opened: OpenSurvey, features: Features, sample: ComponentSample) -> None:
    object_ids, n_components = sample.object_ids, sample.n_components
    if len(object_ids) < n_components + MIN_EXTRA_GALAXIES:
        st.info("Choose a larger sample, or fewer components.", icon=":material/info:")
        return
    truth = opened.survey.catalogue.loc[object_ids, opened.survey.label.column].to_numpy(float)
    head = align_head(features, object_ids, n_components, truth)
    st.markdown(
        f"PC1 of the trained features and the prediction: r = **{signed(head.prediction_correlations[0])}**. The "
        f"head's direction has **{head.head_variance_ratio:.0%}** of the features' variance. {n_components} components "
        f"explain **{head.label_r2:.0%}** of the metallicity's variance, and without that direction "
        f"**{head.label_r2_without_head:.0%}**."
    )
    st.caption(f"{len(object_ids):,} galaxies of your sample, in-sample.")


def page() -> None:
    """Draw the page."""
    lesson, opened = find_lesson("meaning"), open_shipped_survey()
    features, results = shipped_features(), shipped_probes()
    text = begin_lesson(lesson, opened)

    chart = st.container()  # above its controls
    sample = _choose(opened, features, results)
    names, correlations = list(sample.causes), None
    if sample.coordinates is None:
        few = len(sample.object_ids)
        chart.info(f"Intervals need at least {LEAST_GALAXIES} galaxies, not {few}.", icon=":material/info:")
    else:
        correlations = sample.correlations()
        with chart:
            _show_correlations(sample, correlations)

    left, right = st.columns(2, gap="large")
    left.markdown(text["reading"])
    with right:
        if correlations is not None:
            _describe_correlations(sample, correlations)
        st.markdown(text["intervals"])

    st.header("What r misses")
    left, right = st.columns(2, gap="large")
    left.markdown(text["formula"])
    with right:
        cause = in_url(st.selectbox, "Cause", names, format_func=cause_name, key="cause")
        _show_shares(sample, cause)

    st.header("Probes: what all the features tell together")
    st.container(width=720).markdown(text["probes"])
    _show_probes(results, names, cause)
    st.container(width=720).markdown(text["controls"])

    st.header("What is there by construction")
    claim_texts = claims(results, read_card().training["recipe"]["causes"])
    left, right = st.columns(2, gap="large")
    left.markdown(text["head"])
    with right:
        _show_head(opened, features, sample)
        st.markdown(claim_texts["construction"])

    st.header("So what may one claim?")
    left, right = st.columns(2, gap="large")
    left.markdown("\n\n".join(claim_texts[name] for name in ("ahead", "level", "told")))
    right.markdown("\n\n".join(claim_texts[name] for name in ("controls", "chance")))
    show_code(correlate, probe, matplotlib=figure_source(lesson))
    end_lesson(lesson, text)
