"""Features store the activations of a network, rounded to float16 at most, in a file that is read layer by layer."""

import errno
import json
import math
import os
import shlex
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from galviz.features import features as features_module
from galviz.features import file as featurefile
from galviz.features.features import Features, FeaturesError, UnknownLayer, load_features, save_features
from galviz.network.card import read_card
from galviz.survey.survey import load_survey

ROOT = Path(__file__).parents[2]
IDS = [str(9_100_000_000_000_000_000 + 7 * number) for number in range(12)]
PROVENANCE = {"survey_sha256": "5" * 64, "weights_sha256": "3" * 64, "precision": "float32", "galviz": "0.1"}


def make_features(ids=IDS, *, seed=1, provenance=PROVENANCE, **channels):
    """Normal deviates: layers stem (4 channels), stage1 (6) and features (8), or those given."""
    random = np.random.default_rng(seed)
    layers = {
        name: random.normal(size=(len(ids), count)).astype(np.float32)
        for name, count in (channels or {"stem": 4, "stage1": 6, "features": 8}).items()
    }
    return Features(ids, layers, random.normal(8.8, 0.2, len(ids)), provenance)


@pytest.fixture
def path(tmp_path):
    """A file of make_features()."""
    save_features(make_features(), tmp_path / "survey.parquet")
    return tmp_path / "survey.parquet"


@pytest.fixture
def reads(monkeypatch):
    """The columns of each read of a Parquet file, as they happen."""
    requested, read, iter_batches = [], pq.ParquetFile.read, pq.ParquetFile.iter_batches

    def record(self, columns, **options):
        requested.append(columns)
        return read(self, columns, **options)

    def record_batches(self, *size, columns, **options):
        requested.append(columns)
        return iter_batches(self, *size, columns=columns, **options)

    monkeypatch.setattr(pq.ParquetFile, "read", record)
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", record_batches)
    return requested


def rewrite(path, change, **metadata):
    """Write a file's table again, after `change`, with other entries in its galviz metadata."""
    table = pq.read_table(path)
    contents = json.loads(table.schema.metadata[b"galviz"]) | metadata
    pq.write_table(change(table).replace_schema_metadata({"galviz": json.dumps(contents)}), path)


def with_column(name, values):
    return lambda table: table.set_column(table.schema.get_field_index(name), name, values)


def half_lists(rows):
    return pa.array(rows, pa.list_(pa.float16(), len(rows[0])))


# --- features ---------------------------------------------------------------------------------------------------------


def test_features_hold_copies_that_nobody_can_change():
    ids, stem, predictions, provenance = ["a", "b"], np.eye(2), np.array([8.5, 9.0]), {"precision": "float32"}
    features = Features(ids, {"stem": stem}, predictions, provenance)
    ids[0], stem[0, 0], predictions[0], provenance["precision"] = "c", 5.0, 5.0, "none"
    features.object_ids.clear()
    for array in (features.layers["stem"], features.predictions):
        assert array.dtype == np.float32
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        features.layers["stem"] = stem
    with pytest.raises(TypeError):
        features.provenance["precision"] = "none"
    with pytest.raises(AttributeError):
        features.predictions = predictions
    assert features.object_ids == ["a", "b"]
    assert features.layers["stem"].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert features.predictions.tolist() == [8.5, 9.0]
    assert features.provenance == {"precision": "float32"}
    assert repr(features) == "Features(2 galaxies, layers: stem)"


def test_rows_and_selections_follow_the_order_asked_for():
    features = Features(list("abc"), {"stem": [[1, 2], [3, 4], [5, 6]]}, [8.1, 8.2, 8.3], PROVENANCE)
    assert features.rows(["c", "a", "c"]).tolist() == [2, 0, 2]
    chosen = features.select(["c", "a"])
    assert chosen.object_ids == ["c", "a"]
    assert chosen.layers["stem"].tolist() == [[5, 6], [1, 2]]
    assert chosen.predictions.tolist() == np.float32([8.3, 8.1]).tolist()
    assert chosen.provenance == PROVENANCE
    assert not chosen.layers["stem"].flags.writeable
    assert chosen.select(["a"]).layers["stem"].tolist() == [[1, 2]]
    assert features.select([]).layers["stem"].shape == (0, 2)


