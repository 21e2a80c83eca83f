"""Anything that makes a network compute something else than its weights define is named and refused."""

import copy
import functools
import subprocess
import sys
import textwrap
from unittest import mock

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm

from galviz.features.extraction import extract
from galviz.network.activations import ActivationRecorder
from galviz.network.exactness import inexact_settings, without_default_tf32
from galviz.network.model import load_model
from galviz.network.snapshot import take_snapshot
from galviz.survey.survey import load_survey

_OPERATIONS = (torch.backends.mkldnn.conv, torch.backends.mkldnn.matmul)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def survey(make_survey):
    return load_survey(make_survey(6, causes=False, side_px=64))


@pytest.fixture
def network(tiny_card):
    network = load_model(tiny_card)
    for module in network.modules():  # an untrained network adds nothing in its blocks, nor with self-attention
        if isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
    nn.init.ones_(network[4][-1].convpath[-1].gamma)
    return network


def assert_named(network, survey, name):
    """Refused by that name; recorded and computed with if it is allowed."""
    with pytest.raises(ValueError, match=f"{name}.* changes the output.*allow_hooks=True"):
        extract(network, survey)
    features = extract(network, survey, allow_hooks=True)
    assert name.replace("\\", "") in features.provenance["changed_by_hooks"]
    return features


def scaled(function):
    """Names and documents itself as the function that it stands in for."""

    @functools.wraps(function)
    def wrapper(*arguments, **keywords):
        return function(*arguments, **keywords) * 1.25

    return wrapper


# --- functions of torch -----------------------------------------------------------------------------------------------

FUNCTIONS = [
    (F, "conv2d"),
    (F, "conv1d"),
    (F, "linear"),
    (F, "batch_norm"),
    (F, "mish"),
    (F, "adaptive_avg_pool2d"),
    (torch, "bmm"),
    (torch, "batch_norm"),
    (torch._C._nn, "mish"),
    (torch.Tensor, "permute"),
    (torch.Tensor, "__add__"),
]


@pytest.mark.parametrize(("namespace", "name"), FUNCTIONS)
def test_a_replaced_function_of_torch_is_named_and_refused(network, survey, monkeypatch, namespace, name):
    plain = extract(network, survey)
    with monkeypatch.context() as patch:
        patch.setattr(namespace, name, scaled(getattr(namespace, name)))
        changed = assert_named(network, survey, rf"{namespace.__name__}\.{name}")
        assert np.abs(changed.predictions - plain.predictions).max() > 1e-4
    np.testing.assert_array_equal(extract(network, survey).predictions, plain.predictions)


@pytest.mark.parametrize(
    "other", [F.relu, torch.tanh, functools.partial(F.mish), mock.MagicMock()], ids=["F", "C", "partial", "mock"]
)
def test_a_function_replaced_by_any_callable_is_named(network, monkeypatch, other):
    monkeypatch.setattr(F, "mish", other)
    with pytest.raises(ValueError, match=r"torch\.nn\.functional\.mish"):
        take_snapshot(network, CPU)


def test_the_functions_as_one_module_of_torch_sees_them(network, monkeypatch):
    monkeypatch.setattr(torch.nn.modules.conv, "F", mock.MagicMock(wraps=F))
    with pytest.raises(ValueError, match=r"torch\.nn\.modules\.conv\.F"):
        take_snapshot(network, CPU)


@pytest.mark.parametrize("key", ["CPU", "AutogradCPU"])
def test_an_operator_with_another_kernel_is_named_and_refused(network, survey, key):
    plain = extract(network, survey)
    library = torch.library.Library("aten", "IMPL", key)
    try:
        library.impl("mish", lambda values: torch.relu(values) * 1.0)
        changed = assert_named(network, survey, rf"aten::mish \({key}\)")
        assert np.abs(changed.predictions - plain.predictions).max() > 1e-4
    finally:
        library._destroy()
    np.testing.assert_array_equal(extract(network, survey).predictions, plain.predictions)


