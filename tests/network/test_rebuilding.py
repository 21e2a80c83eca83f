"""A saved network is the one that was saved: what a card can't restore is refused before anything is written."""

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from galviz.network.builders import build_network
from galviz.network.model import load_model, save_model, wrap
from galviz.network.spec import xresnet_spec

pytestmark = pytest.mark.full
SPEC = xresnet_spec("xresnet18", sa=False, act_cls="ReLU", widen=1 / 16)


@pytest.fixture
def network():
    return wrap(build_network(SPEC, seed=3), SPEC, crop_px=32)


def replace_activations(network):
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.ReLU):
                setattr(module, name, nn.SiLU())


def set_eps(network):
    next(module for module in network.modules() if isinstance(module, nn.BatchNorm2d)).eps = 0.1


CHANGES = {
    "activations": replace_activations,
    "a pooling": lambda network: network.__setitem__(3, nn.AvgPool2d(3, 2, 1)),
    "eps": set_eps,
    "padding": lambda network: setattr(network[0][0], "padding_mode", "reflect"),
    "a module at the end": lambda network: network.append(nn.Sigmoid()),
    "a hook": lambda network: network[9].register_forward_hook(lambda module, inputs, output: 2 * output),
    "a hook before": lambda network: network[9].register_forward_pre_hook(lambda module, inputs: None),
    "pruning": lambda network: prune.l1_unstructured(network[0][0], "weight", 0.3),
    "spectral norm": lambda network: parametrizations.spectral_norm(network[11]),
    "a buffer": lambda network: network.register_buffer("scale", torch.ones(1)),
    "a buffer that isn't saved": lambda network: network.register_buffer("scale", torch.ones(1), persistent=False),
    "a tensor": lambda network: setattr(network, "scale", torch.ones(1)),
    "no bias": lambda network: setattr(network[11], "bias", None),
    "another head": lambda network: network.__setitem__(11, nn.Linear(32, 2)),
    "forward": lambda network: setattr(network, "forward", lambda images: images.mean((1, 2, 3))[:, None]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_network_that_its_card_cannot_restore_is_not_saved(change, network, tmp_path):
    change(network)
    network.eval()
    with pytest.raises(ValueError, match="must be as its builder 'xresnet18' makes it"):
        save_model(network, tmp_path / "net.json")
    assert not list(tmp_path.iterdir())


def test_other_weights_and_statistics_are_saved_bit_for_bit(network, tmp_path):
    images = torch.rand(4, 3, 32, 32)
    network.train()
    with torch.no_grad():
        for values in network.parameters():
            values.mul_(1.1)
        network(images)  # updates the statistics of batch norm
    save_model(network, tmp_path / "net.json")
    with torch.no_grad():
        assert torch.equal(load_model(tmp_path / "net.json")(images), network.eval()(images))
