"""Page of the lesson 'Other maps': t-SNE and UMAP beside PCA, and numbers for what each keeps."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.embeddings import (
    FEATURES,
    MIN_DISTS,
    N_NEIGHBORS,
    NOISE,
    SEEDS,
    UmapSettings,
    fit_tsne,
    noise_like,
)
from galviz.analysis.neighbours import count_pieces, map_qualities, neighbours_kept, procrustes_disparity
from galviz.charts import embedding_scatter, plain_scatter
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.survey.causes import cause_title
from panels import maps
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.colouring import choose_colour
from panels.controls import choose_one
from panels.feature_space import points_table, project, shipped_features
from panels.sampling import choose_sample
from panels.surveys import OpenSurvey, open_shipped_survey

# Three maps carry a picture of each galaxy; of more the page would be too large.
MOST_WITH_PICTURES = 1_000
NEAR = [str(each) for each in N_NEIGHBORS]
COLUMNS = {
    "trustworthiness": "trustworthiness",
    "continuity": "continuity",
    "neighbours_kept": "neighbours kept",
    "distance_rank_correlation": "rank correlation of distances",
}


@dataclass(frozen=True)
class Choices:
    """What the widgets above the maps are set to.

    Attributes
    ----------
    sample : list of str
        objIDs.
    colour : str or None
        A column of the catalogue; None for the label and its prediction.
    tsne : TsneSettings
    umap_neighbours, umap_distance, umap_seed : str
        Of the shipped UMAPs, as they are shown.
    """

    sample: list[str]
    colour: str | None
    tsne: maps.TsneSettings
    umap_neighbours: str
    umap_distance: str
    umap_seed: str


def _choose(opened: OpenSurvey) -> Choices:
    left, middle, right = st.columns(3, gap="large")
    with left:
        sample = choose_sample(opened.survey)
        colour = choose_colour(opened.survey.catalogue.loc[sample])
    with middle:
        st.markdown("**t-SNE**")
        settings = maps.choose_tsne(len(sample))
    with right:
        st.markdown("**UMAP**")
        near = choose_one("Neighbours", NEAR, NEAR[1], key="umap_neighbours")
        apart = choose_one("Least distance", [str(each) for each in MIN_DISTS], str(MIN_DISTS[0]), key="umap_distance")
        seed = choose_one("Seed", [str(each) for each in SEEDS], str(SEEDS[0]), key="umap_seed")
        st.caption("Made beforehand, of all galaxies of the survey; shown are those of your sample.")
    return Choices(sample, colour, settings, near, apart, seed)


def _umaps(choices: Choices) -> dict[int, np.ndarray]:
    """The shipped UMAPs of a sample, by their seeds."""
    near, apart = int(choices.umap_neighbours), float(choices.umap_distance)
    coordinates = maps.shipped_umaps()
    return {
        seed: coordinates[UmapSettings(FEATURES, near, apart, seed)].loc[choices.sample].to_numpy(float)
        for seed in SEEDS
    }


def _tsne_if_asked(features: Features, choices: Choices) -> np.ndarray | None:
    """The t-SNE of a sample; None where it takes long and wasn't asked for."""
    key, sample = (len(choices.sample), choices.tsne), choices.sample
    if not maps.may_compute(key, len(sample)):
        return None
    coordinates = maps.map_by_tsne(features, sample, choices.tsne)
    maps.remember(key)
    return coordinates


def _show_maps(opened: OpenSurvey, features: Features, choices: Choices, shown: dict[str, np.ndarray]) -> None:
    """Draw each map in its column, those of PCA and UMAP beside t-SNE's, which may be missing."""
    survey, sample, colour = opened.survey, choices.sample, choices.colour
    coloured = {} if colour is None else {"colour": survey.catalogue.loc[sample, colour]}
    for name, (place, coordinates) in shown.items():
        points = points_table(
            opened, features, coordinates, sample, survey.label, pictures=len(sample) <= MOST_WITH_PICTURES
        ).rename(columns={"PC1": "x", "PC2": "y"})
        title = cause_title(colour) if colour else ""
        chart = embedding_scatter(points, survey.label, title=name, colour_title=title, **coloured)
        place.altair_chart(chart, key=f"map-{name}-{colour}")


def _show_qualities(features: Features, sample: list[str], measured: dict[str, np.ndarray]) -> None:
    k = maps.neighbours_for(len(sample))
    st.table(maps.measure(features, sample, measured).rename(columns=COLUMNS).map("{:.3f}".format))
    st.caption(
        f"{len(sample):,} galaxies, {k} neighbours. Galaxies dealt out at random would keep "
        f"{k / (len(sample) - 1):.0%} of their neighbours by chance. 1 is the best in each column."
    )


