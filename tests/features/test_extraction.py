"""`extract` returns the activations of a network, also to threads that share it, and leaves no hook or state behind."""

import copy
import gc
import random
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from itertools import product

import numpy as np
import pytest
import torch
from fastai.callback.hook import hook_output
from fastai.data.transforms import IntToFloatTensor, Normalize, ToTensor
from fastai.vision.augment import CropPad, RandomCrop
from fastai.vision.core import PILImage, TensorImage
from PIL import Image
from torch import nn

import galviz
from galviz.features.cache_key import COMPUTATION
from galviz.features.extraction import extract
from galviz.network import activations
from galviz.network.activations import feature_maps
from galviz.network.builders import build_network
from galviz.network.card import file_sha256, read_card
from galviz.network.device import choose_device
from galviz.network.forward import preprocess
from galviz.network.layers import find_module
from galviz.network.model import attach_card, load_model
from galviz.network.spec import xresnet_spec
from galviz.survey.survey import SurveyError, load_survey
from tests import cards

# How many of the network's modules have been applied when a layer is there, counted in fastai's XResNet by hand.
MODULES_UP_TO = {"stem": 3, "stage1": 5, "stage2": 6, "stage3": 7, "stage4": 8, "features": 10}
MAPS = ("stem", "stage1", "stage2", "stage3", "stage4")
LAYERS = (*MAPS, "features")
SIDES = {"crop_px": 48, "pad_px": 64}
# Enough for a lock to be had or a forward pass to end on a busy machine; reached only where a test fails.
PATIENCE_S = 60


@pytest.fixture(autouse=True)
def _on_the_cpu(monkeypatch):
    """On machines with a GPU too, where float32 is rounded otherwise."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture(autouse=True)
def _generators_anywhere():
    """The global generators are at a place that no seeding within a call would lead to."""
    torch.manual_seed(20200727)
    torch.rand(1)
    random.seed(20200727)
    np.random.seed(20200727)  # noqa: NPY002


@pytest.fixture(scope="module")
def survey(make_survey):
    """Twenty galaxies, each image 56 px: wider than the crop, narrower than the padding."""
    return load_survey(make_survey(20, causes=False, side_px=56))


@pytest.fixture(scope="module")
def drawn_network():
    return draw_network()


@pytest.fixture
def network(drawn_network):
    return copy.deepcopy(drawn_network)


def close(values, expected, tolerance=1e-5):
    """Equal but for rounding, which is a share of the largest number that went into a sum."""
    np.testing.assert_allclose(values, expected, rtol=tolerance, atol=tolerance * np.abs(expected).max())


def draw_card(widen=0.125, *, crop_px=48, pad_px=64, mean=(0.11, 0.1, 0.09), std=(0.16, 0.15, 0.14)):
    sides = {"crop_px": crop_px, "pad_px": pad_px}
    checksums = {"survey_sha256": "1" * 64, "weights_sha256": "2" * 64}
    return cards.draw_card(xresnet_spec("xresnet18", widen=widen), mean=mean, std=std, **sides, **checksums)


def draw_network(seed=1, card=None):
    """A network no part of which idles: as fastai builds it, its attention and the ends of its blocks count nothing."""
    card = card or draw_card()
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        network = build_network(card.spec)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1)
                module.bias.uniform_(-0.3, 0.3)
                module.momentum = 1
            if hasattr(module, "gamma"):  # the factor of a sum over channels and places
                module.gamma.fill_(32 / (card.layers["stage1"] * card.crop_px) ** 2)
        # Statistics of a kind of sky, so that numbers stay about 1 from layer to layer.
        network(nn.functional.interpolate(torch.randn(8, 3, 7, 7), size=card.crop_px, mode="bicubic"))
    return attach_card(network, card)


def draw_images(count, side_px=40, seed=1):
    """Images that have nothing in common."""
    rng = np.random.default_rng(seed)
    return [Image.fromarray(rng.integers(0, 256, (side_px, side_px, 3), dtype=np.uint8)) for _ in range(count)]


def images_of(survey, network, object_ids=None):
    return preprocess([survey.image(object_id) for object_id in object_ids or survey.object_ids], network.card)


@torch.no_grad()
def in_turn(network, images, layer=None):
    """The output of a layer, or of the head: the network's modules applied one after the other, with no hook."""
    for module in list(network)[: MODULES_UP_TO.get(layer)]:
        images = module(images)
    return images.numpy()


def averaged(output):
    return output.mean(axis=(2, 3)) if output.ndim == 4 else output


