"""A network of one's own gets named layers and a card; saving and loading keeps every bit."""

import pytest
import torch
from torch import nn

from galviz.network.builders import build_network
from galviz.network.card import read_card
from galviz.network.model import load_model, save_model, wrap
from galviz.network.spec import NetworkSpec, xresnet_spec
from galviz.network.suggestion import suggest_spec

pytestmark = pytest.mark.full


def small(outputs=1):
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, outputs))


LAYERS = {"early": "1", "features": "3"}


def test_channels_and_poolings_are_those_of_the_network():
    network = wrap(small(), NetworkSpec(layers=LAYERS, head="4"), name="own", label="age", unit="Gyr", crop_px=40)
    card = network.card
    assert dict(card.layers) == {"early": 8, "features": 8}
    assert dict(card.spec.pooling) == {"early": "spatial", "features": "none"}
    assert (card.name, card.label, card.unit, card.task) == ("own", "age", "Gyr", "regression")
    assert (card.pad_px, card.crop_px) == (40, 40)
    assert not network.training


@pytest.mark.parametrize(("outputs", "head", "label"), [(7, "4", "age"), (1, None, "age"), (1, "4", None)])
def test_a_network_without_a_label_is_an_encoder(outputs, head, label):
    card = wrap(small(outputs), NetworkSpec(layers=LAYERS, head=head), label=label).card
    assert (card.task, card.label, card.unit) == ("embedding", None, "")


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        ({"layers": {"a": "9"}}, {}, "which doesn.t exist"),
        ({"layers": {"features": "3", "early": "1"}}, {}, "'early' is named last, but 'features' runs after it"),
        ({"layers": LAYERS, "head": "3"}, {}, "head must be the path of a Linear"),
        ({"layers": LAYERS, "head": "9"}, {}, "one of early, features, or the path"),
        ({"layers": {"a": "0"}, "pooling": {"a": "tokens"}}, {}, "pooling 'tokens'"),
        ({"layers": LAYERS}, {"crop_px": 16}, "crop_px <= pad_px; got 16 and 16"),
        ({"layers": LAYERS}, {"pad_px": 48, "crop_px": 64}, "crop_px <= pad_px"),
        ({"layers": LAYERS}, {"mean": (104, 117, 123)}, "three numbers from 0 to 1"),
        ({"layers": LAYERS}, {"std": (1, 1, 0)}, "three numbers from 0.0001 to 1"),
        ({"layers": LAYERS, "head": "4"}, {"label": "objID"}, "label must be the name of a column"),
        ({"layers": LAYERS, "head": "4"}, {"label": " "}, "label must be the name of a column"),
    ],
)
def test_a_specification_that_doesnt_fit_is_refused(spec, options, message):
    with pytest.raises(ValueError, match=message):
        wrap(small(), NetworkSpec(**spec), **options)


def test_a_module_that_doesnt_run_or_outputs_no_tensor_is_refused():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused, self.pair = nn.Conv2d(3, 4, 3), nn.Linear(2, 2), Pair()

        def forward(self, x):
            return self.pair(self.used(x))[0].mean((2, 3))

    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    with pytest.raises(ValueError, match="does not run"):
        wrap(Odd(), NetworkSpec(layers={"a": "unused"}))
    with pytest.raises(ValueError, match="must output one tensor; got a tuple"):
        wrap(Odd(), NetworkSpec(layers={"a": "pair"}))
    with pytest.raises(ValueError, match="can't take images"):
        wrap(nn.Sequential(nn.Flatten(), nn.Linear(7, 1)), NetworkSpec(layers={"a": "0"}))


@pytest.mark.parametrize(
    ("builder", "options", "encoder"),
    [
        ("torchvision:mobilenet_v3_small", {"num_classes": 1}, False),
        ("timm:test_convnext", {"num_classes": 1}, True),
        ("fastai:squeezenet1_1", {"n_out": 1}, False),
        ("xresnet18", {"n_out": 1, "widen": 0.125}, False),
        ("xresnet18", {"n_out": 1, "widen": 0.125}, True),
    ],
)
def test_a_network_is_saved_and_loaded_bit_for_bit(builder, options, encoder, tmp_path):
    spec = suggest_spec(builder, options, crop_px=64, encoder=encoder)
    network = wrap(build_network(spec, seed=5), spec, label="age", unit="Gyr", crop_px=64, mean=(0, 0, 0))
    card = save_model(network, tmp_path / "net.json")
    loaded = load_model(tmp_path / "net.json")
    assert read_card(tmp_path / "net.json") == card
    assert loaded.card.label == (None if encoder else "age")
    assert loaded.layer_names == network.layer_names
    state = network.state_dict()
    assert loaded.state_dict().keys() == state.keys()
    for name, values in loaded.state_dict().items():
        assert values.dtype == state[name].dtype
        assert torch.equal(values, state[name])
    image = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(loaded(image), network(image))


def test_a_network_without_a_builder_isnt_saved(tmp_path):
    network = wrap(small(), NetworkSpec(layers=LAYERS, head="4"))
    with pytest.raises(ValueError, match="registered builder"):
        save_model(network, tmp_path / "net.json")
    with pytest.raises(ValueError, match=r"must end in \.json"):
        save_model(network, tmp_path / "net.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("builder", "options", "head", "features", "pooling"),
    [
        ("torchvision:resnet18", {"num_classes": 1}, "fc", "avgpool", "spatial"),
        ("torchvision:vit_b_32", {"num_classes": 1, "image_size": 64}, "heads.head", "encoder.ln", "class_token"),
        ("timm:test_vit", {"num_classes": 1, "img_size": 64}, "head", "head_drop", "none"),
        ("timm:test_vit", {"num_classes": 0, "img_size": 64}, None, "", "none"),
        ("timm:test_resnet", {"num_classes": 0}, None, "", "none"),
        ("torchvision:swin_t", {"num_classes": 1}, "head", "flatten", "none"),
    ],
)
def test_the_suggested_features_are_the_input_of_the_head(builder, options, head, features, pooling):
    spec = suggest_spec(builder, options, crop_px=64)
    assert (spec.head, spec.layers["features"], spec.pooling["features"]) == (head, features, pooling)
    blocks = [name for name in spec.layers if name != "features"]
    assert blocks == [f"block{number}" for number in range(1, len(blocks) + 1)]
    assert len(blocks) >= 3


def test_an_encoder_has_no_head():
    assert suggest_spec("torchvision:resnet18", {"num_classes": 1}, crop_px=64).head == "fc"
    assert suggest_spec("torchvision:resnet18", {"num_classes": 1}, crop_px=64, encoder=True).head is None


def test_no_suggestion_is_better_than_a_wrong_one():
    with pytest.raises(ValueError, match="must be the output of a module"):
        suggest_spec("torchvision:densenet121", {"num_classes": 1}, crop_px=64)  # a ReLU in between is no module
    with pytest.raises(ValueError, match="64 px"):
        suggest_spec("timm:vit_tiny_patch16_224", {"num_classes": 1}, crop_px=64)
    assert suggest_spec("xresnet18", {"widen": 0.125}, crop_px=64) == xresnet_spec("xresnet18", widen=0.125)


def test_the_label_has_the_name_that_it_has_in_the_catalogue():
    """Else predictions of a network of oh_p50 would never be compared with the labels in oh_p50."""
    module = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(3, 1))
    assert wrap(module, NetworkSpec(layers={"features": "1"}, head="2"), label="oh_p50").card.label == "metallicity"
