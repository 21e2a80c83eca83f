"""The command line: what it prints, its exit status, and that no traceback reaches a user."""

import json
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from galviz import __version__, cli
from galviz.network.card import read_card
from galviz.survey.survey import load_survey

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(make_survey):
    return make_survey(4, causes=False, side_px=32)


def start(*arguments, **options):
    command = [sys.executable, "-W", "error", "-m", "galviz", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=buffered(), stderr=subprocess.PIPE, text=True, **options)


def buffered():
    """An environment in which output is held back as in a user's shell, whatever this machine's setting."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.fixture
def fake_simulator(monkeypatch):
    """Replace galviz.simulate by a module with the write_survey given, and return its calls."""

    def install(write_survey):
        module = types.ModuleType("galviz.simulate")
        module.write_survey = write_survey
        monkeypatch.setitem(sys.modules, "galviz.simulate", module)
        monkeypatch.setattr("galviz.simulate", module, raising=False)

    return install


NOT_INSTALLED = 'is not installed, which draws the galaxies: pip install -e ".[simulate]"'
SIMULATE = ["simulate", "--n", "3", "--seed", "5", "--out", "there"]


# --- help -------------------------------------------------------------------------------------------------------------


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in cli.COMMANDS)
    assert {"check-survey", "simulate"} <= set(cli.COMMANDS)
    for name in cli.COMMANDS:
        with pytest.raises(SystemExit, match="0"):
            cli.main([name, "--help"])
        assert f"python -m galviz {name}" in capsys.readouterr().out


def test_help_imports_nothing_heavy():
    script = (
        "import sys, galviz.cli; print([m for m in ('pandas', 'PIL', 'torch', 'galsim', 'tqdm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--version"])
    assert capsys.readouterr().out.strip() == f"galviz {__version__}"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "required: COMMAND"),
        (["no-such"], "invalid choice: 'no-such'"),
        (["check-survey"], "required: FOLDER"),
        (["simulate", "--n", "0", "--seed", "1", "--out", "x"], "--n: must be a whole number of at least 1; got '0'"),
        (["simulate", "--n", "1.5", "--seed", "1", "--out", "x"], "must be a whole number of at least 1; got '1.5'"),
        (["simulate", "--n", "1", "--seed", "-1", "--out", "x"], "--seed: must be a whole number of at least 0"),
        ([*SIMULATE, "--framing", "wide"], "invalid choice: 'wide'"),
    ],
)
def test_arguments_that_make_no_sense(arguments, sentence, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert sentence in capsys.readouterr().err


# --- check-survey -----------------------------------------------------------------------------------------------------


def test_a_sound_survey_is_summed_up(folder, capsys):
    assert cli.main(["check-survey", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.splitlines() == [
        f"The survey folder {folder} is sound.",
        "galaxies  4",
        "label     metallicity, 8.3 to 9.2 dex; no galaxies without it",
        "images    32 x 32 px (4)",
        "network   xresnet34-1 sees the central 112 x 112 px: 100 % of 32 x 32 px; 92 % of its view is padding",
        "note      4 of 4 images are smaller than what the network sees: the central 32 × 32 of 32 × 32 px (100 % of "
        "the image), with black around it (92 % of what it sees is padding).",
        f"sha256    {load_survey(folder).sha256}",
    ]


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (("8.5", "", "8.75"), "metallicity, 8.5 to 8.75 dex; 1 galaxy without it"),
        (("", "", "8.75"), "metallicity, 8.75 to 8.75 dex; 2 galaxies without it"),
        (("", "", ""), "metallicity, nowhere measured; 3 galaxies without it"),
    ],
)
def test_galaxies_without_label_are_counted(make_survey, capsys, cells, label):
    folder = make_survey(3, causes=False, side_px=32)
    ids = load_survey(folder).object_ids
    rows = [f"{object_id},{cell}\n" for object_id, cell in zip(ids, cells, strict=True)]
    (folder / "master.csv").write_text("objID,oh_p50\n" + "".join(rows))
    assert cli.main(["check-survey", str(folder)]) == 0
    assert f"label     {label}\n" in capsys.readouterr().out


def test_other_labels_and_none(make_survey, capsys):
    folder = make_survey(3, labelled=False, side_px=32)
    assert cli.main(["check-survey", str(folder)]) == 0
    assert "label     none (name its column with --label)\n" in capsys.readouterr().out
    assert cli.main(["check-survey", str(folder), "--label", "redshift"]) == 0
    assert "label     redshift, 0.07 to 0.07; no galaxies without it\n" in capsys.readouterr().out


def test_names_that_another_disk_can_t_keep_are_noted(make_survey, capsys):
    folder = make_survey(4, side_px=32)
    table = pd.read_csv(folder / "master.csv", dtype=str)
    for object_id, name in zip(table["objID"], ("A1", "a1", "NUL", "b"), strict=True):
        (folder / "images" / f"{object_id}.jpg").rename(folder / "images" / f"{name}.jpg")
    table.assign(objID=["A1", "a1", "NUL", "b"]).to_csv(folder / "master.csv", index=False)
    if len(list((folder / "images").iterdir())) < 4:
        return  # this is such a disk
    assert cli.main(["check-survey", str(folder)]) == 0
    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note ")]
    assert any("A1.jpg, a1.jpg differ in upper and lower case alone" in note for note in notes)
    assert any("a file called NUL.jpg" in note for note in notes)


def test_many_sizes_are_cut_short(make_survey, capsys):
    folder = make_survey(8, causes=False)
    for number, path in enumerate(sorted((folder / "images").iterdir())):
        Image.open(path).crop((0, 0, 160 - number, 150)).save(path)
    assert cli.main(["check-survey", str(folder)]) == 0
    assert "156 x 150 px (1) and 3 other sizes\n" in capsys.readouterr().out


def test_what_the_network_sees_is_told(make_survey, tiny_card, capsys):
    folder = make_survey(3, causes=False, side_px=400, suffix=".png")
    assert cli.main(["check-survey", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "sees the central 112 x 112 px: 8 % of 400 x 400 px; 0 % of its view is padding\n" in told
    assert "--scale 0.28 would show it all of the shorter side" in told
    assert cli.main(["check-survey", str(folder), "--scale", "0.28", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["scale"], found["image_sizes_px"], found["remarks"]) == (0.28, {"112 x 112": 3}, [])
    assert found["seen"] == {"112 x 112": {"share_of_image": 1.0, "share_of_padding": 0.0}}
    assert found["sha256"] == load_survey(folder, scale=0.28).sha256
    assert cli.main(["check-survey", str(folder), "--model", str(tiny_card), "--json"]) == 0
    crop_px = read_card(tiny_card).crop_px
    seen = json.loads(capsys.readouterr().out)["seen"]["400 x 400"]["share_of_image"]
    assert seen == pytest.approx((crop_px / 400) ** 2)


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "17", "a"])
def test_a_scale_that_makes_no_sense_is_refused(folder, capsys, scale):
    try:
        status = cli.main(["check-survey", str(folder), "--scale", scale])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert "scale" in capsys.readouterr().err


def test_images_without_row_and_grey_ones_are_counted(folder, capsys):
    first = sorted((folder / "images").iterdir())[0]
    for number in range(5):
        first.with_name(f"other{number}.jpg").write_bytes(first.read_bytes())
    first.with_name("._other.jpg").write_bytes(b"")
    Image.open(first).convert("L").save(first)
    assert cli.main(["check-survey", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "5 in images/ have no row in master.csv: other0.jpg, other1.jpg, other2.jpg and 2 other images\n" in told
    assert "note      1 image is grey" in told


def test_problems_are_printed_row_by_row_with_their_count(folder, capsys):
    ids = load_survey(folder).object_ids
    (folder / "images" / f"{ids[0]}.jpg").unlink()
    (folder / "master.csv").write_text(
        f"objID,oh_p50\n{ids[0]},8.5\n{ids[1]},abc\n" + "".join(f"x{n},8\n" for n in range(30))
    )
    assert cli.main(["check-survey", str(folder)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"row 2, images/{ids[0]}.jpg: there is no image; add it, or remove the galaxy's row."
    assert lines[1].startswith(
        f"row 3, objID {ids[1]}, master.csv: the label oh_p50 = 'abc' is no finite number; leave"
    )
    assert lines[-1] == f"The survey folder {folder} has 32 problems."
    assert len(lines) == 33


def test_what_is_missing_and_what_is_text_is_told(folder, capsys):
    ids = load_survey(folder).object_ids
    cells = ["-9999,9.5,bad,1000", "N/A,-999,1,2000", "1.5,9.8,2,-99", "-9999,9.7,3,4000"]
    rows = [f"{object_id},8.5,{each}\n" for object_id, each in zip(ids, cells, strict=True)]
    (folder / "master.csv").write_text("objID,oh_p50,redshift,mass,age,cz\n" + "".join(rows))
    assert cli.main(["check-survey", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "missing   redshift: 3 of 4: -9999 (2), N/A (1)" in lines
    assert "missing   mass: 1 of 4: -999 (1)" in lines
    (line,) = [line for line in lines if line.startswith("missing?  ")]
    assert "cz: " in line
    assert "-99 (1)" in line
    (line,) = [line for line in lines if line.startswith("text      age: ")]
    assert "1 of 4 cells are no numbers, the first 'bad' on line 2" in line
    assert cli.main(["check-survey", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["missing"] == {"redshift": {"-9999": 2, "N/A": 1}, "mass": {"-999": 1}}
    assert found["possibly_missing"] == {"cz": {"-99": 1}}
    assert list(found["text_not_numbers"]) == ["age"]


def test_a_last_line_without_its_end_is_noted(folder, capsys):
    path = folder / "master.csv"
    whole = path.read_bytes().rstrip()
    for content, is_noted in ((whole + b"\n", False), (whole + b"\r\n", False), (whole, True), (whole[:-2], True)):
        path.write_bytes(content)
        assert cli.main(["check-survey", str(folder), "--json"]) == 0
        notes = json.loads(capsys.readouterr().out)["catalogue_notes"]
        assert len(notes) == is_noted
        assert cli.main(["check-survey", str(folder)]) == 0
        printed = capsys.readouterr().out
        assert ("note      The last line of master.csv has no line end" in printed) == is_noted
        assert all(content.decode()[-8:] in note for note in notes)


@pytest.mark.parametrize(("count", "least", "most"), [(150, 151, 160), (30_000, 3, 20)])
def test_many_problems_are_counted_by_kind(tmp_path, capsys, count, least, most):
    (tmp_path / "images").mkdir()
    (tmp_path / "master.csv").write_text("objID\n../x\n" + "".join(f"g{number}\n" for number in range(count - 1)))
    assert cli.main(["check-survey", str(tmp_path)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert least < len(lines) < most
    assert lines[-1] == f"The survey folder {tmp_path} has {count} problems."
    more = f"{count - 1:,} of this kind: row 3" if count < 1000 else f"… and {count - 6:,} more of this kind"
    assert any(line.startswith(more) for line in lines)
    assert any(line.startswith(("1 of this kind: row 2, objID ../x", "row 2, objID ../x")) for line in lines[-5:])
    assert cli.main(["check-survey", str(tmp_path), "--json"]) == 2
    assert len(json.loads(capsys.readouterr().out)["problems"]) == count


def test_json_is_for_programs(folder, capsys):
    assert cli.main(["check-survey", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["problems"] == []
    assert (found["galaxies"], found["label"], found["lowest"], found["highest"]) == (4, "metallicity", 8.3, 9.2)
    assert found["image_sizes_px"] == {"32 x 32": 4}

    (folder / "master.csv").write_text("objID,oh_p50\n../é,8.5\n")
    assert cli.main(["check-survey", str(folder), "--label", "z", "--json"]) == 2
    whole, row = json.loads(capsys.readouterr().out)["problems"]
    assert (whole["row"], whole["file"]) == (None, "master.csv")
    assert (row["row"], row["objID"], row["file"]) == (2, "../é", "master.csv")
    assert row["remedy"] == "write the image's name alone"


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"objID\n", b"<html>", b"\xff\xfe", b"a;b\n1;2\n", b'"'])
def test_no_traceback_for_any_table(tmp_path, content, capsys):
    (tmp_path / "master.csv").write_bytes(content)
    assert cli.main(["check-survey", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "master.csv" in printed.out
    assert printed.err == ""


def test_a_folder_that_isn_t_there(tmp_path, capsys):
    assert cli.main(["check-survey", str(tmp_path / "nowhere")]) == 2
    assert "there is no such folder; check the path" in capsys.readouterr().out


# --- simulate ---------------------------------------------------------------------------------------------------------


def test_simulate_passes_everything_on(fake_simulator, capsys):
    calls = []

    def write_survey(out, **options):
        options.pop("progress")(3, 3)
        options.pop("note")("1 image was changed.")
        calls.append((out, options))

    fake_simulator(write_survey)
    assert cli.main(SIMULATE) == 0
    assert cli.main([*SIMULATE, "--framing", "petrosian", "--workers", "2", "--variety", "2.5"]) == 0
    assert calls == [
        (Path("there"), {"n": 3, "seed": 5, "framing": "fixed", "workers": None, "variety": 1.0}),
        (Path("there"), {"n": 3, "seed": 5, "framing": "petrosian", "workers": 2, "variety": 2.5}),
    ]
    assert capsys.readouterr().out.splitlines() == ["1 image was changed.", "3 galaxies are in there"] * 2


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (ValueError("seed must be below 5, got 5: choose another"), 2, "seed must be below 5, got 5: choose another"),
        (OSError(28, "No space left on device", "there/1.jpg"), 2, "No space left on device: there/1.jpg"),
        (PermissionError(13, "Permission denied"), 2, "Permission denied"),
        (KeyboardInterrupt(), 130, "interrupted; no file was left half-written"),
        (ModuleNotFoundError("no", name="galsim"), 2, f"galsim {NOT_INSTALLED}"),
        (ModuleNotFoundError("no", name="astropy.units"), 2, f"astropy {NOT_INSTALLED}"),
    ],
)
def test_failures_are_one_sentence(fake_simulator, capsys, error, status, sentence):
    def write_survey(out, **options):
        raise error

    fake_simulator(write_survey)
    assert cli.main(SIMULATE) == status
    printed = capsys.readouterr()
    assert printed.err == f"galviz: {sentence}\n"
    assert printed.out == ""


def test_our_own_mistakes_are_not_hidden(fake_simulator):
    def write_survey(out, **options):
        raise ModuleNotFoundError("No module named 'galviz.gone'", name="galviz.gone")

    fake_simulator(write_survey)
    with pytest.raises(ModuleNotFoundError, match="gone"):
        cli.main(SIMULATE)


# --- the process ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of Unix")
@pytest.mark.parametrize("count", [1, 20_000], ids=["all in one go", "in many"])
def test_a_reader_that_leaves_early_is_no_error(tmp_path, count):
    (tmp_path / "images").mkdir()
    (tmp_path / "master.csv").write_text("objID\n" + "".join(f"g{number}\n" for number in range(count)))
    read_end, write_end = os.pipe()
    process = start("check-survey", tmp_path, stdout=write_end)
    os.close(write_end)
    if count > 1:
        assert os.read(read_end, 22) == b"row 2, images/g0.jpg: "
    os.close(read_end)
    assert process.communicate()[1] == ""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_is_one_sentence(folder):
    with Path("/dev/full").open("w") as full:
        process = start("check-survey", folder, stdout=full)
        assert process.communicate()[1] == "galviz: No space left on device\n"
    assert process.returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of Unix")
def test_an_interrupt_ends_with_a_sentence(tmp_path):
    # The module of the simulator is replaced in a process of its own, which says when it waits.
    script = f"""
