"""Page of the lesson 'Other maps': t-SNE and UMAP beside PCA, and how well each preserves the features."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from galviz.analysis.embeddings import SEEDS, fit_tsne, noise_like
from galviz.analysis.neighbours import count_pieces, map_qualities
from galviz.charts import embedding_scatter, plain_scatter
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.survey.causes import cause_title
from panels import embeddings, noise_embeddings
from panels.colouring import choose_colour
from panels.feature_space import points_table, project, shipped_features
from panels.lesson_frame import begin_lesson, end_lesson
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import OpenSurvey, open_shipped_survey

# Three charts have a thumbnail per galaxy; with more of them the page would be too large.
MAX_WITH_PICTURES = 1_000
COLUMNS = {
    "trustworthiness": "trustworthiness",
    "continuity": "continuity",
    "neighbours_kept": "neighbours kept",
    "distance_rank_correlation": "rank correlation of distances",
}


@dataclass(frozen=True)
class Choices:
    """The values of the widgets below the charts; `colour` is a column, or None for the label and its prediction."""

    sample: list[str]
    colour: str | None
    tsne: embeddings.TsneSettings
    umap: embeddings.UmapChoice


def _choose(opened: OpenSurvey) -> Choices:
    left, middle, right = st.columns(3, gap="large")
    with left:
        sample = choose_sample(opened.survey)
        colour = choose_colour(opened.survey.catalogue.loc[sample])
    with middle:
        st.markdown("**t-SNE**")
        tsne = embeddings.choose_tsne(len(sample))
    with right:
        st.markdown("**UMAP**")
        umap = embeddings.choose_umap()
        st.caption("Computed beforehand, of all galaxies of the survey; shown are those of your sample.")
    return Choices(sample, colour, tsne, umap)


def _show_embeddings(
    opened: OpenSurvey, features: Features, choices: Choices, coordinates: dict[str, np.ndarray], columns: list
) -> None:
    survey, sample, colour = opened.survey, choices.sample, choices.colour
    title = cause_title(colour) if colour else ""
    colour_values = None if colour is None else survey.catalogue.loc[sample, colour]
    has_pictures = len(sample) <= MAX_WITH_PICTURES
    for column, (name, values) in zip(columns, coordinates.items(), strict=True):
        if values is None:
            continue
        points = points_table(opened, features, values[:, :2], sample, survey.label, pictures=has_pictures)
        points = points.rename(columns={"PC1": "x", "PC2": "y"})
        chart = embedding_scatter(points, survey.label, title=name, colour=colour_values, colour_title=title)
        column.altair_chart(chart, key=f"map-{name}-{colour}")


def _show_qualities(features: Features, sample: list[str], measured: dict[str, np.ndarray]) -> None:
    k = embeddings.limit_neighbours(len(sample))
    st.table(embeddings.embedding_qualities(features, sample, measured).rename(columns=COLUMNS).map("{:.3f}".format))
    st.caption(
        f"{len(sample):,} galaxies, {k} neighbours. A random arrangement would keep {k / (len(sample) - 1):.0%} of the "
        "neighbours by chance. 1 is the best in each column."
    )


def _show_seeds(pairs: dict[str, tuple[np.ndarray, np.ndarray]], settings: embeddings.TsneSettings) -> None:
    st.table(embeddings.seed_differences(pairs).map("{:.3f}".format))
    st.caption(
        f"t-SNE: start {settings.init}, seeds {settings.seed} and {settings.seed + 1}. UMAP: seeds "
        f"{' and '.join(map(str, SEEDS))}. Disparity: 0 if the two are equal after rotating, mirroring and scaling."
    )


def _show_noise(features: Features, sample: list[str], text: str) -> None:
    left, right = st.columns(2, gap="large")
    left.markdown(text)
    table = right.container()  # beside the text, above its controls
    left, middle, right = st.columns(3, gap="large")
    few = sample[: embeddings.MAX_IMMEDIATE]
    with left:
        perplexity = embeddings.choose_perplexity(len(few), 5, key="noise_perplexity", label="Perplexity for the noise")
        neighbours = noise_embeddings.choose_noise_neighbours()
        noise = noise_embeddings.embed_noise(features, few, perplexity, neighbours)
    joined = noise_embeddings.limit_joined(len(few)), noise_embeddings.limit_joined(len(noise.umap))
    with table:
        st.table(noise.pieces)
        st.caption(
            f"Connected pieces after joining each point to its {joined[0]} nearest: of {len(few):,} points, and by "
            f"UMAP of {len(noise.umap):,} points joined to {joined[1]}. Last column: one draw of as many points "
            "uniformly from a square."
        )
    middle.altair_chart(plain_scatter(noise.tsne, title=f"t-SNE of noise, perplexity {perplexity}"))
    right.altair_chart(plain_scatter(noise.umap, title=f"UMAP of noise, {neighbours} neighbours"))


def page() -> None:
    """Draw the page."""
    lesson, opened, features = find_lesson("maps"), open_shipped_survey(), shipped_features()
    text = begin_lesson(lesson, opened)

    charts = st.container()  # above its controls
    choices = _choose(opened)
    sample, umaps = choices.sample, choices.umap.coordinates(choices.sample)
    pca = project(features, embeddings.LAYER, sample, min(3, len(sample)), whiten=False).coordinates
    umap = umaps[int(choices.umap.seed)]
    with charts:
        columns = st.columns(3)
        with columns[1]:
            tsne = embeddings.compute_tsne(features, sample, choices.tsne)
        _show_embeddings(opened, features, choices, {"PCA": pca, "t-SNE": tsne, "UMAP": umap}, columns)
        st.caption(
            f"The same {len(sample):,} simulated galaxies in each, by the 512 numbers of the layer features. PCA: "
            "the first component across and the second up, not whitened. The axes of the others have no meaning; "
            "each may be rotated or mirrored."
        )

    left, right = st.columns(2, gap="large")
    left.markdown(text["idea"])
    right.markdown(text["reading"])

    st.header("What each keeps, in numbers")
    measured = {"PCA, 2 components": pca[:, :2], "PCA, 3 components": pca, "t-SNE": tsne, "UMAP": umap}
    _show_qualities(features, sample, {name: values for name, values in measured.items() if values is not None})
    left, right = st.columns(2, gap="large")
    left.markdown(text["formula"])
    right.markdown(text["distances"])

    st.header("Another seed")
    left, right = st.columns(2, gap="large")
    left.markdown(text["seeds"])
    with right:
        pairs = {"UMAP": tuple(umaps.values())}
        if tsne is not None:
            next_tsne = embeddings.fit_sample_tsne(features, sample, choices.tsne.with_next_seed())
            pairs = {"t-SNE": (tsne, next_tsne), **pairs}
        _show_seeds(pairs, choices.tsne)

    st.header("Clusters in nothing")
    _show_noise(features, sample, text["noise"])
    show_code(fit_tsne, map_qualities, noise_like, count_pieces, matplotlib=figure_source(lesson))
    end_lesson(lesson, text)
