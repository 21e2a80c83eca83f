"""Embeddings from elsewhere: the numbers of each galaxy arrive at that galaxy, or one sentence explains why not."""

import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from galviz import cli
from galviz.features.cache_key import Origin
from galviz.features.embeddingfile import read_embedding
from galviz.features.features import FeaturesError, load_features
from galviz.features.importing import import_features
from galviz.survey.survey import load_survey

CHANNELS = 6


@pytest.fixture(scope="module")
def survey(make_survey):
    return load_survey(make_survey(12, causes=False, side_px=32))


@pytest.fixture(scope="module")
def values(survey):
    return np.random.default_rng(5).normal(size=(len(survey.object_ids), CHANNELS)).astype(np.float32)


ORDER = np.random.default_rng(6).permutation(12)  # not that of the survey


def frame(survey, values, name="feat_{}"):
    columns = {name.format(number): values[ORDER, number] for number in range(CHANNELS)}
    return pd.DataFrame({"objID": np.array(survey.object_ids)[ORDER]} | columns)


def write_list_column(survey, values, path, *, kind=None, ids=None):
    array = pa.array(list(values[ORDER]), kind or pa.list_(pa.float32()))
    names = ids or pa.array(np.array(survey.object_ids)[ORDER])
    pq.write_table(pa.table({"objID": names, "z": array, "ra": pa.array(np.arange(12.0))}), path)


def write_npz(survey, values, path, **extra):
    np.savez(path, objID=np.array(survey.object_ids)[ORDER], z=values[ORDER], **extra)


WRITERS = {
    "list.parquet": write_list_column,
    "large.parquet": lambda s, v, p: write_list_column(s, v, p, kind=pa.large_list(pa.float64())),
    "fixed.parquet": lambda s, v, p: write_list_column(s, v, p, kind=pa.list_(pa.float32(), CHANNELS)),
    "whole.parquet": lambda s, v, p: write_list_column(
        s, v, p, ids=pa.array([int(name) for name in np.array(s.object_ids)[ORDER]])
    ),
    "wide.parquet": lambda s, v, p: frame(s, v).to_parquet(p),
    "wide.csv": lambda s, v, p: frame(s, v).to_csv(p, index=False),
    "bare.csv": lambda s, v, p: frame(s, v, name="{}").assign(name="a").to_csv(p, index=False),
    "both.npz": write_npz,
    "ints.npz": lambda s, v, p: np.savez(p, objID=np.array([int(i) for i in s.object_ids])[ORDER], z=v[ORDER]),
}


@pytest.mark.parametrize("name", WRITERS)
def test_each_galaxy_gets_its_own_numbers(name, survey, values, tmp_path):
    WRITERS[name](survey, values, tmp_path / name)
    imported = import_features(tmp_path / name, survey)
    assert imported.features.object_ids == survey.object_ids
    np.testing.assert_array_equal(imported.features.layers["embedding"], values)
    assert imported.features.predictions is None
    assert imported.n_left_out == 0


@pytest.mark.parametrize("ids", ["ids.npy", "ids.txt", "ids.csv"])
def test_ids_beside_an_array(ids, survey, values, tmp_path):
    np.save(tmp_path / "z.npy", values[ORDER])
    names = np.array(survey.object_ids)[ORDER]
    if ids == "ids.npy":
        np.save(tmp_path / ids, names)
    else:
        lines = ["objID"] * (ids == "ids.csv") + list(names)
        (tmp_path / ids).write_text("\n".join(lines) + "\n", encoding="utf-8")
    imported = import_features(tmp_path / "z.npy", survey, ids=tmp_path / ids)
    np.testing.assert_array_equal(imported.features.layers["embedding"], values)


def test_ids_beside_an_array_may_have_spaces(tmp_path):
    np.save(tmp_path / "z.npy", np.eye(2))
    (tmp_path / "ids.txt").write_text("NGC 1\r\nM  31\r\n", encoding="utf-8")
    assert read_embedding(tmp_path / "z.npy", "objID", None, tmp_path / "ids.txt").ids == ["NGC 1", "M  31"]


