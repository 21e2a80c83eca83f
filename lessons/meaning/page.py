"""Page of the lesson 'What do the components mean?': correlations with known causes, probes, and controls for both."""

import streamlit as st

from galviz.card import read_card
from galviz.charts import correlation_map, probe_comparison
from galviz.correlation import LEAST_GALAXIES, METHODS, correlate, curve_r2
from galviz.evidence import TRAINED, known_causes
from galviz.probes import probe
from lessons import lesson
from lessons.meaning.words import SOURCES, cause_name, claims, closest_causes, signed, source_words, with_interval
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import choose_components, choose_one, limit_components
from panels.feature_space import align_head, origin, shipped_features
from panels.meaning import components_of, correlations_of, shipped_evidence
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

MEASURES = {"straight (Pearson's r)": METHODS[0], "by rank (Spearman's ρ)": METHODS[1]}
# Sources that have a row of coordinates a galaxy; the others are probes alone.
MAPPED = ("trained", "random weights", "shuffled labels", "raw pixels")
# A regression on fewer galaxies than its axes and this says nothing.
LEAST_BESIDE = 2

LESSON = lesson("meaning")
opened, features, evidence = open_shipped_survey(), shipped_features(), shipped_evidence()
TEXT = begin(LESSON, opened)
catalogue, card = opened.survey.catalogue, read_card()
names = known_causes(catalogue)

picture = st.container()  # above the controls that decide on it
source = choose_one("Components of", MAPPED, MAPPED[0], key="source", help="The trained network, or a control.")
left, right = st.columns(2, gap="large")
with left:
    measure = choose_one("Correlation", list(MEASURES), next(iter(MEASURES)), key="measure")
with right:
    sample = choose_sample(opened.survey)
    n_components = limit_components(choose_components(), len(sample), evidence.pixels.shape[1])
causes = catalogue.loc[sample, names]
enough = len(sample) >= LEAST_GALAXIES
if not enough:
    picture.info(
        f"Take {LEAST_GALAXIES} galaxies or more: from {len(sample)} no interval can be had.", icon=":material/info:"
    )
else:
    coordinates = components_of(origin(features), SOURCES[source], sample, n_components, features).coordinates
    found = correlations_of(coordinates, causes, MEASURES[measure])
    chance = correlations_of(coordinates, causes, MEASURES[measure], dealt=True)
    with picture:
        components = [f"PC{number}" for number in range(1, n_components + 1)]
        chart = correlation_map(found, components, [cause_name(name) for name in names])
        st.altair_chart(chart, key=f"map-{source}-{n_components}-{measure}")
        st.caption(
            f"{len(sample):,} simulated galaxies, {source}, {found.level:.0%} intervals by 1,000 bootstrap samples. "
            "A dot: the interval holds 0. Point at a field to see it."
        )

left, right = st.columns(2, gap="large")
left.markdown(TEXT["reading"])
with right:
    if enough:
        st.markdown("**In your sample**")
        st.markdown("\n".join(f"- {sentence}" for sentence in closest_causes(found, names)[:3]))
        st.markdown(
            f"Of {found.r.size} intervals **{int(found.clear.sum())}** leave out 0. With the causes dealt out to other "
            f"galaxies, where only chance is left, **{int(chance.clear.sum())}** do."
        )
    st.markdown(TEXT["intervals"])

st.header("What r misses")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["formula"])
with right:
    cause = st.selectbox("Cause", names, format_func=cause_name, key="cause", bind="query-params")
    if enough and causes[cause].nunique() > 1:
        one = causes[[cause]]
        st.dataframe(
            {
                "component": components,
                "line, r²": correlations_of(coordinates, one, "pearson").r[:, 0] ** 2,
                "ranks, ρ²": correlations_of(coordinates, one, "spearman").r[:, 0] ** 2,
                "parabola, R²": curve_r2(coordinates, one.to_numpy(float))[:, 0],
            },
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%.3f") for name in ("line, r²", "ranks, ρ²", "parabola, R²")
            },
        )
        st.caption(f"Share of each component's variance that goes with *{cause_name(cause)}*, {source}.")
    elif enough:
        st.info(f"All of the sample have the same {cause_name(cause)}.", icon=":material/info:")

st.header("Probes: what all the features tell together")
st.container(width=720).markdown(TEXT["probes"])
rivals = [words for words in SOURCES if words != "trained"]
against = choose_one("Beside the trained features", rivals, rivals[0], key="against")
shown = evidence.probes[evidence.probes["source"].isin([TRAINED, SOURCES[against]])]
shown = shown.assign(source=shown["source"].map(source_words), cause=shown["cause"].map(cause_name))
st.altair_chart(
    probe_comparison(shown, [cause_name(name) for name in names], ["trained", against]), key=f"probes-{against}"
)
st.caption(f"All {len(evidence.pixels):,} simulated galaxies, each told by a probe that hasn't seen it.")
about = evidence.about(cause)
st.dataframe(
    {
        "features of": [source_words(name) if name != TRAINED else "features (the last layer)" for name in about.index],
        "R²": [with_interval(*row) for row in about[["r2", "low", "high"]].to_numpy()],
        "lead of trained": [
            with_interval(*row, sign=True) if row[0] == row[0] else "–"
            for row in about[["ahead", "ahead_low", "ahead_high"]].to_numpy()
        ],
    },
    hide_index=True,
)
st.caption(f"Probes of *{cause_name(cause)}* (choose another above), from the first layer to the controls.")
st.container(width=720).markdown(TEXT["controls"])

st.header("What is there by construction")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["head"])
with right:
    if len(sample) < n_components + LEAST_BESIDE:
        st.info("Take more galaxies, or fewer components.", icon=":material/info:")
    else:
        truth = catalogue.loc[sample, opened.survey.label.column].to_numpy(float)
        head = align_head(origin(features), sample, n_components, features, truth)
        st.markdown(
            f"PC1 of the trained features and the prediction: r = **{signed(head.prediction_correlations[0])}**. Along "
            f"the head's direction lies **{head.head_variance_ratio:.0%}** of the features' variance. {n_components} "
            f"components tell **{head.label_r2:.0%}** of the metallicity's variance, and with that direction taken out "
            f"**{head.label_r2_without_head:.0%}**."
        )
        st.caption(f"{len(sample):,} galaxies of your sample, judged in the fit itself.")
    said = claims(evidence, card.training["recipe"]["causes"])
    st.markdown(said["construction"])

st.header("So what may one claim?")
left, right = st.columns(2, gap="large")
left.markdown("\n\n".join(said[name] for name in ("ahead", "level", "told")))
right.markdown("\n\n".join(said[name] for name in ("controls", "chance")))
show_code(correlate, probe, matplotlib=figure_source(LESSON))
end(LESSON, TEXT)
