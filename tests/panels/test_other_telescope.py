"""Galaxies of another telescope: larger PNGs, ids with + and ., another label. No page speaks of metallicity then."""

import numpy as np
import pandas as pd
import pytest

from tests.drawn import map_table

PAGES = ["explore", "layers", "units", "compare", "galaxy"]
# The last one is the meaning of clumpiness in the simulator, which a column of another catalogue may not have.
WORDS = ["etallic", "log(O/H)", " dex", "clumps of young stars"]


@pytest.fixture(scope="module")
def survey(make_survey):
    folder = make_survey(24, labelled=False, causes=False, side_px=424, suffix=".png")
    object_ids = pd.read_csv(folder / "master.csv", dtype=str)["objID"]
    names = [f"J0004{number:02}.19+020924.{number}" for number in range(len(object_ids))]
    for object_id, name in zip(object_ids, names, strict=True):
        (folder / "images" / f"{object_id}.png").rename(folder / "images" / f"{name}.png")
    redshifts = np.random.default_rng(1).uniform(0.01, 0.2, len(names)).round(4)
    table = {"objID": names, "redshift": redshifts, "kind": ["Sb", "Er"] * 12, "clumpiness": redshifts[::-1]}
    pd.DataFrame(table).to_csv(folder / "master.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def texts(block):
    """Everything that the elements of a page send to the browser, as text."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from texts(child)
        if getattr(child, "proto", None) is not None:
            yield str(child.proto)


@pytest.mark.full
@pytest.mark.parametrize("page", PAGES)
def test_pages_speak_of_the_label_and_not_of_metallicity(run_app, survey, cache, monkeypatch, page):
    monkeypatch.setenv("GALVIZ_CACHE", str(cache))
    app = run_app("--survey", survey, "--label", "redshift", page=f"instruments/{page}")
    if app.button and "Compute" in app.button[0].label:
        app = app.button[0].click().run()
    assert not app.exception
    sent = list(texts(app._tree))
    assert sent
    assert not [text[:500] for text in sent if any(word in text for word in WORDS)]
    if page == "explore":
        assert len(map_table(app)) == 24
        assert "predicted" not in map_table(app)
        assert app.selectbox(key="map_colour").value == "redshift"