# --- the numbers ------------------------------------------------------------------------------------------------------


def test_a_layer_is_the_output_of_the_modules_up_to_it(network, survey):
    images = images_of(survey, network)
    for layer in LAYERS:
        features = extract(network, survey, layers=[layer])
        expected = averaged(in_turn(network, images, layer))
        assert expected.std(axis=0).min() > 1e-4  # galaxies differ in every channel
        assert features.layers[layer].dtype == np.float32
        close(features.layers[layer], expected)


def test_all_layers_in_one_pass_are_what_fastai_s_hook_gets_one_at_a_time(network, survey):
    features = extract(network, survey, layers=LAYERS)
    images = images_of(survey, network)
    assert list(features.layers) == list(LAYERS)
    for layer in LAYERS:
        with hook_output(find_module(network, network.card.spec, layer), cpu=True) as hook, torch.no_grad():
            predicted = network(images)
        close(features.layers[layer], averaged(hook.stored.numpy()))
        close(features.predictions, predicted[:, 0].numpy())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_head_applied_to_the_features_is_the_prediction(network, survey, precision):
    features = extract(network, survey, precision=precision)
    head = network[-1]
    weight, bias = (values.detach().numpy().astype(np.float64) for values in (head.weight[0], head.bias[0]))
    assert features.predictions.dtype == np.float32
    assert features.predictions.std() > 0.01
    close(features.layers["features"] @ weight + bias, features.predictions)


def test_stage4_averaged_is_the_features(network, survey):
    features = extract(network, survey, layers=("stage4", "features"))
    close(features.layers["stage4"], features.layers["features"])


def test_maps_averaged_over_space_are_the_layer(network, survey):
    features = extract(network, survey, layers=MAPS)
    for layer, row in product(MAPS, (0, 13)):
        maps = feature_maps(network, survey.image(survey.object_ids[row]), layer)
        assert maps.dtype == np.float32
        close(maps, in_turn(network, images_of(survey, network), layer)[row])
        close(maps.mean(axis=(1, 2)), features.layers[layer][row])


def test_the_network_of_full_width(make_survey):
    network = draw_network(card=draw_card(1.0, crop_px=112, pad_px=144))
    survey = load_survey(make_survey(3, causes=False))
    features = extract(network, survey, layers=network.layer_names)
    assert network.layer_names == ["stem", "stage1", "stage2", "stage3", "features"]
    assert {name: values.shape for name, values in features.layers.items()} == {
        "stem": (3, 64),
        "stage1": (3, 64),
        "stage2": (3, 128),
        "stage3": (3, 256),
        "features": (3, 512),
    }
    close(features.predictions, in_turn(network, images_of(survey, network))[:, 0])
    image = survey.image(survey.object_ids[0])
    maps = {layer: feature_maps(network, image, layer) for layer in MAPS}
    assert {layer: values.shape for layer, values in maps.items()} == {
        "stem": (64, 56, 56),
        "stage1": (64, 28, 28),
        "stage2": (128, 14, 14),
        "stage3": (256, 7, 7),
        "stage4": (512, 4, 4),
    }
    close(maps["stage4"].mean(axis=(1, 2)), features.layers["features"][0])


def test_a_map_s_first_row_is_the_image_s_top(network):
    """A white square high up on the right changes the stem's maps there: row and column are half the pixel's."""
    dark = np.zeros((48, 48, 3), np.uint8)
    bright = dark.copy()
    bright[4:12, 30:38] = 255
    change = np.abs(np.subtract(*(feature_maps(network, Image.fromarray(pixels), "stem") for pixels in (dark, bright))))
    row, column = np.argwhere(change.sum(axis=0) > 0).mean(axis=0)
    assert (row, column) == pytest.approx((8 / 2, 34 / 2), abs=1)


def test_rows_are_in_the_order_of_the_given_ids(network, survey):
    whole = extract(network, survey, layers=["stage1", "features"])
    assert whole.object_ids == survey.object_ids
    order = np.random.default_rng(0).permutation(20)[:11]
    ids = [survey.object_ids[row] for row in order]
    for requested in (ids, tuple(ids), np.array(ids), iter(ids)):
        part = extract(network, survey, requested, layers=["stage1", "features"], batch_size=4)
        assert part.object_ids == ids
        close(part.predictions, whole.predictions[order])
        for layer in part.layers:
            close(part.layers[layer], whole.layers[layer][order])
    assert len(np.unique(whole.predictions)) == 20  # so that rows can't be exchanged unseen


