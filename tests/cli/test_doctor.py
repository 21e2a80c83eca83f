"""The doctor: a sound installation is found sound, and what is wrong is named with its remedy."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from galviz import cli
from galviz.cli import doctor
from galviz.features.features import load_features
from galviz.network.card import CardError

ROOT = Path(__file__).parents[2]


def states(checks):
    return {check.name: check.state for check in checks}


def test_this_installation_is_sound(capsys):
    assert cli.main(["doctor"]) == 0
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith("All is well.")
    for name in ("python", "torch", "simulator", "memory", "shipped files", "survey", "weights", "features", "network"):
        assert f"ok       {name} " in printed


def test_missing_and_old_packages_are_told_apart(monkeypatch):
    installed = {"torch": None, "streamlit": None, "pandas": "2.2.3", "numpy": "2.4.6+local"}

    def version(name):
        if installed.get(name, "999") is None:
            raise PackageNotFoundError(name)
        return installed.get(name, "999")

    monkeypatch.setattr(doctor, "version", version)
    found = {check.name: check for check in doctor.check_packages()}
    assert found["torch"].state == doctor.MISSING  # pages work without it
    assert found["streamlit"].state == doctor.WRONG
    assert found["pandas"].state == doctor.WRONG
    assert "2.2.3" in found["pandas"].found
    assert found["numpy"].state == doctor.OK
    assert all(check.remedy.startswith("pip install") for check in found.values() if check.state != doctor.OK)


def test_little_memory_is_told(monkeypatch):
    monkeypatch.setattr(doctor.os, "sysconf", lambda name: {"SC_PHYS_PAGES": 250_000, "SC_PAGE_SIZE": 4096}[name])
    check = doctor.check_memory()
    assert (check.state, check.found) == (doctor.WRONG, "1.0 GB")


def test_a_broken_file_is_a_line_and_no_traceback(monkeypatch, capsys):
    def broken():
        raise CardError("The model card x.json is no JSON.\nMore.")

    monkeypatch.setattr("galviz.network.card.read_card", broken)
    monkeypatch.setattr("galviz.network.model.read_card", broken)
    assert cli.main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "wrong    weights       The model card x.json is no JSON.\n" in printed
    assert printed.rstrip().endswith("3 things are wrong.")  # the features and the network need it too


def test_without_torch_the_network_is_not_checked_and_nothing_is_wrong():
    code = """
import sys
for name in ("torch", "fastai", "torchvision"):
    sys.modules[name] = None
from galviz.cli.doctor import check_network, guarded
check = guarded("network", check_network)
print(check.state, check.found)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("missing not checked: torch is not installed"), run.stdout


@pytest.mark.parametrize("difference", [0.0, 0.1])
def test_predictions_unlike_the_shipped_ones_are_wrong(monkeypatch, difference):
    import galviz.features.extraction

    class Found:
        def __init__(self, predictions):
            self.predictions = predictions

    shipped = load_features()

    def extract(network, survey, object_ids):
        return Found(shipped.select(object_ids).predictions + difference)

    monkeypatch.setattr(galviz.features.extraction, "extract", extract)
    assert doctor.check_network().state == (doctor.WRONG if difference else doctor.OK)


def test_a_light_installation_is_sound(monkeypatch):
    """Without what deploy/cloud/requirements.txt leaves out; what it asks for is needed, and its versions count."""
    lines = (ROOT / "deploy" / "cloud" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    light = {line.partition(">=")[0] for line in lines if not line.startswith("#")}
    old = set()

    def version(name):
        if name not in light:
            raise PackageNotFoundError(name)
        return "0.1" if name in old else "999"

    monkeypatch.setattr(doctor, "version", version)
    found = states(doctor.check_packages())
    assert {name for name, state in found.items() if state == doctor.OK} == light
    assert {name for name, state in found.items() if state == doctor.MISSING} == {
        *("torch", "torchvision", "fastai", "packaging", "psutil", "tqdm", "watchfiles")
    }
    old.add("streamlit")
    light.remove("safetensors")
    found = states(doctor.check_packages())
    assert (found["streamlit"], found["safetensors"]) == (doctor.WRONG, doctor.WRONG)
    monkeypatch.setattr(doctor.os, "sysconf", lambda name: {"SC_PHYS_PAGES": 250_000, "SC_PAGE_SIZE": 4096}[name])
    assert doctor.check_memory().state == doctor.OK  # 1 GB is enough without torch
