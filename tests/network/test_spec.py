"""A network specification is immutable plain data, and invalid ones are refused."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galviz.network.spec import POOLINGS, NetworkSpec, spec_problem, xresnet_spec

SPEC = NetworkSpec(
    "torchvision:resnet18",
    {"late": "layer4", "early": "layer1", "output": ""},
    head="fc",
    options={"num_classes": 1},
    pooling={"early": "spatial"},
    maps={"middle": "layer2"},
)


def test_it_survives_json_copies_and_pickles_with_the_order_of_its_layers():
    text = json.dumps(SPEC.to_json(), sort_keys=True)
    for same in (NetworkSpec.from_json(json.loads(text)), copy.deepcopy(SPEC), pickle.loads(pickle.dumps(SPEC))):
        assert same == SPEC
        assert hash(same) == hash(SPEC)
        assert same.layer_names == ["late", "early", "output"]


def test_it_is_immutable():
    layers = {"early": "layer1"}
    spec = NetworkSpec("torchvision:resnet18", layers)
    layers["late"] = "layer4"
    assert spec.layer_names == ["early"]
    with pytest.raises(TypeError):
        spec.layers["late"] = "layer4"
    with pytest.raises(AttributeError):
        spec.head = "fc"


def test_names_lead_to_paths_and_paths_to_themselves():
    assert [SPEC.path_of(name) for name in ("early", "middle", "output", "layer1.0.conv1")] == [
        "layer1", "layer2", "", "layer1.0.conv1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"builder": "Torchvision:resnet18"},
        {"builder": "torchvision:resnet18()"},
        {"builder": "os.system"},
        {"builder": 3},
        {"head": ""},
        {"head": "fc weight"},
        {"layers": {}},
        {"layers": {"prediction": "fc"}},
        {"layers": {"objID": "fc"}},
        {"layers": {"": "fc"}},
        {"layers": {"a\n": "fc"}},
        {"layers": {"a": "fc..weight"}},
        {"layers": {"a": None}},
        {"layers": ["a"]},
        {"layers": {"early": "layer1"}, "maps": {"early": "layer2"}, "pooling": {}},
        {"maps": {"m": "../x"}},
        {"options": {"num_classes": None}},
        {"options": {"drop_rate": float("nan")}},
        {"options": {"drop_rate": float("inf")}},
        {"options": {"weights": ["IMAGENET1K_V1"]}},
        {"pooling": {"nowhere": "spatial"}},
        {"pooling": {"early": "max"}},
        {"pooling": {"early": None}},
    ],
)
def test_invalid_specifications_are_refused(change):
    fields = {name: getattr(SPEC, name) for name in ("builder", "layers", "head", "options", "pooling", "maps")}
    with pytest.raises(ValueError, match="must") as caught:
        NetworkSpec(**fields | change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"layers": {"early": "layer1"}},  # no order
        {"layers": [["early"]]},
        {"layers": [["early", "layer1"], ["early", "layer2"]]},
        {"layers": "early"},
        {"code": "import os"},
    ],
)
def test_invalid_json_of_a_specification_is_refused(change):
    assert spec_problem(SPEC.to_json() | change)
    with pytest.raises(ValueError, match="must"):
        NetworkSpec.from_json(SPEC.to_json() | change)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from(sorted(SPEC.to_json())), value=VALUES)
def test_any_json_is_a_specification_or_refused(name, value):
    content = SPEC.to_json() | {name: value}
    if spec_problem(content) is None:
        assert NetworkSpec.from_json(content) == NetworkSpec.from_json(json.loads(json.dumps(content)))
    else:
        with pytest.raises(ValueError, match="must"):
            NetworkSpec.from_json(content)


def test_xresnets_share_their_layers():
    for builder in ("xresnet18", "xresnet50"):
        spec = xresnet_spec(builder, n_out=3)
        assert spec.layer_names == ["stem", "stage1", "stage2", "stage3", "features"]
        assert spec.options["n_out"] == 3
        assert set(spec.pooling.values()) <= set(POOLINGS)