@pytest.mark.parametrize("batch_size", [1, 7, 64])
def test_the_batch_size_changes_nothing(network, survey, batch_size):
    features = extract(network, survey, layers=LAYERS, batch_size=batch_size)
    images = images_of(survey, network)
    close(features.predictions, in_turn(network, images)[:, 0])
    for layer in LAYERS:
        close(features.layers[layer], averaged(in_turn(network, images, layer)))


def test_float32_is_exact_and_the_same_each_time_whatever_the_caller_s_autocast(network, survey):
    first = extract(network, survey, layers=LAYERS)
    maps = feature_maps(network, survey.image(survey.object_ids[0]), "stage1")
    np.testing.assert_array_equal(first.predictions, in_turn(network, images_of(survey, network))[:, 0])
    with torch.autocast("cpu", torch.bfloat16):
        second = extract(network, survey, layers=LAYERS)
        again = feature_maps(network, survey.image(survey.object_ids[0]), "stage1")
    np.testing.assert_array_equal(first.predictions, second.predictions)
    np.testing.assert_array_equal(maps, again)
    for layer in LAYERS:
        np.testing.assert_array_equal(first.layers[layer], second.layers[layer])


def test_bfloat16_is_close_to_float32_and_not_the_same(network, survey):
    exact = extract(network, survey, layers=LAYERS)
    rounded = extract(network, survey, layers=LAYERS, precision="bfloat16")
    assert (exact.provenance["precision"], rounded.provenance["precision"]) == ("float32", "bfloat16")
    assert rounded.predictions.dtype == np.float32
    for layer in LAYERS:
        assert rounded.layers[layer].dtype == np.float32
        difference = np.abs(rounded.layers[layer] - exact.layers[layer])
        # bfloat16 keeps 8 bits: a rounding is up to 0.4 %, and 19 convolutions add theirs.
        assert 0 < difference.max() < (0.01 if layer == "stem" else 0.08) * np.abs(exact.layers[layer]).max()
    close(rounded.predictions, exact.predictions, tolerance=0.08)


def test_layers_given_twice_are_extracted_once(network, survey):
    features = extract(network, survey, layers=(layer for layer in ("stem", "features", "stem")))
    assert list(features.layers) == ["stem", "features"]
    assert list(extract(network, survey, layers=[]).layers) == []


def test_no_galaxies_have_no_rows(network, survey):
    calls = []
    features = extract(network, survey, [], layers=LAYERS, progress=lambda *counts: calls.append(counts))
    assert features.object_ids == calls == []
    assert features.predictions.shape == (0,)
    assert {name: values.shape for name, values in features.layers.items()} == {
        "stem": (0, 64),
        "stage1": (0, 8),
        "stage2": (0, 16),
        "stage3": (0, 32),
        "stage4": (0, 64),
        "features": (0, 64),
    }


def test_the_provenance_of_features(tiny_card, survey):
    network = load_model(tiny_card)
    assert dict(extract(network, survey, survey.object_ids[:2]).provenance) == {
        "survey_sha256": survey.sha256,
        "card_sha256": read_card(tiny_card).sha256,
        "weights_sha256": file_sha256(tiny_card.with_suffix(".safetensors")),
        "precision": "float32",
        "computation": COMPUTATION,
        "galviz": galviz.__version__,
        "torch": version("torch"),
        "fastai": version("fastai"),
    }


# --- preparing images -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pad_px", "crop_px"), [(64, 48), (65, 48), (64, 47), (65, 47), (48, 48)])
def test_images_are_prepared_as_fastai_s_transforms_do(pad_px, crop_px):
    bare = draw_card(mean=(0, 0, 0), std=(1, 1, 1), pad_px=pad_px, crop_px=crop_px)
    card = draw_card(pad_px=pad_px, crop_px=crop_px)
    normalize = Normalize.from_stats(card.mean, card.std, cuda=False)
    pixels = np.random.default_rng(0).integers(1, 256, (200, 200, 3), dtype=np.uint8)
    sides = (1, 33, 46, 47, 48, 49, 63, 64, 65, 66, 160)
    for width, height in product(sides, sides):
        image = PILImage.create(pixels[:height, :width])
        cropped = RandomCrop(crop_px)(CropPad(pad_px)(image), split_idx=1)
        expected = IntToFloatTensor()(ToTensor()(cropped))[None]
        images = preprocess([image], bare)
        assert images.dtype == torch.float32
        assert torch.equal(images, expected.as_subclass(torch.Tensor)), (width, height)
        normalised = normalize(TensorImage(expected)).as_subclass(torch.Tensor)
        assert torch.equal(preprocess([image], card), normalised), (width, height)


