"""The shipped features: of the trained network at every layer, and of two control networks.

A control network can't have learnt the label: one has random weights, the other was trained on permuted labels. What
their features show as clearly as those of the trained network wasn't learnt from the label.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from galviz.artefacts.artefact import Artefact, Inputs, Progress, Provenance
from galviz.features.features import CONTROLS, Features, load_features, save_features
from galviz.network.card import file_sha256, write_card

# Keys of the trained network's checksums in the file of a control network, which has its own checksums too.
_TRAINED_WEIGHTS, _TRAINED_CARD = "made_for_weights", "made_for_card"
_VERSIONS = ("galviz", "torch", "fastai")
_SEED = 2020
# Those of bfloat16, instead of the 11 of float16: the files are a quarter smaller, and R² of a linear probe changes by
# less than a tenth of the width of its 95 % interval.
_CONTROL_BITS = 8


def round_to_bits(values: np.ndarray, n_bits: int) -> np.ndarray:
    """Round numbers to some significant bits: by at most one part in ``2**n_bits``.

    Examples
    --------
    >>> round_to_bits(np.array([0.0, 1.0, 1.1, -257.0]), 8).tolist()
    [0.0, 1.0, 1.1015625, -256.0]
    """
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.rint(np.ldexp(mantissa, n_bits)), exponent - n_bits)


class FeaturesArtefact(Artefact[Features]):
    """A features file under ``data/``; its layers are read on first access.

    Parameters
    ----------
    control : str or None
        Name of the control network; None for the trained network.
    compute : callable
        Computes the features from `Inputs`.
    """

    def __init__(self, control: str | None, compute: Callable[[Inputs, Progress], Features]) -> None:
        self.name = f"features/{control or 'mock-survey'}.parquet"
        self._control, self._compute = control, compute

    def make(self, inputs: Inputs, progress: Progress) -> Features:
        """Extract the features."""
        return self._compute(inputs, progress)

    def read(self, path: str | os.PathLike[str] | None = None) -> tuple[Features, Provenance]:
        """Open a features file; raises FeaturesError as `load_features` does."""
        features = load_features(control=self._control) if path is None else load_features(path)
        recorded = features.provenance
        checksums = [recorded.get(name, "") for name in ("survey_sha256", _TRAINED_WEIGHTS, _TRAINED_CARD)]
        return features, Provenance(*checksums, {name: recorded[name] for name in _VERSIONS if name in recorded})

    def save(self, content: Features, provenance: Provenance, path: str | os.PathLike[str]) -> None:
        """Write a features file, for a control with fewer bits; versions are those that extraction recorded."""
        layers = content.layers
        if self._control:
            layers = {name: round_to_bits(values, _CONTROL_BITS) for name, values in layers.items()}
        trained = {_TRAINED_WEIGHTS: provenance.weights_sha256, _TRAINED_CARD: provenance.card_sha256}
        recorded = {**content.provenance, "survey_sha256": provenance.survey_sha256, **trained}
        save_features(Features(content.object_ids, layers, content.predictions, recorded), path)


def _extract_trained(inputs: Inputs, progress: Progress) -> Features:
    """Extract all named layers of the trained network."""
    from galviz.features.extraction import extract

    return extract(inputs.network, inputs.survey, layers=inputs.network.layer_names, progress=progress)


def _extract_random(inputs: Inputs, progress: Progress) -> Features:
    """Extract the last layer of the same architecture with random weights and the same preprocessing."""
    from galviz.features.extraction import extract
    from galviz.network.builders import build_network
    from galviz.network.model import load_model
    from galviz.network.networkfiles import write_weights

    card = inputs.card
    with tempfile.TemporaryDirectory() as scratch:
        weights = Path(scratch) / card.weights
        write_weights(build_network(card.spec, seed=_SEED), weights)
        control = replace(card, name=CONTROLS[0], weights_sha256=file_sha256(weights), training={"seed": _SEED})
        path = weights.with_suffix(".json")
        write_card(control, path)
        return extract(load_model(path), inputs.survey, progress=progress)


def _extract_shuffled(inputs: Inputs, progress: Progress) -> Features:
    """Extract the last layer of the same architecture, trained for a few epochs on permuted labels."""
    from galviz.features.extraction import extract
    from galviz.network.model import load_model
    from galviz.training.recipe import Recipe
    from galviz.training.run import train

    card = inputs.card
    # The recipe of the tutorial, with fewer epochs, because there is nothing to learn.
    recipe = Recipe(epochs=5, batch_size=64, seed=_SEED, shuffled_labels=True, pad_px=card.pad_px, crop_px=card.crop_px)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"{CONTROLS[1]}.json"
        train([inputs.survey], path, recipe=recipe, spec=card.spec, progress=progress)
        return extract(load_model(path), inputs.survey)


TRAINED_FEATURES = FeaturesArtefact(None, _extract_trained)
CONTROL_FEATURES = {
    CONTROLS[0]: FeaturesArtefact(CONTROLS[0], _extract_random),
    CONTROLS[1]: FeaturesArtefact(CONTROLS[1], _extract_shuffled),
}