@pytest.mark.parametrize(
    ("object_ids", "sentence"),
    [
        ([IDS[0] + "9"], f"among the 12 that have features; got '{IDS[0]}9', which is close to .*{IDS[0]}"),
        (["x"], "features; got 'x'$"),
        ([int(IDS[0])], f"got {IDS[0]} of type int: ids are strings"),
        ([["x"]], "of type list: ids are strings"),
        (IDS[0], "object_ids must be a list of ids; got the text '91"),
        ([IDS[0], IDS[1], IDS[0]], f"must have no duplicates; got '{IDS[0]}' 2 times"),
    ],
)
def test_galaxies_that_cannot_be_selected(object_ids, sentence):
    with pytest.raises(FeaturesError, match=sentence):
        make_features().select(object_ids)


@pytest.mark.parametrize("from_file", [False, True])
def test_an_unknown_layer_is_refused_in_one_line(path, from_file):
    layers = (load_features(path) if from_file else make_features()).layers
    assert list(layers) == ["stem", "stage1", "features"]
    assert "stem" in layers
    assert "stage9" not in layers
    assert layers.get("stage9") is None
    for kind in (KeyError, FeaturesError, UnknownLayer):
        with pytest.raises(kind, match=r"^layer must be one of stem, stage1, features; got 'stage9'$"):
            _ = layers["stage9"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"object_ids": ["a", "b", "a"]}, "object_ids must have no duplicates; got 'a' 2 times"),
        ({"object_ids": ["a", 2, "c"]}, "object_ids must be strings; got 2 of type int"),
        ({"layers": {"stem": np.ones((2, 4))}}, r"layer 'stem' must have shape \(3, n_channels\).*; got \(2, 4\)$"),
        ({"layers": {"stem": np.ones(3)}}, r"layer 'stem' must have shape .*; got \(3,\)$"),
        ({"layers": {"stem": np.ones((3, 0))}}, r"layer 'stem' must have shape .*; got \(3, 0\)$"),
        ({"layers": {"stem": np.ones((3, 4, 2, 2))}}, r"got \(3, 4, 2, 2\): average maps over height and width first"),
        ({"layers": {"stem": [["1"]] * 3}}, "layer 'stem' must be numbers; got dtype <U1"),
        ({"layers": {"stem": [[1], [np.nan], [2]]}}, "layer 'stem' must be finite; got nan for galaxy b: check its"),
        ({"layers": {"stem": [[1], [2], [1e39]]}}, r"must be finite; got 1e\+39 for galaxy c"),
        ({"layers": {"objID": np.ones((3, 1))}}, "a layer's name must be a string other than .*; got 'objID'"),
        ({"layers": {4: np.ones((3, 1))}}, "a layer's name must be a string other than .*; got 4"),
        ({"layers": make_features().layers}, "a row for each of the 3 object_ids; got 12 rows"),
        ({"predictions": [[8.5]] * 3}, r"predictions must have shape \(3,\).*; got \(3, 1\)"),
        ({"predictions": [8.5, np.inf, 9.0]}, "predictions must be finite; got inf for galaxy b"),
        ({"provenance": {"precision": 32}}, "provenance must map strings to strings; got {'precision': 32}"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change, sentence):
    parts = {"object_ids": list("abc"), "layers": {"stem": np.ones((3, 4))}, "predictions": [8.5, 8.6, 8.7]}
    with pytest.raises(FeaturesError, match=sentence):
        Features(**(parts | {"provenance": PROVENANCE} | change))


# --- the file ---------------------------------------------------------------------------------------------------------


