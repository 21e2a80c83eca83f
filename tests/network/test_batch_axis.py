"""Which axis of a layer's output is the images, and which the channels."""

import pytest
import torch
from torch import nn

from galviz.features.extraction import extract
from galviz.network.activations import feature_maps
from galviz.network.forward import preprocess
from galviz.network.layers import inspect_layers
from galviz.network.model import wrap
from galviz.network.pooling import choose_pooling
from galviz.network.spec import NetworkSpec

pytestmark = pytest.mark.full
N_TOKENS = 16  # of 4 × 4 patches


class Tokens(nn.Module):
    """A transformer, a recurrent layer and a convolution over the patches of an image."""

    def __init__(self, *, batch_first):
        super().__init__()
        self.batch_first = batch_first
        self.patches = nn.Conv2d(3, 8, 8, 8)
        self.positions = nn.Conv1d(8, 12, 1)
        self.block = nn.TransformerEncoderLayer(8, 2, 16, batch_first=batch_first)
        self.head = nn.Linear(8, 1)

    def forward(self, images):
        values = self.patches(images).flatten(2)
        self.positions(values)
        if self.batch_first:
            return self.head(self.block(values.transpose(1, 2)).mean(1))
        return self.head(self.block(values.permute(2, 0, 1)).mean(0))


def wrapped(module, **layers):
    torch.manual_seed(0)
    return wrap(module, NetworkSpec(layers=layers, head="head"), crop_px=32)


def test_tokens_in_the_first_axis_are_refused_even_if_there_are_as_many_as_images(small_survey):
    with pytest.raises(ValueError, match="first axis must be the images"):
        wrapped(Tokens(batch_first=False), features="block")
    network = wrapped(Tokens(batch_first=False), features="patches")
    for n_images in (N_TOKENS, 1, 5):
        with pytest.raises(ValueError, match="first axis must be the images"):
            extract(network, small_survey, small_survey.object_ids[:n_images], layers=["block"])


def test_tokens_in_the_second_axis_are_averaged(small_survey):
    network = wrapped(Tokens(batch_first=True), features="block")
    ids = small_survey.object_ids[:N_TOKENS]
    forwards, backwards = (extract(network, small_survey, order).layers["features"] for order in (ids, ids[::-1]))
    assert forwards == pytest.approx(backwards[::-1], abs=1e-5)
    assert forwards.std(axis=0).min() > 1e-4


@pytest.mark.parametrize("as_path", [False, True])
def test_outputs_of_a_1d_convolution_are_averaged_over_positions(as_path, small_survey):
    module = Tokens(batch_first=True)
    network = wrapped(module, **({} if as_path else {"positions": "positions"}), features="block")
    ids = small_survey.object_ids[:3]
    values = extract(network, small_survey, ids, layers=["positions"]).layers["positions"]
    outputs, _ = inspect_layers(module, NetworkSpec(layers={"p": "positions"}, head="head"), 32)
    assert (outputs["p"].pooling, outputs["p"].n_channels) == ("positions", 12)
    recorded = []
    handle = module.positions.register_forward_hook(lambda _, inputs, output: recorded.append(output))
    extract(network, small_survey, ids)
    handle.remove()
    assert values == pytest.approx(recorded[0].mean(2).detach().numpy(), abs=1e-6)


@pytest.mark.parametrize(
    ("module", "pooling"),
    [
        (nn.Sequential(nn.Conv1d(8, 12, 1), nn.ReLU(), nn.Dropout()), "positions"),
        (nn.Sequential(nn.Sequential(nn.Conv1d(8, 12, 1)), nn.Identity()), "positions"),
        (nn.Sequential(nn.Linear(8, 12), nn.ReLU()), "tokens"),
        (nn.Sequential(nn.ReLU()), "tokens"),
        (None, "tokens"),
    ],
)
def test_the_last_layer_of_a_sequence_decides_which_axis_is_averaged(module, pooling):
    assert choose_pooling("layer", (5, 12, 16), module) == pooling


class OwnHooks(nn.Module):
    """A module with attributes that are named like those in which torch keeps hooks."""

    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 8, 3, 2), nn.Linear(8, 1)
        self.post_hooks, self.hooks_gain = {"double": lambda values: 2 * values}, 3.0

    def forward(self, images):
        values = self.conv(images).mean((2, 3))
        for function in self.post_hooks.values():
            values = function(values)
        return self.hooks_gain * self.head(values)


