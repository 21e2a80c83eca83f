"""Cards of tests' own small networks."""

from dataclasses import replace

from galviz.card import Architecture, ModelCard, file_sha256

TINY = Architecture(widen=0.125)


def card_for(weights, architecture=TINY, **changes):
    card = ModelCard(
        name=weights.stem,
        task="regression",
        label="metallicity",
        unit="dex",
        architecture=architecture,
        layers=architecture.layers,
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