def test_a_round_trip_rounds_layers_to_float16_and_nothing_else(path):
    written, loaded = make_features(), load_features(path)
    assert loaded.object_ids == IDS
    assert loaded.provenance == PROVENANCE
    np.testing.assert_array_equal(loaded.predictions, written.predictions)
    assert dict(loaded.layers).keys() == dict(written.layers).keys()
    for name, values in loaded.layers.items():
        assert values.dtype == np.float32
        # Half precision has 11 significant bits: the rounding is half of the last at most.
        np.testing.assert_allclose(values, written.layers[name], rtol=2**-11, atol=0)
        assert (values != written.layers[name]).any()
    for array in (*loaded.layers.values(), loaded.predictions):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_what_float16_can_hold_comes_back_exactly(tmp_path):
    values = np.array([[0, -0.0, 1, 0.5, 2048, 65504, -65504, 2**-14, 2**-24, 1 + 2**-10]])
    save_features(Features(["a"], {"stem": values}, [8.8], {}), tmp_path / "exact.parquet")
    np.testing.assert_array_equal(load_features(tmp_path / "exact.parquet").layers["stem"], values)


@pytest.mark.parametrize(
    "layers", [{"stage4.0.conv": np.ones((2, 3)), "stage4": np.zeros((2, 1)), "σ": [[1], [2]]}, {}]
)
def test_any_layer_names_and_none(tmp_path, layers):
    save_features(Features(["a", "b"], layers, [8.8, 8.9], {}), tmp_path / "f.parquet")
    features = load_features(tmp_path / "f.parquet")
    assert list(features.layers) == list(layers)
    for name, values in layers.items():
        np.testing.assert_array_equal(features.layers[name], values)


def test_no_galaxies_are_no_problem(tmp_path):
    save_features(make_features().select([]), tmp_path / "none.parquet")
    features = load_features(tmp_path / "none.parquet")
    assert features.object_ids == []
    assert features.layers["stage1"].shape == (0, 6)


def test_any_reader_of_parquet_finds_what_the_docs_promise(path):
    table = pq.read_table(path)
    assert table.schema.names == ["objID", "prediction", "stem", "stage1", "features"]
    assert [str(kind) for kind in table.schema.types[:2]] == ["string", "float"]
    assert table.schema.types[2:] == [pa.list_(pa.float16(), count) for count in (4, 6, 8)]
    frame = pd.read_parquet(path)
    assert frame["objID"].tolist() == IDS
    np.testing.assert_array_equal(np.stack(frame["stage1"]), make_features().layers["stage1"].astype(np.float16))


def test_equal_features_give_equal_bytes_and_others_others(tmp_path, path):
    def written(features):
        save_features(features, tmp_path / "again.parquet")
        return (tmp_path / "again.parquet").read_bytes()

    assert written(make_features()) == path.read_bytes() == written(load_features(path))
    reordered = make_features(provenance=dict(reversed(PROVENANCE.items())))
    assert written(reordered) == path.read_bytes()
    assert len({written(make_features(seed=seed)) for seed in (1, 2)}) == 2


def test_two_thousand_galaxies_are_a_small_file(tmp_path):
    ids = [str(9_100_000_000_000_000_000 + number) for number in range(2000)]
    channels = {"stem": 64, "stage1": 64, "stage2": 128, "stage3": 256, "features": 512}
    save_features(make_features(ids, **channels), tmp_path / "large.parquet")
    # 2000 × 1024 × 2 bytes are 4.1 MB; deviates of both signs leave little to compress.
    size_mb = (tmp_path / "large.parquet").stat().st_size / 1e6
    print(f"{size_mb:.2f} MB")  # noqa: T201
    assert size_mb < 4.6
    assert load_features(tmp_path / "large.parquet").layers["features"].shape == (2000, 512)