def test_an_image_prepared_by_hand():
    """A single pixel of a 3 × 5 image lies in the middle of black; channels are red, green, blue."""
    pixels = np.zeros((5, 3, 3), np.uint8)
    pixels[2, 1] = 255, 102, 51
    card = draw_card(mean=(0.5, 0.4, 0.1), std=(0.5, 0.2, 0.1), crop_px=33, pad_px=35)
    images = preprocess([Image.fromarray(pixels)], card)
    expected = np.tile(np.float32([-1, -2, -1])[:, None, None], (1, 1, 33, 33))
    expected[0, :, 16, 16] = 1, 0, 1
    np.testing.assert_allclose(images, expected, atol=1e-6)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_padding_of_a_small_image_is_black_in_any_mode(network, mode):
    small = Image.new("RGB", (20, 20), (200, 100, 50)).convert(mode)
    assert torch.equal(preprocess([small], network.card), preprocess([small.convert("RGB")], network.card))


def test_images_of_unlike_sizes_make_one_batch(network):
    images = [image for side_px in (30, 47, 48, 64, 99) for image in draw_images(1, side_px)]
    together = preprocess(images, network.card)
    assert together.shape == (5, 3, 48, 48)
    for image, row in zip(images, together, strict=True):
        assert torch.equal(preprocess([image], network.card)[0], row)


# --- nothing stays behind ---------------------------------------------------------------------------------------------


class Cancelled(Exception):
    """What a page raises in `progress` when its student leaves."""


def state_of(network):
    """All of a network that somebody could see: its tensors, and of each module its attributes, hooks and modes."""
    tensors = {name: values.clone() for name, values in network.state_dict().items()}
    parameters = [(id(p), p.data_ptr(), p.requires_grad, p.grad) for p in network.parameters()]
    modules = {}
    for name, module in network.named_modules():
        gradient = vars(module)
        hooks = {key: dict(value) for key, value in gradient.items() if "hooks" in key and isinstance(value, dict)}
        modules[name] = (type(module), list(gradient), module.training, hooks)
    return tensors, (parameters, modules, network.card, network.layer_names)


def state_around():
    """What of torch, NumPy and Python a call could change for everything else around it."""
    return (
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"),
        torch.get_autocast_dtype("cpu"),
        torch.is_autocast_cache_enabled(),
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.get_rng_state().tolist(),
        np.random.get_state()[1].tolist(),  # noqa: NPY002 (the global state is what must not change)
        random.getstate(),
    )


def assert_unchanged(network, before):
    (tensors, rest), (tensors_before, rest_before) = state_of(network), before
    assert tensors.keys() == tensors_before.keys()
    assert all(torch.equal(values, tensors_before[name]) for name, values in tensors.items())
    assert rest == rest_before


def fails_in(module, error, *, at_call):
    """Have a module raise at its nth call (from 1); returns the handle."""
    calls = []

    def fail(module, inputs):
        calls.append(1)
        if len(calls) == at_call:
            raise error

    return module.register_forward_pre_hook(fail)


def cancel_at(count, error):
    def progress(done, total):
        if done >= count:
            raise error

    return progress


SURROUNDINGS = {
    "as it comes": torch.enable_grad,
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": partial(torch.autocast, "cpu", torch.bfloat16),
}


@pytest.mark.parametrize(
    ("surroundings", "precision"),
    [
        *((name, "float32") for name in SURROUNDINGS),
        *((name, "bfloat16") for name in ("as it comes", "autocast")),
    ],
)
def test_nothing_stays_behind_after_success(network, survey, surroundings, precision):
    with SURROUNDINGS[surroundings]():
        before, around = state_of(network), state_around()
        extract(network, survey, layers=LAYERS, batch_size=8, precision=precision)
        feature_maps(network, survey.image(survey.object_ids[0]), "stage2")
        assert_unchanged(network, before)
        assert state_around() == around