@pytest.mark.slow
def test_a_function_that_was_replaced_before_galviz_was_imported():
    script = """
        import functools, torch
        from torch import nn
        original = nn.functional.linear
        nn.functional.linear = functools.wraps(original)(lambda *arguments: original(*arguments) * 2)
        from galviz.network.snapshot import take_snapshot
        network = nn.Linear(2, 2).eval()
        try:
            take_snapshot(network, torch.device("cpu"))
        except ValueError as error:
            print(error)
        nn.functional.linear = original
        take_snapshot(network, torch.device("cpu"))
        print("taken")
    """
    run = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)]
    lines = subprocess.run(run, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()
    assert "torch.nn.functional.linear" in lines[0]
    assert lines[1:] == ["taken"]


def test_functions_outside_a_forward_pass_may_be_replaced(network, survey, monkeypatch):
    """Notebooks print tensors and modules in their own way, and many packages replace torch.load."""
    monkeypatch.setattr(torch, "load", scaled(torch.load))
    monkeypatch.setattr(torch.Tensor, "__repr__", lambda self: "tensor")
    monkeypatch.setattr(nn.Module, "summary", lambda self: str(self), raising=False)
    monkeypatch.setattr(nn.Module, "__dir__", lambda self: [])
    monkeypatch.setattr(F, "own_function", scaled(F.relu), raising=False)
    assert "changed_by_hooks" not in extract(network, survey, allow_hooks=True).provenance


def test_replacements_by_torch_itself_are_allowed(network, survey):
    torch.compile(nn.Linear(2, 2), backend="eager")(torch.zeros(1, 2))
    torch.fx.symbolic_trace(nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU()))
    assert "changed_by_hooks" not in extract(network, survey, allow_hooks=True).provenance


# --- methods ----------------------------------------------------------------------------------------------------------

METHODS = [
    (nn.Conv2d, "forward"),
    (nn.Conv2d, "_conv_forward"),
    (nn.Conv1d, "_conv_forward"),
    (nn.Module, "__call__"),
    (nn.Module, "_call_impl"),
    (nn.Sequential, "forward"),
    (SpectralNorm, "compute_weight"),
]


@pytest.mark.parametrize(("kind", "name"), METHODS)
def test_a_method_that_was_replaced_in_its_class_is_named_and_refused(network, survey, monkeypatch, kind, name):
    plain = extract(network, survey)
    with monkeypatch.context() as patch:
        patch.setattr(kind, name, scaled(getattr(kind, name)))
        changed = assert_named(network, survey, rf"{kind.__name__}\.{name}")
        assert np.abs(changed.predictions - plain.predictions).max() > 1e-4
    np.testing.assert_array_equal(extract(network, survey).predictions, plain.predictions)


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [
        (nn.BatchNorm2d, "_check_input_dim", lambda self, values: values.mul_(2)),
        (nn.Conv2d, "forward", nn.Linear.forward),
        (nn.Conv2d, "forward", nn.Conv1d.forward),
        (nn.Mish, "forward", functools.partialmethod(lambda self, values: values)),
        (nn.Mish, "forward", mock.MagicMock()),
        (nn.Linear, "weight", property(lambda self: self._parameters["weight"] * 2)),
        (nn.Module, "__getattr__", functools.wraps(nn.Module.__getattr__)(lambda self, name: Odd.lookup(self, name))),
        (nn.Module, "__getattribute__", lambda self, name: object.__getattribute__(self, name)),
        (nn.Sequential, "__iter__", lambda self: iter([])),
    ],
)
def test_any_code_that_a_forward_pass_runs_counts(network, monkeypatch, kind, name, other):
    monkeypatch.setattr(kind, name, other, raising=False)
    with pytest.raises(ValueError, match=rf"{kind.__name__}\.{name}|hides {name}"):
        take_snapshot(network, CPU)


def test_a_method_or_state_that_one_module_s_own_attribute_hides(network, survey):
    network[0][0]._conv_forward = network[0][0]._conv_forward
    assert_named(network, survey, r"_conv_forward of module '0\.0'")
    del network[0][0]._conv_forward
    vars(network[0][1])["running_mean"] = network[0][1].running_mean + 1
    plain = extract(load_own(network), survey)
    changed = assert_named(network, survey, r"running_mean of module '0\.1'")
    assert np.abs(changed.predictions - plain.predictions).max() > 1e-4


def load_own(network):
    """The same network without what hides its state."""
    own = copy.deepcopy(network)
    del vars(own[0][1])["running_mean"]
    return own