def test_a_table_that_may_be_cut_in_its_last_cell_is_reported(survey, values, tmp_path):
    file = tmp_path / "z.csv"
    frame(survey, values).to_csv(file, index=False)
    assert import_features(file, survey).note == ""
    file.write_bytes(file.read_bytes()[:-2])
    assert "no line end" in import_features(file, survey).note


@pytest.mark.full
def test_the_command_writes_a_file_that_fits_the_survey_alone(survey, values, tmp_path, capsys, make_survey):
    source = frame(survey, values).assign(ra=1.0)
    extra = source.iloc[[0]].assign(objID="another")
    pd.concat([source, extra]).to_csv(tmp_path / "zoobot.csv", index=False)
    out = tmp_path / "zoobot.parquet"
    command = ["import-features", tmp_path / "zoobot.csv", "--survey", survey.folder, "--out", out, "--layer", "zoobot"]
    assert cli.main([str(argument) for argument in [*command, "--columns", "feat_*"]]) == 0
    printed = capsys.readouterr()
    assert "6 columns, feat_0 … feat_5" in printed.out
    assert "1 rows are left out" in printed.err
    features = load_features(out, survey=survey)
    np.testing.assert_array_equal(features.layers["zoobot"], values.astype(np.float16))
    other = load_survey(make_survey(12, causes=False, side_px=32, seed=3))
    with pytest.raises(FeaturesError, match=r"import-features zoobot\.csv --survey"):
        load_features(out, survey=other)
    assert cli.main([str(argument) for argument in command]) == 2
    assert "exists. Name another file" in capsys.readouterr().err


def test_other_numbers_or_another_name_have_another_origin(survey, values, tmp_path):
    def key(change=0.0, layer="embedding"):
        frame(survey, values + np.float32(change)).to_csv(tmp_path / "z.csv", index=False)
        return Origin.recorded(import_features(tmp_path / "z.csv", survey, layer=layer).features.provenance).key

    assert len({key(), key(1.0), key(layer="other")}) == 3
    assert key() == key()


# --- what is refused, in one sentence ---------------------------------------------------------------------------------


def csv(change, **reading):
    def write(survey, values, folder):
        change(frame(survey, values)).to_csv(folder / "z.csv", index=False)
        return "z.csv", reading

    return write


def npz(**arrays):
    def write(survey, values, folder):
        given = {"objID": np.array(survey.object_ids), "z": values}
        np.savez(folder / "z.npz", **{name: value for name, value in (given | arrays).items() if value is not None})
        return "z.npz", {}

    return write


def scaled(by, plus=0.0):
    def change(table):
        numbers = table.drop(columns="objID") * by + plus
        return numbers.assign(objID=table["objID"])

    return change


def raw(name, content, **reading):
    def write(survey, values, folder):
        (folder / name).write_bytes(content)
        return name, reading

    return write


def float_ids(survey, values, folder):
    write_list_column(survey, values, folder / "z.parquet", ids=pa.array([float(i) for i in survey.object_ids]))
    return "z.parquet", {}


def ragged(survey, values, folder):
    lists = pa.array([[1.0, 2.0], [3.0]] * 6)
    pq.write_table(pa.table({"objID": survey.object_ids, "z": lists}), folder / "z.parquet")
    return "z.parquet", {}