def test_attributes_of_a_user_that_are_called_hooks_are_kept(small_survey):
    network = wrap(OwnHooks(), NetworkSpec(layers={"features": "conv"}, head="head"), crop_px=32)
    ids = small_survey.object_ids[:2]
    images = preprocess([small_survey.image(object_id) for object_id in ids], network.card)
    with torch.no_grad():
        expected = network(images)[:, 0].numpy()
    features = extract(network, small_survey, ids)
    assert features.predictions == pytest.approx(expected, abs=1e-6)
    network.hooks_gain = 4.0
    assert extract(network, small_survey, ids).provenance["weights_sha256"] != features.provenance["weights_sha256"]


class Hidden(nn.Module):
    """A module that isn't registered, in a dictionary."""

    def __init__(self, hidden):
        super().__init__()
        self.conv, self.hidden, self.head = nn.Conv2d(3, 8, 3, 2), {"hidden": hidden}, nn.Linear(8, 1)

    def forward(self, images):
        return self.head(self.hidden["hidden"](self.conv(images)).mean((2, 3)))


@pytest.mark.parametrize(
    "hidden",
    [nn.Dropout(0.5), nn.BatchNorm2d(8, affine=False), nn.Conv2d(8, 8, 1), nn.Sequential(nn.ReLU(), nn.Dropout())],
)
def test_hidden_modules_that_eval_does_not_reach_are_refused(hidden, small_survey):
    network = wrap(Hidden(hidden), NetworkSpec(layers={"features": "conv"}, head="head"), crop_px=32)
    with pytest.raises(ValueError, match="must register all of its modules"):
        extract(network, small_survey, small_survey.object_ids[:2])


def test_hidden_modules_without_state_may_stay(small_survey):
    network = wrap(Hidden(nn.ReLU()), NetworkSpec(layers={"features": "conv"}, head="head"), crop_px=32)
    assert extract(network, small_survey, small_survey.object_ids[:2]).predictions.shape == (2,)


def test_a_head_with_another_number_of_outputs_is_refused(small_survey):
    network = wrapped(Tokens(batch_first=True), features="block")
    network.head = nn.Linear(8, 2).eval()
    with pytest.raises(ValueError, match="one number per image"):
        extract(network, small_survey, small_survey.object_ids[:2])


class Windows(nn.Module):
    """An image, cut into 16 windows: 16 outputs of one image."""

    def forward(self, images):
        return images.unfold(2, 8, 8).unfold(3, 8, 8).permute(0, 2, 3, 1, 4, 5).flatten(0, 2)


class Spectrum(nn.Module):
    def forward(self, images):
        return torch.fft.fft2(images)


def around(module, outputs):
    """A network that computes a module's output beside its own prediction."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.odd, self.pooling, self.head = module, nn.AdaptiveAvgPool2d(1), nn.Linear(3, 1)

        def forward(self, images):
            odd = self.odd(images)
            return outputs(self.head(self.pooling(images).flatten(1)), odd)

    return Network()


def test_a_window_of_an_image_is_not_its_feature_maps(small_survey):
    network = wrapped(around(Windows(), lambda prediction, _: prediction), features="pooling")
    image = small_survey.image(small_survey.object_ids[0])
    with pytest.raises(ValueError, match="first axis must be the images"):
        feature_maps(network, image, "odd")
    assert feature_maps(network, image, "pooling").shape == (3, 1, 1)


def test_complex_outputs_lose_no_imaginary_part_silently(small_survey):
    ids = small_survey.object_ids[:2]
    with pytest.raises(ValueError, match="real numbers"):
        wrapped(around(Spectrum(), lambda prediction, _: prediction), features="odd")
    network = wrapped(around(Spectrum(), lambda prediction, _: prediction), features="pooling")
    with pytest.raises(ValueError, match="real numbers"):
        extract(network, small_survey, ids, layers=["odd"])
    with pytest.raises(ValueError, match="real numbers"):
        feature_maps(network, small_survey.image(ids[0]), "odd")
    network = wrapped(around(Spectrum(), lambda prediction, _: prediction * 1j), features="pooling")
    with pytest.raises(ValueError, match="real numbers"):
        extract(network, small_survey, ids)