import sys, time, types
from galviz import cli
def wait(out, **options):
    print("waiting", flush=True)
    time.sleep(60)
module = types.ModuleType("galviz.simulate")
module.write_survey = wait
sys.modules["galviz.simulate"] = module
sys.exit(cli.main({SIMULATE!r}))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "galviz: interrupted; no file was left half-written\n")


def test_names_outside_the_terminal_s_alphabet_are_printed(tmp_path):
    (tmp_path / "master.csv").write_text("objID,galaxié\né,1\n", encoding="utf-8")
    process = subprocess.run(
        [sys.executable, "-m", "galviz", "check-survey", str(tmp_path), "--label", "x"],
        cwd=ROOT,
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        check=False,
    )
    assert process.returncode == 2
    assert process.stderr == b""
    assert rb"galaxi\xe9" in process.stdout


# --- train, extract, predict ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(tmp_path_factory, small_survey):
    """What train printed, and the card it wrote: one epoch on small images at a tiny width."""
    from galviz.network.spec import xresnet_spec
    from galviz.training import plan

    card = tmp_path_factory.mktemp("model") / "tiny.json"
    arguments = ["train", "--survey", str(small_survey.folder), "--out", str(card), "--epochs", "1"]
    arguments += ["--batch-size", "32", "--seed", "7", "--variation", "0.5", "--warm-up", "epochs=1,px=32"]
    arguments += ["--causes", "bulge_fraction,inclination_deg"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "xresnet_spec", lambda: xresnet_spec(widen=0.125))  # a full one takes minutes
        assert cli.main(arguments) == 0
    return card