@pytest.mark.parametrize(("value", "stored"), [(65519.0, 65504.0), (65520.0, None), (-1e6, None)])
def test_a_value_beyond_float16_is_refused_and_does_not_become_infinite(tmp_path, value, stored):
    features = Features(["a", "b"], {"stem": [[1.0], [value]]}, [8.8, 8.9], {})
    if stored is None:
        sentence = (
            f"layer 'stem' must be within float16's ±65504 to be saved; got {value} for galaxy b: check its image"
        )
        with pytest.raises(FeaturesError, match=sentence):
            save_features(features, tmp_path / "f.parquet")
        assert list(tmp_path.iterdir()) == []
    else:
        save_features(features, tmp_path / "f.parquet")
        assert load_features(tmp_path / "f.parquet").layers["stem"].tolist() == [[1.0], [stored]]


def test_a_write_that_fails_leaves_what_was_there(path, monkeypatch):
    before = path.read_bytes()

    def fill_the_disk(table, stream, **options):
        stream.write(b"PAR1 half a table")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "write_table", fill_the_disk)
    with pytest.raises(OSError, match=r"No space left on device: .*survey\.parquet"):
        save_features(make_features(seed=2), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_folder_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No such file or directory: .*f\.parquet"):
        save_features(make_features(), tmp_path / "gone" / "f.parquet")


# --- reading a layer at a time ----------------------------------------------------------------------------------------


def test_a_layer_is_read_when_it_is_asked_for_and_once(path, reads):
    features = load_features(path)
    assert (len(features.layers), "stem" in features.layers, next(iter(features.layers))) == (3, True, "stem")
    chosen = features.select(IDS[3:5])
    assert (repr(features), len(chosen.predictions)) == ("Features(12 galaxies, layers: stem, stage1, features)", 2)
    assert reads == [["objID"], ["prediction"]]
    np.testing.assert_array_equal(chosen.layers["stage1"], features.layers["stage1"][3:5])
    assert features.layers["stage1"] is features.layers["stage1"]
    assert reads == [["objID"], ["prediction"], ["stage1"]]


def test_reading_starts_no_threads(path):
    code = f"""
import os
import numpy, pyarrow.parquet, scipy.sparse
from galviz.features.features import load_features
before = len(os.listdir("/proc/self/task"))
features = load_features({str(path)!r})
values = [features.layers[name] for name in features.layers]
print(len(os.listdir("/proc/self/task")) - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["0"], done.stderr


def test_a_fifo_in_the_place_of_features_is_refused_at_once(path):
    features = load_features(path)
    path.unlink()
    os.mkfifo(path)
    for read in (lambda: load_features(path), lambda: features.layers["stem"]):
        with pytest.raises(FeaturesError, match="is a named pipe"):
            read()


def test_a_file_that_has_gone_gives_only_what_was_read(path):
    features = load_features(path)
    stem = features.layers["stem"]
    path.unlink()
    assert features.layers["stem"] is stem
    with pytest.raises(FeaturesError, match=r"survey\.parquet doesn't exist; make it with `python -m galviz extract"):
        _ = features.layers["stage1"]


def test_a_file_that_was_replaced_is_not_mixed_with_the_first(path):
    features = load_features(path)
    stem = features.layers["stem"]
    other = make_features(seed=2)
    save_features(other, path)
    assert features.layers["stem"] is stem
    with pytest.raises(FeaturesError, match=r"was replaced by another since it was loaded; load it again\.$"):
        _ = features.layers["stage1"]
    np.testing.assert_allclose(load_features(path).layers["stage1"], other.layers["stage1"], rtol=2**-11)
    save_features(make_features(), path)  # the same values once more are no other file
    assert features.layers["stage1"].shape == (12, 6)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody replace a file that is open")
def test_a_file_that_is_replaced_during_a_read(path, monkeypatch):
    loaded, iter_batches = load_features(path), pq.ParquetFile.iter_batches

    def replace_and_read(self, *size, **options):
        save_features(make_features(seed=2), path)
        return iter_batches(self, *size, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", replace_and_read)
    np.testing.assert_allclose(loaded.layers["stage1"], make_features().layers["stage1"], rtol=2**-11)


def test_threads_that_read_at_once_get_the_same_complete_layers(tmp_path):
    written = make_features([f"g{number}" for number in range(300)], stem=32, stage1=64, features=128)
    save_features(written, tmp_path / "f.parquet")
    expected = {name: values.astype(np.float16) for name, values in written.layers.items()}
    for _ in range(5):
        loaded, together = load_features(tmp_path / "f.parquet"), threading.Barrier(8)

        def read_layers(number, loaded=loaded, together=together):
            names = list(expected)[number % 3 :] + list(expected)[: number % 3]
            together.wait()
            return {name: loaded.layers[name] for name in names}

        with ThreadPoolExecutor(8) as pool:
            layers = list(pool.map(read_layers, range(8)))
        for name, values in expected.items():
            assert all(layer[name] is layers[0][name] for layer in layers)
            np.testing.assert_array_equal(layers[0][name], values)


def test_paths_stay_valid_when_the_working_folder_changes(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    features = load_features("survey.parquet")
    monkeypatch.chdir(path.parent.parent)
    assert features.layers["stem"].shape == (12, 4)


# --- what was made from what ------------------------------------------------------------------------------------------


def survey_of(ids=IDS, sha256="5" * 64):
    return SimpleNamespace(object_ids=list(ids), sha256=sha256, folder=Path("my survey"))


def test_features_of_this_survey_and_these_weights_are_taken(path):
    assert load_features(path, survey=survey_of(), weights_sha256="3" * 64).object_ids == IDS


def test_the_survey_is_not_hashed_unless_it_is_given(make_survey, tmp_path, monkeypatch):
    survey = load_survey(make_survey(3, side_px=32))
    provenance = PROVENANCE | {"survey_sha256": survey.sha256}
    save_features(make_features(survey.object_ids, provenance=provenance), tmp_path / "f.parquet")
    assert load_features(tmp_path / "f.parquet", survey=survey).object_ids == survey.object_ids
    monkeypatch.setattr(type(survey), "sha256", property(lambda self: pytest.fail("hashed")))
    load_features(tmp_path / "f.parquet", weights_sha256="3" * 64)


@pytest.mark.parametrize(
    ("survey", "sentence"),
    [
        (survey_of(sha256="6" * 64), "belongs to another survey than my survey, or that survey has changed; run"),
        (survey_of([*IDS, "x", "y"]), "lacks 2 of the 14 galaxies of my survey, such as x; run"),
    ],
)
def test_features_of_another_survey_are_refused(path, monkeypatch, survey, sentence):
    with pytest.raises(FeaturesError, match=sentence) as caught:
        load_features(path, survey=survey)
    assert str(caught.value).startswith(f"The features file {path} ")
    assert str(caught.value).endswith(
        f"`python -m galviz extract --survey 'my survey' --out {shlex.quote(str(path))} --model CARD`."
    )
    path.rename(path.with_name("mock-survey.parquet"))
    monkeypatch.setattr(features_module, "data_path", lambda *parts: path.parent / parts[-1])
    # Nobody is told to write over what is shipped.
    with pytest.raises(FeaturesError, match="extract --survey 'my survey' --out FILE` and load that file"):
        load_features(survey=survey)


def test_features_without_the_checksum_of_their_survey_are_refused(tmp_path):
    save_features(make_features(provenance={}), tmp_path / "f.parquet")
    with pytest.raises(FeaturesError, match="belongs to another survey than my survey"):
        load_features(tmp_path / "f.parquet", survey=survey_of())


def test_features_of_other_weights_are_refused(path, monkeypatch):
    sentence = (
        f"survey.parquet was computed with other weights: sha256 must be {'4' * 64}; got {'3' * 64}; make it again with"
    )
    with pytest.raises(FeaturesError, match=sentence + r" `python -m galviz extract .* --model CARD`\.$"):
        load_features(path, weights_sha256="4" * 64)
    path.rename(path.with_name("mock-survey.parquet"))
    monkeypatch.setattr(features_module, "data_path", lambda *parts: path.parent / parts[-1])
    with pytest.raises(FeaturesError, match="make it again with `python -m galviz build-data`"):
        load_features(weights_sha256="4" * 64)


# --- the shipped files ------------------------------------------------------------------------------------------------


def test_without_a_path_the_shipped_files_are_meant(tmp_path, monkeypatch):
    assert features_module.data_path("features") == ROOT / "data" / "features"
    monkeypatch.setattr(features_module, "data_path", lambda *parts: tmp_path / parts[-1])
    for seed, name in enumerate(["mock-survey", "random-weights", "shuffled-labels"]):
        save_features(make_features(seed=seed), tmp_path / f"{name}.parquet")
        control = None if seed == 0 else name
        np.testing.assert_array_equal(load_features(control=control).predictions, make_features(seed=seed).predictions)
    (tmp_path / "random-weights.parquet").unlink()
    with pytest.raises(
        FeaturesError, match=r"doesn't exist; work in a clone .*, or make it with `python -m galviz build-d"
    ):
        load_features(control="random-weights")


def test_a_control_is_one_of_two_and_instead_of_a_path(path):
    with pytest.raises(FeaturesError, match="control must be one of random-weights, shuffled-labels; got 'none'"):
        load_features(control="none")
    with pytest.raises(ValueError, match=r"path and control exclude each other; got .* and random-weights: omit"):
        load_features(path, control="random-weights")


# --- files that can't be used -----------------------------------------------------------------------------------------


def truncate(path):
    path.write_bytes(path.read_bytes()[:-40])


def flip_a_bit(path):
    """In the last byte of the first layer's numbers."""
    column = pq.read_metadata(path).row_group(0).column(2)
    content = bytearray(path.read_bytes())
    content[column.data_page_offset + column.total_compressed_size - 1] ^= 1
    path.write_bytes(content)


def folder_instead(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            Path.unlink,
            r"doesn't exist; make it with `python -m galviz extract --survey FOLDER --out .*survey\.parquet'?`\.$",
        ),
        (lambda path: path.write_bytes(b""), "is empty .0 bytes.; make it again with `python -m galviz extract"),
        (lambda path: path.write_bytes(b"<html>404"), "is an HTML page, not a Parquet table; make it again"),
        (lambda path: path.write_bytes(b"objID,stem"), "is something else, not a Parquet table"),
        (truncate, "is truncated: its end is missing; make it again"),
        (lambda path: path.write_bytes(b"PAR1 half PAR1"), "is damaged; make it again"),
        (
            lambda path: pd.DataFrame({"objID": IDS}).to_parquet(path),
            "is a Parquet table of another kind: its metadata has no key 'galviz'",
        ),
        (
            lambda path: pq.write_table(pq.read_table(path).replace_schema_metadata({"galviz": "{"}), path),
            "has galviz metadata that can't be read",
        ),
        (
            lambda path: pq.write_table(
                pq.read_table(path).replace_schema_metadata({"galviz": '{"format":' + "[" * 100_000}), path
            ),
            "has galviz metadata that can't be read",
        ),
        (lambda path: rewrite(path, lambda table: table, layers=None), "has galviz metadata that can't be read"),
        (lambda path: rewrite(path, lambda table: table, format=2), "has format 2, and this galviz reads 1; update"),
        (lambda path: rewrite(path, lambda table: table.drop_columns("stage1")), "has no column 'stage1'; make"),
        (lambda path: rewrite(path, lambda table: table.drop_columns("prediction")), "has no column 'prediction'"),
        (
            lambda path: rewrite(path, with_column("objID", pa.array(map(int, IDS), pa.uint64()))),
            "has a column 'objID' of type uint64, which galviz doesn't write",
        ),
        (lambda path: rewrite(path, with_column("stem", pa.array([1.5] * 12))), "has a column 'stem' of type double"),
        (
            lambda path: rewrite(path, with_column("objID", pa.array([*IDS[:-1], IDS[0]]))),
            f"can't be used: object_ids must have no duplicates; got '{IDS[0]}' 2 times; make it again",
        ),
        (
            lambda path: rewrite(path, with_column("objID", pa.array([*IDS[:-1], None]))),
            "can't be used: object_ids must be strings; got None",
        ),
        (
            lambda path: rewrite(path, with_column("prediction", pa.array([8.8] * 11 + [math.nan], pa.float32()))),
            f"can't be used: predictions must be finite; got nan for galaxy {IDS[-1]}",
        ),
    ],
)
def test_the_error_for_a_file_that_cannot_be_opened(path, spoil, sentence):
    spoil(path)
    with pytest.raises(FeaturesError, match=sentence) as caught:
        load_features(path)
    assert str(caught.value).startswith(f"The features file {path} ")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (flip_a_bit, "is damaged; make it again"),
        (
            lambda path: rewrite(path, with_column("stem", half_lists([[np.float16("nan")] * 4] * 12))),
            f"can't be used: layer 'stem' must be finite; got nan for galaxy {IDS[0]}: check .*; make it again",
        ),
        (
            lambda path: rewrite(path, with_column("stem", half_lists([[np.float16(1), None]] * 12))),
            "can't be used: layer 'stem' must be finite; got nan",
        ),
        (
            lambda path: rewrite(path, with_column("stem", half_lists([[np.float16(1)]] * 11 + [None]))),
            "lacks rows of layer 'stem'",
        ),
    ],
)
def test_the_error_for_a_layer_that_cannot_be_read(path, spoil, sentence):
    spoil(path)
    features = load_features(path)
    with pytest.raises(FeaturesError, match=sentence):
        dict(features.layers)