def _compare_seeds(pairs: dict[str, tuple[np.ndarray, np.ndarray]], choices: Choices) -> None:
    k = maps.neighbours_for(len(choices.sample))
    between = {
        "neighbours kept": [neighbours_kept(*pair, n_neighbors=k) for pair in pairs.values()],
        "disparity": [procrustes_disparity(*pair) for pair in pairs.values()],
    }
    st.table(pd.DataFrame(between, index=[f"{name}, two seeds" for name in pairs]).map("{:.3f}".format))
    settings = choices.tsne
    st.caption(
        f"t-SNE: start {settings.init}, seeds {settings.seed} and {settings.seed + 1}. UMAP: seeds "
        f"{' and '.join(map(str, SEEDS))}. Disparity: 0 where one map turned, mirrored and scaled is the other."
    )


def _show_noise(features: Features, sample: list[str], text: str) -> None:
    """Draw maps of noise with the features' covariance, and count the pieces that noise and galaxies fall into."""
    left, right = st.columns(2, gap="large")
    left.markdown(text)
    counts = right.container()  # beside the text, above the controls that decide on it
    left, middle, right = st.columns(3, gap="large")
    few = sample[: maps.AT_ONCE]
    with left:
        perplexity = maps.choose_perplexity(len(few), 5, key="noise_perplexity", label="Perplexity for the noise")
        around = choose_one("UMAP's neighbours for the noise", NEAR, NEAR[0], key="noise_neighbours")
        noise_map = maps.map_noise(features, few, perplexity)
        coordinates = maps.shipped_umaps()
        galaxies_umap, noise_umap = (
            coordinates[UmapSettings(of, int(around), MIN_DISTS[0], SEEDS[0])].to_numpy(float)
            for of in (FEATURES, NOISE)
        )
        galaxies_map = maps.map_by_tsne(features, few, maps.TsneSettings(perplexity, "pca", 0))
    with counts:
        rows = {
            "all 512 dimensions": (maps.values_of(features, few), maps.noise_of(features, few), None),
            f"t-SNE, perplexity {perplexity}": (galaxies_map, noise_map, maps.strewn(len(few))),
            f"UMAP, {around} neighbours": (galaxies_umap, noise_umap, maps.strewn(len(noise_umap))),
        }
        counted = [["–" if each is None else str(maps.pieces_of(each)) for each in row] for row in rows.values()]
        st.table(pd.DataFrame(counted, index=list(rows), columns=["galaxies", "noise", "points in a square"]))
        st.caption(
            f"Pieces, once each point is joined to its {maps.joined_of(len(few))} nearest: of {len(few):,} points, and "
            f"by UMAP of {len(noise_umap):,} points joined to {maps.joined_of(len(noise_umap))}. The last column: as "
            "many points strewn evenly over a square, in one draw."
        )
    middle.altair_chart(plain_scatter(noise_map, title=f"t-SNE of noise, perplexity {perplexity}"))
    right.altair_chart(plain_scatter(noise_umap, title=f"UMAP of noise, {around} neighbours"))


def page() -> None:
    """Draw the page."""
    lesson, opened, features = find_lesson("maps"), open_shipped_survey(), shipped_features()
    text = begin(lesson, opened)

    picture = st.container()  # above the controls that decide on it
    choices = _choose(opened)
    sample, umaps = choices.sample, _umaps(choices)
    pca = project(features, maps.LAYER, sample, min(3, len(sample)), whiten=False).coordinates
    umap = umaps[int(choices.umap_seed)]
    with picture:
        first, second, third = st.columns(3)
        with second:
            by_tsne = _tsne_if_asked(features, choices)
        shown = {"PCA": (first, pca[:, :2]), "t-SNE": (second, by_tsne), "UMAP": (third, umap)}
        _show_maps(opened, features, choices, {name: pair for name, pair in shown.items() if pair[1] is not None})
        st.caption(
            f"The same {len(sample):,} simulated galaxies in each, by the 512 numbers of the layer features. In PCA "
            "the first component runs across and the second up, not whitened. The axes of the others mean nothing; "
            "each may be turned or mirrored."
        )

    left, right = st.columns(2, gap="large")
    left.markdown(text["idea"])
    right.markdown(text["reading"])

    st.header("What each keeps, in numbers")
    measured = {"PCA, 2 components": pca[:, :2], "PCA, 3 components": pca, "t-SNE": by_tsne, "UMAP": umap}
    _show_qualities(features, sample, {name: each for name, each in measured.items() if each is not None})
    left, right = st.columns(2, gap="large")
    left.markdown(text["formula"])
    right.markdown(text["distances"])

    st.header("Another seed")
    left, right = st.columns(2, gap="large")
    left.markdown(text["seeds"])
    with right:
        pairs = {"UMAP": tuple(umaps.values())}
        if by_tsne is not None:
            pairs = {"t-SNE": (by_tsne, maps.map_by_tsne(features, sample, choices.tsne.other_seed())), **pairs}
        _compare_seeds(pairs, choices)

    st.header("Clusters in nothing")
    _show_noise(features, sample, text["noise"])
    show_code(fit_tsne, map_qualities, noise_like, count_pieces, matplotlib=figure_source(lesson))
    end(lesson, text)