@pytest.mark.parametrize(
    ("surroundings", "error"),
    [
        *((name, Cancelled("left")) for name in SURROUNDINGS),
        ("as it comes", KeyboardInterrupt()),
        ("as it comes", RuntimeError("out of memory")),
    ],
    ids=str,
)
def test_nothing_stays_behind_after_an_error(network, survey, surroundings, error):
    whole = extract(network, survey)
    image = survey.image(survey.object_ids[0])
    with SURROUNDINGS[surroundings]():
        before, around = state_of(network), state_around()
        # from progress, in the middle
        with pytest.raises(type(error)) as caught:
            extract(network, survey, layers=LAYERS, batch_size=8, progress=cancel_at(8, error))
        assert caught.value is error
        assert_unchanged(network, before)
        assert state_around() == around
        # inside the second forward pass, when some hooks have run and others haven't
        broken = fails_in(network[6], error, at_call=2)
        with pytest.raises(type(error)) as caught:
            extract(network, survey, layers=LAYERS, batch_size=8, precision="bfloat16")
        broken.remove()
        assert caught.value is error
        assert_unchanged(network, before)
        broken = fails_in(network[6], error, at_call=1)
        with pytest.raises(type(error)) as caught:
            feature_maps(network, image, "stage1")
        broken.remove()
        assert caught.value is error
        assert_unchanged(network, before)
        assert state_around() == around
    # The turn was given back too, else this would wait for ever.
    np.testing.assert_array_equal(extract(network, survey).predictions, whole.predictions)


def test_nothing_stays_behind_after_a_broken_image_in_the_middle(network, make_survey):
    survey = load_survey(make_survey(20, causes=False, side_px=56))
    object_id = survey.object_ids[11]
    (survey.folder / "images" / f"{object_id}.jpg").write_bytes(b"<html>")
    before, around, counts = state_of(network), state_around(), []
    with pytest.raises(SurveyError, match=f"{object_id}.jpg: it has changed since the survey was loaded"):
        extract(network, survey, batch_size=4, progress=lambda *count: counts.append(count))
    assert counts == [(4, 20), (8, 20)]
    assert_unchanged(network, before)
    assert state_around() == around


def test_a_missing_image_is_refused_before_the_first_batch(network, make_survey):
    """Even one that isn't asked for, if it was never read: the features' provenance couldn't be said."""
    survey = load_survey(make_survey(3, causes=False, side_px=56), verify=False)
    (survey.folder / "images" / f"{survey.object_ids[2]}.jpg").unlink()
    counts = []
    with pytest.raises(SurveyError, match=f"{survey.object_ids[2]}.jpg: there is no such file"):
        extract(network, survey, survey.object_ids[:2], progress=lambda *count: counts.append(count))
    assert counts == []


def test_nothing_stays_behind_when_a_hook_fails(network, survey, monkeypatch):
    before = state_of(network)

    def only_the_stem(network, spec, layer):
        if layer != "stem":
            raise MemoryError
        return find_module(network, spec, layer)

    monkeypatch.setattr(activations, "find_module", only_the_stem)
    with pytest.raises(MemoryError):
        extract(network, survey, layers=LAYERS)
    assert_unchanged(network, before)


def test_the_hooks_of_others_stay_and_are_called(network, survey):
    seen = []
    handle = network[5].register_forward_hook(lambda module, inputs, output: seen.append(len(output)))
    extract(network, survey, layers=["stage2"], batch_size=15)
    assert seen == [15, 5]
    assert list(network[5]._forward_hooks) == [handle.id]


def test_a_network_without_other_references_is_freed(survey):
    network = draw_network()
    extract(network, survey, survey.object_ids[:3], layers=LAYERS)
    feature_maps(network, survey.image(survey.object_ids[0]), "stem")
    watched = weakref.ref(network)
    del network
    gc.collect()
    assert watched() is None


def test_gradients_are_neither_kept_nor_lost(network, survey):
    """Grad-CAM works on a network before and after extraction, and a caller's gradients are left as they are."""
    images = images_of(survey, network, survey.object_ids[:2])
    network(images).sum().backward()
    gradients = [parameter.grad.clone() for parameter in network.parameters()]
    extract(network, survey)
    assert all(torch.equal(p.grad, gradient) for p, gradient in zip(network.parameters(), gradients, strict=True))
    network.zero_grad()
    network(images).sum().backward()
    assert all(torch.equal(p.grad, gradient) for p, gradient in zip(network.parameters(), gradients, strict=True))


def test_progress_counts_galaxies(network, survey):
    counts = []
    extract(network, survey, batch_size=7, progress=lambda *count: counts.append(count))
    assert counts == [(7, 20), (14, 20), (20, 20)]
    counts.clear()
    extract(network, survey, survey.object_ids[:3], progress=lambda *count: counts.append(count))
    assert counts == [(3, 3)]


