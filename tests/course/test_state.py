"""Tests of exercises run in a known state, and what a student's function leaves behind is noticed."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from galviz.course.grading import grade
from galviz.course.outcome import TaskState
from galviz.course.state import known_state

pytestmark = pytest.mark.full


def settings():
    return torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads(), np.geterr()


@pytest.fixture(autouse=True)
def _state_is_restored():
    before = settings()
    yield
    assert settings() == before


def test_what_a_file_has_changed_does_not_count():
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    try:
        with known_state():
            assert torch.ones(1, requires_grad=True).sum().requires_grad
            assert torch.ones(1).dtype == torch.float32
        assert not torch.is_grad_enabled()
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)


def test_global_random_numbers_are_the_same_each_time_and_belong_to_the_caller_again():
    def draw():
        return random.random(), np.random.random(), torch.rand(1).item()  # noqa: NPY002 (the global generator)

    before = random.getstate(), np.random.get_state()[1].copy(), torch.random.get_rng_state()  # noqa: NPY002
    draws = []
    for _ in range(2):
        with known_state():
            draws.append(draw())
    assert draws[0] == draws[1]
    after = random.getstate(), np.random.get_state()[1], torch.random.get_rng_state()  # noqa: NPY002
    assert after[0] == before[0]
    np.testing.assert_array_equal(after[1], before[1])
    assert torch.equal(after[2], before[2])


LEFT = {
    "gradients": lambda: torch.set_grad_enabled(False),
    "dtype": lambda: torch.set_default_dtype(torch.float64),
    "device": lambda: torch.set_default_device("meta"),
    "threads": lambda: torch.set_num_threads(torch.get_num_threads() + 1),
    "deterministic": lambda: torch.use_deterministic_algorithms(True),
    "anomaly": lambda: torch.autograd.set_detect_anomaly(True),
}


@pytest.mark.parametrize("change", LEFT.values(), ids=LEFT)
def test_a_function_that_leaves_a_setting_changed_fails_with_a_hint(change):
    state, hint = grade(lambda function: function(), change, "hooks.1", Path("hooks.py"))
    assert state == TaskState.FAILED
    assert "leaves" in hint


def test_a_function_that_restores_settings_passes():
    def careful():
        with torch.no_grad():
            pass
        np.seterr(all="raise")

    assert grade(lambda function: function(), careful, "hooks.1", Path("hooks.py")) == (TaskState.PASSED, "")
