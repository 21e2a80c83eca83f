"""The network is fastai's own, its weights are saved and loaded, and files that are not its weights are refused."""

import json
import os
import pickle
import re
import struct
from dataclasses import replace

import numpy as np
import pytest
import torch
from fastai.layers import Mish
from fastai.vision.models.xresnet import xresnet18, xresnet34
from safetensors.torch import load as load_tensors
from safetensors.torch import load_file, save_file
from safetensors.torch import save as save_tensors

from galviz.network import model as model_module
from galviz.network.builders import build_network
from galviz.network.card import CardError, read_card, write_card
from galviz.network.forward import forward
from galviz.network.layers import find_module
from galviz.network.model import attach_card, load_model
from galviz.network.networkfiles import write_weights
from galviz.network.spec import xresnet_spec
from galviz.network.state import read_weights
from tests.cards import TINY, card_for, channels_of

# Layer: channels and side of its output for 112 px, as the paper's figures and the tutorial's summary have them.
SHAPES = {"stem": (64, 56), "stage1": (64, 28), "stage2": (128, 14), "stage3": (256, 7), "stage4": (512, 4)}


def fastai_xresnet(build=xresnet34, widen=1.0):
    return build(n_out=1, sa=True, act_cls=Mish, widen=widen)


SPEC = xresnet_spec()


def network_with_statistics(spec, seed=1):
    """A network whose batch norms have seen something, in eval mode."""
    torch.manual_seed(seed)
    network = build_network(spec)
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(8, 3, 64, 64) * 2 + 1)
    return network.eval()


def predict(network, side_px=64, seed=2):
    with torch.no_grad():
        return network(torch.randn(4, 3, side_px, side_px, generator=torch.Generator().manual_seed(seed)))


@pytest.fixture(scope="module")
def network():
    return network_with_statistics(TINY)


@pytest.fixture
def weights(network, tmp_path):
    """A tiny network's weights, with their card beside them."""
    path = tmp_path / "tiny.safetensors"
    write_weights(network, path)
    write_card(card_for(path), tmp_path / "tiny.json")
    return path


def refused(path, *, mentions, load=load_model):
    """The error message for files that can't be used: one line, with the name of the file at fault."""
    with pytest.raises(CardError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(mentions) in message
    return message


def rewrite(weights, change):
    """Change the tensors of a weights file, and have its card agree with the new file."""
    save_file(change(tensors_in(weights)), weights)
    write_card(card_for(weights), weights.with_suffix(".json"))


def tensors_in(path):
    """What a file holds, in memory of its own: `load_file` maps the file, and changes when it is written anew."""
    return load_tensors(path.read_bytes())


# --- the network ------------------------------------------------------------------------------------------------------


def test_it_is_the_tutorial_s_network():
    torch.manual_seed(3)
    expected = fastai_xresnet()
    torch.manual_seed(3)
    built = build_network()
    assert list(built.state_dict()) == list(expected.state_dict())
    for name, values in expected.state_dict().items():
        torch.testing.assert_close(built.state_dict()[name], values, rtol=0, atol=0)
    assert [str(module) for module in built] == [str(module) for module in expected]
    assert torch.equal(predict(built.eval()), predict(expected.eval()))
    assert [name for name, _ in built.named_parameters()] == [name for name, _ in expected.named_parameters()]


def test_a_seed_gives_the_same_network_and_leaves_the_generator_alone():
    torch.manual_seed(5)
    first, after = build_network(TINY, seed=3), torch.rand(1)
    torch.manual_seed(3)
    second = build_network(TINY)
    third = build_network(TINY)
    assert torch.equal(first[-1].weight, second[-1].weight)
    assert torch.equal(predict(first), predict(second))
    assert not torch.equal(second[-1].weight, third[-1].weight)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(1), after)


def test_it_is_built_in_training_mode_with_one_output_per_label():
    network = build_network(TINY)
    assert network.training
    assert predict(network).shape == (4, 1)
    assert predict(build_network(xresnet_spec("xresnet18", widen=0.125, n_out=3))).shape == (4, 3)


