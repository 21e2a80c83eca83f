"""Public functions have examples in their docstrings, and the examples give the results shown."""

import ast
import doctest
import importlib

import pytest

from tests.imports import ROOT, core_modules, is_light

# Their examples need what the module imports inside a function: nbformat, astropy, h5py, astroquery, photutils.
NOT_LIGHT = {
    "galviz.course.notebooks",
    *(f"galviz.importing.fits_{name}" for name in "calibration files galaxies grid images resampling stretch".split()),
    "galviz.analysis.detection",
    "galviz.importing.hdf5",
    "galviz.importing.rendering",
    "galviz.importing.unpacking",
    "galviz.sdss.query",
}
MODULES = [
    pytest.param(name, marks=[] if is_light(name) and name not in NOT_LIGHT else [pytest.mark.full, pytest.mark.slow])
    for name in core_modules()
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # so that no example writes into the repository
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.FAIL_FAST).failed == 0


@pytest.mark.parametrize(
    "package", ["analysis", "artefacts", "charts", "features", "importing", "network", "sdss", "simulate", "training"]
)
def test_every_public_function_has_an_example(package):
    missing = [
        f"{file.name}: {node.name}"
        for file in sorted((ROOT / "galviz" / package).glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if ">>>" not in (ast.get_docstring(node) or "")
    ]
    assert missing == []
