"""Shipped files: a single flipped bit is detected by doctor, by the function that reads the file and by the page."""

import hashlib
import os
import random
import subprocess
import time
from pathlib import Path

import pytest

from galviz import cli
from galviz.artefacts import real_galaxies
from galviz.artefacts.artefact import Artefact, ArtefactError, Provenance
from galviz.artefacts.build import build_data
from galviz.artefacts.registry import ARTEFACTS
from galviz.cli.check_result import WRONG
from galviz.cli.data_checks import DATA_CHECKS
from galviz.errors import BrokenFileError
from galviz.features.features import FeaturesError, load_features
from galviz.files import checksums, manifest
from galviz.files.manifest import ShippedFileError, find_differences, read_manifest, write_manifest
from galviz.files.shipped import read_verified
from galviz.network.card import read_card, shipped_card_path
from galviz.survey.survey import SurveyError, load_survey

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of three small files, listed as shipped."""
    (tmp_path / "maps").mkdir()
    for name, content in {"a.txt": b"alpha", "maps/b.bin": bytes(range(200)), "maps/c.csv": b"x,y\n1,2\n"}.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(manifest, "DATA_FOLDER", tmp_path)
    write_manifest()
    return tmp_path


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of data/ that galviz takes for the shipped one; files are links, so replace them instead of writing."""
    copy = tmp_path / "data"
    names = (*read_manifest(), manifest.MANIFEST_NAME)
    for folder in {Path(name).parent for name in names}:
        (copy / folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        os.symlink(f"{DATA}/{name}", f"{copy}/{name}")  # noqa: PTH211 (2,000 of them, and pathlib takes ten times as long)
    monkeypatch.setattr(manifest, "DATA_FOLDER", copy)
    return copy


def flip(path, place):
    """Flip one bit of a file, chosen by a random.Random."""
    content = bytearray(path.read_bytes())
    content[place.randrange(len(content))] ^= 1 << place.randrange(8)
    path.unlink()
    path.write_bytes(content)


# --- manifest ---------------------------------------------------------------------------------------------------------


def test_manifest_is_up_to_date():
    differences = find_differences()
    assert not differences, f"{[str(difference) for difference in differences]}: run `{manifest.ACCEPT}`"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="asks git what is tracked")
def test_manifest_lists_tracked_files():
    git = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--", "data"], capture_output=True, check=True)
    tracked = {name.removeprefix("data/") for name in git.stdout.decode().split("\0") if name}
    assert set(read_manifest()) == tracked - {manifest.MANIFEST_NAME}


def test_manifest_has_the_format_of_sha256sum(folder):
    header, *lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    names = ["a.txt", "maps/b.bin", "maps/c.csv"]
    assert lines == [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names]
    assert header.startswith("# ")
    assert header.endswith(hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest())


def test_flipped_bit_in_the_manifest(folder):
    """The message names the manifest, not a listed file."""
    path = folder / "SHA256SUMS"
    content = path.read_bytes()
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        path.write_bytes(changed)
        with pytest.raises(ShippedFileError, match=r"SHA256SUMS, is damaged: .*git checkout -- data"):
            read_verified(folder / "a.txt")
    path.write_bytes(content)
    assert read_verified(folder / "a.txt") == b"alpha"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "", "its lines don't match"),
        (lambda text: text.replace("  a.txt", " a.txt"), r"line 2 is '[0-9a-f]{40}…'"),
        (lambda text: text.partition("\n")[2], "line 1 is"),
    ],
)
def test_malformed_manifest(folder, change, message):
    path = folder / "SHA256SUMS"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ShippedFileError, match=message):
        read_manifest()


def test_missing_manifest(folder):
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(ShippedFileError, match=r"SHA256SUMS, can't be read: No such file.*git checkout -- data"):
        read_verified(folder / "a.txt")


# --- files ------------------------------------------------------------------------------------------------------------


