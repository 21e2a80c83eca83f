"""Every registered artefact is loaded as it was saved, and any other file is refused."""

import os
import re
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from galviz.artefacts import real_galaxies
from galviz.artefacts.artefact import Artefact, Inputs, Provenance
from galviz.artefacts.registry import ARTEFACTS
from galviz.errors import BrokenFileError
from galviz.features.features import Features
from galviz.files.manifest import data_path
from galviz.network.card import read_card
from galviz.survey.survey import load_survey

SURVEY, CARD = load_survey(verify=False), read_card()
# The largest size in bytes of each shipped file.
LARGEST = {
    "features/mock-survey.parquet": 5_000_000,
    "features/random-weights.parquet": 1_500_000,
    "features/shuffled-labels.parquet": 1_500_000,
    "features/thumbnails.parquet": 500_000,
    "figures/lessons.safetensors": 2_000_000,
    "figures/meaning.safetensors": 500_000,
    "features/maps.parquet": 300_000,
    "features/sweeps.parquet": 3_000_000,
    "features/hubble-deep-field.safetensors": 350_000,
}


@pytest.fixture
def quick_compression(monkeypatch):
    """Tables are compressed in a tenth of the time, to slightly larger files."""
    write = pq.write_table

    def write_quickly(*table, **options):
        write(*table, **options | ({"compression_level": 1} if options["compression"] == "zstd" else {}))

    monkeypatch.setattr(pq, "write_table", write_quickly)


every_artefact = pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda artefact: artefact.name)


def test_the_registry_lists_every_derived_file_once():
    """All but the results on real galaxies, which aren't part of galviz."""
    names = [artefact.name for artefact in ARTEFACTS]
    shipped = {
        path.relative_to(data_path()).as_posix()
        for folder in ("features", "figures")
        for path in data_path(folder).iterdir()
    }
    assert sorted([*names, real_galaxies.NAME]) == sorted(shipped)
    assert {artefact.path for artefact in ARTEFACTS} == {data_path() / name for name in names}


@every_artefact
def test_the_shipped_file_is_current_and_small(artefact):
    assert artefact.is_current(SURVEY, CARD)
    assert artefact.path.stat().st_size <= LARGEST[artefact.name]


@pytest.mark.usefixtures("quick_compression")
@every_artefact
def test_saved_artefacts_are_loaded_with_their_provenance(artefact, tmp_path):
    """Saving what was read gives equal bytes each time, apart from the loss of encoding a picture twice."""
    content, provenance = artefact.load(), Provenance("s" * 64, "w" * 64, "c" * 64, {"numpy": "2.3"})
    for name in ("one", "two"):
        artefact.save(content, provenance, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    loaded, saved_provenance = artefact.read(tmp_path / "one")
    assert saved_provenance == provenance
    if not isinstance(content, Features):  # those record what extraction recorded
        assert saved_provenance.versions == provenance.versions
    assert type(loaded) is type(content)


@pytest.mark.full
@pytest.mark.usefixtures("quick_compression")
@every_artefact
def test_another_survey_weights_or_card_make_it_outdated(artefact, tmp_path):
    content, expected = artefact.load(), artefact.expected_provenance(SURVEY, CARD)
    path = tmp_path / "file"
    artefact.save(content, replace(expected, versions={"numpy": "0.1"}), path)
    assert artefact.is_current(SURVEY, CARD, path)
    artefact.save(content, replace(expected, survey_sha256="0" * 64), path)
    assert not artefact.is_current(SURVEY, CARD, path)
    for field in ("weights_sha256", "card_sha256"):
        artefact.save(content, replace(expected, **{field: "0" * 64}), path)
        assert not artefact.is_current(SURVEY, CARD, path)


@every_artefact
def test_any_other_file_is_refused_with_a_remedy(artefact, tmp_path):
    path, whole = tmp_path / "file", artefact.path.read_bytes()
    another = next(other for other in ARTEFACTS if other.name.rpartition(".")[2] != artefact.name.rpartition(".")[2])
    alike = next(other for other in ARTEFACTS if type(other) is not type(artefact) and "parquet" in other.name)
    contents = [None, b"", b"PAR1 and no more", b"\x02\0\0\0\0\0\0\0{}", whole[:-100], whole[:200]]
    for content in [*contents, another.path.read_bytes(), alike.path.read_bytes()]:
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(BrokenFileError, match=re.escape(os.fspath(path)) + ".*python -m galviz"):
            artefact.read(path)
        assert not artefact.is_current(SURVEY, CARD, path)


def test_a_new_artefact_is_one_class(tmp_path):
    """As `galviz.artefacts.registry` says: name, make, read and save are all that `build-data` needs."""

    class Count(Artefact):
        name = "count.txt"
        uses_network = False

        def make(self, inputs, progress):
            progress(1, 1)
            return len(inputs.survey.object_ids)

        def save(self, content, provenance, path):
            path.write_text(f"{content} {provenance.survey_sha256}", encoding="ascii")

        def read(self, path=None):
            count, survey_sha256 = path.read_text(encoding="ascii").split()
            return int(count), Provenance(survey_sha256)

    class Network:
        card = CARD

    inputs, calls = Inputs(SURVEY, Network(), tmp_path), []
    Count().build(inputs, lambda *call: calls.append(call))
    assert (inputs.load(Count()), calls) == (2000, [(1, 1)])
    assert Count().is_current(SURVEY, replace(CARD, crop_px=96), tmp_path / "count.txt")
