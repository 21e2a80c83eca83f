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


def run_in_new_process(script):
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_light_core_needs_no_torch():
    """Neither galviz itself, nor the light names of its public API, nor any module that is not listed."""
    light_modules = [name for name in core_modules() if name not in TORCH_MODULES]
    light_modules = [name for name in light_modules if not f"{name}.".startswith("galviz.simulate.")]
    script = f"""
import importlib, json, sys
import galviz
with_galviz = [name for name in {(*HEAVY, "numpy", "pandas", "sklearn", "pyarrow", "PIL")} if name in sys.modules]
first_importers = {{}}

def record(importer):
    for heavy in {HEAVY}:
        if heavy in sys.modules and heavy not in first_importers:
            first_importers[heavy] = importer

for name in ("SurveyError", "NetworkSpec", "load_survey", "load_features", "fit_pca"):
    getattr(galviz, name)
    record(name)
for name in {light_modules}:
    importlib.import_module(name)
    record(name)
print(json.dumps([with_galviz, first_importers]))
"""
    assert run_in_new_process(script) == [[], {}]


def test_pages_import_scikit_learn_only_when_they_compute():
    """It takes a second to import, and a page that lists a survey's problems must appear within three."""
    script = """
import json, sys
import instruments.explore.page, instruments.home.page
print(json.dumps([name for name in ("sklearn", "scipy.stats", "torch") if name in sys.modules]))
"""
    assert run_in_new_process(script) == []


def test_every_module_that_imports_torch_when_imported_is_listed():
    importing = set()
    for name in core_modules():
        file = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        if file.exists():
            imported = imports(file.read_text(encoding="utf-8"), name, lazy=False)
            if any(package.split(".")[0] in ("torch", "torchvision", "fastai", "timm") for package in imported):
                importing.add(name)
    assert importing <= TORCH_MODULES


def test_every_name_of_the_public_api_is_there():
    import galviz

    assert [name for name in galviz.__all__ if not hasattr(galviz, name)] == []


@pytest.mark.full
@pytest.mark.slow
def test_timm_is_imported_only_when_needed():
    """It takes seconds, and warns in a notebook without widgets; fastai's vision.learner imports it."""
    script = "import json, sys, galviz.network.model, galviz.training.run; print(json.dumps('timm' in sys.modules))"
    assert run_in_new_process(script) is False
