"""A specification names registered builders and their options, and nothing in it imports or downloads anything."""

import socket
import sys
import urllib.request
from dataclasses import replace

import pytest
import torch
from torch import nn

from galviz.network import builders
from galviz.network.builders import BUILDERS, Builder, BuilderError, build_network, find_builder, parse_options
from galviz.network.card import CardError, read_card, write_card
from galviz.network.model import load_model, save_model, wrap
from galviz.network.spec import NetworkSpec, xresnet_spec

pytestmark = pytest.mark.full


def spec(builder, **options):
    return NetworkSpec(builder, {"output": ""}, options=options)


@pytest.fixture
def offline(monkeypatch):
    """Any try to reach another machine is an error."""

    def refuse(*args, **kwargs):
        raise AssertionError("something was to be downloaded")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", refuse)


@pytest.mark.parametrize(
    ("builder", "options", "side"),
    [
        ("xresnet18", {"n_out": 2, "sa": False, "act_cls": "ReLU"}, 64),
        ("xresnet50", {"n_out": 2, "widen": 0.125}, 64),
        ("torchvision:resnet18", {"num_classes": 2}, 64),
        ("timm:test_convnext", {"num_classes": 2}, 64),
        ("timm:test_vit", {"num_classes": 2, "img_size": 64}, 64),
        ("fastai:resnet18", {"n_out": 2}, 64),
    ],
)
def test_networks_are_built_offline_and_alike_from_one_seed(builder, options, side, offline):
    torch.manual_seed(11)
    before = torch.random.get_rng_state()
    first, again, other = (build_network(spec(builder, **options), seed=seed).eval() for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    image = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        assert first(image).shape == (2, 2)
        assert torch.equal(first(image), again(image))
    assert any(not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize(
    "builder",
    [
        None,
        "resnet18",
        "xresnet34:large",
        "torchvision",
        "torchvision:no_such",
        "torchvision:fasterrcnn_resnet50_fpn",  # would download the weights of its backbone
        "torchvision:fcn_resnet50",
        "torchvision:quantized_resnet18",
        "torchvision:os.system",
        "timm:no_such_network",
        "timm:hf_hub",
        "fastai:no_such",
        "hub:resnet18",
        "builtins:eval",
    ],
)
def test_unregistered_builders_are_refused_offline(builder, offline):
    modules = set(sys.modules)
    with pytest.raises(BuilderError) as caught:
        build_network(spec(builder))
    assert "\n" not in str(caught.value)
    assert not {name for name in set(sys.modules) - modules if not name.startswith(("timm", "torchvision", "torch"))}


@pytest.mark.parametrize(
    ("builder", "options"),
    [
        ("xresnet34", {"weights": "x"}),
        ("xresnet34", {"widen": 100.0}),
        ("xresnet34", {"act_cls": "exec"}),
        ("xresnet34", {"n_out": 0}),
        ("xresnet34", {"n_out": 1.0}),
        ("torchvision:resnet18", {"weights": "IMAGENET1K_V1"}),
        ("torchvision:resnet18", {"num_classes": True}),
        ("torchvision:resnet18", {"num_classes": -1}),
        ("torchvision:resnet18", {"image_size": 64}),
        ("timm:resnet18", {"pretrained": True}),
        ("timm:resnet18", {"checkpoint_path": "x.pth"}),
        ("fastai:resnet18", {"pretrained": True}),
    ],
)
def test_options_that_a_builder_doesnt_take_are_refused_offline(builder, options, offline):
    with pytest.raises(BuilderError):
        build_network(spec(builder, **options))


def test_a_card_imports_and_downloads_nothing(tiny_card, tmp_path, offline):
    card = read_card(tiny_card)
    weights = tiny_card.with_suffix(".safetensors")
    (tmp_path / weights.name).write_bytes(weights.read_bytes())
    for builder in ("antigravity:fly", "torchvision:fasterrcnn_resnet50_fpn", "timm:no_such", "xresnet34:x"):
        other = replace(card, spec=NetworkSpec(builder, card.spec.layers, head="11"))
        write_card(other, tmp_path / tiny_card.name)
        with pytest.raises(CardError, match="can't be built"):
            load_model(tmp_path / tiny_card.name)
        assert "antigravity" not in sys.modules


def test_without_timm_the_error_names_the_install_command(monkeypatch):
    monkeypatch.setattr(builders, "find_spec", lambda name: None)
    with pytest.raises(BuilderError, match=r"pip install 'galviz\[timm\]'"):
        build_network(spec("timm:test_resnet"))


def test_torchvision_without_a_head_outputs_the_input_of_the_head():
    whole, headless = (build_network(spec("torchvision:resnet18", num_classes=n), seed=4).eval() for n in (1, 0))
    image = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        assert headless(image).shape == (2, 512)
        assert torch.equal(whole.fc(headless(image)), whole(image))


def test_a_builder_that_is_registered_is_built_saved_and_loaded(monkeypatch, tmp_path):
    def build(name, options):
        layers = nn.Conv2d(3, options["width"], 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        return nn.Sequential(*layers, nn.Linear(options["width"], options.get("n", 1)))

    monkeypatch.setitem(BUILDERS, "mine", Builder(build, {"width": int, "n": int}, n_outputs="n"))
    named = NetworkSpec("mine:small", {"early": "0", "features": "3"}, head="4", options={"width": 6})
    network = wrap(build_network(named, seed=1), named)
    save_model(network, tmp_path / "mine.json")
    assert torch.equal(load_model(tmp_path / "mine.json")[0].weight, network[0].weight)


def test_options_are_read_from_text():
    assert parse_options("timm:resnet18", {"num_classes": "3", "drop_rate": "0.5", "global_pool": "avg"}) == {
        "num_classes": 3, "drop_rate": 0.5, "global_pool": "avg",
    }  # fmt: skip
    for bad in ({"num_classes": "3.5"}, {"drop_rate": "half"}, {"pretrained": "true"}):
        with pytest.raises(BuilderError, match="must be"):
            parse_options("timm:resnet18", bad)
    assert find_builder("xresnet34").n_outputs in xresnet_spec().options