def test_change_right_after_reading(folder):
    """With the same size and modification time."""
    path = folder / "maps" / "b.bin"
    place, content = random.Random(1), path.read_bytes()
    for _ in range(100):
        assert read_verified(path) == content
        times = path.stat()
        flip(path, place)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        with pytest.raises(ShippedFileError, match=r"isn't the one that came with galviz.*git checkout -- data"):
            read_verified(path)
        path.write_bytes(content)


def test_checksums_are_cached(folder, monkeypatch):
    path, hashed, sha256 = folder / "a.txt", [], hashlib.sha256
    monkeypatch.setattr(checksums.hashlib, "sha256", lambda content: (hashed.append(content), sha256(content))[1])
    later = time.time_ns() + 10_000_000_000
    monkeypatch.setattr(checksums.time, "time_ns", lambda: later)  # as if its last change were long ago
    assert [read_verified(path) for _ in range(5)] == [b"alpha"] * 5
    assert hashed.count(b"alpha") == 1
    path.write_bytes(b"other")
    with pytest.raises(ShippedFileError):
        read_verified(path)


def test_other_files_are_not_checked(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.txt").write_bytes(b"mine")
    (folder / "mine.txt").write_bytes(b"mine")
    assert read_verified(elsewhere / "a.txt") == read_verified(folder / "mine.txt") == b"mine"
    (elsewhere / "link").symlink_to(folder)
    (folder / "a.txt").write_bytes(b"alpHa")
    with pytest.raises(ShippedFileError):  # by whatever way it is reached
        read_verified(elsewhere / "link" / "a.txt")


def test_find_differences(folder):
    (folder / "a.txt").write_bytes(b"alpHa")
    (folder / "maps" / "c.csv").unlink()
    (folder / "maps" / "d.csv").write_bytes(b"")
    (folder / "mine" / "deeper").mkdir(parents=True)
    for name in ("mine/1.jpg", "mine/deeper/2.jpg", ".DS_Store", "maps/c.csv~", "maps/.c.csv.123.part", "Thumbs.db"):
        (folder / name).write_bytes(b"x")
    assert [str(difference) for difference in find_differences()] == [
        *("a.txt (changed)", "maps/c.csv (missing)", "maps/d.csv (not shipped)", "mine/ (not shipped)")
    ]


# --- readers ----------------------------------------------------------------------------------------------------------

READERS = {
    **{artefact.name: artefact.load for artefact in ARTEFACTS},
    real_galaxies.NAME: real_galaxies.load_real_galaxies,
    "mock-survey/master.csv": load_survey,
    f"models/{shipped_card_path().name}": read_card,
}


def test_a_flipped_bit_is_detected_by_reader_and_doctor(data):
    place = random.Random(1)
    for name, read in READERS.items():
        read()
        flip(data / name, place)
        with pytest.raises((BrokenFileError, SurveyError), match="that came with galviz") as caught:
            read()
        assert str(data) in str(caught.value), name
        assert "git checkout -- data" in str(caught.value)
        (data / name).unlink()
        (data / name).symlink_to(DATA / name)
        read()
    flipped = []
    for name in READERS:
        flip(data / name, place)
        flipped.append(name)
        if len(flipped) in (1, len(READERS)):
            check = DATA_CHECKS["shipped files"]()
            assert check.state == WRONG
            assert check.result.startswith(f"{len(flipped)} file")
            assert all(f"{name} (changed)" in check.result for name in flipped)


def test_flipped_bit_in_an_image(data):
    survey = load_survey()
    one, other = survey.object_ids[3], survey.object_ids[7]
    flip(data / "mock-survey" / "images" / f"{one}.jpg", random.Random(2))
    flip(data / "mock-survey" / "images" / f"{other}.jpg", random.Random(3))
    for read in (survey.image, survey.image_size):
        with pytest.raises(SurveyError, match=f"{one}.jpg: it isn't the file that came with galviz.*git checkout -- d"):
            read(one)
    with pytest.raises(SurveyError, match=f"{one}.jpg"):
        survey.sha256  # noqa: B018
    assert survey.image(survey.object_ids[0]).size == (160, 160)
    with pytest.raises(SurveyError) as caught:
        load_survey(verify=True)
    assert caught.value.problems["objID"].tolist() == [one, other]
    named = load_survey(data / "mock-survey", verify=False)
    with pytest.raises(SurveyError, match="isn't the file that came with galviz"):
        named.image(one)


def test_features_file_changes_after_opening(data):
    features = load_features()
    flip(data / "features" / "mock-survey.parquet", random.Random(4))
    with pytest.raises(FeaturesError, match="isn't the one that came with galviz"):
        features.layers["stem"]


@pytest.mark.slow
def test_doctor_lists_all_changed_files(data, capsys):
    place = random.Random(5)
    image = "mock-survey/images/9020200727000000000.jpg"
    flipped = [*READERS, f"models/{read_card().weights}", "README.md", "mock-survey/simulation.json", image]
    for name in flipped:
        flip(data / name, place)
    (data / "mock-survey" / "images" / "9020200727000000001.jpg").unlink()
    (data / "notes.txt").write_bytes(b"")
    assert cli.main(["doctor"]) == 1
    printed = capsys.readouterr().out
    for name in flipped:
        assert f"{name} (changed)" in printed
    assert "images/9020200727000000001.jpg (missing)" in printed
    assert "notes.txt (not shipped)" in printed
    # the files themselves, and survey, weights, features and network, which read them
    assert printed.rstrip().endswith("5 problems.")


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("features/thumbnails.parquet", "instruments/home"),
        ("features/maps.parquet", "lessons/maps"),
        ("SHA256SUMS", "lessons/pca"),
    ],
)
def test_page_explains_a_flipped_bit(data, run_app, name, page):
    import streamlit as st

    flip(data / name, random.Random(6))
    st.cache_resource.clear()
    st.cache_data.clear()
    app = run_app(page=page)
    assert not app.exception
    assert "can't be read" in app.title[0].value
    assert Path(name).name in app.error[0].value
    assert app.code[0].value == "git checkout -- data"
    st.cache_resource.clear()
    st.cache_data.clear()