def without_column_checksums(path):
    """As galviz wrote features files before columns had checksums."""
    table = pq.read_table(path)
    contents = json.loads(table.schema.metadata[b"galviz"])
    del contents["column_sha256"], contents["sha256"]
    metadata = {b"galviz": json.dumps(contents, sort_keys=True)}
    pq.write_table(table.replace_schema_metadata(metadata), path, write_page_checksum=True)


def what_is_read(path):
    features = load_features(path)
    layers = {name: values.tolist() for name, values in features.layers.items()}
    return features.object_ids, features.predictions.tolist(), layers, dict(features.provenance)


@pytest.mark.parametrize("place", range(8))
def test_a_flipped_bit_is_noticed_or_changes_nothing(path, place):
    """Anywhere in the file: in numbers, in what Parquet says of them, and in the metadata."""
    content, sound = path.read_bytes(), what_is_read(path)
    refused = 0
    for position in range(place, len(content), 64):
        changed = bytearray(content)
        changed[position] ^= 1 << position // 64 % 8
        path.write_bytes(changed)
        try:
            assert what_is_read(path) == sound
        except FeaturesError as error:
            refused += str(error).startswith(f"The features file {path} ")
    assert refused > len(content) // 64 // 2  # the rest is in a second copy of the schema, for other programs


