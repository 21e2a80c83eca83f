"""The network in parts: its table by arithmetic, its layers by NumPy, and the effects of training mode."""

import threading

import numpy as np
import pytest
import torch

from galviz.features.extraction import extract
from galviz.network.activations import feature_maps
from galviz.network.anatomy import MAPS
from galviz.network.builders import build_network
from galviz.network.inspection import attention_gamma, compare_modes, record_maps, summarise_layers
from galviz.network.model import attach_card, load_model
from galviz.network.weights import read_first_kernels
from galviz.survey.survey import load_survey
from lessons.network.by_hand import convolve
from tests.cards import draw_card


@pytest.fixture(scope="module")
def network():
    return load_model()


@pytest.fixture(scope="module")
def survey():
    return load_survey()


@pytest.fixture(scope="module")
def maps(network, survey):
    return record_maps(network, survey.image(survey.object_ids[0]))


def mish(x):
    return x * np.tanh(np.log1p(np.exp(x)))


# The table


def test_parameters_by_arithmetic(network):
    def convolution(before, after, side=3):
        return before * after * side**2 + 2 * after  # and two numbers a channel for its batch norm

    def stage(before, after, blocks):
        first = convolution(before, after) + convolution(after, after)
        shortcut = convolution(before, after, 1) if before != after else 0
        return first + shortcut + (blocks - 1) * 2 * convolution(after, after)

    rows = summarise_layers(network.card)
    attention = 64 * 64 + 1  # a matrix, and gamma
    assert [row.parameters for row in rows] == [
        *(convolution(3, 32), convolution(32, 32), convolution(32, 64), 0),
        *(stage(64, 64, 3) + attention, stage(64, 128, 4), stage(128, 256, 6), stage(256, 512, 3)),
        *(0, 0, 0, 513),
    ]
    assert sum(row.parameters for row in rows) == sum(values.numel() for values in network.parameters())


def test_shapes_and_names(network):
    rows = {row.name: row for row in summarise_layers(network.card) if row.name}
    assert list(rows) == ["stem", "stage1", "stage2", "stage3", "stage4", "features"]
    assert [row.shape for row in rows.values()] == [
        *((64, 56, 56), (64, 28, 28), (128, 14, 14), (256, 7, 7), (512, 4, 4), (512,)),
    ]
    assert [row.blocks for row in rows.values()] == [0, 3, 4, 6, 3, 0]


# Its parts, of one galaxy


def test_all_maps_are_recorded_and_layers_are_those_of_hooks(network, survey, maps):
    assert list(maps) == list(MAPS)
    image = survey.image(survey.object_ids[0])
    for layer in ("stem", "stage1", "stage2", "stage3", "stage4"):
        np.testing.assert_array_equal(maps[layer], feature_maps(network, image, layer))


def test_a_residual_block_adds_to_its_input(maps):
    expected = mish(maps["block/input"] + maps["block/branch"])
    np.testing.assert_allclose(maps["block/output"], expected, atol=1e-5)


def test_the_pooled_stem_goes_into_the_first_block(maps):
    stem = np.pad(maps["stem"], ((0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(stem, (3, 3), axis=(1, 2))[:, ::2, ::2]
    np.testing.assert_array_equal(maps["block/input"], windows.max(axis=(3, 4)))


def test_self_attention_is_the_formula_of_the_text(network, maps):
    attention = network[4][-1].convpath[-1]
    matrix = attention.conv.weight.detach().numpy()[:, :, 0]
    x = maps["attention/input"].reshape(64, -1).astype(float)
    mixture = attention_gamma(network) * (x @ x.T) @ (matrix @ x)
    scale = np.abs(mixture).max()
    np.testing.assert_allclose(maps["attention/mixture"].reshape(64, -1), mixture, atol=1e-4 * scale)
    np.testing.assert_allclose(
        maps["attention/output"], maps["attention/input"] + maps["attention/mixture"], atol=1e-5 * scale
    )


def test_a_convolution_by_hand_is_the_networks(network, survey):
    from galviz.network.forward import preprocess

    images = preprocess([survey.image(survey.object_ids[0])], network.card)
    with torch.no_grad():
        expected = network[0][0](images)[0].numpy()
    kernels = read_first_kernels()
    numbers = images[0].permute(1, 2, 0).numpy()
    for place in (0, 7, 31):
        np.testing.assert_allclose(convolve(numbers, kernels[place]), expected[place], atol=1e-4)


def test_a_convolution_of_known_output():
    numbers = np.zeros((6, 6, 3))
    numbers[2, 2] = [1.0, 10.0, 100.0]
    kernel = np.arange(27.0).reshape(3, 3, 3)
    # Only the window about row 2, column 2 of the image meets the pixel with its middle: place (1, 1) at stride 2.
    output = convolve(numbers, kernel)
    assert output.shape == (3, 3)
    assert output[1, 1] == 4 + 10 * 13 + 100 * 22
    assert np.count_nonzero(output) == 1


def test_threads_that_share_a_network_record_their_own_maps(network, survey):
    ids = survey.object_ids[:3]
    expected = [record_maps(network, survey.image(one)) for one in ids]
    seen = {}

    def look(place):
        for _ in range(2):
            seen[place] = record_maps(network, survey.image(ids[place]))

    threads = [threading.Thread(target=look, args=(place,)) for place in range(len(ids))]
    for thread in threads:
        thread.start()
    extract(network, survey, ids, layers=["stage1"])
    for thread in threads:
        thread.join()
    for place in range(len(ids)):
        for name in MAPS:
            np.testing.assert_allclose(seen[place][name], expected[place][name], atol=1e-4)
    assert not any(module._forward_hooks for module in network.modules())


# Training mode


@pytest.fixture(scope="module")
def tiny():
    card = draw_card(mean=(0.1, 0.1, 0.1))
    return attach_card(build_network(card.spec, seed=3), card)


def test_training_mode_depends_on_the_batch_and_changes_statistics(tiny, survey):
    images = [survey.image(one) for one in survey.object_ids[:6]]
    before = {name: values.clone() for name, values in tiny.state_dict().items()}
    effect = compare_modes(tiny, images, passes=2)
    np.testing.assert_allclose(effect.eval_alone, effect.eval_together, atol=1e-5)
    expected = extract(tiny, survey, survey.object_ids[:6]).predictions
    np.testing.assert_allclose(effect.eval_together, expected, atol=1e-5)
    assert np.abs(effect.train_together - effect.eval_together).max() > 1e-3
    assert np.abs(effect.train_halves - effect.train_together).max() > 1e-3
    assert np.abs(effect.eval_after - effect.eval_together).max() > 1e-3
    assert not tiny.training
    assert all(torch.equal(values, before[name]) for name, values in tiny.state_dict().items())
