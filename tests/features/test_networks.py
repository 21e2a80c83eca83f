"""`extract` works with networks of any kind and records the same activations as a hook written by hand."""

import functools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from galviz import cli
from galviz.features.extraction import extract
from galviz.features.features import load_features
from galviz.network.builders import build_network
from galviz.network.forward import preprocess
from galviz.network.model import load_model, save_model, wrap
from galviz.network.spec import NetworkSpec
from galviz.network.suggestion import suggest_spec
from galviz.survey.survey import load_survey

pytestmark = pytest.mark.full


class Hidden(nn.Module):
    """A network that keeps references to its modules in a list, a bound method and a partial."""

    def __init__(self):
        super().__init__()
        self.first, self.second, self.head = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 5, 3), nn.Linear(5, 1)
        self.steps = [self.first, self.second]  # a plain list, of which torch knows nothing
        self.act = functools.partial(self.activate, self.second)
        self.end = self.head.forward

    def activate(self, module, x):
        return torch.relu(module(x))

    def forward(self, x):
        return self.end(self.act(torch.relu(self.steps[0](x))).mean((2, 3)))


# Builder, options, crop, and three layers: their paths, and the pooling of each by hand.
def mean_hw(x):
    return x.mean((2, 3))


def last_mean(x):
    return x.mean((1, 2))


def tokens(x):
    return x.mean(1)


def class_token(x):
    return x[:, 0]


def as_it_is(x):
    return x


NETWORKS = {
    "resnet": (
        "torchvision:resnet18", {"num_classes": 1}, 64, {},
        {"layer1": mean_hw, "layer3.1.conv2": mean_hw, "avgpool": mean_hw},
    ),
    "convnext": (
        "timm:test_convnext", {"num_classes": 1}, 64, {},
        {"stages.0": mean_hw, "stages.2.blocks.1.conv_dw": mean_hw, "stages.2.blocks.1.mlp.fc1": last_mean},
    ),
    "vit": (
        "timm:test_vit", {"num_classes": 1, "img_size": 64}, 64, {"block2": "class_token"},
        {"blocks.0": tokens, "block2": class_token, "head_drop": as_it_is},
    ),
    "mambaout": (
        "timm:test_mambaout", {"num_classes": 1}, 56, {},
        {"stages.0": last_mean, "stages.2": last_mean, "head.drop": as_it_is},
    ),
}  # fmt: skip


def make(name):
    builder, options, crop, pooling, _ = NETWORKS[name]
    spec = suggest_spec(builder, options, crop_px=crop)
    spec = spec.with_pooling({**spec.pooling, **pooling})
    return wrap(build_network(spec, seed=3), spec, crop_px=crop)


def make_hidden():
    torch.manual_seed(2)
    return wrap(Hidden(), NetworkSpec(layers={"early": "first", "late": "second"}, head="head"), crop_px=48)


@pytest.fixture(scope="module")
def survey(make_survey):
    return load_survey(make_survey(8, causes=False, side_px=72))


def by_hand(network, survey, paths):
    """Activations by hooks written by hand, and the output."""
    recorded = {}
    images = preprocess([survey.image(name) for name in survey.object_ids], network.card)
    handles = [
        network.get_submodule(path).register_forward_hook(
            lambda module, args, output, path=path: recorded.__setitem__(path, output.clone())
        )
        for path in paths
    ]
    with torch.no_grad():
        output = network(images)
    for handle in handles:
        handle.remove()
    return recorded, output


@pytest.mark.parametrize("name", NETWORKS)
def test_activations_are_those_of_a_hook_written_by_hand(name, survey):
    network, pool = make(name), NETWORKS[name][-1]
    paths = {layer: network.card.spec.path_of(layer) for layer in pool}
    recorded, output = by_hand(network, survey, paths.values())
    features = extract(network, survey, layers=list(pool), device="cpu")
    for layer, path in paths.items():
        expected = pool[layer](recorded[path])
        np.testing.assert_allclose(features.layers[layer], expected.flatten(1), rtol=1e-4, atol=1e-5)
        assert features.layers[layer].std() > 0
    np.testing.assert_allclose(features.predictions, output[:, 0], rtol=1e-4, atol=1e-5)


def test_a_custom_module_with_hidden_references(survey):
    network = make_hidden()
    recorded, output = by_hand(network, survey, ["first", "second"])
    features = extract(network, survey, layers=["early", "late"], device="cpu")
    np.testing.assert_allclose(features.layers["early"], mean_hw(recorded["first"]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(features.layers["late"], mean_hw(recorded["second"]), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(features.predictions, output[:, 0], rtol=1e-5, atol=1e-6)
    assert network.steps[0] is network.first  # the original refers to its own


def test_encoders_make_no_predictions(survey):
    spec = suggest_spec("timm:test_resnet", {"num_classes": 1}, crop_px=48, encoder=True)
    encoder = wrap(build_network(spec, seed=1), spec, crop_px=48)
    assert extract(encoder, survey, device="cpu").predictions is None
    assert extract(encoder, survey, [], device="cpu").predictions is None


@pytest.mark.slow
def test_eight_threads_over_mixed_networks_and_layers_get_what_one_gets(survey):
    networks = {name: make(name) for name in ("resnet", "convnext")} | {"hidden": make_hidden()}
    layers = {name: network.layer_names for name, network in networks.items()}
    alone = {name: extract(networks[name], survey, layers=layers[name], device="cpu") for name in networks}
    jobs = [(name, layer) for name in networks for layer in layers[name]] * 2

    def run(job):
        name, layer = job
        return extract(networks[name], survey, layers=[layer], batch_size=3, device="cpu")

    with ThreadPoolExecutor(8) as pool:
        for (name, layer), features in zip(jobs, pool.map(run, jobs), strict=True):
            expected = alone[name]
            np.testing.assert_allclose(features.layers[layer], expected.layers[layer], rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(features.predictions, expected.predictions, rtol=1e-4, atol=1e-5)


def test_the_command_hooks_any_module(survey, tmp_path, tiny_card, capsys):
    out = tmp_path / "f.parquet"
    command = ["extract", "--survey", survey.folder, "--model", tiny_card, "--layers", "stage1,4.0.convpath.0"]
    assert cli.main([str(argument) for argument in [*command, "--out", out]]) == 0
    expected = extract(load_model(tiny_card), survey, layers=["stage1", "4.0.convpath.0"], device="cpu")
    for layer, values in load_features(out).layers.items():
        np.testing.assert_allclose(values, expected.layers[layer], rtol=1e-2, atol=1e-3)
    assert cli.main([str(argument) for argument in [*command[:-1], "9.9", "--out", tmp_path / "g.parquet"]]) == 2
    assert "or the path of a module" in capsys.readouterr().err


def test_predict_says_that_an_encoder_predicts_nothing(survey, tmp_path, capsys):
    spec = suggest_spec("timm:test_resnet", {"num_classes": 0}, crop_px=48)
    save_model(wrap(build_network(spec, seed=1), spec, crop_px=48), tmp_path / "encoder.json")
    assert cli.main(["predict", "--survey", str(survey.folder), "--model", str(tmp_path / "encoder.json")]) == 2
    printed = capsys.readouterr()
    assert "is an encoder, which predicts no label" in printed.err
    assert printed.out == ""