def test_train_hands_its_options_on(trained):
    card = json.loads(trained.read_text(encoding="utf-8"))
    recipe = card["training"]["recipe"]
    asked = {"epochs": 1, "batch_size": 32, "seed": 7, "variation": 0.5}
    assert {name: recipe[name] for name in asked} == asked
    assert recipe["causes"] == ["bulge_fraction", "inclination_deg"]
    assert recipe["warm_ups"] == [{"epochs": 1, "side_px": 32, "lr": 0.01, "variation": 0.0}]
    assert recipe["lr"] == 0.01  # the tutorial's, not asked for
    assert [record["phase"] for record in card["training"]["epochs"]] == ["warm-up", "training"]


def test_extract_writes_every_layer(trained, small_survey, tmp_path, capsys):
    from galviz.features.features import load_features

    out = tmp_path / "features.parquet"
    arguments = ["extract", "--survey", str(small_survey.folder), "--model", str(trained), "--out", str(out)]
    assert cli.main(arguments) == 0
    assert f"features of {len(small_survey.object_ids)} galaxies at stem, stage1" in capsys.readouterr().out
    features = load_features(out, survey=small_survey)
    assert list(features.layers) == ["stem", "stage1", "stage2", "stage3", "features"]
    assert cli.main([*arguments, "--layers", "stage2"]) == 2  # the other layers would be lost
    assert list(load_features(out).layers) == list(features.layers)
    assert cli.main([*arguments, "--precision", "bfloat16"]) == 2
    assert cli.main([*arguments, "--layers", "stage2", "--force"]) == 0
    assert list(load_features(out).layers) == ["stage2"]
    assert cli.main(arguments) == 0  # what was there is computed again