def test_cancelling_stops_before_the_next_batch(network, survey):
    passes = []
    handle = network[0].register_forward_pre_hook(lambda module, inputs: passes.append(len(inputs[0])))
    with pytest.raises(Cancelled):
        extract(network, survey, batch_size=3, progress=cancel_at(6, Cancelled()))
    handle.remove()
    assert passes == [3, 3]


# --- threads that share a network -------------------------------------------------------------------------------------


def with_another_in_between(network, read, other):
    """Do `read()`; while its forward pass is at the head, another thread does `other()` from beginning to end.

    No luck is needed: this thread waits in the middle of its pass until the other has ended.
    """
    this = threading.get_ident()
    with ThreadPoolExecutor(1) as pool:

        def gate(module, inputs):
            if threading.get_ident() == this:
                pool.submit(other).result(PATIENCE_S)

        handle = network[-1].register_forward_pre_hook(gate)
        try:
            return read()
        finally:
            handle.remove()


def maps_by_a_naive_hook(network, image, layer):
    with hook_output(find_module(network, network.card.spec, layer)) as hook:
        predict(network, image)
        return hook.stored[0].numpy()


@torch.no_grad()
def predict(network, image):
    return network(preprocess([image], network.card))


@pytest.mark.parametrize("layer", ["stem", "stage3"])
@pytest.mark.parametrize("other_layers", [[], list(LAYERS)], ids=["bare", "hooked"])
def test_a_naive_hook_has_another_thread_s_galaxy_and_ours_its_own(network, layer, other_layers):
    own_image, other_image = draw_images(2)
    my_maps, their_maps = (
        in_turn(network, preprocess([image], network.card), layer)[0] for image in (own_image, other_image)
    )
    assert np.abs(my_maps - their_maps).max() > 0.01

    def other():
        hooks = [hook_output(find_module(network, network.card.spec, name)) for name in other_layers]
        predict(network, other_image)
        for hook in hooks:
            hook.remove()

    naive = with_another_in_between(network, partial(maps_by_a_naive_hook, network, own_image, layer), other)
    np.testing.assert_array_equal(naive, their_maps)  # wrong, in silence
    result = with_another_in_between(network, partial(feature_maps, network, own_image, layer), other)
    np.testing.assert_array_equal(result, my_maps)


@pytest.mark.parametrize("layer", ["stem", "features"])
def test_extract_has_its_own_galaxies_when_another_comes_between(network, survey, layer):
    expected = extract(network, survey, layers=[layer], batch_size=8)
    (other_image,) = draw_images(1)
    result = with_another_in_between(
        network,
        lambda: extract(network, survey, layers=[layer], batch_size=8),
        lambda: predict(network, other_image),
    )
    np.testing.assert_array_equal(result.layers[layer], expected.layers[layer])
    np.testing.assert_array_equal(result.predictions, expected.predictions)


def test_a_bare_call_is_right_in_the_midst_of_an_extraction(network, survey):
    (other_image,) = draw_images(1)
    expected, outputs = predict(network, other_image), []
    for precision in ("float32", "bfloat16"):
        read = partial(extract, network, survey, layers=LAYERS, batch_size=8, precision=precision)
        with_another_in_between(network, read, lambda: outputs.append(predict(network, other_image)))
    assert len(outputs) == 6
    assert all(torch.equal(output, expected) for output in outputs)


def test_an_extraction_waits_for_its_turn_and_not_for_that_on_another_network(network, survey):
    other_network = draw_network(seed=2)
    image = survey.image(survey.object_ids[0])
    expected = {id(module): feature_maps(module, image, "stage1") for module in (network, other_network)}
    order, waiting = [], []
    with ThreadPoolExecutor(2) as pool:

        def record_maps_of(module):
            maps = feature_maps(module, image, "stage1")
            order.append("other")
            return maps

        def in_between():
            maps_of_other = pool.submit(record_maps_of, other_network).result(PATIENCE_S)
            np.testing.assert_array_equal(maps_of_other, expected[id(other_network)])
            waiting.append(pool.submit(record_maps_of, network))
            time.sleep(0.2)  # time enough to get wrong what must wait
            order.append("still mine")

        maps = with_another_in_between(network, partial(feature_maps, network, image, "stage1"), in_between)
        np.testing.assert_array_equal(maps, expected[id(network)])
        np.testing.assert_array_equal(waiting[0].result(PATIENCE_S), expected[id(network)])
    assert order == ["other", "still mine", "other"]