def test_layers_have_the_channels_and_sides_of_the_paper():
    network = build_network().eval()
    outputs = {}
    for layer in ("stem", "stage1", "stage2", "stage3", "stage4", "features"):
        find_module(network, SPEC, layer).register_forward_hook(
            lambda module, inputs, output, layer=layer: outputs.setdefault(layer, output)
        )
    predicted = predict(network, 112)
    for layer, (channels, side_px) in SHAPES.items():
        assert outputs[layer].shape == (4, channels, side_px, side_px), layer
    # The order of execution is the order of the names, and the features are what the head, a linear layer, is given.
    assert list(outputs) == ["stem", "stage1", "stage2", "stage3", "stage4", "features"]
    assert outputs["features"].shape == (4, 512)
    torch.testing.assert_close(outputs["features"], outputs["stage4"].mean(dim=(2, 3)))
    assert torch.equal(predicted, outputs["features"] @ network[-1].weight.T + network[-1].bias)
    # The stem ends where the pooling, which is no layer of ours, begins; the tutorial's features are learn.model[-3].
    assert isinstance(network[3], torch.nn.MaxPool2d)
    assert find_module(network, SPEC, "stem") is network[2]
    assert find_module(network, SPEC, "features") is network[-3]


def test_an_unknown_layer_is_refused():
    with pytest.raises(ValueError, match=r"layer must be one of stem, stage1, .*, features, .*; got 'stage5'\."):
        find_module(build_network(TINY), TINY, "stage5")


@pytest.mark.parametrize("autocast_dtype", [torch.bfloat16, None])
def test_predictions_are_computed_in_the_given_precision(autocast_dtype):
    images = torch.randn(16, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    shifted = network_with_statistics(TINY)
    shifted[-1].bias.data.fill_(8.8)  # where bfloat16 has steps of 1/16
    with torch.no_grad():
        exact = shifted(images)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast_dtype is not None):
            plain, reduced = (forward(shifted, images, precision, "11") for precision in ("float32", "bfloat16"))
    assert plain.dtype == reduced.dtype == torch.float32
    assert torch.equal(plain, exact)
    difference = (reduced - exact).abs()
    assert 0 < difference.max() < 0.03
    assert difference.mean() < 0.01


# --- there and back ---------------------------------------------------------------------------------------------------


def test_parameters_are_float16_and_buffers_as_they_were(network, weights):
    file, state = tensors_in(weights), network.state_dict()
    parameters = dict(network.named_parameters())
    assert set(file) == set(state)
    for name, values in file.items():
        expected = state[name].half() if name in parameters else state[name]
        assert values.dtype == expected.dtype, name
        assert torch.equal(values, expected), name
    # both kinds of buffer that float16 would spoil are among them
    kinds = {name.rpartition(".")[2] for name in set(state) - set(parameters)}
    assert kinds == {"running_mean", "running_var", "num_batches_tracked", "weight_u", "weight_v"}


def test_buffers_beyond_float16_are_saved_exactly(tmp_path):
    network = build_network(TINY)
    variances = {name: values for name, values in network.named_buffers() if name.endswith("running_var")}
    for number, values in enumerate(variances.values()):
        values.fill_(1e-12 if number % 2 else 1e6)
    write_weights(network, tmp_path / "extreme.safetensors")
    file = read_weights(tmp_path / "extreme.safetensors")
    for name, values in variances.items():
        assert torch.equal(file[name], values)


def test_loading_gives_the_network_back_within_float16(network, weights):
    loaded = load_model(weights)
    parameters = dict(network.named_parameters())
    for name, values in loaded.state_dict().items():
        assert values.device.type == "cpu"
        assert values.dtype == network.state_dict()[name].dtype
        if name in parameters:
            # float16 has 11 bits of precision, and below 2^-14 steps of 2^-24
            torch.testing.assert_close(values, network.state_dict()[name], rtol=2**-11, atol=2**-25)
        else:
            assert torch.equal(values, network.state_dict()[name])
    assert not torch.equal(predict(loaded), predict(network))
    torch.testing.assert_close(predict(loaded), predict(network), rtol=5e-3, atol=5e-3)


def test_plain_fastai_loads_the_file(weights):
    plain = fastai_xresnet(xresnet18, TINY.options["widen"])
    plain.load_state_dict(load_file(weights))
    assert {values.dtype for values in plain.parameters()} == {torch.float32}
    assert torch.equal(predict(plain.eval()), predict(load_model(weights)))


