"""The loss, the head of each phase, precision, and the learning rates of each phase."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from galviz.training.fitting import PrecisionWrapper, loss
from galviz.training.networks import make_network
from tests.cards import TINY
from tests.training.runs import SHORT


def test_the_loss_of_the_label_alone_is_the_tutorial_s():
    torch.manual_seed(0)
    predictions, targets = torch.randn(16, 1, requires_grad=True), torch.randn(16, 1)
    value, expected = (
        loss(predictions, targets),
        torch.sqrt(F.mse_loss(predictions.reshape(-1), targets.reshape(-1))),
    )
    torch.testing.assert_close(value, expected)
    gradients = [torch.autograd.grad(loss, predictions)[0] for loss in (value, expected)]
    torch.testing.assert_close(*gradients)


def test_causes_have_half_the_weight_of_the_label():
    # label: √((0.6² + 0.8²) / 2) = 0.70711; causes: 1 and 3, of whose mean half is taken
    predictions = torch.tensor([[0.6, 1.0, 3.0], [0.8, -1.0, -3.0]])
    assert float(loss(predictions, torch.zeros(2, 3))) == pytest.approx(0.70711 + 0.5 * 2, abs=1e-5)


def test_a_new_head_begins_at_the_mean_label():
    warm_up, _, proper = SHORT.phases
    first, again, other = (make_network(TINY, warm_up, None, seed) for seed in (2, 2, 3))
    assert first[-1].bias.tolist() == [0.0, 0.0, 0.0]  # of a standardised label
    assert first[-1].weight.shape == (3, 64)
    for name, values in first.state_dict().items():
        assert torch.equal(again.state_dict()[name], values), name
    assert not torch.equal(first[-1].weight, other[-1].weight)
    assert make_network(TINY, proper, None, 2)[-1].bias.tolist() == [0.0]


def test_the_head_keeps_the_row_of_the_label_after_a_warm_up():
    before = make_network(TINY, SHORT.phases[0], None, 2)
    with torch.no_grad():
        for values in before.parameters():
            values.add_(0.01)
    after = make_network(TINY, SHORT.phases[-1], before, 2)
    x = torch.randn(3, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(after.eval()(x), before.eval()(x)[:, :1])
    assert after[-1].weight.shape == (1, 64)
    assert before[-1].weight.shape == (3, 64)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_outputs_are_float32_in_any_precision(precision):
    network = make_network(TINY, SHORT.phases[-1], None, 2).eval()
    network[-1].bias.data.fill_(8.75)
    x = torch.rand(6, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        exact, output = network(x), PrecisionWrapper(network, precision, TINY.head)(x)
    assert output.dtype == torch.float32
    # bfloat16 has 8 bits of precision, but the head, whose bias is 8.75, is float32
    torch.testing.assert_close(output, exact, rtol=0, atol=0.0 if precision == "float32" else 0.03)
    assert torch.equal(output, exact) == (precision == "float32")


def test_each_phase_has_one_cycle_of_learning_rates(short):
    for learner, phase in zip(short.learners, SHORT.phases, strict=True):
        lr, mom, batches = [], [], 4 * phase.epochs
        for batch in range(batches):
            # a quarter rises, three quarters fall, each half a cosine
            share = batch / batches
            rise, fall = share / 0.25, (share - 0.25) / 0.75
            weight = (1 - math.cos(math.pi * (rise if share < 0.25 else fall))) / 2
            ends = (phase.lr / 25, phase.lr) if share < 0.25 else (phase.lr, phase.lr / 1e5)
            lr.append(ends[0] + (ends[1] - ends[0]) * weight)
            moments = (0.95, 0.85) if share < 0.25 else (0.85, 0.95)
            mom.append(moments[0] + (moments[1] - moments[0]) * weight)
        np.testing.assert_allclose(learner.recorder.hps["lr"], lr, rtol=1e-6)
        np.testing.assert_allclose(learner.recorder.hps["mom"], mom, rtol=1e-6)
        np.testing.assert_allclose(learner.recorder.lrs, lr, rtol=1e-6)
        assert max(lr) == phase.lr
