"""The head, read without torch: the same numbers as the network's, or one error message."""

import os

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from galviz.network.builders import build_network
from galviz.network.card import CardError, write_card
from galviz.network.head import read_head
from galviz.network.model import load_model
from galviz.network.networkfiles import write_weights
from galviz.network.spec import xresnet_spec
from tests.cards import TINY, card_for


@pytest.fixture
def card(tmp_path):
    """The card of a tiny network."""
    weights = tmp_path / "tiny.safetensors"
    network = build_network(TINY, seed=4)
    torch.nn.init.constant_(network[-1].bias, 8.9)
    write_weights(network, weights)
    path = tmp_path / "tiny.json"
    write_card(card_for(weights), path)
    return path


def test_it_is_the_networks_head(card):
    head, network = read_head(card), load_model(card)
    assert head.weight.dtype == np.float32
    assert head.weight == pytest.approx(network[-1].weight.detach().numpy()[0], abs=0)
    assert head.bias == network[-1].bias.item()
    assert not head.weight.flags.writeable


@pytest.mark.parametrize(("mean", "std"), [(1e10, 3e9), (6.8e-11, 1e-11), (-8.7, 0.24)])
def test_it_predicts_in_the_label_s_unit_as_the_network_does(card, mean, std):
    write_card(card_for(card.with_suffix(".safetensors"), label_mean=mean, label_std=std), card)
    head, network = read_head(card), load_model(card)
    assert np.array_equal(head.weight, network[-1].weight.detach().numpy()[0])
    assert head.bias == network[-1].bias.item()
    assert head.bias == pytest.approx(8.9 * std + mean, rel=1e-3)
    assert not head.weight.flags.writeable
    features = torch.randn(3, 64)
    with torch.no_grad():
        predictions = network[-1](features)[:, 0]
    assert features.numpy() @ head.weight + head.bias == pytest.approx(predictions.numpy(), rel=1e-5)


def test_a_scale_that_takes_the_head_beyond_float32_is_refused(card):
    weights = card.with_suffix(".safetensors")
    save_file(load_file(weights) | {"11.bias": torch.tensor([1e10])}, weights)
    write_card(card_for(weights, label_std=1e30), card)
    with pytest.raises(CardError, match="has a value that isn't finite"):
        read_head(card)


def test_altered_weights_are_refused(card):
    weights = card.with_suffix(".safetensors")
    read_head(card)
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(CardError, match=r"are not those of its card: checksums differ\. Get both files again\.$"):
        read_head(card)


def test_weights_that_are_no_regular_file_are_refused_at_once(card):
    card.with_suffix(".safetensors").unlink()
    os.mkfifo(card.with_suffix(".safetensors"))
    with pytest.raises(CardError, match="it is a named pipe"):
        read_head(card)


def test_a_truncated_file_is_refused(card):
    weights = card.with_suffix(".safetensors")
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(CardError, match=r"^The weights .*tiny\.safetensors can't be read: .*\. Get card and weights"):
        read_head(card)


def test_missing_weights_are_refused(card):
    card.with_suffix(".safetensors").unlink()
    with pytest.raises(CardError, match=r"can't be read"):
        read_head(card)


def test_another_architecture_is_refused(card):
    other = build_network(xresnet_spec(widen=0.25), seed=1)
    weights = card.with_suffix(".safetensors")
    write_weights(other, weights)
    write_card(card_for(weights), card)
    with pytest.raises(CardError, match="have no head of 64 features"):
        read_head(card)


def test_torch_isnt_needed():
    import subprocess
    import sys

    code = "import sys; import galviz.network.head; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
