import pytest

from galviz.network.card import write_card
from tests.cards import TINY, card_for


@pytest.fixture(scope="session")
def tiny_card(tmp_path_factory):
    """The card of a tiny untrained network for crops of 48 px, beside its weights."""
    from galviz.network.builders import build_network  # not at the top, because some tests run without torch
    from galviz.network.networkfiles import write_weights

    weights = tmp_path_factory.mktemp("model") / "tiny.safetensors"
    write_weights(build_network(TINY, seed=1), weights)
    write_card(card_for(weights, pad_px=64, crop_px=48), weights.with_suffix(".json"))
    return weights.with_suffix(".json")
