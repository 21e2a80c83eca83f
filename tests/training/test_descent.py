"""Gradient descent of two weights, against what is known of a paraboloid."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from galviz.training.descent import descend, largest_stable_rate, lowest_point, root_mean_square_error


@pytest.fixture(scope="module")
def sample():
    generator = np.random.default_rng(5)
    inputs = generator.normal(size=(200, 2)) @ np.array([[1.0, 0.3], [0.0, 0.4]])
    target = inputs @ np.array([0.7, -1.2]) + generator.normal(scale=0.1, size=200)
    return inputs, target


def test_each_step_is_that_of_autograd(sample):
    inputs, target = sample
    path = descend(inputs, target, 0.2, 5, start=(1.0, 1.0))
    weights = torch.tensor([1.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([weights], lr=0.2)
    for expected in path:
        np.testing.assert_allclose(weights.detach().numpy(), expected, rtol=1e-12)
        optimiser.zero_grad()
        ((torch.tensor(inputs) @ weights - torch.tensor(target)) ** 2).mean().backward()
        optimiser.step()


def test_it_converges_to_least_squares_below_the_largest_stable_rate_and_diverges_above(sample):
    inputs, target = sample
    limit = largest_stable_rate(inputs)
    np.testing.assert_allclose(descend(inputs, target, 0.9 * limit, 2000)[-1], lowest_point(inputs, target), rtol=1e-9)
    diverged = descend(inputs, target, 1.1 * limit, 2000)
    assert len(diverged) < 2001
    assert np.isfinite(diverged).all()
    assert np.abs(diverged[-1]).max() > 1e5


def test_an_epoch_of_batches_uses_each_galaxy_at_most_once():
    # With one galaxy per input direction and a rate of 1/2, a step sets that galaxy's weight to its target exactly.
    inputs, target = np.eye(2), np.array([3.0, 5.0])
    path = descend(inputs, target, 0.5, 2, batch_size=1, seed=4)
    np.testing.assert_array_equal(path[-1], target)
    assert {tuple(path[1])} <= {(3.0, 0.0), (0.0, 5.0)}


def test_batches_follow_the_seed_and_inputs_stay_unchanged(sample):
    inputs, target = sample
    before = inputs.copy(), target.copy()
    one, same, other = (descend(inputs, target, 0.2, 20, batch_size=8, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    np.testing.assert_array_equal(inputs, before[0])
    np.testing.assert_array_equal(target, before[1])


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_no_weights_have_a_smaller_error_than_least_squares(sample, first, second):
    inputs, target = sample
    smallest = root_mean_square_error(inputs, target, lowest_point(inputs, target))
    assert root_mean_square_error(inputs, target, np.array([first, second])) >= smallest


@pytest.mark.parametrize("options", [{"learning_rate": 0.0}, {"n_steps": -1}, {"batch_size": 0}, {"batch_size": 201}])
def test_what_can_t_be_is_refused(sample, options):
    with pytest.raises(ValueError, match="learning_rate must be above 0"):
        descend(*sample, **({"learning_rate": 0.1, "n_steps": 3} | options))
    with pytest.raises(ValueError, match=r"shape \(n, 2\)"):
        descend(sample[0][:, :1], sample[1], 0.1, 3)
