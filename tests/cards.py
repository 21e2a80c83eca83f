"""Specifications and cards of small networks for tests."""

from dataclasses import replace

from galviz.network.card import ModelCard, file_sha256
from galviz.network.spec import xresnet_spec

TINY = xresnet_spec(widen=0.125)


def channels_of(spec):
    """Channels of each layer of an xresnet."""
    stages = [int(width * spec.options["widen"]) for width in (64, 128, 256, 512)]
    return {"stem": 64, "stage1": stages[0], "stage2": stages[1], "stage3": stages[2], "features": stages[3]}


def card_for(weights, spec=TINY, **changes):
    card = ModelCard(
        name=weights.stem,
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
        weights=weights.name,
        weights_sha256=file_sha256(weights),
        training={},
    )
    return replace(card, **changes)