def two_lists(survey, values, folder):
    lists = pa.array(list(values))
    pq.write_table(pa.table({"objID": survey.object_ids, "a": lists, "b": lists}), folder / "z.parquet")
    return "z.parquet", {}


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (csv(lambda t: t.iloc[1:]), "lacks 1, such as"),
        (csv(lambda t: t.iloc[:0]), "must have a row of numbers for each id|no columns of numbers"),
        (
            csv(lambda t: t.assign(objID=[f"x{i}" for i in range(12)])),
            r"it lacks 12, such as \d+ \(the file's first is 'x0'",
        ),
        (csv(lambda t: pd.concat([t, t.iloc[[3]]])), r"one row per galaxy; got '\d+' 2 times"),
        (csv(lambda t: t.assign(feat_2=np.nan)), "must have finite numbers; .* is nan"),
        (csv(lambda t: t.assign(feat_2=np.inf)), "must have finite numbers; .* is inf"),
        (csv(lambda t: t.assign(feat_2="a")[["objID", "feat_2"]]), "no columns of numbers"),
        (csv(lambda t: t.assign(ra=1.0)), "isn't clear which are the embedding"),
        (csv(lambda t: t, columns=["feet_*"]), r"has no column 'feet_\*'"),
        (csv(lambda t: t.assign(note="a"), columns=["feat_*", "note"]), "must have numbers in note"),
        (csv(lambda t: t.rename(columns={"objID": "id"})), "must have ids in 'objID'; it has id, feat_0"),
        (csv(lambda t: t.assign(objID=None)), "got no id"),
        (csv(scaled(1e-7)), "float16"),
        (csv(scaled(1e5)), "float16"),
        (csv(scaled(0.01, plus=1000)), "float16"),
        (csv(lambda t: t, ids="ids.txt"), "ids must be given for a .npy file, and only for that"),
        (npz(objID=None), "must have ids in 'objID'"),
        (npz(z=None), "must have one array of shape"),
        (npz(other=np.ones((12, 2))), "must have one array of shape"),
        (npz(z=np.ones((11, 2))), "got 12 ids and an array of shape"),
        (npz(objID=np.array(["a", 1], dtype=object)), "Save ids as text"),
        (float_ids, "a float. Write them as text"),
        (ragged, "lists of equal length"),
        (two_lists, "several columns of lists: a, b"),
        (raw("z.csv", b""), "can't be read as CSV"),
        (raw("z.parquet", b"PAR1 no"), "a Parquet table, or is damaged"),
        (raw("z.npz", b"PK\x03\x04"), "isn't a NumPy file"),
        (raw("z.npy", b"\x93NUMPY", ids="z.npy"), "isn't a NumPy file"),
        (raw("z.npy", b""), "ids must be given"),
        (raw("z.h5", b""), "must end in"),
    ],
)
def test_invalid_embeddings_are_refused(write, message, survey, values, tmp_path):
    name, reading = write(survey, values, tmp_path)
    if reading.get("ids"):
        reading["ids"] = tmp_path / reading["ids"]
    with pytest.raises(FeaturesError, match=message) as caught:
        import_features(tmp_path / name, survey, **reading)
    assert "\n" not in str(caught.value)


def test_a_file_that_isnt_there(survey, tmp_path):
    with pytest.raises(FeaturesError, match="There is no file"):
        import_features(tmp_path / "none.csv", survey)
    with pytest.raises(FeaturesError, match="can't be read: it is a folder"):
        import_features(tmp_path, survey)


def test_the_survey_itself_is_never_written_to(survey, values, tmp_path, capsys):
    folder = shutil.copytree(survey.folder, tmp_path / "survey")
    frame(survey, values).to_csv(tmp_path / "z.csv", index=False)
    before = (folder / "master.csv").read_bytes()
    command = ["import-features", tmp_path / "z.csv", "--survey", folder, "--force", "--out", folder / "master.csv"]
    assert cli.main([str(argument) for argument in command]) == 2
    assert (folder / "master.csv").read_bytes() == before


@pytest.mark.parametrize("cell", ["--", "bad", "1_0", "1,000", "True"])
def test_a_cell_that_is_no_number_is_reported_and_its_column_not_left_out(cell, survey, values, tmp_path):
    table = frame(survey, values).astype(object)
    table.loc[3, "feat_2"] = cell
    table.to_csv(tmp_path / "z.csv", index=False)
    with pytest.raises(FeaturesError, match="feat_2") as raised:
        import_features(tmp_path / "z.csv", survey)
    assert cell in str(raised.value)
    assert table.loc[3, "objID"] in str(raised.value)
    chosen = [f"feat_{number}" for number in range(CHANNELS) if number != 2]
    imported = import_features(tmp_path / "z.csv", survey, columns=chosen)
    np.testing.assert_array_equal(imported.features.layers["embedding"], np.delete(values, 2, axis=1))


