"""The commands train, extract and predict: what they write, and what they never overwrite."""

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galviz import cli
from galviz.features.features import Features, load_features, save_features
from galviz.network.card import read_card, write_card
from galviz.survey.survey import load_survey
from tests.cards import TINY


@pytest.fixture(scope="module")
def few_galaxies(make_survey):
    """A labelled survey of 20 images of 64 px."""
    return load_survey(make_survey(20, side_px=64))


@pytest.fixture(scope="module")
def trained(tmp_path_factory, few_galaxies):
    """The card of a tiny network, trained for one epoch on small images with the command train."""
    from galviz.training import plan

    card = tmp_path_factory.mktemp("model") / "tiny.json"
    arguments = ["train", "--survey", str(few_galaxies.folder), "--out", str(card), "--epochs", "1"]
    arguments += ["--batch-size", "8", "--seed", "7", "--variation", "0.5", "--warm-up", "epochs=1,px=32"]
    arguments += ["--causes", "bulge_fraction,inclination_deg"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "xresnet_spec", lambda: TINY)  # a full one takes minutes
        assert cli.main(arguments) == 0
    return card


def test_train_passes_its_options_on(trained):
    card = json.loads(trained.read_text(encoding="utf-8"))
    recipe = card["training"]["recipe"]
    given = {"epochs": 1, "batch_size": 8, "seed": 7, "variation": 0.5}
    assert {name: recipe[name] for name in given} == given
    assert recipe["causes"] == ["bulge_fraction", "inclination_deg"]
    assert recipe["warm_ups"] == [{"epochs": 1, "side_px": 32, "lr": 0.01, "variation": 0.0}]
    assert recipe["lr"] == 0.01  # the default, the tutorial's
    assert [record["phase"] for record in card["training"]["epochs"]] == ["warm-up", "training"]


def test_extract_writes_every_layer(trained, few_galaxies, tmp_path, capsys):
    from galviz.features.features import load_features

    out = tmp_path / "features.parquet"
    arguments = ["extract", "--survey", str(few_galaxies.folder), "--model", str(trained), "--out", str(out)]
    assert cli.main(arguments) == 0
    assert f"features of {len(few_galaxies.object_ids)} galaxies at stem, stage1" in capsys.readouterr().out
    features = load_features(out, survey=few_galaxies)
    assert list(features.layers) == ["stem", "stage1", "stage2", "stage3", "features"]
    assert cli.main([*arguments, "--layers", "stage2"]) == 2  # the other layers would be lost
    assert list(load_features(out).layers) == list(features.layers)
    assert cli.main([*arguments, "--precision", "bfloat16"]) == 2
    assert cli.main([*arguments, "--layers", "stage2", "--force"]) == 0
    assert list(load_features(out).layers) == ["stage2"]
    assert cli.main(arguments) == 0  # everything in it is computed again


