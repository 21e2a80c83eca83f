"""The shipped mock survey and what is written about it."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from galviz.survey import load_survey
from lessons.galaxies.words import CAUSES

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def shipped():
    return load_survey(verify=True)


def test_the_shipped_survey_is_sound_and_small(shipped):
    assert len(shipped.object_ids) == 2000
    assert shipped.label.column == "metallicity"
    assert shipped.catalogue.notna().all().all()
    files = [path for path in shipped.folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 11_000_000
    # nothing but the catalogue, how it was made, and an image a galaxy
    images = {path.name for path in files if path.parent.name == "images"}
    assert images == {f"{object_id}.jpg" for object_id in shipped.object_ids}
    assert len(files) == len(images) + 2
    assert {shipped.image(object_id).size for object_id in shipped.object_ids[::100]} == {(160, 160)}


def test_its_checksum_is_the_published_one(shipped):
    assert re.findall(r"\b[0-9a-f]{64}\b", (DATA / "README.md").read_text(encoding="utf-8")) == [shipped.sha256]


def test_every_column_is_described(shipped):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    described = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    header = (shipped.folder / "master.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    assert sorted(described) == sorted(header)
    assert set(CAUSES) == set(header) - {"objID", "oh_p50"} | {"metallicity"}


def test_the_command_that_made_it_is_the_one_in_the_text(shipped):
    settings = json.loads((shipped.folder / "simulation.json").read_text(encoding="utf-8"))
    command = f"simulate --n {settings['n']} --seed {settings['seed']} --framing {settings['framing']} --out"
    assert command in (DATA / "README.md").read_text(encoding="utf-8")
    assert settings["variety"] == 1


def test_images_carry_no_metadata_and_no_real_id(shipped):
    for object_id in shipped.object_ids[::200]:
        with Image.open(shipped.folder / "images" / f"{object_id}.jpg") as image:
            assert not image.getexif()
            assert "comment" not in image.info
        assert object_id.startswith("90")


def test_the_frame_told_is_the_frame_drawn():
    from galviz.simulate.rendering import PETROSIAN_RADII

    assert f"is {PETROSIAN_RADII:g} R90 of the light drawn here" in " ".join(
        (DATA / "README.md").read_text(encoding="utf-8").split()
    )


def test_the_catalogue_reads_back_without_loss(shipped):
    raw = pd.read_csv(shipped.folder / "master.csv", dtype=str)
    assert list(raw["objID"]) == shipped.object_ids
    assert raw["oh_p50"].astype(float).to_numpy() == pytest.approx(shipped.catalogue["metallicity"].to_numpy(), abs=0)
