"""Charts of embeddings: equal axes, colours and size."""

import json

import numpy as np
import pandas as pd
import pytest

from galviz.charts import embedding_scatter, plain_scatter
from galviz.survey.label import Label

METALLICITY = Label("metallicity", "Metallicity, 12 + log10(O/H)", "dex", 8.2, 9.4)
POINTS = pd.DataFrame(
    {"x": [0.0, 4.0, 2.0], "y": [1.0, 1.5, 2.0], "true": [8.5, 9.0, 8.8], "predicted": [8.6, 8.8, 9.2]},
    index=pd.Index(["9000000000000000001", "9000000000000000002", "9000000000000000003"], name="objID"),
)


def rows(spec):
    return max(map(pd.DataFrame, spec["datasets"].values()), key=len)


def test_both_axes_have_the_same_range_and_no_ticks():
    spec = embedding_scatter(POINTS, METALLICITY, title="t-SNE").to_dict()
    spans = [spec["encoding"][axis]["scale"]["domain"] for axis in ("x", "y")]
    assert np.ptp(spans[0]) == pytest.approx(np.ptp(spans[1]))
    assert spans[0][0] < 0 < 4 < spans[0][1]
    assert np.mean(spans[1]) == pytest.approx(1.5)
    assert spec["encoding"]["x"]["axis"] is None
    assert rows(spec)["objID"].tolist() == POINTS.index.tolist()
    assert (spec["encoding"]["fill"]["field"], spec["encoding"]["stroke"]["field"]) == ("predicted", "true")
    assert spec["title"]["text"] == "t-SNE"


def test_an_embedding_is_coloured_by_a_column():
    colour = pd.Series([10.0, 60.0, 35.5], index=POINTS.index)
    spec = embedding_scatter(POINTS, METALLICITY, title="UMAP", colour=colour, colour_title="inclination").to_dict()
    assert rows(spec)["colour"].tolist() == [10.0, 60.0, 35.5]


def test_coincident_galaxies_are_drawn():
    spec = embedding_scatter(POINTS.assign(x=1.0, y=2.0), METALLICITY, title="t-SNE").to_dict()
    assert np.ptp(spec["encoding"]["x"]["scale"]["domain"]) > 0


def test_a_plain_scatter_of_2000_galaxies_is_small():
    places = np.random.default_rng(0).normal(size=(2000, 2))
    spec = plain_scatter(places, title="noise").to_dict()
    assert rows(spec)[["x", "y"]].to_numpy() == pytest.approx(places, abs=6e-4)
    assert len(json.dumps(spec)) < 100_000
