"""A pass uses the network as it was at its start, its checksum is in the features, and no thread can interfere."""

import copy
import multiprocessing
import random
import signal
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from fastai.callback.hook import hook_output
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.modules.module import register_module_forward_hook
from torch.nn.utils import parametrizations, parametrize
from torch.overrides import TorchFunctionMode

from galviz.features.extraction import extract
from galviz.network.activations import feature_maps
from galviz.network.card import file_sha256
from galviz.network.fingerprint import fingerprint
from galviz.network.model import load_model, wrap
from galviz.network.snapshot import take_snapshot
from galviz.network.spec import NetworkSpec
from galviz.survey.survey import load_survey

CPU = torch.device("cpu")
PATIENCE_S = 60
LAYERS = ("stem", "stage1", "stage3", "features")


@pytest.fixture(scope="module")
def survey(make_survey):
    return load_survey(make_survey(6, causes=False, side_px=64))


@pytest.fixture
def network(tiny_card):
    return load_model(tiny_card)


@pytest.fixture
def file_checksum(tiny_card):
    return file_sha256(tiny_card.with_suffix(".safetensors"))


def weights_of(features):
    return features.provenance["weights_sha256"]


# --- which weights features claim to be of ----------------------------------------------------------------------------


def test_features_of_a_loaded_network_are_of_its_file(network, survey, file_checksum):
    assert weights_of(extract(network, survey)) == file_checksum
    assert weights_of(extract(copy.deepcopy(network), survey)) == file_checksum


def test_a_network_that_was_put_into_training_mode_in_between_is_not_that_of_its_file(network, survey, file_checksum):
    before = extract(network, survey)
    network.train()
    network(torch.randn(8, 3, 64, 64))
    network.eval()
    after = extract(network, survey)
    assert np.abs(after.predictions - before.predictions).max() > 1e-3
    assert weights_of(after) != file_checksum
    assert weights_of(after) == weights_of(extract(network, survey))


def _replace_activation(network):
    network[0][2] = nn.ReLU().eval()


def _first_pooling(network):
    return next(module for module in network.modules() if isinstance(module, nn.AvgPool2d))


def _spectral_norm(network):
    return next(iter(network[4][-1].convpath[-1].conv._forward_pre_hooks.values()))