class Odd(nn.ReLU):
    """With what other people's classes have: decorated, borrowed and inherited methods, functions as attributes."""

    activation = staticmethod(F.relu)
    scaled = functools.partialmethod(nn.ReLU.extra_repr)
    borrowed = nn.Linear.forward

    @torch.no_grad()
    def forward(self, values):
        return self.halved(self.activation(values))

    @functools.cache  # noqa: B019 (any decorator)
    def halved(self, values):
        return values / 2

    lookup = nn.Module.__getattr__

    @functools.cached_property
    def twice(self):
        return 2


def test_classes_of_one_s_own_are_no_change(network, survey):
    network[0][2] = Odd().eval()
    features = extract(network, survey, allow_hooks=True)
    assert "changed_by_hooks" not in features.provenance
    network[0][2] = nn.Sequential(nn.ReLU(), Halving()).eval()
    np.testing.assert_array_equal(extract(network, survey).predictions, features.predictions)


class Halving(nn.Module):
    def forward(self, values):
        return values / 2


def test_a_compiled_network_s_own_modules_are_recorded(network, survey):
    plain = extract(network, survey)
    network.compile(backend="eager")
    compiled = extract(network, survey)
    np.testing.assert_array_equal(compiled.layers["features"], plain.layers["features"])


# --- tensors ----------------------------------------------------------------------------------------------------------


class Doubled(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None):
        result = super().__torch_function__(function, types, arguments, keywords or {})
        return result * 2 if function is F.conv2d else result


def test_a_weight_of_another_class_is_named_and_refused(network, survey):
    plain = extract(network, survey)
    convolution = network[0][0]
    convolution.weight = nn.Parameter(convolution.weight.detach().as_subclass(Doubled))
    changed = assert_named(network, survey, r"Doubled of 0\.0\.weight")
    assert np.abs(changed.predictions - plain.predictions).max() > 1e-4
    assert changed.provenance["weights_sha256"] != plain.provenance["weights_sha256"]
    convolution.weight = nn.Parameter(convolution.weight.detach().as_subclass(torch.Tensor))
    again = extract(network, survey)
    np.testing.assert_array_equal(again.predictions, plain.predictions)
    assert again.provenance == plain.provenance


# --- parts that PyTorch attaches --------------------------------------------------------------------------------------


class Tripled(SpectralNorm):
    def compute_weight(self, module, do_power_iteration):
        return super().compute_weight(module, do_power_iteration) * 3


class Shifted(WeightNorm):
    def __call__(self, module, inputs):
        super().__call__(module, inputs)
        module.weight = module.weight + 1


def become(kind, module):
    """Their `apply` makes hooks of the class from which they derive."""
    next(iter(module._forward_pre_hooks.values())).__class__ = kind


class Doubling(prune.L1Unstructured):
    def apply_mask(self, module):
        return super().apply_mask(module) * 2


class EveryOther(prune.BasePruningMethod):
    """As PyTorch's tutorial writes one: it defines the mask and no more."""

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        mask.view(-1)[::2] = 0
        return mask


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "attach",
    [
        lambda module: become(Tripled, nn.utils.spectral_norm(module).eval()),
        lambda module: become(Shifted, nn.utils.weight_norm(module)),
        lambda module: Doubling.apply(module, "weight", amount=0.1),
    ],
    ids=["spectral norm", "weight norm", "pruning"],
)
def test_a_hook_that_derives_from_one_of_pytorch_s_is_not_one(network, survey, attach):
    plain = extract(network, survey)
    attach(network[0][0])
    changed = assert_named(network, survey, r" on module '0\.0'")
    assert np.abs(changed.predictions - plain.predictions).max() > 1e-4


def test_a_hook_of_pytorch_s_with_a_method_of_its_own(network, survey):
    hook = next(iter(network[4][-1].convpath[-1].conv._forward_pre_hooks.values()))
    hook.compute_weight = scaled(hook.compute_weight)
    assert_named(network, survey, "compute_weight of the hook")


@pytest.mark.parametrize(
    "attach",
    [
        lambda module: prune.l1_unstructured(module, "weight", amount=0.3),
        lambda module: EveryOther.apply(module, "weight"),
        lambda module: [prune.random_unstructured(module, "weight", amount=0.2) for _ in range(2)],
        lambda module: nn.utils.spectral_norm(module).eval(),
    ],
    ids=["pruning", "pruning of one's own", "pruning twice", "spectral norm"],
)
def test_parametrizations_of_pytorch_are_part_of_the_network(network, survey, attach):
    plain = extract(network, survey)
    attach(network[0][0])
    features = extract(network, survey)
    assert features.provenance["weights_sha256"] != plain.provenance["weights_sha256"]
    np.testing.assert_allclose(features.predictions, predictions_of(network, survey), rtol=1e-5)
    assert np.abs(features.predictions - plain.predictions).max() > 1e-5


