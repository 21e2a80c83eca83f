"""The architecture: import contracts hold, the public API is lazy, and the core stays in small pieces."""

import json
import subprocess
import sys

import pytest

from tests.imports import ROOT, TORCH_MODULES, core_modules, imports

HEAVY = ("torch", "fastai", "torchvision", "streamlit", "galsim", "astropy", "umap", "numba")


def test_import_contracts_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def in_a_fresh_process(script):
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_importing_galviz_imports_nothing_heavy():
    names = (*HEAVY, "numpy", "pandas", "sklearn", "pyarrow", "PIL")
    assert (
        in_a_fresh_process(f"import galviz, json, sys; print(json.dumps([m for m in {names} if m in sys.modules]))")
        == []
    )


def test_the_light_core_needs_no_torch():
    light = [name for name in core_modules() if name not in TORCH_MODULES]
    light = [name for name in light if not f"{name}.".startswith("galviz.simulate.")]
    script = f"""
import importlib, json, sys
found = {{}}
for name in {light}:
    importlib.import_module(name)
    for heavy in {HEAVY}:
        if heavy in sys.modules and heavy not in found:
            found[heavy] = name
print(json.dumps(found))
"""
    assert in_a_fresh_process(script) == {}


def test_every_module_that_imports_torch_at_once_is_known():
    importing = set()
    for name in core_modules():
        file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        if file.exists():
            found = imports(file.read_text(encoding="utf-8"), name, lazy=False)
            if any(package.split(".")[0] in ("torch", "torchvision", "fastai", "timm") for package in found):
                importing.add(name)
    assert importing <= TORCH_MODULES


@pytest.mark.parametrize("name", ["load_survey", "NetworkSpec", "load_features", "fit_pca", "SurveyError"])
def test_light_names_of_the_public_api_need_no_torch(name):
    assert (
        in_a_fresh_process(f"import galviz, json, sys; galviz.{name}; print(json.dumps('torch' in sys.modules))")
        is False
    )


def test_every_name_of_the_public_api_is_there():
    import galviz

    assert [name for name in galviz.__all__ if not hasattr(galviz, name)] == []


def test_timm_is_imported_only_if_it_is_asked_for():
    """It takes seconds, and warns in a notebook without widgets; fastai's vision.learner imports it."""
    script = "import json, sys, galviz.network.model, galviz.training.run; print(json.dumps('timm' in sys.modules))"
    assert in_a_fresh_process(script) is False