CHANGES = {
    "an optimiser's step": lambda network: torch.optim.SGD(network.parameters(), 0.1).step(),
    "in place, past autograd": lambda network: network[0][0].weight.data[0, 0, 0].add_(1e-3),
    "the sign of a zero": lambda network: network[0][1].bias.data.copy_(-torch.zeros(len(network[0][1].bias))),
    "a running mean": lambda network: network[0][1].running_mean[0].add_(1e-6),
    "another activation function": _replace_activation,
    "the divisor of a pooling": lambda network: setattr(_first_pooling(network), "divisor_override", 3),
    "a wider eps": lambda network: setattr(network[0][1], "eps", 1e-3),
    "a setting of spectral norm": lambda network: setattr(_spectral_norm(network), "eps", 1e-3),
    "a tensor that is no parameter": lambda network: setattr(network[0][1], "shift", torch.ones(1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_the_network_changes_the_checksum_of_its_features(network, survey, file_checksum, change):
    if change is CHANGES["the sign of a zero"]:
        network[0][1].bias.data.zero_()
        file_checksum = weights_of(extract(network, survey))
    if change is CHANGES["an optimiser's step"]:
        network(torch.randn(2, 3, 64, 64)).sum().backward()
    change(network)
    assert weights_of(extract(network, survey)) != file_checksum


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_bit_of_any_tensor_counts(network, data):
    tensors = {**dict(network.named_parameters()), **dict(network.named_buffers())}
    before = fingerprint(network)
    name = data.draw(st.sampled_from(sorted(tensors)))
    values = tensors[name].detach()
    bits = values.view(-1).view(torch.uint8) if values.ndim else values.view(1).view(torch.uint8)
    place, bit = data.draw(st.integers(0, len(bits) - 1)), data.draw(st.integers(0, 7))
    bits[place] ^= 1 << bit
    assert take_snapshot(network, CPU).sha256 == fingerprint(network) != before
    bits[place] ^= 1 << bit
    assert take_snapshot(network, CPU).sha256 == fingerprint(network) == before


def test_a_network_loaded_reads_as_it_computes(tiny_card):
    """Spectral norm computes a weight before each pass; before the first one it must not be that of another network."""
    network = load_model(tiny_card)
    convolution = network[4][-1].convpath[-1].conv
    before = convolution.weight.clone()
    with torch.no_grad():
        network(torch.randn(1, 3, 64, 64))
    assert torch.equal(convolution.weight, before)


# --- hooks of others --------------------------------------------------------------------------------------------------


def returns_another(module, inputs, output):
    return output * 1.5


def changes_in_place(module, inputs, output):
    output.mul_(1.5)


def changes_behind_autograd(module, inputs, output):
    output.data[0] += 1


def changes_the_input(module, inputs):
    return (inputs[0] + 1,)


def with_keywords(module, inputs, keywords, output):
    return output + 1


HOOKS = {
    "returns_another": lambda module: module.register_forward_hook(returns_another),
    "changes_in_place": lambda module: module.register_forward_hook(changes_in_place),
    "changes_behind_autograd": lambda module: module.register_forward_hook(changes_behind_autograd),
    "changes_the_input": lambda module: module.register_forward_pre_hook(changes_the_input),
    "with_keywords": lambda module: module.register_forward_hook(with_keywords, with_kwargs=True),
    "always": lambda module: module.register_forward_hook(returns_another, always_call=True),
}


@pytest.mark.parametrize(
    ("hook", "place"), [*((hook, "5") for hook in HOOKS), *(("always", place) for place in ("0.1", "11"))]
)
def test_a_hook_that_changes_the_output_is_named_and_refused(network, survey, hook, place):
    plain = extract(network, survey)
    handle = HOOKS[hook](network.get_submodule(place))
    names = rf"tests\S*\.\w+ on module '{place}' changes the output.*allow_hooks=True"
    with pytest.raises(ValueError, match=names):
        extract(network, survey)
    if place != "11":
        with pytest.raises(ValueError, match=names):
            feature_maps(network, survey.image(survey.object_ids[0]), "stage3")
    allowed = extract(network, survey, allow_hooks=True)
    assert np.abs(allowed.predictions - plain.predictions).max() > 1e-4
    assert f"on module '{place}'" in allowed.provenance["changed_by_hooks"]
    handle.remove()
    again = extract(network, survey)
    np.testing.assert_array_equal(again.predictions, plain.predictions)
    assert "changed_by_hooks" not in again.provenance


def test_hooks_that_observe_stay_and_see_the_network_itself(network, survey, file_checksum):
    plain, seen = extract(network, survey), []
    network[4].register_forward_hook(lambda module, inputs, output: seen.append((module, output.shape)))
    with hook_output(network[5]) as hook:
        features = extract(network, survey, layers=["stage2"])
        assert len(hook.stored) == 6
    np.testing.assert_array_equal(features.predictions, plain.predictions)
    assert weights_of(features) == file_checksum
    assert [(module is network[4], shape[0]) for module, shape in seen] == [(True, 6)]


def test_a_hook_must_not_run_its_own_network(network, survey):
    ids, other, predictions = survey.object_ids[:2], copy.deepcopy(network), []

    def hook(module, inputs, output):
        predictions.append(extract(other, survey, ids, device="cpu").predictions)
        extract(network, survey, ids, device="cpu")

    with network.get_submodule("9").register_forward_hook(hook), pytest.raises(RuntimeError, match="after the pass"):
        extract(network, survey, ids, device="cpu")
    assert np.array_equal(predictions[0], extract(network, survey, ids, device="cpu").predictions)


def test_a_hook_may_store_its_input_and_change_it_later(network, survey, file_checksum):
    plain, inputs_shown = extract(network, survey), []
    block = network[4][0]
    block.register_forward_pre_hook(lambda module, inputs: inputs_shown.append(inputs[0]))

    def changes_what_it_kept(module, inputs, output):
        inputs_shown[-1].mul_(0)

    block.convpath[-1].register_forward_hook(changes_what_it_kept)
    features = extract(network, survey)
    np.testing.assert_array_equal(features.predictions, plain.predictions)
    assert weights_of(features) == file_checksum


def test_a_mode_is_refused(network, survey):
    class Doubling(TorchFunctionMode):
        def __torch_function__(self, function, types, arguments=(), keywords=None):
            return function(*arguments, **(keywords or {}))

    with Doubling(), pytest.raises(ValueError, match=r"the mode .*Doubling"):
        extract(network, survey)
    with torch.device("cpu"):
        extract(network, survey)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_a_network_of_another_precision_is_refused(network, survey, kind):
    with pytest.raises(ValueError, match=rf"network must be float32; got {kind} in 0\.0\.weight"):
        extract(network.to(kind), survey)


def test_a_replaced_forward_method_and_a_global_hook_are_refused(network, survey):
    network[6].forward = lambda values: values
    with pytest.raises(ValueError, match=r"the replaced method forward of module '6' changes the output"):
        extract(network, survey)
    del network[6].forward
    handle = register_module_forward_hook(returns_another)
    try:
        with pytest.raises(ValueError, match=r"the global hook .*returns_another changes the output"):
            extract(network, survey)
    finally:
        handle.remove()
    extract(network, survey)


# --- in the middle of a pass ------------------------------------------------------------------------------------------


def test_a_network_that_another_thread_trains_in_the_middle_of_a_batch(network, survey, file_checksum):
    """The pass has the numbers and the claim of the network as it was; the next one those of the network as it is."""
    expected, this = extract(network, survey), threading.get_ident()

    def train_a_step():
        network.train()
        network(torch.randn(4, 3, 64, 64)).sum().backward()
        torch.optim.SGD(network.parameters(), 1e-3).step()
        network.eval()

    def interfere(module, inputs, output):
        if threading.get_ident() == this:
            thread = threading.Thread(target=train_a_step)
            thread.start()
            thread.join(PATIENCE_S)

    handle = network[2].register_forward_hook(interfere)
    features = extract(network, survey, batch_size=3)
    handle.remove()
    np.testing.assert_allclose(features.predictions, expected.predictions, rtol=1e-5)
    assert weights_of(features) == file_checksum
    after = extract(network, survey)
    assert np.abs(after.predictions - expected.predictions).max() > 1e-3
    assert weights_of(after) != file_checksum


def test_training_mode_in_the_middle_of_a_batch_changes_nothing_in_it(network, survey):
    expected = extract(network, survey)

    def interfere(module, inputs, output):
        network.train()

    handle = network[2].register_forward_hook(interfere)
    features = extract(network, survey)
    handle.remove()
    np.testing.assert_array_equal(features.predictions, expected.predictions)
    with pytest.raises(ValueError, match="network must be in eval mode"):
        extract(network, survey)


N_INTERRUPTS = 20


# Between the opening of an image and its `with`, Python itself closes what an interrupt left open, and says so.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_anywhere_leaves_no_hook_and_no_lock(network, survey):
    durations_s = []
    for _ in range(4):
        began = time.perf_counter()
        extract(network, survey, layers=LAYERS, batch_size=3)
        durations_s.append(time.perf_counter() - began)
    duration_s = min(durations_s)  # another process may slow down any of them
    rng, interrupted = random.Random(5), 0

    def interrupt(*_):
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(400):
            if interrupted == N_INTERRUPTS:
                break
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, rng.uniform(0.0005, duration_s))
                    extract(network, survey, layers=LAYERS, batch_size=3)
                finally:  # where the interrupt may come too
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            assert not any(module._forward_hooks for module in network.modules())
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert interrupted == N_INTERRUPTS
    extract(network, survey)


def _in_child(network, survey, queue):
    torch.set_num_threads(1)  # OpenMP's own threads don't survive a fork
    queue.put(extract(network, survey).predictions.tolist())


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_process_forked_in_the_middle_of_a_pass_can_extract(network, survey):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    expected = extract(network, survey).predictions.tolist()
    in_pass, forked = threading.Event(), threading.Event()

    def wait(module, inputs, output):
        if threading.current_thread() is thread:
            in_pass.set()
            forked.wait(PATIENCE_S)

    context = multiprocessing.get_context("fork")
    thread = threading.Thread(target=extract, args=(network, survey))
    handle = network[1].register_forward_hook(wait)
    thread.start()
    try:
        assert in_pass.wait(PATIENCE_S)
        queue = context.SimpleQueue()
        child = context.Process(target=_in_child, args=(network, survey, queue))
        child.start()  # while the thread holds its turn
        child.join(PATIENCE_S)
        hung = child.is_alive()
        child.kill()
        assert not hung
        assert queue.get() == expected
    finally:
        forked.set()
        thread.join(PATIENCE_S)
        handle.remove()
        torch.set_num_threads(threads)


def test_a_batch_of_large_images_is_decoded_one_by_one(network, make_survey, monkeypatch):
    """Whoever reads a thousand images of 4096 px must have room for one."""
    survey = load_survey(make_survey(9, causes=False, side_px=64))
    alive, most = set(), [0]
    read = type(survey).image

    def watched(self, object_id):
        import weakref

        image = read(self, object_id)
        alive.add(object_id)
        most[0] = max(most[0], len(alive))
        weakref.finalize(image, alive.discard, object_id)
        return image

    monkeypatch.setattr(type(survey), "image", watched)
    extract(network, survey, batch_size=9)
    assert most[0] <= 2


# --- networks that change themselves ----------------------------------------------------------------------------------


class Stateful(nn.Module):
    """A small network, whose channels go through a function `change` of the module and its input."""

    def __init__(self, change):
        super().__init__()
        self.conv, self.pool, self.flatten = nn.Conv2d(3, 8, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        self.head = nn.Linear(8, 1)
        self.register_buffer("mean", torch.zeros(1))
        self.offset, self.skips, self.settings = torch.zeros(1), [], {"scale": [1.0]}
        self.array, self.namespace = np.ones(1), SimpleNamespace(scale=1.0)
        self.change = change

    def forward(self, images):
        return self.head(self.flatten(self.pool(self.change(self, self.conv(images)))))


def wrap_stateful(change):
    return wrap(Stateful(change), NetworkSpec(layers={"features": "flatten"}, head="head"), crop_px=32)


def update_in_place(module, values):
    module.mean.mul_(0.9).add_(0.1 * values.mean())
    return values - module.mean


def update_by_assignment(module, values):
    module.mean = 0.9 * module.mean + 0.1 * values.mean()
    return values - module.mean


def update_parameter(module, values):
    with torch.no_grad():
        module.conv.weight.mul_(0.999)
    return values


def update_attribute(module, values):
    module.offset = module.offset + values.mean()
    return values - module.offset


@pytest.mark.parametrize("change", [update_in_place, update_by_assignment, update_parameter, update_attribute])
def test_a_network_that_changes_its_tensors_is_refused_and_stays_as_it_was(survey, change):
    network = wrap_stateful(change)
    before = fingerprint(network)
    for _ in range(2):
        with pytest.raises(ValueError, match="network must not change its own tensors in eval mode"):
            extract(network, survey, batch_size=2)
    assert fingerprint(network) == before


def scale_by_settings(module, values):
    return values * module.settings["scale"][0] * float(module.array[0]) * module.namespace.scale


@pytest.mark.parametrize("name", ["settings", "array", "namespace"])
def test_settings_changed_in_the_middle_of_a_pass_count_from_the_next_one(survey, name):
    network = wrap_stateful(scale_by_settings)
    before = extract(network, survey).layers["features"]

    def change(done, total):
        network.settings["scale"][0] = 3.0 if name == "settings" else 1.0
        network.array[0] = 3.0 if name == "array" else 1.0
        network.namespace.scale = 3.0 if name == "namespace" else 1.0

    during = extract(network, survey, batch_size=2, progress=change).layers["features"]
    np.testing.assert_allclose(during, before, rtol=1e-5)
    np.testing.assert_allclose(extract(network, survey).layers["features"], 3 * before, rtol=1e-5)


def through_a_list(module, values):
    module.skips.append(values)
    time.sleep(0.001)
    return values + module.skips.pop()


def test_networks_that_share_a_module_with_a_list_don_t_mix_their_images(survey):
    shared = Stateful(through_a_list)
    spec = NetworkSpec(layers={"features": "0.flatten"}, head="1")
    networks = [wrap(nn.Sequential(shared, nn.Linear(1, 1)), spec, crop_px=32) for _ in range(2)]
    expected = [extract(network, survey, batch_size=2).layers["features"] for network in networks]
    wrong = []

    def repeat(number):
        for _ in range(8):
            features = extract(networks[number], survey, batch_size=2).layers["features"]
            wrong.extend([number] * (not np.array_equal(features, expected[number])))

    threads = [threading.Thread(target=repeat, args=(number,)) for number in (0, 1, 0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert wrong == []


def test_a_network_that_is_wrapped_anew_in_the_middle_of_a_pass_keeps_its_card_until_the_next_one(survey):
    network = wrap_stateful(scale_by_settings)
    before = extract(network, survey, precision="bfloat16", batch_size=2)

    def wrap_anew(done, total):
        wrap(network, NetworkSpec(layers={"features": "flatten"}), crop_px=64, label=None)

    during = extract(network, survey, precision="bfloat16", batch_size=2, progress=wrap_anew)
    np.testing.assert_array_equal(during.predictions, before.predictions)
    assert during.provenance["card_sha256"] == before.provenance["card_sha256"]


def test_weights_that_torch_caches_are_refused_from_any_thread(survey):
    module = nn.Sequential(nn.Conv2d(3, 4, 5), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 1))
    parametrizations.weight_norm(module[0])
    network = wrap(module, NetworkSpec(layers={"features": "2"}, head="3"), crop_px=32)
    plain = extract(network, survey).predictions
    inside, leave = threading.Event(), threading.Event()

    def cache():
        with parametrize.cached():
            inside.set()
            leave.wait(60)

    other = threading.Thread(target=cache)
    other.start()
    inside.wait(60)
    try:
        with pytest.raises(ValueError, match=r"parametrize\.cached\(\)"):
            extract(network, survey)
    finally:
        leave.set()
        other.join()
    np.testing.assert_array_equal(extract(network, survey).predictions, plain)


def test_kernels_that_torch_registers_for_its_own_transforms_change_nothing(network, survey):
    before = extract(network, survey).predictions
    torch.func.jacrev(lambda values: (values**2).sum())(torch.ones(3))
    np.testing.assert_array_equal(extract(network, survey).predictions, before)


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16])
def test_a_loaded_network_is_float32_whatever_the_default(tiny_card, survey, kind):
    before = extract(load_model(tiny_card), survey).predictions
    torch.set_default_dtype(kind)
    try:
        after = extract(load_model(tiny_card), survey).predictions
    finally:
        torch.set_default_dtype(torch.float32)
    np.testing.assert_array_equal(after, before)
