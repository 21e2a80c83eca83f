"""Specifications and cards of small networks for tests."""

from dataclasses import replace

from galviz.network.card import ModelCard, file_sha256
from galviz.network.spec import xresnet_spec

TINY = xresnet_spec("xresnet18", widen=0.125)


def channels_of(spec):
    """Channels of each layer of an xresnet."""
    stages = [int(width * spec.options["widen"]) for width in (64, 128, 256, 512)]
    return {"stem": 64, "stage1": stages[0], "stage2": stages[1], "stage3": stages[2], "features": stages[3]}


def draw_card(spec=TINY, **changes):
    """A card beside no weights."""
    card = ModelCard(
        name="drawn",
        task="regression",
        label="metallicity",
        unit="dex",
        spec=spec,
        layers=channels_of(spec),
        pad_px=144,
        crop_px=112,
        mean=(0.1, 0.2, 0.3),
        std=(0.1, 0.1, 0.1),
        survey_sha256="0" * 64,
        weights="drawn.safetensors",
        weights_sha256="0" * 64,
        training={},
    )
    return replace(card, **changes)


def card_for(weights, spec=TINY, **changes):
    """The card of a file of weights."""
    own = {"name": weights.stem, "weights": weights.name, "weights_sha256": file_sha256(weights)}
    return draw_card(spec, **own | changes)
