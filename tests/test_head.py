"""The head, read without torch: the same numbers as the network's, or one sentence."""

import numpy as np
import pytest
import torch

from galviz.card import Architecture, CardError, write_card
from galviz.head import read_head
from galviz.model import build_network, load_model, write_weights
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


def test_a_truncated_file_is_told(card):
    weights = card.with_suffix(".safetensors")
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(
        CardError, match=r"^The weights .*tiny\.safetensors can't be read \(.*\)\. Get card and weights"
    ):
        read_head(card)


def test_missing_weights_are_told(card):
    card.with_suffix(".safetensors").unlink()
    with pytest.raises(CardError, match=r"can't be read"):
        read_head(card)


def test_another_architecture_is_told(card):
    other = build_network(Architecture(widen=0.25), seed=1)
    write_weights(other, card.with_suffix(".safetensors"))
    with pytest.raises(CardError, match="have no head of 64 features"):
        read_head(card)


def test_torch_isnt_needed():
    import subprocess
    import sys

    code = "import sys; import galviz.head; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
