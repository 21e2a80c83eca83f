"""The command doctor: problems of an installation and their remedies."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from galviz import cli
from galviz.cli import system_checks
from galviz.cli.check_result import MISSING, OK, WRONG
from galviz.cli.data_checks import DATA_CHECKS
from galviz.cli.system_checks import SYSTEM_CHECKS, check_packages
from galviz.features.features import load_features
from galviz.network.card import CardError

ROOT = Path(__file__).parents[2]


def states(checks):
    return {check.name: check.state for check in checks}


@pytest.mark.slow
def test_this_installation_has_no_problems(capsys):
    assert cli.main(["doctor"]) == 0
    printed = capsys.readouterr().out
    assert printed.rstrip().endswith("No problems.")
    for name in ("python", "torch", "simulator", "memory", "shipped files", "survey", "weights", "features", "network"):
        assert f"ok       {name} " in printed


def test_missing_and_old_packages_are_distinguished(monkeypatch):
    installed = {"torch": None, "streamlit": None, "pandas": "2.2.3", "numpy": "2.4.6+local"}

    def version(name):
        if installed.get(name, "999") is None:
            raise PackageNotFoundError(name)
        return installed.get(name, "999")

    monkeypatch.setattr(system_checks, "version", version)
    checks = {check.name: check for check in check_packages()}
    assert checks["torch"].state == MISSING  # pages work without it
    assert checks["streamlit"].state == WRONG
    assert checks["pandas"].state == WRONG
    assert "2.2.3" in checks["pandas"].result
    assert checks["numpy"].state == OK
    assert all(check.remedy.startswith("pip install") for check in checks.values() if check.state != OK)


def test_too_little_memory_is_a_problem(monkeypatch):
    monkeypatch.setattr(
        system_checks.os, "sysconf", lambda name: {"SC_PHYS_PAGES": 250_000, "SC_PAGE_SIZE": 4096}[name]
    )
    check = SYSTEM_CHECKS["memory"]()
    assert (check.state, check.result) == (WRONG, "1.0 GB")


def test_a_failing_check_does_not_stop_the_others(monkeypatch, capsys):
    def broken():
        raise CardError("The model card x.json is no JSON.\nMore.")

    # model first: if it were imported now, it would keep the patched function
    monkeypatch.setattr("galviz.network.model.read_card", broken)
    monkeypatch.setattr("galviz.network.card.read_card", broken)
    assert cli.main(["doctor"]) == 1
    printed = capsys.readouterr().out
    assert "wrong    weights       The model card x.json is no JSON.\n" in printed
    assert printed.rstrip().endswith("3 problems.")  # also of the features and the network, which read it


def test_without_torch_the_network_is_not_checked_and_nothing_is_wrong():
    code = """
import sys
for name in ("torch", "fastai", "torchvision"):
    sys.modules[name] = None
from galviz.cli.check_result import run_check
from galviz.cli.data_checks import DATA_CHECKS
check = run_check("network", DATA_CHECKS["network"])
print(check.state, check.result)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("missing not checked: torch is not installed"), run.stdout


@pytest.mark.parametrize("difference", [0.0, 0.1])
def test_predictions_that_differ_from_the_shipped_ones_are_a_problem(monkeypatch, difference):
    import galviz.features.extraction

    shipped = load_features()

    def extract(network, survey, object_ids):
        return SimpleNamespace(predictions=shipped.select(object_ids).predictions + difference)

    monkeypatch.setattr("galviz.network.model.load_model", lambda: None)
    monkeypatch.setattr(galviz.features.extraction, "extract", extract)
    assert DATA_CHECKS["network"]().state == (WRONG if difference else OK)


def test_a_light_installation_has_no_problems(monkeypatch):
    """Only the packages of deploy/cloud/requirements.txt are required, in its versions."""
    lines = (ROOT / "deploy" / "cloud" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    light = {line.partition(">=")[0] for line in lines if not line.startswith("#")}
    old = set()

    def version(name):
        if name not in light:
            raise PackageNotFoundError(name)
        return "0.1" if name in old else "999"

    monkeypatch.setattr(system_checks, "version", version)
    package_states = states(check_packages())
    assert {name for name, state in package_states.items() if state == OK} == light
    assert {name for name, state in package_states.items() if state == MISSING} == {
        *("torch", "torchvision", "fastai", "jinja2", "markdown-it-py", "packaging", "psutil", "tqdm", "watchfiles")
    }
    old.add("streamlit")
    light.remove("safetensors")
    package_states = states(check_packages())
    assert (package_states["streamlit"], package_states["safetensors"]) == (WRONG, WRONG)
    monkeypatch.setattr(
        system_checks.os, "sysconf", lambda name: {"SC_PHYS_PAGES": 250_000, "SC_PAGE_SIZE": 4096}[name]
    )
    assert SYSTEM_CHECKS["memory"]().state == OK  # 1 GB is enough without torch
