"""Page of the lesson 'Other maps': t-SNE and UMAP beside PCA, and which neighbours and distances each keeps."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.analysis.embeddings import SEEDS, UmapSettings, fit_tsne, noise_like
from galviz.analysis.neighbours import count_pieces, map_qualities
from galviz.charts import embedding_scatter, plain_scatter
from galviz.course.manifest import find_lesson
from galviz.survey.causes import cause_title
from panels import embeddings, noise_embeddings
from panels.colouring import choose_colour
from panels.embeddings import LAYER
from panels.feature_space import points_table, project, shipped_features
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

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
    """The values of the widgets."""

    sample: list[str]
    tsne: embeddings.TsneSettings
    umap: UmapSettings


def _choose(*, row: DeltaGenerator | None = None) -> Choices:
    """Draw the widgets for the sample and both methods, in a row."""
    with row or st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=240):
            sample = choose_sample(open_shipped_survey().survey)
        with st.popover("t-SNE", icon=":material/tune:"):
            tsne = embeddings.choose_tsne(len(sample))
        with st.popover("UMAP", icon=":material/tune:"):
            umap = embeddings.choose_umap(len(open_shipped_survey().survey.object_ids))
            st.caption("Computed in advance, for all galaxies of the survey. The chart shows those of your sample.")
    return Choices(sample, tsne, umap)


def _project(sample: list[str]) -> np.ndarray:
    return project(shipped_features(), LAYER, sample, min(3, len(sample)), whiten=False).coordinates


def _show_embeddings(controls: DeltaGenerator) -> None:
    """Draw the embeddings by PCA, t-SNE and UMAP side by side."""
    opened, features = open_shipped_survey(), shipped_features()
    survey = opened.survey
    with controls:
        row = st.container(horizontal=True, vertical_alignment="bottom")
        choices = _choose(row=row)
        sample = choices.sample
        with row, st.container(width=280):
            colour = choose_colour(survey.catalogue.loc[sample])
    columns = st.columns(3)
    with columns[1]:
        tsne = embeddings.compute_tsne(features, LAYER, sample, choices.tsne, with_next_seed=True)
    umap = embeddings.shipped_umap(sample, choices.umap)
    title = cause_title(colour) if colour else ""
    colour_values = None if colour is None else survey.catalogue.loc[sample, colour]
    has_pictures = len(sample) <= MAX_WITH_PICTURES
    coordinates = {"PCA": _project(sample), "t-SNE": tsne, "UMAP": umap}
    for column, (name, values) in zip(columns, coordinates.items(), strict=True):
        if values is None:
            continue
        points = points_table(opened, features, values[:, :2], sample, survey.label, pictures=has_pictures)
        points = points.rename(columns={"PC1": "x", "PC2": "y"})
        chart = embedding_scatter(points, survey.label, title=name, colour=colour_values, colour_title=title)
        column.altair_chart(chart, key=f"embedding-{name}-{colour}")
    st.caption(
        f"Each chart shows the same {len(sample):,} simulated galaxies, embedded by their 512 features. PCA: the first "
        "two components, not whitened. The axes of t-SNE and UMAP have no meaning: each may be rotated or mirrored."
    )


def _show_qualities(controls: DeltaGenerator) -> None:
    """Draw the table of how well each embedding keeps neighbours and distances."""
    features = shipped_features()
    with controls:
        choices = _choose()
    sample = choices.sample
    pca, umap = _project(sample), embeddings.shipped_umap(sample, choices.umap)
    tsne = embeddings.compute_tsne(features, LAYER, sample, choices.tsne, with_next_seed=True)
    named = {"PCA, 2 components": pca[:, :2], "PCA, 3 components": pca, "t-SNE": tsne, "UMAP": umap}
    measured = {name: values for name, values in named.items() if values is not None}
    k = embeddings.limit_neighbours(len(sample))
    st.table(embeddings.embedding_qualities(features, sample, measured).rename(columns=COLUMNS).map("{:.3f}".format))
    st.caption(
        f"{len(sample):,} galaxies, {k} neighbours. A random embedding keeps {k / (len(sample) - 1):.0%} of the "
        "neighbours by chance. In each column, 1 is perfect."
    )


def _show_seeds(controls: DeltaGenerator) -> None:
    """Draw the table of differences between the embeddings of two seeds."""
    features = shipped_features()
    with controls:
        choices = _choose()
    sample, settings = choices.sample, choices.tsne
    seeds = (replace(choices.umap, seed=seed) for seed in SEEDS)
    pairs = {"UMAP": tuple(embeddings.shipped_umap(sample, one) for one in seeds)}
    tsne = embeddings.compute_tsne(features, LAYER, sample, settings, with_next_seed=True)
    if tsne is not None:
        pairs = {
            "t-SNE": (tsne, embeddings.fit_sample_tsne(features, LAYER, sample, settings.with_next_seed())),
            **pairs,
        }
    st.table(embeddings.seed_differences(pairs).map("{:.3f}".format))
    st.caption(
        f"t-SNE: start {settings.init}, seeds {settings.seed} and {settings.seed + 1}. UMAP: seeds "
        f"{' and '.join(map(str, SEEDS))}. Disparity: 0 if both are equal after rotation, reflection and scaling."
    )


def _show_noise(controls: DeltaGenerator) -> None:
    """Draw t-SNE and UMAP of noise, and the table of connected pieces."""
    features = shipped_features()
    with controls:
        sample = choose_sample(open_shipped_survey().survey)
        few = sample[: embeddings.MAX_IMMEDIATE]
        perplexity = embeddings.choose_perplexity(len(few), 5, key="noise_perplexity", label="Perplexity for the noise")
        neighbours = noise_embeddings.choose_noise_neighbours()
    noise = noise_embeddings.embed_noise(features, few, perplexity, neighbours)
    left, right = st.columns(2)
    left.altair_chart(plain_scatter(noise.tsne, title=f"t-SNE of noise, perplexity {perplexity}"))
    right.altair_chart(plain_scatter(noise.umap, title=f"UMAP of noise, {neighbours} neighbours"))
    joined = noise_embeddings.limit_joined(len(few)), noise_embeddings.limit_joined(len(noise.umap))
    st.table(noise.pieces)
    st.caption(
        f"Connected pieces, if each point is connected with its {joined[0]} nearest: {len(few):,} points. For UMAP, "
        f"{len(noise.umap):,} points, each connected with its {joined[1]} nearest. Last column: as many uniformly "
        "random points in a square."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("maps")
    steps = [
        Step(
            "Three embeddings",
            _show_embeddings,
            ("idea", "reading"),
            (2,),
            code=(fit_tsne,),
            figure=figure_source(lesson),
            wide=True,
        ),
        Step("Neighbours and distances", _show_qualities, ("distances", "formula"), (0, 3), code=(map_qualities,)),
        Step("Random starts", _show_seeds, ("seeds",), (1,)),
        Step("A control: noise", _show_noise, ("noise",), code=(noise_like, count_pieces)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)