def test_saving_a_loaded_network_gives_the_same_file(weights):
    content = weights.read_bytes()
    write_weights(load_model(weights), weights)
    assert weights.read_bytes() == content


@pytest.mark.parametrize(("mean", "std"), [(2.45e6, 20.0), (6.8e-11, 1e-11), (8.7, 0.24)])
def test_the_label_s_scale_is_in_the_head_of_a_loaded_network_and_not_in_its_file(weights, mean, std):
    plain, content = load_model(weights), weights.read_bytes()
    write_card(card_for(weights, label_mean=mean, label_std=std), weights.with_suffix(".json"))
    scaled = load_model(weights)
    expected = predict(plain).double() * std + mean
    step = np.spacing(np.float32(mean))
    torch.testing.assert_close(predict(scaled).double(), expected, rtol=0, atol=2 * step + 1e-5 * std)
    write_weights(scaled, weights)
    for name, values in tensors_in(weights).items():
        # the bias was float32 in the label's unit
        atol = step / std + 2**-24 if name == "11.bias" else 0
        torch.testing.assert_close(values, load_tensors(content)[name], rtol=0, atol=atol)


def test_a_scale_that_takes_the_head_beyond_float32_is_refused(weights):
    rewrite(weights, lambda state: state | {"11.bias": torch.tensor([1e10])})
    write_card(card_for(weights, label_std=1e30), weights.with_suffix(".json"))
    assert "have a value that isn't finite, in 11.bias." in refused(weights, mentions=weights)


def test_a_named_pipe_is_refused_at_once(weights):
    weights.unlink()
    os.mkfifo(weights)
    assert "can't be read: it is a named pipe (FIFO), not a file." in refused(weights, mentions=weights)


def test_any_flipped_bit_of_the_weights_is_refused(weights):
    content = weights.read_bytes()
    random = np.random.default_rng(0)
    for bit in [0, 8 * len(content) - 1, *random.integers(0, 8 * len(content), 40)]:
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        weights.write_bytes(changed)
        refused(weights, mentions=weights)


def test_a_loaded_network_is_in_eval_mode_and_has_its_card(weights):
    card = weights.with_suffix(".json")
    for path in (card, str(card), weights, str(weights)):
        loaded = load_model(path)
        assert not any(module.training for module in loaded.modules())
        assert loaded.card == read_card(card)
        assert loaded.layer_names == ["stem", "stage1", "stage2", "stage3", "features"]
        for layer in loaded.layer_names:
            assert find_module(loaded, loaded.card.spec, layer) in list(loaded)


def test_two_loads_share_nothing(weights):
    first, second = load_model(weights), load_model(weights)
    before = predict(second)
    with torch.no_grad():
        for values in first.parameters():
            values.zero_()
    first.layer_names.clear()
    assert torch.equal(predict(second), before)
    assert len(second.layer_names) == 5


def test_loading_leaves_the_files_alone(weights):
    before = {path.name: path.read_bytes() for path in weights.parent.iterdir()}
    load_model(weights)
    assert {path.name: path.read_bytes() for path in weights.parent.iterdir()} == before


def test_the_shipped_network_is_the_default(weights, monkeypatch):
    monkeypatch.setattr(model_module, "shipped_card_path", lambda: weights.with_suffix(".json"))
    assert load_model().card.name == "tiny"


def test_with_card_gives_the_same_network_in_eval_mode(weights):
    network, card = build_network(TINY), read_card(weights)
    assert attach_card(network, card) is network
    assert not network.training
    assert (network.card, network.layer_names) == (card, list(card.layers))


# --- files that can't be used -----------------------------------------------------------------------------------------


def test_missing_files_are_refused(weights):
    weights.unlink()
    assert "are missing" in refused(weights.with_suffix(".json"), mentions=weights)
    weights.mkdir()
    assert "can't be read" in refused(weights.with_suffix(".json"), mentions=weights)
    weights.with_suffix(".json").unlink()
    assert "There is no model card" in refused(weights, mentions=weights.with_suffix(".json"))


def test_truncated_weights_are_refused(weights):
    content = weights.read_bytes()
    header = 8 + struct.unpack("<Q", content[:8])[0]
    lengths = {0, 1, 7, 8, 9, header - 1, header, header + 1, len(content) - 1}
    lengths |= set(np.linspace(0, len(content) - 1, 20).astype(int).tolist())
    for length in sorted(lengths):
        weights.write_bytes(content[:length])
        assert "truncated or broken" in refused(weights, mentions=weights), length
    weights.write_bytes(content + b"\0")
    assert "truncated or broken" in refused(weights, mentions=weights)
    weights.write_bytes(content)
    load_model(weights)