def test_extractions_whose_batches_alternate_have_their_own_galaxies(network, survey):
    """Three threads ask for other layers of the galaxies, each in an order of its own, and wait after every batch."""
    orders = [survey.object_ids, survey.object_ids[::-1], survey.object_ids[7:] + survey.object_ids[:7]]
    requested = [("stage1", "features"), ("stem", "stage3"), ("stage1", "stage4")]
    by_three = partial(extract, network, survey, batch_size=3)
    expected = [by_three(ids, layers=layers) for ids, layers in zip(orders, requested, strict=True)]
    together, passes, counts = threading.Barrier(3), [], []

    def session(ids, layers):
        def progress(done, total):
            counts.append(done)
            together.wait(PATIENCE_S)

        return by_three(ids, layers=layers, progress=progress)

    before = state_of(network)
    handle = network[0].register_forward_pre_hook(lambda module, inputs: passes.append(threading.get_ident()))
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(session, orders, requested))
    handle.remove()
    assert counts == sorted(counts)
    assert all(len(set(passes[start : start + 3])) == 3 for start in range(0, len(passes), 3))
    for features, expected_features in zip(results, expected, strict=True):
        assert features.object_ids == expected_features.object_ids
        np.testing.assert_array_equal(features.predictions, expected_features.predictions)
        for layer in expected_features.layers:
            np.testing.assert_array_equal(features.layers[layer], expected_features.layers[layer])
    assert_unchanged(network, before)


@pytest.mark.slow
def test_eight_threads_at_a_time_and_a_ninth_that_uses_no_hook(make_survey):
    """Each extracts other layers of changing galaxies; every result equals the single-threaded one bit for bit.

    benchmarks/threads.py does the same 200 times per thread, with several networks.
    """
    n_extractions = 10
    survey = load_survey(make_survey(6, causes=False, side_px=40))
    ids = survey.object_ids
    network = draw_network(card=draw_card(1 / 16, crop_px=24, pad_px=40))
    images = [survey.image(object_id) for object_id in ids]
    prepared = [preprocess([image], network.card) for image in images]

    def alone():
        maps = {layer: [feature_maps(network, image, layer) for image in images] for layer in MAPS}
        rows = [extract(network, survey, [object_id], layers=LAYERS) for object_id in ids]
        with torch.no_grad():
            return maps, rows, [network(images) for images in prepared]

    # In a thread as well, as how many cores torch uses is a thread's own affair.
    with ThreadPoolExecutor(1) as pool:
        maps, rows, bare = pool.submit(alone).result()
    assert all(np.abs(maps["stage1"][0] - others).max() > 0.01 for others in maps["stage1"][1:])
    ready, over, wrong, right = threading.Barrier(9), threading.Event(), [], []

    def reads_maps(layer, number):
        galaxy = number % len(ids)
        return np.array_equal(feature_maps(network, images[galaxy], layer), maps[layer][galaxy])

    def reads_rows(layers, number):
        galaxy = number % len(ids)
        features = extract(network, survey, [ids[galaxy]], layers=layers)
        same = all(np.array_equal(features.layers[layer], rows[galaxy].layers[layer]) for layer in layers)
        return same and np.array_equal(features.predictions, rows[galaxy].predictions)

    def session(first, read):
        ready.wait(PATIENCE_S)
        for number in range(first, first + n_extractions):
            (right if read(number) else wrong).append(read)

    def uses_no_hook():
        ready.wait(PATIENCE_S)
        number = 0
        while not over.wait(0.005):
            number += 1
            with torch.no_grad():
                same = torch.equal(network(prepared[number % len(ids)]), bare[number % len(ids)])
            (right if same else wrong).append("bare")
        return number

    sessions = [partial(reads_maps, layer) for layer in MAPS]
    sessions += [partial(reads_rows, layers) for layers in (["features"], ["stage1"], ["stem", "stage3"])]
    before = state_of(network)
    switches = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        with ThreadPoolExecutor(9) as pool:
            ninth = pool.submit(uses_no_hook)
            try:
                list(pool.map(session, range(8), sessions))
            finally:
                over.set()
    finally:
        sys.setswitchinterval(switches)
    assert wrong == []
    assert len(right) == 8 * n_extractions + ninth.result()
    assert ninth.result() > 20
    assert_unchanged(network, before)


# --- invalid arguments -----------------------------------------------------------------------------------------------


def refused(message, call, *arguments, **options):
    """A ValueError whose one sentence (and a remedy) matches."""
    with pytest.raises(ValueError, match=message) as caught:
        call(*arguments, **options)
    assert "\n" not in str(caught.value)


