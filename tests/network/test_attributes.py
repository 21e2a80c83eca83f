"""Descriptions of a module's attributes: they differ if what the module computes may differ."""

import functools
import threading
from array import array
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from galviz.network.attributes import describe_attributes, describe_value
from galviz.network.builders import build_network
from galviz.network.fingerprint import fingerprint
from galviz.network.spec import xresnet_spec

pytestmark = pytest.mark.full


class Pool(Enum):
    MEAN = 1
    MAX = 2


@dataclass
class Gain:
    gain: float


def scaled_by(factor):
    return lambda values: values * factor


DIFFERENT = [
    *(None, True, 1, 2, 1.5, "relu", b"relu", torch.float16, torch.device("meta"), torch.Size([2]), 2 + 1j),
    *([1], [2], [1, 2], {"k": 1}, {"k": 2}, {1}, {2}, [[1.0]], [[2.0]]),
    *(np.ones(2), np.zeros(2), np.ones(2, np.float32), np.float64(3), torch.ones(2), torch.zeros(2)),
    *(
        torch.relu,
        torch.sigmoid,
        scaled_by(2),
        scaled_by(3),
        lambda values: values + 1,
        lambda values, by=2: values * by,
    ),
    *(functools.partial(torch.mul, other=2), functools.partial(torch.mul, other=3), nn.ReLU, nn.SiLU),
    *(nn.LeakyReLU(0.1), nn.LeakyReLU(0.2), object(), Pool.MEAN, Pool.MAX, Gain(1), Gain(2), slice(1), slice(2)),
    *(SimpleNamespace(a=1), SimpleNamespace(a=2), range(3), range(4), deque([1]), deque([2]), Fraction(1, 2)),
    *(Fraction(1, 3), Decimal(1), Decimal(2), bytearray(b"a"), bytearray(b"b"), array("d", [1]), array("d", [2])),
]


def test_different_values_have_different_descriptions():
    descriptions = [describe_value(value) for value in DIFFERENT]
    assert len(set(descriptions)) == len(DIFFERENT)
    assert not any("0x" in description for description in descriptions)  # addresses differ from run to run


def test_equal_values_have_equal_descriptions():
    assert describe_value({"a": [1, scaled_by(2)], "b": {2, 1}}) == describe_value(
        {"b": {1, 2}, "a": [1, scaled_by(2)]}
    )
    assert describe_value(torch.ones(3)) == describe_value(torch.ones(3).requires_grad_())


def test_a_value_that_contains_itself_is_described():
    value = [1]
    value.append(value)
    assert describe_value(value).startswith("[1, ")


def test_an_object_that_cannot_be_pickled_is_described_by_its_class():
    assert describe_value(threading.Lock()) == describe_value(threading.Lock())


def define(gain, function):
    """A class of a user, as a notebook cell defines it again under the same name."""
    return type("Network", (nn.Module,), {"gain": gain, "forward": function, "__module__": "__main__"})


def test_the_code_and_the_values_of_a_class_of_the_user_count():
    first = define(1, lambda self, images: images)
    assert fingerprint(first()) == fingerprint(define(1, lambda self, images: images)())
    assert fingerprint(first()) != fingerprint(define(2, lambda self, images: images)())
    assert fingerprint(first()) != fingerprint(define(1, lambda self, images: -images)())


class Settings(nn.Module):
    """A module whose computation depends on attributes that torch doesn't register."""

    def __init__(self):
        super().__init__()
        self.factors, self.activation, self.weights = [2.0], torch.relu, {"w": torch.ones(2)}


@pytest.mark.parametrize(
    "change",
    [
        lambda module: module.factors.append(3.0),
        lambda module: setattr(module, "activation", torch.sigmoid),
        lambda module: module.weights["w"].mul_(2),
        lambda module: setattr(module, "offset", np.ones(1)),
    ],
)
def test_changed_attributes_change_the_fingerprint(change):
    module = Settings()
    before = fingerprint(module)
    assert fingerprint(Settings()) == before
    change(module)
    assert fingerprint(module) != before


def test_padding_that_torch_computes_counts():
    conv = nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect")
    before = fingerprint(conv)
    conv._reversed_padding_repeated_twice = [0, 0, 1, 1]
    assert fingerprint(conv) != before


def test_state_of_torch_itself_does_not_count():
    network = build_network(xresnet_spec("xresnet18", widen=1 / 16), seed=0)
    before = fingerprint(network)
    network.card, network.layer_names = "card", ["features"]
    handle = network.register_forward_hook(print)
    assert fingerprint(network.train()) == before
    handle.remove()
    assert not [line for line in describe_attributes(network) if line.startswith("_")]