class Trap:
    """Whoever unpickles it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return type(self.path).touch, (self.path,)


def test_pickles_are_not_read(weights, network):
    sprung = weights.with_name("sprung")
    state = network.state_dict()
    torch.save({"state": state, "trap": Trap(sprung)}, weights)
    assert weights.read_bytes()[:2] == b"PK"
    assert "is a pickle, not a safetensors file. Pickles can run code" in refused(weights, mentions=weights)
    torch.save({"state": state, "trap": Trap(sprung)}, weights, _use_new_zipfile_serialization=False)
    assert "is a pickle" in refused(weights, mentions=weights)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        weights.write_bytes(pickle.dumps(Trap(sprung), protocol))
        message = refused(weights, mentions=weights)
        assert ("is a pickle" if protocol >= 2 else "truncated or broken") in message
    assert not sprung.exists()
    pickle.loads(weights.read_bytes())
    assert sprung.exists()  # the trap works


@pytest.mark.parametrize("begins", [b"\x80", b"PK"])
def test_a_sound_file_that_begins_like_a_pickle_is_read(weights, begins):
    # A safetensors file begins with the length of its header, a multiple of 8, lowest byte first: any mark can come up.
    state = tensors_in(weights)
    (shortest,) = struct.unpack("<Q", save_tensors(state, metadata={"note": ""})[:8])
    filling = (int.from_bytes(begins, "little") - shortest) % 2 ** (8 * len(begins))
    content = save_tensors(state, metadata={"note": "x" * filling})
    assert content.startswith(begins)
    weights.write_bytes(content)
    write_card(card_for(weights), weights.with_suffix(".json"))
    assert torch.equal(load_model(weights)[-1].weight, state["11.weight"].float())


@pytest.mark.parametrize(
    "rubbish",
    [b"8.0 8.1\n" * 100, b"<html>404</html>", b"{}", bytes(64), b"\xff" * 64, struct.pack("<Q", 2**62) + b"{}"],
    ids=lambda rubbish: repr(rubbish[:8]),
)
def test_other_files_are_refused(weights, rubbish):
    weights.write_bytes(rubbish)
    assert "truncated or broken" in refused(weights, mentions=weights)


@pytest.mark.parametrize("kind", ["F4", "F99"])
def test_dtypes_that_torch_lacks_are_refused(weights, kind):
    header = json.dumps({"a": {"dtype": kind, "shape": [2], "data_offsets": [0, 1]}}).encode()
    weights.write_bytes(struct.pack("<Q", len(header)) + header + b"\0")
    assert "truncated or broken" in refused(weights, mentions=weights, load=read_weights)


def test_numbers_are_read_as_float32_and_counts_as_they_are(tmp_path):
    path = tmp_path / "kinds.safetensors"
    kinds = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
    save_file({str(kind): torch.tensor([1.5, -2.0], dtype=kind) for kind in kinds} | {"n": torch.tensor(2**40)}, path)
    for name, values in read_weights(path).items():
        if name == "n":
            assert (values.dtype, values.item()) == (torch.int64, 2**40)
        else:
            assert (values.dtype, values.tolist()) == (torch.float32, [1.5, -2.0])


def test_weights_with_another_checksum_are_refused(weights):
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert "are not those of its card: checksums differ" in refused(weights, mentions=weights)


def test_a_card_of_other_weights_is_refused(weights):
    other = weights.rename(weights.with_name("other.safetensors"))
    weights.with_suffix(".json").rename(other.with_suffix(".json"))
    message = refused(other, mentions=other)
    assert message.endswith("belongs to other weights, tiny.safetensors. Name the card instead.")


def test_a_card_with_another_architecture_is_refused(weights):
    card = weights.with_suffix(".json")
    wider = xresnet_spec("xresnet18", widen=0.25)
    write_card(card_for(weights, wider), card)
    message = refused(weights, mentions=weights)
    assert re.search(r"don't fit their card's network: \S+ has shape \(.*\), not \(.*\)\.$", message)
    write_card(card_for(weights, layers=channels_of(TINY) | {"stem": 63}), card)
    assert "says layers are {'stem': 63, " in refused(weights, mentions=card)
    write_card(card_for(weights, replace(TINY, layers={**TINY.layers, "stem": "99"})), card)
    assert "layer 'stem' must be a module of the network; got '99'" in refused(weights, mentions=card)
    write_card(card_for(weights, replace(TINY, builder="xresnet35")), card)
    assert "builder must be one of xresnet18, " in refused(weights, mentions=card)


def test_weights_of_a_wider_network_are_refused(weights):
    write_weights(network_with_statistics(xresnet_spec("xresnet18", widen=0.25)), weights)
    write_card(card_for(weights), weights.with_suffix(".json"))
    assert "don't fit their card's network" in refused(weights, mentions=weights)


def test_weights_of_a_network_with_more_outputs_are_refused(weights):
    rewrite(weights, lambda state: state | {"11.weight": torch.zeros(2, 64)})
    assert "11.weight has shape (2, 64), not (1, 64)." in refused(weights, mentions=weights)


def test_missing_and_additional_tensors_are_named(weights):
    sound = tensors_in(weights)

    def problem(change):
        save_file(sound, weights)
        rewrite(weights, change)
        return refused(weights, mentions=weights).partition("network: ")[2]

    assert problem(lambda state: {n: v for n, v in state.items() if n != "11.bias"}) == "they lack 11.bias."
    assert problem(lambda state: state | {"12.bias": torch.zeros(1)}) == "they hold 12.bias."
    message = problem(lambda state: {name.replace("convpath", "convs"): values for name, values in state.items()})
    assert message.count(" more") == 2
    assert message.startswith("they lack 4.0.convpath.0.0.weight, ")
    assert " and hold 4.0.convs.0.0.weight, " in message


@pytest.mark.parametrize(
    ("name", "value"), [("11.weight", float("nan")), ("11.weight", -float("inf")), ("0.1.running_var", float("inf"))]
)
def test_weights_that_are_not_finite_are_refused(weights, name, value):
    def spoil(state):
        state[name].view(-1)[-1] = value
        return state

    rewrite(weights, spoil)
    assert f"have a value that isn't finite, in {name}." in refused(weights, mentions=weights)


# --- networks that can't be written -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("0.0.weight", float("nan")), ("11.bias", float("inf")), ("0.0.weight", 65_520.0), ("11.bias", -1e30)],
)
def test_parameters_beyond_float16_are_not_written(weights, name, value):
    network = network_with_statistics(TINY)
    network.get_parameter(name).data.view(-1)[0] = value
    finite = rf"must be at most 65504 to be written as float16; got {re.escape(f'{abs(value):g}')}\. Train with a lower"
    refused_to_write(network, f"{name} {finite if np.isfinite(value) else NOT_FINITE}", weights)


def test_statistics_that_are_not_finite_are_not_written(weights):
    network = network_with_statistics(TINY)
    network.get_buffer("0.1.running_mean")[0] = float("nan")
    refused_to_write(network, f"0.1.running_mean {NOT_FINITE}", weights)


NOT_FINITE = r"has a value that isn't finite: training has diverged\. Lower --lr\."


def refused_to_write(network, message, path):
    """An existing file stays as it is, and nothing is left beside it; where there was none, there is none."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    for target in (path, path.with_name("new.safetensors")):
        with pytest.raises(ValueError, match=f"^{message}"):
            write_weights(network, target)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_the_largest_float16_is_written(tmp_path):
    network = build_network(TINY)
    network[-1].bias.data.fill_(65_504.0)
    write_weights(network, tmp_path / "large.safetensors")
    assert read_weights(tmp_path / "large.safetensors")["11.bias"].item() == 65_504.0


def test_writing_changes_nothing_in_the_network(tmp_path):
    network = network_with_statistics(TINY).train()
    before = {name: values.clone() for name, values in network.state_dict().items()}
    write_weights(network, tmp_path / "again.safetensors")
    assert network.training
    for name, values in network.state_dict().items():
        assert values.dtype == before[name].dtype
        assert torch.equal(values, before[name])


def test_a_missing_folder_is_an_oserror(network, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        write_weights(network, tmp_path / "nowhere" / "tiny.safetensors")
