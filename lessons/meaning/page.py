"""Page of the lesson 'What do the components mean?': correlations with known causes, linear probes, and controls."""

from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.analysis.correlation import LEAST_GALAXIES, Correlations, correlate
from galviz.analysis.probes import probe
from galviz.artefacts.probes import TRAINED, known_causes
from galviz.charts import correlation_heatmap, probe_chart
from galviz.course.manifest import find_lesson
from galviz.network.card import read_card
from lessons.meaning.words import SOURCES, cause_name, claims, closest_causes, signed, source_words, with_interval
from panels.controls import choose_components, choose_one, in_url, limit_components
from panels.correlations import MEASURES, ComponentSample, shipped_probes, source_components
from panels.feature_space import align_head, shipped_features
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

# Sources with components; for the others there are only probes.
COMPONENT_SOURCES = ("trained", "random weights", "shuffled labels", "raw pixels")
# A regression needs at least this many galaxies more than components.
MIN_EXTRA_GALAXIES = 2


def _choose_sample() -> ComponentSample:
    """Draw the controls for the network, the measure and the sample."""
    survey, features, results = open_shipped_survey().survey, shipped_features(), shipped_probes()
    source = choose_one(
        "Components of",
        COMPONENT_SOURCES,
        COMPONENT_SOURCES[0],
        key="source",
        help="The trained network, or a control.",
    )
    measure = choose_one("Correlation", list(MEASURES), next(iter(MEASURES)), key="measure")
    object_ids = choose_sample(survey)
    n_components = limit_components(choose_components(), len(object_ids), results.pixels.shape[1])
    coordinates = None
    if len(object_ids) >= LEAST_GALAXIES:
        coordinates = source_components(features, SOURCES[source], object_ids, n_components).coordinates
    causes = survey.catalogue.loc[object_ids, known_causes(survey.catalogue)]
    return ComponentSample(object_ids, source, measure, n_components, causes, coordinates)


def _choose_cause() -> str:
    names = known_causes(open_shipped_survey().survey.catalogue)
    return in_url(st.selectbox, "Cause", names, format_func=cause_name, key="cause")


def _is_too_small(sample: ComponentSample) -> bool:
    """Whether a sample is too small for intervals; the page says so."""
    if sample.coordinates is None:
        few = len(sample.object_ids)
        st.info(f"Intervals need at least {LEAST_GALAXIES} galaxies, not {few}.", icon=":material/info:")
    return sample.coordinates is None


def _show_correlations(controls: DeltaGenerator, *, in_words: bool = False) -> None:
    """Draw the correlations of components with causes; `in_words` adds sentences."""
    with controls:
        sample = _choose_sample()
    if _is_too_small(sample):
        return
    correlations = sample.correlations()
    chart = correlation_heatmap(correlations, sample.component_names, [cause_name(name) for name in sample.causes])
    st.altair_chart(chart, key=f"correlations-{sample.source}-{sample.n_components}-{sample.measure}")
    st.caption(
        f"{len(sample.object_ids):,} simulated galaxies, {sample.source}, {correlations.level:.0%} intervals by 1,000 "
        "bootstrap resamples. A dot: the interval contains 0. Point at a cell to see it."
    )
    if in_words:
        _describe_correlations(sample, correlations)


def _describe_correlations(sample: ComponentSample, correlations: Correlations) -> None:
    chance = sample.correlations(permuted=True)
    st.markdown("**In your sample**")
    st.markdown("\n".join(f"- {sentence}" for sentence in closest_causes(correlations, list(sample.causes))[:3]))
    st.markdown(
        f"**{int(correlations.clear.sum())}** of {correlations.r.size} intervals exclude 0. After permuting the causes "
        f"across galaxies **{int(chance.clear.sum())}** do: that is what chance alone produces."
    )


def _show_shares(controls: DeltaGenerator) -> None:
    with controls:
        cause, sample = _choose_cause(), _choose_sample()
    if _is_too_small(sample):
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


def _show_probes(controls: DeltaGenerator) -> None:
    """Draw how well probes of the trained features predict each cause, beside probes of another source."""
    results, names = shipped_probes(), known_causes(open_shipped_survey().survey.catalogue)
    others = [name for name in SOURCES if name != "trained"]
    with controls:
        against = choose_one("Beside the trained features", others, others[0], key="against")
    probes = results.probes[results.probes["source"].isin([TRAINED, SOURCES[against]])]
    probes = probes.assign(source=probes["source"].map(source_words), cause=probes["cause"].map(cause_name))
    chart = probe_chart(probes, [cause_name(name) for name in names], ["trained", against])
    st.altair_chart(chart, key=f"probes-{against}")
    st.caption(f"All {len(results.pixels):,} simulated galaxies, each predicted by a probe fitted to others.")


def _show_lead(controls: DeltaGenerator) -> None:
    """Draw a table of probes of one cause, from the first layer to the controls."""
    with controls:
        cause = _choose_cause()
    about = shipped_probes().about(cause)
    sources = [source_words(name) if name != TRAINED else "features (the last layer)" for name in about.index]
    leads = about[["ahead", "ahead_low", "ahead_high"]].to_numpy()
    st.dataframe(
        {
            "features of": sources,
            "R²": [with_interval(*row) for row in about[["r2", "low", "high"]].to_numpy()],
            "lead of the trained features": [
                "–" if np.isnan(row[0]) else with_interval(*row, sign=True) for row in leads
            ],
        },
        hide_index=True,
    )
    st.caption(f"Probes of *{cause_name(cause)}* from the first layer to the controls.")


def _show_head(controls: DeltaGenerator) -> None:
    opened, features = open_shipped_survey(), shipped_features()
    with controls:
        object_ids = choose_sample(opened.survey)
        n_components = limit_components(choose_components(), len(object_ids), shipped_probes().pixels.shape[1])
    st.markdown(_claims()["construction"])
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


def _show_claims(controls: DeltaGenerator) -> None:  # this step has none
    texts = _claims()
    left, right = st.columns(2, gap="large")
    left.markdown("\n\n".join(texts[name] for name in ("ahead", "level", "taught")))
    right.markdown("\n\n".join(texts[name] for name in ("controls", "chance")))


def _claims() -> dict[str, str]:
    return claims(shipped_probes(), read_card().training["recipe"]["causes"])


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("meaning")
    steps = [
        Step(
            "Correlations",
            _show_correlations,
            ("reading",),
            (0,),
            code=(correlate,),
            figure=figure_source(lesson),
        ),
        Step("Bootstrap intervals", partial(_show_correlations, in_words=True), ("intervals",), (2,)),
        Step("What r misses", _show_shares, ("formula",), (1,)),
        Step("Linear probes", _show_probes, ("probes",), (3,), code=(probe,)),
        Step("Controls", _show_lead, ("controls",)),
        Step("The prediction as a control", _show_head, ("head",)),
        Step("Claims", _show_claims, wide=True),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)