def test_predict_prints_or_writes_a_table(trained, small_survey, tmp_path, capsys):
    import pandas as pd

    arguments = ["predict", "--survey", str(small_survey.folder), "--model", str(trained)]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr()
    assert "RMSE" in printed.err
    out = tmp_path / "predictions.csv"
    assert cli.main([*arguments, "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == printed.out
    table = pd.read_csv(out, dtype={"objID": str}).set_index("objID")
    assert table.index.tolist() == small_survey.object_ids
    assert table["metallicity"].tolist() == small_survey.catalogue["metallicity"].tolist()
    rmse = ((table["prediction"] - table["metallicity"]) ** 2).mean() ** 0.5
    assert float(printed.err.split()[1].rstrip(",")) == pytest.approx(rmse, abs=1e-4)


def test_predict_tells_no_errors_of_another_label(trained, small_survey, capsys):
    arguments = ["predict", "--survey", str(small_survey.folder), "--model", str(trained)]
    assert cli.main([*arguments, "--label", "inclination_deg"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("objID,prediction\n")
    assert printed.err == ("the network predicts metallicity and not inclination_deg, so there are no errors to tell\n")


def test_a_missing_package_is_one_sentence(small_survey, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "galviz.features.extraction", None)
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert cli.main(["predict", "--survey", str(small_survey.folder)]) == 2
    assert capsys.readouterr().err.startswith("galviz: pandas is not installed, which this needs: pip install -r")


@pytest.mark.parametrize("text", ["px=64", "epochs=x", "epochs=1,epochs=5", "epochs=1,colour=red", "5", "epochs=1.5"])
def test_a_warm_up_that_can_t_be_read_is_told(text, capsys):
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
def test_bad_input_is_one_sentence(trained, small_survey, tmp_path, capsys, arguments, sentence):
    places = {"survey": small_survey.folder, "card": trained, "there": tmp_path / "there"}
    places["there"].mkdir()
    assert cli.main([argument.format(**places) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert "Traceback" not in printed.err
    assert list(places["there"].iterdir()) == []


# --- what a command may write to --------------------------------------------------------------------------------------


@pytest.fixture
def nothing_is_read(monkeypatch):
    """Fail if a survey is read: what is wrong with --out is told before."""

    def read(*arguments, **options):
        raise AssertionError("a survey was read")

    monkeypatch.setattr("galviz.survey.survey.load_survey", read)


COMMANDS_WITH_OUT = {"predict": "x.csv", "extract": "x.parquet", "train": "x.json"}


@pytest.mark.parametrize(("command", "name"), COMMANDS_WITH_OUT.items())
@pytest.mark.parametrize("content", ["mine", "objID,prediction\n1,8.5\n"])
def test_a_file_that_is_there_is_refused_before_the_work(
    nothing_is_read, small_survey, tmp_path, capsys, command, name, content
):
    out = tmp_path / name
    out.write_text(content)
    assert cli.main([command, "--survey", str(small_survey.folder), "--out", str(out)]) == 2
    assert capsys.readouterr().err == (
        f"galviz: {out} exists already. Name another file, or replace it with --force.\n"
    )
    assert out.read_text() == content
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("command", COMMANDS_WITH_OUT)
@pytest.mark.parametrize("name", ["images/new", "master", "link"])
def test_a_survey_is_never_written_to(nothing_is_read, make_survey, capsys, command, name):
    folder = make_survey(2, side_px=32)
    suffix = Path(COMMANDS_WITH_OUT[command]).suffix if name != "master" or command == "train" else ".csv"
    out = folder / f"{name}{suffix}"
    if name == "link":
        out.symlink_to(folder / "master.csv")
    elif name == "master" and command == "train":
        out = folder / "images" / "master.json"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert cli.main([command, "--survey", str(folder), "--out", str(out), "--force"]) == 2
    assert "that is read" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("command", ["predict", "extract"])
@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_a_network_that_is_read_is_never_written_to(nothing_is_read, tiny_card, make_survey, capsys, command, suffix):
    out = tiny_card.with_suffix(suffix)
    before = out.read_bytes()
    arguments = [command, "--survey", "none", "--model", str(tiny_card), "--out", str(out), "--force"]
    assert cli.main(arguments) == 2
    assert "that is read" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_a_network_is_replaced_with_force_alone(trained, small_survey, nothing_is_read, tmp_path, capsys):
    card = tmp_path / "net.json"
    arguments = ["train", "--survey", str(small_survey.folder), "--out", str(card)]
    for suffix in (".json", ".safetensors"):
        card.with_suffix(suffix).write_bytes(trained.with_suffix(suffix).read_bytes())
        assert cli.main(arguments) == 2
        assert f"{card.with_suffix(suffix)} exists already" in capsys.readouterr().err
        card.with_suffix(suffix).unlink()
    card.write_bytes(b"{}")
    with pytest.raises(AssertionError, match="a survey was read"):
        cli.main([*arguments, "--force"])
    card.with_suffix(".checkpoint").touch()  # of a run that was stopped, but the card may be another's
    assert cli.main(arguments) == 2
    card.rename(card.with_suffix(".safetensors"))
    assert cli.main(arguments) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.checkpoint", "net.safetensors"]


def test_features_of_another_survey_are_kept(trained, small_survey, make_survey, tmp_path, capsys):
    out = tmp_path / "features.parquet"
    arguments = ["extract", "--model", str(trained), "--out", str(out), "--survey"]
    other = make_survey(3, side_px=64, seed=5)
    assert cli.main([*arguments, str(other)]) == 0
    before = out.read_bytes()
    assert cli.main([*arguments, str(small_survey.folder)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert cli.main([*arguments, str(other)]) == 0  # the same once more
    assert out.read_bytes() == before
    assert cli.main([*arguments, str(small_survey.folder), "--force"]) == 0
    assert out.read_bytes() != before


def test_a_file_that_appears_during_the_pass_is_kept(trained, small_survey, tmp_path, monkeypatch, capsys):
    from galviz.features import extraction as activations

    out, extract = tmp_path / "x.csv", activations.extract

    def meanwhile(*arguments, **options):
        out.write_text("theirs")
        return extract(*arguments, **options)

    monkeypatch.setattr(activations, "extract", meanwhile)
    arguments = ["predict", "--survey", str(small_survey.folder), "--model", str(trained), "--out", str(out)]
    assert cli.main(arguments) == 2
    assert f"The result is in {tmp_path / 'x-1.csv'}" in capsys.readouterr().err
    assert out.read_text() == "theirs"
    assert (tmp_path / "x-1.csv").read_text().count("\n") == 1 + len(small_survey.object_ids)


@pytest.mark.parametrize("command", [*COMMANDS_WITH_OUT, "simulate"])
@pytest.mark.parametrize("out", ["", "x/", "-"])
def test_names_that_are_none(command, out, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    if (command, out) in (("predict", "-"), ("simulate", "x/"), ("simulate", "-")):
        return  # prints; and folders may be called so
    needed = ["--n", "1", "--seed", "1"] if command == "simulate" else ["--survey", "none"]
    with pytest.raises(SystemExit, match="2"):
        cli.main([command, *needed, "--out", out])
    assert "argument --out: " in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_home_folder_may_be_named(monkeypatch, tmp_path):
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
def test_what_is_wrong_is_told_before_a_survey_is_read(nothing_is_read, tmp_path, capsys, arguments, sentence):
    arguments = [argument.format(there=tmp_path / "there") for argument in arguments]
    assert cli.main([arguments[0], "--survey", "none", *arguments[1:]]) == 2
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


# --- numbers and names in a table of predictions ----------------------------------------------------------------------


@pytest.fixture
def predict_label(tiny_card, tmp_path, make_survey, capsys):
    """A function that predicts a label of a name, with a network that says it predicts it: its table and stderr."""
    import io
    from dataclasses import replace

    import pandas as pd

    from galviz.network.card import read_card, write_card

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
    import numpy as np

    from galviz.features.extraction import extract
    from galviz.network.model import load_model

    table, _, folder = predict_label("ssfr", values)
    assert table["ssfr"].tolist() == values
    expected = extract(load_model(tmp_path / "tiny.json"), load_survey(folder, "ssfr"), layers=())
    assert table["prediction"].to_numpy(np.float32).tolist() == expected.predictions.tolist()


def test_small_errors_are_told_in_digits(predict_label, monkeypatch):
    import numpy as np

    from galviz.features.features import Features

    def extract(network, survey, **options):
        return Features(survey.object_ids, {}, np.array([7e-11, 9e-11]), {})

    monkeypatch.setattr("galviz.features.extraction.extract", extract)
    assert predict_label("ssfr", [6e-11, 8e-11])[1] == "RMSE 1e-11, bias +1e-11 over 2 galaxies with a label\n"


@pytest.mark.parametrize(
    ("label", "columns"),
    [("ssfr", ["ssfr", "prediction"]), ("true", ["true", "prediction"]), ("prediction", ["true", "prediction"])],
)
def test_columns_never_collide(predict_label, label, columns):
    table, told, _ = predict_label(label, [100.0, 200.0])
    assert list(table) == columns
    assert table[columns[0]].tolist() == [100.0, 200.0]
    assert (table["prediction"] < 50).all()
    assert told.startswith("RMSE ")


# --- where modules come from, and streams that are closed -------------------------------------------------------------


@pytest.mark.parametrize("shadow", ["folders", "files"])
def test_nothing_is_imported_from_the_working_directory(tmp_path, shadow):
    if shadow == "folders":
        for name in ("lessons", "panels", "instruments", "numpy"):
            (tmp_path / name).mkdir()
    else:
        for name in ("lessons", "numpy", "pandas", "torch", "json", "random", "argparse", "pathlib", "typing"):
            (tmp_path / f"{name}.py").write_text("raise SystemExit('taken from the working directory')")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GALVIZ_WORK": str(tmp_path / "work")}
    command = [sys.executable, "-m", "galviz", "check", "pca.1", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["tasks"][0]["state"] == "not started"


def test_a_folder_called_galviz_there_is_not_ours(tmp_path):
    """An editable installation mixes it with the package: it is then a namespace without a file."""
    script = f"""
import runpy, sys, types
sys.path.insert(0, {str(tmp_path)!r})
sys.modules["galviz"] = types.ModuleType("galviz")
sys.argv = ["galviz", "--version"]
runpy.run_path({str(ROOT / "galviz" / "__main__.py")!r}, run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"galviz {__version__}\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a shell, and Linux's /dev/full")
@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("check-survey {folder} >&-", 0, ""),
        ("check-survey {folder} <&- >&- 2>&-", 0, ""),
        ("check-survey {folder}/none >&- 2>/dev/full", 2, ""),
        (
            "predict --survey {folder} >&-",
            2,
            "galviz: standard output is closed, so the predictions have nowhere to go",
        ),
        ("--help >/dev/full", 2, "galviz: No space left on device\n"),
        ("no-such 2>/dev/full", 2, ""),
        ("no-such 2>&-", 2, ""),
    ],
)
def test_closed_and_full_streams(folder, command, status, said):
    line = f"{sys.executable} -m galviz {command.format(folder=folder)}"
    options = {"cwd": ROOT, "env": buffered(), "capture_output": True, "text": True}
    done = subprocess.run(["bash", "-c", line], check=False, **options)
    assert done.returncode == status
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == (1 if said else 0)
    assert done.stdout == ""


def test_build_data_sees_before_the_work_what_can_t_be_written(tmp_path, monkeypatch, capsys):
    from galviz.artefacts import build

    (tmp_path / "features" / "thumbnails.parquet").mkdir(parents=True)
    monkeypatch.setattr("galviz.artefacts.artefact.data_path", lambda name: tmp_path / name)
    monkeypatch.setattr(build, "build_data", lambda **options: pytest.fail("begun"))
    assert cli.main(["build-data"]) == 2
    assert "thumbnails.parquet" in capsys.readouterr().err
