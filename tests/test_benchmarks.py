"""The benchmarks' own arithmetic, on images whose statistics are known; and that each of them runs, on few galaxies."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


realism = load("realism")


@pytest.fixture
def gaussian(tmp_path):
    """Write a Gaussian galaxy of 12 and 6 px whose red is 1.5 times its blue."""
    y, x = np.mgrid[:128, :128] - 63.5
    light = 100 * np.exp(-((x / 12) ** 2 + (y / 6) ** 2) / 2)
    pixels = np.stack([1.5 * light, 1.2 * light, light], axis=-1).round().astype(np.uint8)
    path = tmp_path / "galaxy.jpg"
    Image.fromarray(pixels).save(path, quality=98, subsampling=0)
    return path


def test_statistics_of_a_known_galaxy(gaussian):
    found = realism.image_statistics(gaussian)
    assert found["i/g colour"] == pytest.approx(1.5, abs=0.02)
    assert found["r/g colour"] == pytest.approx(1.2, abs=0.02)
    # light below 6 counts is left out, which takes the wings off
    assert 10.0 < found["length"] < 12.0
    assert found["size"] == pytest.approx(found["length"] * np.sqrt((1 + found["axis ratio"] ** 2) / 2))
    assert found["axis ratio"] == pytest.approx(0.5, abs=0.03)
    assert found["peak"] == pytest.approx(100 * 3.7 / 3, rel=0.03)
    assert found["asymmetry"] < 0.02
    assert found["off-centre light"] < 0.1
    assert found["background level R"] == found["background noise R"] == 0
    assert found["JPEG bytes"] == gaussian.stat().st_size


def test_radial_colours_of_a_known_galaxy(gaussian):
    colours = realism.radial_colours(gaussian)
    assert colours.shape == (30,)
    assert colours[18:22] == pytest.approx([1.5] * 4, abs=0.03)


def test_the_table_says_what_holds():
    rng = np.random.default_rng(0)
    label = rng.normal(8.9, 0.2, 4000)
    real = pd.DataFrame({"label": label, "colour": label + rng.normal(0, 0.2, 4000)})
    same = real.sample(frac=1, random_state=1)
    assert list(realism.compare(real, same)["holds"]) == ["yes", "yes"]
    moved = real.assign(colour=real["colour"] + 0.5 * real["colour"].std())
    assert realism.compare(real, moved)["holds"]["colour"] == "mean"
    wider = real.assign(colour=real["colour"].mean() + 1.5 * (real["colour"] - real["colour"].mean()))
    assert realism.compare(real, wider)["holds"]["colour"] == "spread"
    mixed = real.assign(colour=rng.permutation(real["colour"]))
    assert realism.compare(real, mixed)["holds"]["colour"] == "r"


def test_the_forest_tells_what_differs_and_not_what_doesn_t():
    rng = np.random.default_rng(0)
    one, same, other = (pd.DataFrame(rng.normal(size=(150, 3)), columns=list("abc")) for _ in range(3))
    other["b"] += 1.5
    for table in (one, same, other):
        table["label"] = rng.normal(size=150)
    assert realism.tell_apart(one, same)[0] == pytest.approx(0.5, abs=0.1)
    auc, _, importance = realism.tell_apart(one, other)
    assert auc > 0.8
    assert importance.index[0] == "b"


def test_a_label_that_is_a_colour_is_found_in_the_colours():
    rng = np.random.default_rng(0)
    colours = rng.normal(size=(300, 30))
    found = realism.label_from_colours(colours, colours[:, 3] * 0.2 + rng.normal(0, 0.05, 300))
    assert found["ridge"] == pytest.approx(0.05, abs=0.01)
    assert found["ridge"] < found["random forest"] < found["mean"]


@pytest.mark.parametrize("arguments", [["rendering.py", "--n", "20"], ["label.py", "--n", "60"], ["realism.py"]])
def test_each_benchmark_runs(arguments, tmp_path):
    command = [sys.executable, str(ROOT / "benchmarks" / arguments[0]), *arguments[1:]]
    if arguments == ["realism.py"]:
        from galviz.simulate import write_survey

        # a second mock survey stands in for the real one, which no test may need
        write_survey(tmp_path / "real", n=40, seed=1, framing="petrosian")
        command += ["--real", str(tmp_path / "real"), "--n", "40", "--seed", "2", "--sheets", str(tmp_path / "sheets")]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    expected = {"rendering.py": "galaxies/s on one core", "label.py": "variance of the label", "realism.py": "AUC"}
    assert expected[arguments[0]] in process.stdout
    if arguments == ["realism.py"]:
        assert sorted(path.name for path in (tmp_path / "sheets").iterdir()) == ["mock.png", "real.png"]
