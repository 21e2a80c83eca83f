"""Heads by which predictions can be rescaled to the label's unit, and those by which they can't."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, weight_norm

from galviz.features.extraction import extract
from galviz.network.builders import BUILDERS, Builder, build_network
from galviz.network.card import CardError
from galviz.network.model import load_model, save_model, wrap
from galviz.network.spec import NetworkSpec
from galviz.training.networks import check_spec
from galviz.training.recipe import Recipe

pytestmark = pytest.mark.full


class Body(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(3, 8, 5, 2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Network(nn.Module):
    """A body, a head, and what is made of both."""

    def __init__(self, head=None):
        super().__init__()
        self.body, self.head, self.other = Body(), head or nn.Linear(8, 1), nn.Linear(8, 1)

    def forward(self, images):
        return self.predict(self.body(images))

    def predict(self, features):
        return self.head(features)


class Bounded(Network):
    def predict(self, features):
        return self.head(features).tanh_()


class MeanOfTwo(Network):
    def predict(self, features):
        return (self.head(features) + self.other(features)) / 2


class Twice(Network):
    def predict(self, features):
        return self.head(features) + self.head(features / 2)


class Gated(Network):
    def __init__(self):
        super().__init__()
        self.other.weight = self.head.weight

    def predict(self, features):
        return self.head(features * self.other(features).sigmoid())


class Clamped(Network):
    """Changes nothing near 0, where the standardised labels are."""

    def predict(self, features):
        return self.head(features).clamp(-30, 30)


class Positive(Network):
    """Changes nothing if both random images happen to give positive numbers, as for this bias."""

    def __init__(self):
        super().__init__()
        nn.init.constant_(self.head.bias, 5.0)

    def predict(self, features):
        return self.head(features).relu()


class ByItsNorm(Network):
    def predict(self, features):
        return self.head(features / self.head.weight.norm())


class Transposed(Network):
    def predict(self, features):
        return self.head(features).T


class ByKeyword(Network):
    def predict(self, features):
        return self.head(input=features)


class Cosine(nn.Linear):
    def forward(self, values):
        return nn.functional.linear(values, nn.functional.normalize(self.weight), self.bias)


ODD = {
    "weight norm": (lambda: Network(parametrizations.weight_norm(nn.Linear(8, 1))), "parameter of its own"),
    "old weight norm": (lambda: Network(weight_norm(nn.Linear(8, 1))), "parameter of its own"),
    "spectral norm": (lambda: Network(parametrizations.spectral_norm(nn.Linear(8, 1))), "parameter of its own"),
    "a head that normalises": (lambda: Network(Cosine(8, 1)), "something else than"),
    "an activation after it": (Bounded, "changed afterwards"),
    "the mean of two heads": (MeanOfTwo, "changed afterwards"),
    "an activation far from 0": (Clamped, "doesn't change as its weight"),
    "an activation of other numbers": (Positive, "doesn't change as its weight"),
    "features divided by the weight's norm": (ByItsNorm, "doesn't change as its weight"),
    "one row for all images": (Transposed, r"has the shape \(1, 2\)"),
    "a head that runs twice": (Twice, "runs 2 times"),
    "a shared weight": (Gated, "shares its weight"),
}


@pytest.fixture
def spec_of(monkeypatch):
    """A function that registers a builder and returns a specification that names it."""

    def register(build):
        monkeypatch.setitem(BUILDERS, "odd", Builder(lambda name, options: build(), {"n_out": int}, n_outputs="n_out"))
        return NetworkSpec("odd:x", {"features": "body"}, head="head", options={"n_out": 1})

    return register


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
@pytest.mark.parametrize(("build", "problem"), ODD.values(), ids=ODD)
def test_a_network_whose_head_can_t_be_rescaled_is_neither_trained_nor_loaded(spec_of, tmp_path, build, problem):
    spec = spec_of(build)
    with pytest.raises(ValueError, match=problem):
        check_spec(spec, Recipe(crop_px=48, pad_px=48))
    network = wrap(build_network(spec, seed=1), spec, crop_px=48)
    save_model(network, tmp_path / "unscaled.json")
    load_model(tmp_path / "unscaled.json")  # nothing to rescale
    network.card = replace(network.card, label_mean=8.8, label_std=0.2)
    save_model(network, tmp_path / "scaled.json")
    with pytest.raises(CardError, match=problem):
        load_model(tmp_path / "scaled.json")


@pytest.mark.parametrize("build", [Network, ByKeyword])
def test_a_plain_head_is_rescaled(build, spec_of, tmp_path, small_survey):
    spec = spec_of(build)
    check_spec(spec, Recipe(crop_px=48, pad_px=48))
    network = wrap(build_network(spec, seed=1), spec, crop_px=48)
    ids = small_survey.object_ids[:5]
    expected = extract(network, small_survey, ids).predictions
    network.card = replace(network.card, label_mean=8.8, label_std=0.2)
    save_model(network, tmp_path / "scaled.json")
    assert extract(load_model(tmp_path / "scaled.json"), small_survey, ids).predictions == pytest.approx(
        expected, abs=1e-5
    )
    assert not torch.equal(network.head.bias, torch.zeros(1))
