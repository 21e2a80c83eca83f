"""The examples in docstrings run, and give the results that they show."""

import doctest
import importlib

import pytest

from tests.imports import core_modules, is_light

MODULES = [pytest.param(name, marks=[] if is_light(name) else pytest.mark.full) for name in core_modules()]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # so that no example writes into the repository
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.FAIL_FAST).failed == 0