def test_a_network_in_training_mode_is_refused(network, survey):
    image = survey.image(survey.object_ids[0])
    sentence = r"network must be in eval mode.*Call network\.eval\(\)"
    network.train()
    before = state_of(network)
    refused(sentence, extract, network, survey)
    refused(sentence, feature_maps, network, image, "stem")
    assert_unchanged(network, before)
    network.eval()
    network[6][1].convpath[0][1].train()  # a single batch norm would use the batch's statistics
    before = state_of(network)
    refused(sentence, extract, network, survey)
    refused(sentence, feature_maps, network, image, "stem")
    assert_unchanged(network, before)
    network.eval()
    extract(network, survey)


def test_training_mode_is_refused_before_later_batches_too(network, survey):
    with pytest.raises(ValueError, match="network must be in eval mode"):
        extract(network, survey, batch_size=8, progress=lambda done, total: network.train())


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (
            ["stem", "stage5"],
            r"layer must be one of stem, .*, features, stage4, or the path of a module.*; got 'stage5'",
        ),
        ("features", "layers must be a list of names.*got 'features'"),
        ("", "layers must be a list of names.*got ''"),
        (["Features"], "layer must be one of stem, .*; got 'Features'"),
        ([None], "layers must be a list of names"),
    ],
)
def test_unknown_layers_are_refused(network, survey, layers, message):
    refused(message, extract, network, survey, layers=layers)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ("features", "layer must have feature maps, such as stem, .*, stage4; got 'features', whose output"),
        ("stage5", "layer must be one of stem, stage1, stage2, stage3, features, stage4, or .*; got 'stage5'"),
        (["stem"], r"layers must be a list of names; got \[\['stem'\]\]"),
        (None, r"layers must be a list of names; got \[None\]"),
    ],
)
def test_layers_without_maps_are_refused(network, layer, message):
    refused(message, feature_maps, network, draw_images(1)[0], layer)


def test_invalid_ids_are_refused_before_the_first_batch(network, survey):
    known = survey.object_ids
    sent = []
    network[0].register_forward_pre_hook(lambda module, inputs: sent.append(1))
    near = f"object_id must be one of the survey's 20 ids; got '{known[3]}7', which is close to .*{known[3]}"
    refused(near, extract, network, survey, [*known, known[3] + "7"], batch_size=2)
    refused("type int: ids are strings", extract, network, survey, [int(known[0])])
    refused("without duplicates; got 3 of which 2 differ", extract, network, survey, [known[0], known[1], known[0]])
    refused("object_ids must be a list of ids", extract, network, survey, known[0])
    refused("object_ids must be a list of ids", extract, network, survey, "")
    assert sent == []


@pytest.mark.parametrize("batch_size", [0, 2.0, None])
def test_invalid_batch_sizes_are_refused(network, survey, batch_size):
    message = f"batch_size must be a whole number of at least 1; got {batch_size!r}"
    refused(message, extract, network, survey, batch_size=batch_size)


@pytest.mark.parametrize("precision", ["float16", None, torch.bfloat16])
def test_other_precisions_are_refused(network, survey, precision):
    message = f"precision must be one of float32, bfloat16; got {precision!r}"
    refused(message, extract, network, survey, precision=precision)


# The last of them is the first GPU that a machine hasn't.
@pytest.mark.parametrize("device", ["gpu", "", "meta", -1, f"cuda:{torch.cuda.device_count()}"])
def test_unavailable_devices_are_refused(network, survey, device):
    message = f"device must be available to torch, such as 'cpu'; got {device!r}"
    refused(message, choose_device, device)
    refused(message, extract, network, survey, device=device)
    refused(message, feature_maps, network, draw_images(1)[0], "stem", device=device)


def test_the_device_chosen_is_the_fastest_there_is(monkeypatch):
    assert choose_device() == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device() == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device() == torch.device("cuda")
    assert choose_device("cpu") == choose_device(torch.device("cpu")) == torch.device("cpu")


def test_a_network_without_a_card_is_refused(survey):
    bare = build_network(xresnet_spec("xresnet18", widen=0.125)).eval()
    message = "network must have a model card.*got XResNet without one. Use galviz.load_model, or galviz.wrap"
    refused(message, extract, bare, survey)
    refused(message, feature_maps, bare, draw_images(1)[0], "stem")
    bare.card = "xresnet34"
    refused(message, extract, bare, survey)