def test_predict_prints_or_writes_a_table(trained, few_galaxies, tmp_path, capsys):
    arguments = ["predict", "--survey", str(few_galaxies.folder), "--model", str(trained)]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr()
    assert "RMSE" in printed.err
    out = tmp_path / "predictions.csv"
    assert cli.main([*arguments, "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == printed.out
    table = pd.read_csv(out, dtype={"objID": str}).set_index("objID")
    assert table.index.tolist() == few_galaxies.object_ids
    assert table["metallicity"].tolist() == few_galaxies.catalogue["metallicity"].tolist()
    rmse = ((table["prediction"] - table["metallicity"]) ** 2).mean() ** 0.5
    assert float(printed.err.split()[1].rstrip(",")) == pytest.approx(rmse, abs=1e-4)


def test_predict_reports_no_errors_for_another_label(trained, few_galaxies, capsys):
    arguments = ["predict", "--survey", str(few_galaxies.folder), "--model", str(trained)]
    assert cli.main([*arguments, "--label", "inclination_deg"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("objID,prediction\n")
    assert printed.err == ("the network predicts metallicity, not inclination_deg, so errors can't be computed\n")


def test_a_missing_package_is_reported(few_galaxies, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "galviz.features.extraction", None)
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert cli.main(["predict", "--survey", str(few_galaxies.folder)]) == 2
    assert capsys.readouterr().err.startswith(
        "galviz: pandas is not installed, which this command needs: pip install -r"
    )


@pytest.mark.parametrize("text", ["px=64", "epochs=x", "epochs=1,epochs=5", "epochs=1,colour=red", "5", "epochs=1.5"])
def test_an_invalid_warm_up_is_refused(text, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["train", "--survey", "s", "--out", "o.json", "--warm-up", text])
    assert "epochs=5" in capsys.readouterr().err


def test_predict_needs_no_label(trained, make_survey, capsys):
    folder = make_survey(3, labelled=False, causes=False, side_px=64)
    assert cli.main(["predict", "--survey", str(folder), "--model", str(trained)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0] == "objID,prediction"
    assert printed.err == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["extract", "--survey", "{survey}", "--out", "{there}/no/f.parquet"], "--out must be a file in a folder that"),
        (["extract", "--survey", "{survey}", "--out", "{there}"], "--out must be a file in a folder that exists"),
        (["extract", "--survey", "{survey}", "--model", "no.json", "--out", "{there}/f"], "no model card no.json"),
        (
            ["extract", "--survey", "{survey}", "--model", "{card}", "--layers", "stage9", "--out", "{there}/f"],
            "layer must be one of stem",
        ),
        (["predict", "--survey", "{there}/none", "--model", "{card}"], "there/none"),
        (["predict", "--survey", "{survey}", "--model", "{card}", "--device", "abacus"], "got 'abacus'"),
        (["train", "--survey", "{survey}", "--out", "{there}/x.json", "--lr", "-1"], "lr must lie between 0 and 1"),
        (["train", "--survey", "{survey}", "--out", "{there}/x.txt"], "out must be a .json file"),
        (
            ["train", "--survey", "{survey}", "--out", "{there}/x.json", "--warm-up", "epochs=1", "--causes", "charm"],
            "has no charm",
        ),
    ],
)
def test_bad_input_is_reported_and_nothing_written(trained, few_galaxies, tmp_path, capsys, arguments, sentence):
    places = {"survey": few_galaxies.folder, "card": trained, "there": tmp_path / "there"}
    places["there"].mkdir()
    assert cli.main([argument.format(**places) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert "Traceback" not in printed.err
    assert list(places["there"].iterdir()) == []


@pytest.fixture
def predict_label(tiny_card, tmp_path, make_survey, capsys):
    """Return a function that predicts a label of any name: it returns the table, stderr and the survey folder."""

    def predict(label, values):
        for suffix in (".json", ".safetensors"):
            (tmp_path / f"tiny{suffix}").write_bytes(tiny_card.with_suffix(suffix).read_bytes())
        write_card(replace(read_card(tiny_card), label=label, unit=""), tmp_path / "tiny.json")
        folder = make_survey(len(values), causes=False, side_px=32)
        table = pd.read_csv(folder / "master.csv", dtype=str)[["objID"]].assign(**{label: list(map(repr, values))})
        table.to_csv(folder / "master.csv", index=False)
        arguments = ["predict", "--survey", str(folder), "--label", label, "--model", str(tmp_path / "tiny.json")]
        assert cli.main(arguments) == 0
        printed = capsys.readouterr()
        return pd.read_csv(io.StringIO(printed.out), dtype={"objID": str}, index_col="objID"), printed.err, folder

    return predict


@pytest.mark.parametrize("values", [[6.8e-11, 1.2345678901234567e-10], [1e10, 12345678901.234567], [2.5e-308, 1.5e300]])
def test_numbers_are_written_in_full(predict_label, tmp_path, values):
    from galviz.features.extraction import extract
    from galviz.network.model import load_model

    table, _, folder = predict_label("ssfr", values)
    assert table["ssfr"].tolist() == values
    expected = extract(load_model(tmp_path / "tiny.json"), load_survey(folder, "ssfr"), layers=())
    assert table["prediction"].to_numpy(np.float32).tolist() == expected.predictions.tolist()


def test_small_errors_are_printed_with_significant_digits(predict_label, monkeypatch):
    from galviz.features.features import Features

    def extract(network, survey, **options):
        return Features(survey.object_ids, {}, np.array([7e-11, 9e-11]), {})

    monkeypatch.setattr("galviz.features.extraction.extract", extract)
    assert predict_label("ssfr", [6e-11, 8e-11])[1] == "RMSE 1e-11, bias +1e-11 over 2 galaxies with a label\n"


@pytest.mark.parametrize(
    ("label", "columns"),
    [("ssfr", ["ssfr", "prediction"]), ("true", ["true", "prediction"]), ("prediction", ["true", "prediction"])],
)
def test_column_names_never_collide(predict_label, label, columns):
    table, message, _ = predict_label(label, [100.0, 200.0])
    assert list(table) == columns
    assert table[columns[0]].tolist() == [100.0, 200.0]
    assert (table["prediction"] < 50).all()
    assert message.startswith("RMSE ")


@pytest.fixture
def no_survey_is_read(monkeypatch):
    """Fail if a survey is read: --out must be checked before."""

    def read(*arguments, **options):
        raise AssertionError("a survey was read")

    monkeypatch.setattr("galviz.survey.survey.load_survey", read)


COMMANDS_WITH_OUT = {"predict": "x.csv", "extract": "x.parquet", "train": "x.json"}


@pytest.mark.parametrize(("command", "name"), COMMANDS_WITH_OUT.items())
@pytest.mark.parametrize("content", ["mine", "objID,prediction\n1,8.5\n"])
def test_an_existing_file_is_refused_before_the_work(
    no_survey_is_read, few_galaxies, tmp_path, capsys, command, name, content
):
    out = tmp_path / name
    out.write_text(content)
    assert cli.main([command, "--survey", str(few_galaxies.folder), "--out", str(out)]) == 2
    assert capsys.readouterr().err == (f"galviz: {out} exists. Name another file, or replace it with --force.\n")
    assert out.read_text() == content
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("command", COMMANDS_WITH_OUT)
@pytest.mark.parametrize("name", ["images/new", "master", "link"])
def test_a_survey_is_never_overwritten(no_survey_is_read, make_survey, capsys, command, name):
    folder = make_survey(2, side_px=32)
    suffix = Path(COMMANDS_WITH_OUT[command]).suffix if name != "master" or command == "train" else ".csv"
    out = folder / f"{name}{suffix}"
    if name == "link":
        out.symlink_to(folder / "master.csv")
    elif name == "master" and command == "train":
        out = folder / "images" / "master.json"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert cli.main([command, "--survey", str(folder), "--out", str(out), "--force"]) == 2
    assert "input" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("command", ["predict", "extract"])
@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_an_input_network_is_never_overwritten(no_survey_is_read, tiny_card, make_survey, capsys, command, suffix):
    out = tiny_card.with_suffix(suffix)
    before = out.read_bytes()
    arguments = [command, "--survey", "none", "--model", str(tiny_card), "--out", str(out), "--force"]
    assert cli.main(arguments) == 2
    assert "input" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_a_network_is_replaced_only_with_force(trained, few_galaxies, no_survey_is_read, tmp_path, capsys):
    card = tmp_path / "net.json"
    arguments = ["train", "--survey", str(few_galaxies.folder), "--out", str(card)]
    for suffix in (".json", ".safetensors"):
        card.with_suffix(suffix).write_bytes(trained.with_suffix(suffix).read_bytes())
        assert cli.main(arguments) == 2
        assert f"{card.with_suffix(suffix)} exists. Name" in capsys.readouterr().err
        card.with_suffix(suffix).unlink()
    card.write_bytes(b"{}")
    with pytest.raises(AssertionError, match="a survey was read"):
        cli.main([*arguments, "--force"])
    card.with_suffix(".checkpoint").touch()  # from an interrupted run, but the card may belong to another
    assert cli.main(arguments) == 2
    card.rename(card.with_suffix(".safetensors"))
    assert cli.main(arguments) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.checkpoint", "net.safetensors"]


def test_features_of_another_survey_are_not_replaced(trained, few_galaxies, make_survey, tmp_path, capsys):
    out = tmp_path / "features.parquet"
    arguments = ["extract", "--model", str(trained), "--out", str(out), "--survey"]
    other = make_survey(3, side_px=64, seed=5)
    assert cli.main([*arguments, str(other)]) == 0
    before = out.read_bytes()
    assert cli.main([*arguments, str(few_galaxies.folder)]) == 2
    assert "exists. Name" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert cli.main([*arguments, str(other)]) == 0  # the same features again
    assert out.read_bytes() == before
    assert cli.main([*arguments, str(few_galaxies.folder), "--force"]) == 0
    assert out.read_bytes() != before


def test_a_file_created_during_the_computation_is_not_replaced(trained, few_galaxies, tmp_path, monkeypatch, capsys):
    from galviz.features import extraction

    out, extract = tmp_path / "x.csv", extraction.extract

    def extract_slowly(*arguments, **options):
        out.write_text("theirs")
        return extract(*arguments, **options)

    monkeypatch.setattr(extraction, "extract", extract_slowly)
    arguments = ["predict", "--survey", str(few_galaxies.folder), "--model", str(trained), "--out", str(out)]
    assert cli.main(arguments) == 2
    assert f"The result is in {tmp_path / 'x-1.csv'}" in capsys.readouterr().err
    assert out.read_text() == "theirs"
    assert (tmp_path / "x-1.csv").read_text().count("\n") == 1 + len(few_galaxies.object_ids)


@pytest.mark.parametrize("command", [*COMMANDS_WITH_OUT, "simulate"])
@pytest.mark.parametrize("out", ["", "x/", "-"])
def test_invalid_output_names_are_refused(command, out, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    if (command, out) in (("predict", "-"), ("simulate", "x/"), ("simulate", "-")):
        return  # predict prints to stdout; a folder may have these names
    needed = ["--n", "1", "--seed", "1"] if command == "simulate" else ["--survey", "none"]
    with pytest.raises(SystemExit, match="2"):
        cli.main([command, *needed, "--out", out])
    assert "argument --out: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    parser = cli.build_parser()
    assert parser.parse_args(["predict", "--survey", "s", "--out=~/x.csv"]).out == tmp_path / "x.csv"
    assert parser.parse_args(["notebooks", "--out=~/nb"]).out == tmp_path / "nb"
    assert parser.parse_args(["predict", "--survey", "s", "--out", "-"]).out is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["extract", "--out", "{there}", "--layers", ","], "--layers must name at least one; got ','"),
        (["extract", "--out", "{there}", "--layers", ""], "--layers must name at least one; got ''"),
        (["extract", "--out", "{there}", "--layers", "stem,stage9"], "got 'stage9'"),
        (["train", "--out", "{there}.json", "--causes", " , "], "--causes must name at least one; got ' , '"),
        (["predict", "--device", "abacus"], "got 'abacus'"),
    ],
)
def test_options_are_checked_before_a_survey_is_read(
    no_survey_is_read, tiny_card, tmp_path, capsys, arguments, sentence
):
    command, *options = [argument.format(there=tmp_path / "there") for argument in arguments]
    model = [] if command == "train" else ["--model", str(tiny_card)]
    assert cli.main([command, "--survey", "none", *model, *options]) == 2
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.full
def test_changed_values_of_a_features_file_are_not_replaced(tmp_path, make_survey, tiny_card, capsys):
    folder, file = make_survey(6, side_px=64), tmp_path / "f.parquet"
    command = ["extract", "--survey", str(folder), "--model", str(tiny_card), "--out", str(file)]
    assert cli.main(command) == 0
    assert cli.main(command) == 0  # computes the same again
    computed = load_features(file)
    layers = {name: values + 1 for name, values in computed.layers.items()}
    save_features(Features(computed.object_ids, layers, computed.predictions, computed.provenance), file)
    changed = file.read_bytes()
    capsys.readouterr()
    assert cli.main(command) == 2
    assert "f-1.parquet" in capsys.readouterr().err
    assert file.read_bytes() == changed
    result = load_features(tmp_path / "f-1.parquet")
    for name, values in computed.layers.items():
        np.testing.assert_array_equal(result.layers[name], values)
