"""The page on other maps shows what the core computes, and the numbers in its text are right."""

import numpy as np
import pytest
import streamlit as st
from scipy.spatial.distance import pdist

from galviz.analysis.embeddings import FEATURES, NOISE, UmapSettings, fit_tsne, noise_like
from galviz.analysis.neighbours import count_pieces, map_qualities, neighbours_kept, procrustes_disparity
from galviz.analysis.pca import fit_pca
from galviz.artefacts.umaps import UMAPS
from galviz.course.manifest import find_lesson
from galviz.course.prose import read_sections
from galviz.features.features import load_features
from galviz.survey.causes import cause_title
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey
from panels import embeddings
from tests.drawn import chart

PAGE = "lessons/maps"


@pytest.fixture(scope="module")
def features():
    return load_features()


@pytest.fixture(scope="module")
def shipped():
    return UMAPS.load()


def sampled(features, size):
    """Ids of a sample, and its features."""
    ids = draw_sample(features.object_ids, size)
    return ids, features.layers["features"][features.rows(ids)]


def drawn_points(app, number):
    """Coordinates that a chart of the page draws, shape (n, 2)."""
    return chart(app, number)[1][["x", "y"]].to_numpy()


def page_text(app):
    return "\n".join(element.value for kind in (app.markdown, app.caption, app.info) for element in kind)


def says(section, *phrases):
    text = " ".join(read_sections(find_lesson("maps").folder / "text.md")[section].split())
    return all(phrase in text for phrase in phrases)


# The page


@pytest.mark.parametrize(
    ("query", "perplexity", "init", "seed", "umap"),
    [
        ({}, 30, "pca", 0, UmapSettings(FEATURES, 15, 0.1, 0)),
        (
            {"perplexity": 5, "init": "random", "tsne_seed": 3}
            | {"umap_neighbours": "50", "umap_distance": "0.5", "umap_seed": "1"},
            *(5, "random", 3, UmapSettings(FEATURES, 50, 0.5, 1)),
        ),
    ],
)
def test_the_three_embeddings_and_their_qualities(run_app, features, shipped, query, perplexity, init, seed, umap):
    app = run_app(page=PAGE, sample=60, **query)
    assert not app.exception
    ids, values = sampled(features, 60)
    ours = {
        "PCA, 2 components": fit_pca(values, 2, whiten=False).coordinates,
        "PCA, 3 components": fit_pca(values, 3, whiten=False).coordinates,
        "t-SNE": fit_tsne(values, perplexity=perplexity, init=init, seed=seed),
        "UMAP": shipped[umap].loc[ids].to_numpy(float),
    }
    for number, name in enumerate(("PCA, 2 components", "t-SNE", "UMAP")):
        assert drawn_points(app, number) == pytest.approx(ours[name], abs=1e-3)
    table = run_app(page=PAGE, step=2, sample=60, **query).table[0].value
    expected = map_qualities(values, ours).map("{:.3f}".format)
    assert table.index.tolist() == expected.index.tolist()
    assert table.to_numpy().tolist() == expected.to_numpy().tolist()
    two = [shipped[UmapSettings(FEATURES, umap.n_neighbors, umap.min_dist, one)].loc[ids] for one in (0, 1)]
    between = run_app(page=PAGE, step=3, sample=60, **query).table[0].value.loc["UMAP, two seeds"]
    assert between.tolist() == [f"{neighbours_kept(*two):.3f}", f"{procrustes_disparity(*two):.3f}"]


@pytest.mark.slow
def test_the_noise_and_its_pieces(run_app, features, shipped):
    app = run_app(page=PAGE, step=4, sample=70, noise_perplexity=2, noise_neighbours="50")
    noise = noise_like(sampled(features, 70)[1])
    mapped, umap = fit_tsne(noise, perplexity=2), shipped[UmapSettings(NOISE, 50, 0.1, 0)].to_numpy()
    assert drawn_points(app, 0) == pytest.approx(mapped, abs=1e-3)
    assert drawn_points(app, 1) == pytest.approx(umap, abs=1e-3)
    values = sampled(features, 70)[1]
    galaxies = shipped[UmapSettings(FEATURES, 50, 0.1, 0)].to_numpy()
    uniform = [str(count_pieces(np.random.default_rng(0).random((n, 2)))) for n in (70, 2000)]
    expected = [
        [str(count_pieces(values)), str(count_pieces(noise)), "–"],
        [str(count_pieces(fit_tsne(values, perplexity=2))), str(count_pieces(mapped)), uniform[0]],
        [str(count_pieces(galaxies)), str(count_pieces(umap)), uniform[1]],
    ]
    assert app.table[0].value.to_numpy().tolist() == expected
    assert count_pieces(mapped) > count_pieces(noise) == 1


