"""Page of the lesson 'Other maps': t-SNE and UMAP beside PCA, and numbers for what each keeps."""

from dataclasses import astuple

import pandas as pd
import streamlit as st

from galviz.charts import map_scatter, plain_map
from galviz.maps import FEATURES, MIN_DISTS, N_NEIGHBORS, NOISE, SEEDS, UmapSettings, noise_like, tsne
from galviz.neighbours import map_qualities, neighbours_kept, pieces, procrustes_disparity
from lessons import lesson
from lessons.galaxies.words import cause_title
from panels import maps
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.colouring import choose_colour
from panels.controls import choose_one
from panels.feature_space import origin, points_table, project, shipped_features
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

# Three maps carry a picture of each galaxy; of more the page would be too large.
MOST_WITH_PICTURES = 1_000
NEAR = [str(each) for each in N_NEIGHBORS]
COLUMNS = {
    "trustworthiness": "trustworthiness",
    "continuity": "continuity",
    "neighbours_kept": "neighbours kept",
    "distance_rank_correlation": "rank correlation of distances",
}

LESSON = lesson("maps")
opened, features = open_shipped_survey(), shipped_features()
TEXT = begin(LESSON, opened)
catalogue, label, shipped = opened.survey.catalogue, opened.survey.label, maps.shipped_maps()

picture = st.container()  # above the controls that decide on it
left, middle, right = st.columns(3, gap="large")
with left:
    sample = choose_sample(opened.survey)
    colour = choose_colour(catalogue.loc[sample])
with middle:
    st.markdown("**t-SNE**")
    settings = maps.choose_tsne(len(sample))
with right:
    st.markdown("**UMAP**")
    near = choose_one("Neighbours", NEAR, NEAR[1], key="umap_neighbours")
    apart = choose_one("Least distance", [str(each) for each in MIN_DISTS], str(MIN_DISTS[0]), key="umap_distance")
    seed = choose_one("Seed", [str(each) for each in SEEDS], str(SEEDS[0]), key="umap_seed")
    st.caption("Made beforehand, of all galaxies of the survey; shown are those of your sample.")

values, key = maps.values_of(features, sample), (len(sample), settings)
pca = project(origin(features), maps.LAYER, sample, min(3, len(sample)), False, features).coordinates
umaps = {
    each: shipped.coordinates[UmapSettings(FEATURES, int(near), float(apart), each)].loc[sample].to_numpy(float)
    for each in SEEDS
}
shown = {"PCA": pca[:, :2], "t-SNE": None, "UMAP": umaps[int(seed)]}
with picture:
    places = st.columns(3)
    with places[1]:
        if maps.may_compute(key, len(sample)):
            shown["t-SNE"] = maps.map_by_tsne(features, sample, settings)
            maps.remember(key)
    for place, (name, coordinates) in zip(places, shown.items(), strict=True):
        if coordinates is None:
            continue
        points = points_table(
            opened, features, coordinates, sample, label, pictures=len(sample) <= MOST_WITH_PICTURES
        ).rename(columns={"PC1": "x", "PC2": "y"})
        coloured = {} if colour is None else {"colour": catalogue.loc[sample, colour]}
        chart = map_scatter(points, label, title=name, colour_title=cause_title(colour) if colour else "", **coloured)
        place.altair_chart(chart, key=f"map-{name}-{colour}")
    st.caption(
        f"The same {len(sample):,} simulated galaxies in each, by the 512 numbers of the layer features. In PCA the "
        "first component runs across and the second up, not whitened. The axes of the others mean nothing; each may be "
        "turned or mirrored."
    )

left, right = st.columns(2, gap="large")
left.markdown(TEXT["idea"])
right.markdown(TEXT["reading"])

st.header("What each keeps, in numbers")
k = maps.neighbours_for(len(sample))
measured = {"PCA, 2 components": shown["PCA"], "PCA, 3 components": pca, "t-SNE": shown["t-SNE"], "UMAP": shown["UMAP"]}
measured = {name: coordinates for name, coordinates in measured.items() if coordinates is not None}
found = maps.measure(
    origin(features), sample, (len(sample), *astuple(settings), *measured, near, apart, seed), features, measured
)
st.table(found.rename(columns=COLUMNS).map("{:.3f}".format))
st.caption(
    f"{len(sample):,} galaxies, {k} neighbours. Galaxies dealt out at random would keep "
    f"{k / (len(sample) - 1):.0%} of their neighbours by chance. 1 is the best in each column."
)
left, right = st.columns(2, gap="large")
left.markdown(TEXT["formula"])
right.markdown(TEXT["distances"])

st.header("Another seed")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["seeds"])
with right:
    pairs = {"UMAP": tuple(umaps.values())}
    if shown["t-SNE"] is not None:
        other = maps.map_by_tsne(features, sample, settings.other_seed())
        pairs = {"t-SNE": (shown["t-SNE"], other), **pairs}
    between = {
        "neighbours kept": [neighbours_kept(*pair, n_neighbors=k) for pair in pairs.values()],
        "disparity": [procrustes_disparity(*pair) for pair in pairs.values()],
    }
    st.table(pd.DataFrame(between, index=[f"{name}, two seeds" for name in pairs]).map("{:.3f}".format))
    st.caption(
        f"t-SNE: start {settings.init}, seeds {settings.seed} and {settings.seed + 1}. UMAP: seeds "
        f"{' and '.join(map(str, SEEDS))}. Disparity: 0 where one map turned, mirrored and scaled is the other."
    )

st.header("Clusters in nothing")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["noise"])
counts = right.container()  # beside the text, above the controls that decide on it
left, middle, right = st.columns(3, gap="large")
with left:
    few = sample[: maps.AT_ONCE]
    perplexity = maps.choose_perplexity(len(few), 5, key="noise_perplexity", label="Perplexity for the noise")
    around = choose_one("UMAP's neighbours for the noise", NEAR, NEAR[0], key="noise_neighbours")
    noise_map = maps.map_noise(origin(features), few, perplexity, features)
    galaxies_umap, noise_umap = (
        shipped.coordinates[UmapSettings(of, int(around), MIN_DISTS[0], SEEDS[0])].to_numpy(float)
        for of in (FEATURES, NOISE)
    )
    alike = maps.map_by_tsne(features, few, maps.TsneSettings(perplexity, "pca", 0))
with counts:
    rows = {
        "all 512 dimensions": (maps.values_of(features, few), maps.noise_of(features, few), None),
        f"t-SNE, perplexity {perplexity}": (alike, noise_map, maps.strewn(len(few))),
        f"UMAP, {around} neighbours": (galaxies_umap, noise_umap, maps.strewn(len(noise_umap))),
    }
    counted = [["–" if each is None else str(maps.pieces_of(each)) for each in row] for row in rows.values()]
    st.table(pd.DataFrame(counted, index=list(rows), columns=["galaxies", "noise", "points in a square"]))
    joined = maps.joined_of(len(few))
    st.caption(
        f"Pieces, once each point is joined to its {joined} nearest: of {len(few):,} points, and by UMAP of "
        f"{len(noise_umap):,} points joined to {maps.joined_of(len(noise_umap))}. The last column: as many points "
        "strewn evenly over a square, in one draw."
    )
middle.altair_chart(plain_map(noise_map, title=f"t-SNE of noise, perplexity {perplexity}"))
right.altair_chart(plain_map(noise_umap, title=f"UMAP of noise, {around} neighbours"))
show_code(tsne, map_qualities, noise_like, pieces, matplotlib=figure_source(LESSON))
end(LESSON, TEXT)