def predictions_of(network, survey):
    from galviz.network.forward import preprocess

    images = preprocess(map(survey.image, survey.object_ids), network.card)
    with torch.no_grad():
        return network(images)[:, 0].numpy()


class Tenth(nn.Module):
    def forward(self, values):
        return values / (9 if self.training else 10)


def test_a_parametrization_has_the_mode_of_its_module(network, survey):
    weight = network[0][0].weight.detach().clone()
    parametrize.register_parametrization(network[0][0], "weight", Tenth())
    parametrizations.spectral_norm(network[11])
    sigma = {name: values.clone() for name, values in network.named_buffers()}
    features = extract(network, survey, batch_size=2)
    assert network[0][0].parametrizations.training
    assert all(torch.equal(values, sigma[name]) for name, values in network.named_buffers())
    own = take_snapshot(network, CPU).network
    assert torch.equal(own[0][0].weight, weight / 10)
    np.testing.assert_allclose(features.predictions, predictions_of(network.eval(), survey), rtol=1e-5)
    network[0][0].train()
    with pytest.raises(ValueError, match="network must be in eval mode"):
        extract(network, survey)


# --- batch norms without statistics -----------------------------------------------------------------------------------


@pytest.mark.parametrize("affine", [True, False])
def test_a_batch_norm_that_uses_the_batch_s_statistics_is_refused(network, survey, affine):
    channels = network[0][1].num_features
    network[0][1] = nn.BatchNorm2d(channels, affine=affine, track_running_stats=False).eval()
    for allowed in (False, True):
        with pytest.raises(ValueError, match=r"batch norm '0\.1'.*batch_size"):
            extract(network, survey, allow_hooks=allowed)


def test_a_norm_of_each_image_alone_is_not(network, survey):
    network[0][1] = nn.InstanceNorm2d(network[0][1].num_features).eval()
    network[1][1].track_running_stats = False  # what it has stored it uses in eval mode nevertheless
    alone, together = (extract(network, survey, batch_size=size).predictions for size in (1, 6))
    np.testing.assert_allclose(alone, together, rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda: setattr(torch.backends, "fp32_precision", "bf16"), r"mkldnn\.conv"),
        (lambda: setattr(torch.backends.mkldnn.conv, "fp32_precision", "bf16"), r"mkldnn\.conv"),
        (lambda: torch.set_float32_matmul_precision("medium"), r"mkldnn\.matmul"),
    ],
)
def test_a_setting_by_which_float32_is_less_is_named_and_refused(network, survey, change, name):
    before = {backend: backend.fp32_precision for backend in (torch.backends, *_OPERATIONS)}
    try:
        change()
        assert_named(network, survey, name)
        recorder = ActivationRecorder(network, device=CPU)
        with pytest.raises(ValueError, match=name):
            recorder([survey.image(survey.object_ids[0])])
    finally:
        torch.set_float32_matmul_precision("highest")
        for backend, value in before.items():
            backend.fp32_precision = value
    assert not extract(network, survey).provenance.get("changed_by_hooks")


def test_a_setting_that_is_changed_between_the_batches_of_one_recorder(network, survey):
    recorder, images = ActivationRecorder(network, device=CPU), [survey.image(survey.object_ids[0])]
    recorder(images)
    torch.backends.mkldnn.conv.fp32_precision = "bf16"
    try:
        with pytest.raises(ValueError, match=r"mkldnn\.conv"):
            recorder(images)
    finally:
        torch.backends.mkldnn.conv.fp32_precision = "none"
    recorder(images)


def test_tf32_is_off_on_a_gpu_until_the_last_of_several_passes_ends():
    gpu, cudnn = torch.device("cuda"), torch.backends.cudnn
    assert cudnn.allow_tf32  # torch's default
    first, second = without_default_tf32(gpu), without_default_tf32(gpu)
    with first:
        second.__enter__()
        assert inexact_settings(gpu) == []
    assert inexact_settings(gpu) == []
    second.__exit__(None, None, None)
    assert cudnn.allow_tf32
    assert cudnn.conv.fp32_precision == "tf32"
    with without_default_tf32(CPU):
        assert cudnn.allow_tf32