def test_embeddings_are_coloured_by_any_column(run_app):
    spec, rows = chart(run_app(page=PAGE, sample=40, colour=cause_title("inclination_deg")), 2)
    catalogue = load_survey(verify=False).catalogue
    assert rows["colour"].to_numpy() == pytest.approx(catalogue.loc[rows["objID"], "inclination_deg"].to_numpy())
    assert spec["encoding"]["color"]["field"] == "colour"


@pytest.mark.parametrize("size", [5, 6, 20])
def test_small_samples(run_app, size):
    app = run_app(page=PAGE, sample=size)
    assert not app.exception
    assert f"The perplexity must be less than the {size} galaxies" in page_text(app)


@pytest.mark.slow
def test_a_large_sample_is_embedded_when_requested(run_app, monkeypatch, features):
    st.cache_resource.clear()
    monkeypatch.setattr(embeddings, "MAX_IMMEDIATE", 50)
    app = run_app(page=PAGE, step=2, sample=80)
    assert not app.exception
    assert "t-SNE of 80 galaxies" in page_text(app)
    assert "t-SNE" not in app.table[0].value.index
    (button,) = [button for button in app.button if button.label == "Compute t-SNE"]
    app = button.click().run()
    assert not app.exception
    assert "t-SNE" in app.table[0].value.index
    app = run_app(page=PAGE, sample=80)
    assert drawn_points(app, 1) == pytest.approx(fit_tsne(sampled(features, 80)[1]), abs=1e-3)
    # other sessions use the cached result
    assert "t-SNE" in run_app(page=PAGE, step=2, sample=80).table[0].value.index


# Numbers in the text


def test_the_worked_number():
    line, moved = [[0.0], [1], [3], [7], [15]], [[0.0], [1], [3], [7], [7.5]]
    quality = map_qualities(line, {"moved": moved}, n_neighbors=1).loc["moved"]
    assert says("formula", "0, 1, 3, 7 and 15", "last at 7.5", f"$T = 1 - 3 / 15 = {quality['trustworthiness']:.2f}$")
    assert says("formula", f"$1 - 1 / 15 = {quality['continuity']:.2f}$")


@pytest.mark.slow
def test_neighbours_distances_and_pieces_in_the_text(features, shipped):
    ids, values = sampled(features, 256)
    plane = fit_pca(values, 2, whiten=False)
    assert plane.explained_variance_ratio.sum() == pytest.approx(0.75, abs=0.02)
    assert says("distances", "three quarters of the variance")
    few, usual = (fit_tsne(values, perplexity=perplexity) for perplexity in (2, 30))
    umap = shipped[UmapSettings(FEATURES, 15, 0.1, 0)].loc[ids]
    quality = map_qualities(values, {"PCA": plane.coordinates, "2": few, "30": usual, "UMAP": umap})
    assert quality["distance_rank_correlation"].idxmax() == "PCA"
    assert quality["distance_rank_correlation"].idxmin() == "2"
    assert quality.loc["2", "neighbours_kept"] > quality.loc["PCA", "neighbours_kept"]
    assert quality["trustworthiness"].idxmin() == "PCA"
    # a projection increases no distance, but changes the ranks of neighbours
    assert (pdist(plane.coordinates) <= pdist(values) * (1 + 1e-6)).all()
    assert 0.9 < quality.loc["PCA", "continuity"] < quality.loc["30", "continuity"] < 1
    assert says("idea", "no distance becomes larger")
    assert says("distances", "the least trustworthy of the three", "its continuity isn't 1")
    # clusters in noise, at the settings of the text
    noise = noise_like(values)
    counts = {perplexity: count_pieces(fit_tsne(noise, perplexity=perplexity)) for perplexity in (2, 5, 30)}
    assert counts[2] > counts[5] > 5 > counts[30]
    assert abs(count_pieces(fit_tsne(values, perplexity=5)) - counts[5]) <= 3
    many = {of: count_pieces(shipped[UmapSettings(of, 5, 0.1, 0)].to_numpy()) for of in (FEATURES, NOISE)}
    assert says(
        "noise", "about as many pieces", f"{many[FEATURES]} pieces of all galaxies and {many[NOISE]} of the noise"
    )
    assert count_pieces(np.random.default_rng(0).random((2000, 2))) > 1
    assert np.isfinite(usual).all()