def test_each_column_is_compared_with_its_checksum_as_it_is_read(path):
    table = pq.read_table(path)
    rewrite(path, with_column("prediction", pa.array([8.8] * 12, pa.float32())))
    with pytest.raises(FeaturesError, match="is damaged: column 'prediction' doesn't match its checksum"):
        load_features(path)
    pq.write_table(table, path)
    rewrite(path, with_column("stem", half_lists([[np.float16(1)] * 4] * 12)))
    features = load_features(path)
    assert features.layers["stage1"].shape == (12, 6)
    with pytest.raises(FeaturesError, match="is damaged: column 'stem' doesn't match its checksum; make it again"):
        features.layers["stem"]


def test_files_from_before_columns_had_checksums_are_verified_as_they_are_opened(path):
    sound = what_is_read(path)
    without_column_checksums(path)
    assert what_is_read(path) == sound
    rewrite(path, with_column("stem", half_lists([[np.float16(1)] * 4] * 12)))
    with pytest.raises(FeaturesError, match="is damaged: its values don't match their checksum"):
        load_features(path)


def test_long_ids_many_times_in_a_small_file(tmp_path, monkeypatch):
    path = tmp_path / "features.parquet"
    save_features(make_features(), path)
    monkeypatch.setattr(featurefile, "MAX_TEXT_BYTES", 1000 * len(IDS))
    assert load_features(path).object_ids == IDS
    rewrite(path, lambda table: table.set_column(0, "objID", pa.array(["x" * 1001] * len(IDS))))
    with pytest.raises(FeaturesError, match="has ids of more than"):
        load_features(path)