# --- changed on purpose -----------------------------------------------------------------------------------------------


class Note(Artefact):
    """A text file in the place of a shipped artefact, which is current as long as it hasn't changed."""

    def __init__(self, name, provenance):
        self.name, self.made, self._provenance = name, 0, provenance

    def make(self, inputs, progress):
        self.made += 1
        return b"rebuilt"

    def read(self, path=None):
        try:
            read_verified(path)
        except ShippedFileError as error:
            raise ArtefactError(str(error)) from error
        return b"", self._provenance

    def save(self, content, provenance, path):
        path.unlink()
        path.write_bytes(content)


@pytest.fixture
def notes(data):
    (data / "SHA256SUMS").unlink()
    (data / "SHA256SUMS").write_bytes((DATA / "SHA256SUMS").read_bytes())
    card = read_card()
    provenance = Provenance(load_survey(verify=False).sha256, card.weights_sha256, card.sha256)
    return [Note(artefact.name, provenance) for artefact in ARTEFACTS]


def test_build_data_needs_accept_changes(data, notes):
    (data / "README.md").unlink()
    (data / "README.md").write_text("# Other data\n", encoding="utf-8")
    with pytest.raises(ShippedFileError, match=r"README\.md \(changed\).*--accept-changes"):
        list(build_data(data, artefacts=notes))
    assert not any(built.made for built in build_data(data, accept_changes=True, artefacts=notes))
    assert find_differences() == []
    assert not any(note.made for note in notes)


def test_build_data_rebuilds_a_damaged_file(data, notes):
    flip(data / "features" / "maps.parquet", random.Random(7))
    built = list(build_data(data, artefacts=notes))
    assert [one.path.name for one in built if one.made] == ["maps.parquet"]
    assert [note.made for note in notes] == [int(note.name == "features/maps.parquet") for note in notes]
    assert read_manifest()["features/maps.parquet"] == hashlib.sha256(b"rebuilt").hexdigest()
    assert find_differences() == []