@pytest.mark.parametrize("kind", [str, bool])
def test_a_parquet_column_that_holds_no_numbers_is_reported(kind, survey, values, tmp_path):
    frame(survey, values).astype({"feat_2": kind}).to_parquet(tmp_path / "z.parquet")
    with pytest.raises(FeaturesError, match="feat_2"):
        import_features(tmp_path / "z.parquet", survey)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -9999.0, -999.0])
def test_a_missing_value_is_named_with_its_galaxy(value, survey, values, tmp_path):
    spoilt = values.astype(float)
    spoilt[4, 1] = value
    frame(survey, spoilt).to_parquet(tmp_path / "z.parquet")
    with pytest.raises(FeaturesError, match=f"number 2 of {survey.object_ids[4]}") as raised:
        import_features(tmp_path / "z.parquet", survey)
    assert ("stands for a missing value" in str(raised.value)) == bool(np.isfinite(value))


@pytest.mark.parametrize("sentinel", [-10000.0, -9984.0], ids=["float16", "bfloat16"])
def test_a_missing_value_rounded_to_16_bits_is_recognised(sentinel, survey, values, tmp_path):
    rounded = values.copy()
    rounded[4, 1] = sentinel
    frame(survey, rounded).to_parquet(tmp_path / "z.parquet")
    with pytest.raises(FeaturesError, match=f"number 2 of {survey.object_ids[4]}"):
        import_features(tmp_path / "z.parquet", survey)
    rounded[5, 1] = 5000  # among numbers of its size it is one of them
    frame(survey, rounded).to_parquet(tmp_path / "z.parquet")
    assert import_features(tmp_path / "z.parquet", survey).features.layers["embedding"][4, 1] == sentinel


def test_rows_of_more_cells_than_the_header_are_refused(survey, values, tmp_path):
    lines = frame(survey, values).to_csv(index=False).splitlines()
    text = "\n".join([lines[0], *(f"{row},{line}" for row, line in enumerate(lines[1:]))])
    (tmp_path / "z.csv").write_text(text)
    with pytest.raises(FeaturesError, match="Expected 7 fields in line 2, saw 8"):
        import_features(tmp_path / "z.csv", survey)


@pytest.mark.parametrize(
    ("offset", "spread"), [(1e4, 1e-4), (1.0, 1e-9), (0.0, 1e-50), (0.0, 1e-200), (0.0, 1e-9), (1.0, 1e-7), (1e9, 1.0)]
)
def test_what_the_saved_format_would_round_away_is_refused(offset, spread, survey, tmp_path):
    exact = offset + spread * np.random.default_rng(1).normal(size=(len(survey.object_ids), CHANNELS))
    np.savez(tmp_path / "z.npz", objID=np.array(survey.object_ids), z=exact)
    with pytest.raises(FeaturesError, match="Subtract each column's mean"):
        import_features(tmp_path / "z.npz", survey)


@pytest.mark.parametrize("twice", ["feat_1", "objID"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_two_columns_of_one_name_are_refused(twice, suffix, survey, values, tmp_path):
    table, file = frame(survey, values), tmp_path / f"z{suffix}"
    names = [*table, twice]
    columns = [*(table[name] for name in table), table[twice]]
    if suffix == ".csv":
        pd.concat(columns, axis=1).to_csv(file, index=False)
    else:
        pq.write_table(pa.Table.from_arrays([pa.array(column) for column in columns], names=names), file)
    with pytest.raises(FeaturesError, match=f"{twice}.* comes twice"):
        import_features(file, survey, columns=["feat_*"])


def test_an_archive_with_two_arrays_of_numbers_needs_a_name(survey, values, tmp_path):
    write_npz(survey, values, tmp_path / "z.npz", maps=np.zeros((12, 2, 2)))
    with pytest.raises(FeaturesError, match="one array"):
        import_features(tmp_path / "z.npz", survey)
    assert import_features(tmp_path / "z.npz", survey, columns=["z"]).read_from == "array z"
    np.save(tmp_path / "z.npy", values)
    np.save(tmp_path / "ids.npy", np.array(survey.object_ids))
    with pytest.raises(FeaturesError, match="no columns"):
        import_features(tmp_path / "z.npy", survey, ids=tmp_path / "ids.npy", columns=["z"])