@pytest.mark.parametrize(
    ("provenance", "options"),
    [
        (PROVENANCE, " --model CARD"),
        (PROVENANCE | {"precision": "bfloat16"}, " --model CARD --precision bfloat16"),
        (PROVENANCE | {"weights_sha256": read_card().weights_sha256}, ""),
        (PROVENANCE | {"weights_sha256": read_card().weights_sha256, "card_sha256": "4" * 64}, " --model CARD"),
    ],
)
def test_the_command_that_makes_a_damaged_file_again_is_that_which_made_it(path, provenance, options):
    save_features(make_features(provenance=provenance), path)
    rewrite(path, with_column("stem", half_lists([[np.float16(1)] * 4] * 12)))
    with pytest.raises(FeaturesError) as caught:
        load_features(path).layers["stem"]
    command = f"python -m galviz extract --survey FOLDER --out {shlex.quote(str(path))}{options}"
    assert str(caught.value).endswith(f"make it again with `{command}`.")
    truncate(path)
    with pytest.raises(FeaturesError, match=r"`, and `--model CARD` if it was made with a network of your own\.$"):
        load_features(path)


def test_a_folder_and_a_file_that_may_not_be_read(path, monkeypatch):
    # Rights themselves don't stop root, as which tests run in containers.
    def deny(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(featurefile, "open_regular", deny)
        with pytest.raises(FeaturesError, match="can't be read: Permission denied; check the path and its permissions"):
            load_features(path)
    folder_instead(path)
    with pytest.raises(FeaturesError, match=r"can't be read: it is a folder, not a file; name the file itself"):
        load_features(path)


def test_features_of_a_file_know_its_checksum(tmp_path):
    one, other = (Features(["a", "b"], {"x": [[0.0], [value]]}, None, {"survey_sha256": "s"}) for value in (1.0, 2.0))
    assert one.content_sha256 == ""
    loaded = []
    for name, features in (("one", one), ("other", other), ("again", one)):
        save_features(features, tmp_path / name)
        loaded.append(load_features(tmp_path / name))
    assert loaded[0].content_sha256 == loaded[2].content_sha256 != loaded[1].content_sha256
    assert loaded[0].select(["b"]).content_sha256 == loaded[0].content_sha256


@pytest.mark.parametrize(("offset", "spread"), [(0, 1e-9), (1000, 1e-3), (0, 1e-40)])
def test_layers_that_float16_would_wipe_out_are_not_saved(offset, spread, tmp_path):
    values = offset + spread * np.random.default_rng(2).normal(size=(6, 4))
    features = Features([str(row) for row in range(6)], {"wide": values * 0 + np.eye(6, 4), "x": values}, None, {})
    with pytest.raises(FeaturesError, match="layer 'x' has values from"):
        save_features(features, tmp_path / "f.parquet")
    assert not list(tmp_path.iterdir())


def test_layers_that_are_equal_for_all_galaxies_are_saved(tmp_path):
    features = Features(["a", "b"], {"zero": np.zeros((2, 3)), "same": np.full((2, 3), 0.1)}, None, {})
    save_features(features, tmp_path / "f.parquet")
    assert load_features(tmp_path / "f.parquet").layers["same"] == pytest.approx(np.full((2, 3), 0.1), rel=1e-3)
