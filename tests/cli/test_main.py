"""The command line: help, exit status, messages without tracebacks, interrupts and streams."""

import json
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from galviz import __version__, cli

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(make_survey):
    return make_survey(4, causes=False, side_px=32)


def start(*arguments, **options):
    command = [sys.executable, "-W", "error", "-m", "galviz", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env=buffered(), stderr=subprocess.PIPE, text=True, **options)


def buffered():
    """An environment with buffered output, as in a user's shell, whatever this machine's setting."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.fixture
def fake_simulator(monkeypatch):
    """Return a function that replaces galviz.simulate by a module with the given write_survey."""

    def install(write_survey):
        module = types.ModuleType("galviz.simulate")
        module.write_survey = write_survey
        monkeypatch.setitem(sys.modules, "galviz.simulate", module)
        monkeypatch.setattr("galviz.simulate", module, raising=False)

    return install


NOT_INSTALLED = 'is not installed, which simulations need: pip install -e ".[simulate]"'
SIMULATE = ["simulate", "--n", "3", "--seed", "5", "--out", "there"]


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_help_of_each_command_has_an_example_that_is_valid(name, capsys):
    command = cli.COMMANDS[name]
    with pytest.raises(SystemExit, match="0"):
        cli.main([name, "--help"])
    assert f"python -m galviz {command.example}\n" in capsys.readouterr().out
    assert cli.build_parser().parse_args(command.example_arguments).command == name


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
def test_invalid_arguments_are_refused(arguments, sentence, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert sentence in capsys.readouterr().err


def test_simulate_passes_its_options_on(fake_simulator, capsys):
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
    assert capsys.readouterr().out.splitlines() == ["1 image was changed.", "3 galaxies: there"] * 2


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
def test_errors_are_printed_without_traceback(fake_simulator, capsys, error, status, sentence):
    def write_survey(out, **options):
        raise error

    fake_simulator(write_survey)
    assert cli.main(SIMULATE) == status
    printed = capsys.readouterr()
    assert printed.err == f"galviz: {sentence}\n"
    assert printed.out == ""


def test_bugs_of_galviz_raise(fake_simulator):
    def write_survey(out, **options):
        raise ModuleNotFoundError("No module named 'galviz.gone'", name="galviz.gone")

    fake_simulator(write_survey)
    with pytest.raises(ModuleNotFoundError, match="gone"):
        cli.main(SIMULATE)


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of Unix")
@pytest.mark.parametrize("count", [1, 3000], ids=["one block", "many blocks"])
def test_a_closed_pipe_is_no_error(tmp_path, count):
    (tmp_path / "images").mkdir()
    (tmp_path / "master.csv").write_text("objID\n" + "".join(f"g{number}\n" for number in range(count)))
    read_end, write_end = os.pipe()
    process = start("check-survey", tmp_path, "--json", stdout=write_end)  # which lists all problems
    os.close(write_end)
    if count > 1:
        assert os.read(read_end, 12) == b'{\n  "folder"'
    os.close(read_end)
    assert process.communicate()[1] == ""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_is_reported(folder):
    with Path("/dev/full").open("w") as full:
        process = start("check-survey", folder, stdout=full)
        assert process.communicate()[1] == "galviz: No space left on device\n"
    assert process.returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of Unix")
def test_an_interrupt_is_reported(tmp_path):
    # A process of its own, in which a replaced simulator prints when it waits.
    script = f"""
import signal, sys, time, types
from galviz import cli
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore SIGINT
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


def test_names_that_the_terminal_cannot_encode_are_escaped(tmp_path):
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


@pytest.mark.parametrize("shadow", ["folders", "files"])
def test_nothing_is_imported_from_the_working_directory(tmp_path, shadow):
    if shadow == "folders":
        for name in ("lessons", "panels", "instruments", "numpy"):
            (tmp_path / name).mkdir()
    else:
        for name in ("lessons", "numpy", "pandas", "torch", "json", "random", "argparse", "pathlib", "typing"):
            (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the working directory')")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GALVIZ_WORK": str(tmp_path / "work")}
    command = [sys.executable, "-m", "galviz", "check", "pca.1", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["tasks"][0]["state"] == "not started"


def test_a_folder_called_galviz_does_not_shadow_the_package(tmp_path):
    """With an editable installation such a folder is part of a namespace package without a file."""
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
    ("command", "status", "message"),
    [
        pytest.param("check-survey {folder} >&-", 0, "", marks=pytest.mark.slow),
        ("check-survey {folder} <&- >&- 2>&-", 0, ""),
        ("check-survey {folder}/none >&- 2>/dev/full", 2, ""),
        (
            "predict --survey {folder} >&-",
            2,
            "galviz: standard output is closed, so the predictions can't be printed",
        ),
        ("--help >/dev/full", 2, "galviz: No space left on device\n"),
        ("no-such 2>/dev/full", 2, ""),
        ("no-such 2>&-", 2, ""),
    ],
)
def test_closed_and_full_streams(folder, command, status, message):
    line = f"{sys.executable} -m galviz {command.format(folder=folder)}"
    options = {"cwd": ROOT, "env": buffered(), "capture_output": True, "text": True}
    done = subprocess.run(["bash", "-c", line], check=False, **options)
    assert done.returncode == status
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == (1 if message else 0)
    assert done.stdout == ""


def test_build_data_checks_its_outputs_before_the_work(tmp_path, monkeypatch, capsys):
    from galviz.artefacts import build

    (tmp_path / "features" / "thumbnails.parquet").mkdir(parents=True)
    monkeypatch.setattr("galviz.artefacts.artefact.data_path", lambda name: tmp_path / name)
    monkeypatch.setattr(build, "build_data", lambda **options: pytest.fail("started"))
    assert cli.main(["build-data"]) == 2
    assert "thumbnails.parquet" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        "predict --survey a --survey b --out x.csv",
        "extract --survey a --layers stem --layers features --out x.parquet",
        "train --survey a --options sa=false --options act_cls=ReLU --out x.json",
        "import-features x.csv --survey a --columns p --columns q --out x.parquet",
    ],
)
def test_an_option_with_one_value_is_refused_if_given_twice(arguments, capsys):
    """Argparse would use the last one without a word."""
    with pytest.raises(SystemExit) as end:
        cli.main(arguments.split())
    assert end.value.code == 2
    assert "is given twice" in capsys.readouterr().err
    cli.build_parser().parse_args(["train", "--survey", "a", "--survey", "b", "--out", "x.json"])  # may be repeated
