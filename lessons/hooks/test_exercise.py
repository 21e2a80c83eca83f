"""Tests of the exercises on hooks; each takes the student's function."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_error, expect_unchanged

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_GLOBAL_HOOKS = [
    getattr(nn.modules.module, name)
    for name in ("_global_forward_hooks", "_global_forward_pre_hooks", "_global_backward_hooks")
]
_ROUNDINGS = {
    "half precision": lambda values: values.half().float(),
    "bfloat16": lambda values: values.bfloat16().float(),
    **{f"{digits} decimals": lambda values, digits=digits: values.round(decimals=digits) for digits in (0, 1, 2, 3, 4)},
}


class BrokenLayerError(Exception):
    """What a network raises in these tests."""


class Broken(nn.Module):
    """A layer that fails."""

    def forward(self, images):
        raise BrokenLayerError("This layer is broken, for the test.")


class OnGPUError(TypeError):
    """What NumPy raises for a tensor on a GPU."""


class OnGPU(torch.Tensor):
    """Stands in for a tensor on a GPU, where there may be none: NumPy can't read it before it is on the CPU."""

    is_cuda = True
    device = torch.device("cuda:0")

    def numpy(self, *, force=False):
        if force:
            return self.detach().cpu().numpy()
        raise OnGPUError

    def __array__(self, *_, **__):
        raise OnGPUError

    def cpu(self, *_, **__):
        return self.as_subclass(torch.Tensor)

    def to(self, *args, **kwargs):
        targets = [*args, *kwargs.values()]
        if any(isinstance(target, str | torch.device) and torch.device(target).type == "cpu" for target in targets):
            return self.cpu()
        return self


class Branches(nn.Module):
    """A network that isn't a sequence, and overwrites a layer's output in place."""

    def __init__(self):
        super().__init__()
        self.body = nn.ModuleDict({"flat": nn.Flatten(), "mix": nn.Linear(12, 12)})
        self.head = nn.Linear(12, 1)

    def forward(self, images):
        flat = self.body["flat"](images)
        mixed = self.body["mix"](flat)
        mixed += flat
        return self.head(mixed.mul_(0.5))


class Jitter(nn.Module):
    """A layer of a class of its own, whose output depends on its mode."""

    def forward(self, values):
        return values + values.roll(1, dims=0) if self.training else values


class OwnClasses(nn.Module):
    """A network whose own forward method, and parts of several classes, depend on the mode."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), Jitter())
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout1d(0.4)
        self.head = nn.Linear(4, 1)

    def forward(self, images):
        values = self.drop(self.norm(self.body(images).mean(dim=(2, 3))))
        return self.head(values * 1.5 if self.training else values)


def seeded(make: Callable[[], nn.Module], seed: int) -> nn.Module:
    """A network in eval mode with random weights and batch norm statistics; torch's generator stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                module.running_mean.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.3, 2)
    return network.eval()


def images_of(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@contextmanager
def default_settings() -> Iterator[None]:
    """Torch's default settings, whatever the student's file sets at its top; restored afterwards."""
    hooks, settings = [dict(registry) for registry in _GLOBAL_HOOKS], torch_settings()
    try:
        with torch.inference_mode(False), torch.enable_grad():
            torch.set_default_dtype(torch.float32)
            yield
    finally:
        for registry, known in zip(_GLOBAL_HOOKS, hooks, strict=True):
            registry.clear()
            registry.update(known)
        torch.set_default_dtype(settings["default dtype"])
        torch.use_deterministic_algorithms(settings["deterministic algorithms"])
        torch.random.set_rng_state(settings["random state"])
        torch.set_grad_enabled(settings["grad"])
        if torch.get_num_threads() != settings["threads"]:
            torch.set_num_threads(settings["threads"])


def torch_settings():
    """Settings of torch that the whole program shares."""
    return {
        "grad": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        "default dtype": torch.get_default_dtype(),
        "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "random state": torch.random.get_rng_state(),
    }


def _check_settings(before, when=""):
    """Reject a function that leaves a setting of torch changed."""
    after = torch_settings()
    expect(
        (before["grad"], before["inference mode"]) == (after["grad"], after["inference mode"]),
        f"Gradient tracking is left off for the whole program{when}. Use `with torch.no_grad():` around your lines.",
    )
    expect(
        torch.equal(before["random state"], after["random state"]),
        f"The state of torch's random generator has changed{when}. Nothing here needs a seed or random numbers.",
    )
    for name in ("default dtype", "deterministic algorithms", "threads"):
        expect(
            before[name] == after[name], f"You changed torch's {name} for the whole program{when}. Leave it as it was."
        )


def test_hooks_1(answer):
    with default_settings():
        _test_averages(answer)


def _test_averages(answer):
    maps = images_of(2, 3, 4, 5, seed=1) + 0.3
    _check_averages(answer, maps)
    _check_averages(answer, images_of(4, 2, 3, 3, seed=2), "Here there are 4 galaxies, 2 channels and 3 × 3 positions.")
    _check_averages(answer, images_of(3, 2, 4, 2, seed=3).requires_grad_() * 2)
    _check_averages(answer, images_of(1, 1, 2, 3, seed=4), "Here there are one galaxy and one channel.")
    for shape in ((3, 4, 1, 1), (2, 1, 1, 1), (2, 3, 1, 6)):
        _check_averages(
            answer, images_of(*shape, seed=9), f"Here the feature maps have {shape[2]} × {shape[3]} positions."
        )
    for rows in (images_of(3, 5, seed=5), images_of(4, 4, seed=6).requires_grad_() * 2, images_of(1, 3, seed=7)):
        _check_averages(answer, rows, "Here the output has no spatial axes: its shape is (n, channels).")
    for values in (maps, images_of(3, 5, seed=8)):
        try:
            answer(values.clone().as_subclass(OnGPU))
        except OnGPUError:
            raise WrongAnswer(
                "NumPy can't read a tensor on a GPU. Call `cpu()` first; it does nothing if the tensor is on the CPU."
            ) from None
        except Exception:  # the stand-in can't do all that a tensor on a GPU can
            continue


def _check_averages(answer, maps, hint=""):
    """Compare one call with averages that are computed value by value."""
    before, graph, spatial, settings = maps.detach().clone(), maps.grad_fn, maps.ndim == 4, torch_settings()
    try:
        returned = answer(maps)
    except NotImplementedError:
        raise
    except Exception as error:
        _explain_numpy_error(error)
        if spatial:
            raise
        raise WrongAnswer(
            "The last layers output the shape (n, channels), which has no spatial axes to average over. Your function "
            f"raises {type(error).__name__} for it."
        ) from None
    expect(
        graph is not None or not maps.requires_grad,
        "Your function switches gradient tracking on for `maps`, which belong to the caller. Leave them as they are.",
    )
    expect(
        maps.grad_fn is graph and maps.requires_grad == (graph is not None),
        "Your function removes the caller's own tensor from its autograd graph. Use `detach()`.",
    )
    expect_unchanged(before, maps, "maps")
    _check_settings(settings)
    if isinstance(returned, torch.Tensor):
        raise WrongAnswer(
            "You return a tensor, in an autograd graph. Detach it and convert it to a NumPy array."
            if returned.requires_grad
            else "You return a tensor; convert it to a NumPy array."
        )
    if len(maps) == 1:
        shape = as_array(returned).shape
        expect(
            shape == maps.shape[:2],
            f"For a single galaxy, too, the shape is (n, channels), here {tuple(maps.shape[:2])}; yours is {shape}.",
        )
    expect(
        getattr(returned, "dtype", None) != np.float16,
        "The array has the dtype float16, which has a precision of three digits. Return float32.",
    )
    values = before.numpy().astype(float)
    flat = values.reshape(*values.shape[:2], -1)
    expected = np.array([[sum(channel) / len(channel) for channel in galaxy] for galaxy in flat.tolist()])
    what = "the array of averages" if spatial else "the array"
    mistakes = average_mistakes(values) if spatial else _row_mistakes(values)
    expect_close(
        returned, expected, [*mistakes, *_precision_mistakes(torch.from_numpy(expected))], hint=hint, what=what
    )
    expect(
        isinstance(returned, np.ndarray),
        f"You return an object of type {type(returned).__name__}; return a NumPy array.",
    )
    expect(returned.dtype == np.float32, f"The array has the dtype {returned.dtype}; return float32.")


def _precision_mistakes(values):
    """Results that are rounded, with their hints."""
    return [
        (rounding(values), f"The values are rounded ({name}). Keep the precision of float32.")
        for name, rounding in _ROUNDINGS.items()
    ]


def average_mistakes(maps):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    n, channels, height, width = maps.shape
    flat, size = maps.reshape(n, channels, -1), height * width
    sums, means = flat.sum(axis=2), flat.mean(axis=2)
    names = ("galaxies", "channels", "height", "width")
    space = "average over height and width, the last two axes."
    over_axes = [
        ((1,), f"You averaged over channels; {space}"),
        ((0,), f"You averaged over galaxies; {space}"),
        ((2,), f"You averaged over height alone; {space}"),
        ((3,), f"You averaged over width alone; {space}"),
        ((0, 1, 2, 3), f"You averaged over all four axes; {space}"),
        ((1, 2, 3), f"You averaged over channels too; {space}"),
        ((0, 2, 3), f"You averaged over galaxies too; {space}"),
        *(
            (axes, f"You averaged over {names[axes[0]]} and {names[axes[1]]}; {space}")
            for axes in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3))
        ),
    ]
    return [
        (sums, "This is the sum over all positions, which grows with the size of the map. Take the mean."),
        *((maps.mean(axis=axes), hint) for axes, hint in over_axes),
        (flat.max(axis=2), "This is the maximum of each map; take the mean."),
        (np.abs(flat).max(axis=2), "This is the largest absolute value of each map; take the mean."),
        (np.median(flat, axis=2), "This is the median of each map; take the mean."),
        (
            np.sort(flat, axis=2)[:, :, (size - 1) // 2],
            "This is the median of each map (the lower of the middle two, as in torch); take the mean.",
        ),
        (flat.min(axis=2), "This is the minimum of each map; take the mean."),
        (flat.std(axis=2), "This is the standard deviation of each map; take the mean."),
        (np.abs(flat).mean(axis=2), "You averaged absolute values. Keep the signs."),
        (np.maximum(flat, 0).mean(axis=2), "You set negative values to 0 before the mean. Keep them."),
        ((flat**2).mean(axis=2), "You averaged the squares. Average the values as they are."),
        (sums / height, "You divided by the height alone. The number of positions is height × width."),
        (sums / width, "You divided by the width alone. The number of positions is height × width."),
        (sums / (size - 1 or 0.5), "You divided by the number of positions minus 1; a mean divides by their number."),
        *(
            (
                sums / divisor,
                f"You divided by a fixed {divisor}, but these maps have {height} × {width} = {size} positions. "
                "Take the size from the shape, or use a mean.",
            )
            for divisor in (
                *range(2, 65),
                9 * 9,
                10 * 10,
                12 * 12,
                14 * 14,
                16 * 16,
                28 * 28,
                32 * 32,
                56 * 56,
                112 * 112,
            )
            if divisor != size
        ),
        (flat[:, :, 0], "This is the first position of each map; take the mean of all positions."),
        (
            maps[:, :, height // 2, width // 2],
            "This is the central position of each map; take the mean of all positions.",
        ),
        *(
            (part.mean(axis=(2, 3)), f"You left out the {name} of each map; take the mean of all positions.")
            for name, part in (
                ("first row", maps[:, :, 1:]),
                ("last row", maps[:, :, :-1]),
                ("first column", maps[:, :, :, 1:]),
                ("last column", maps[:, :, :, :-1]),
                ("border", maps[:, :, 1:-1, 1:-1]),
            )
            if part.size
        ),
        (means.T, "The axes are exchanged: use one row per galaxy and one column per channel."),
        (means[:, :, None, None], "The spatial axes are still there, with length 1; the shape must be (n, channels)."),
        (means[:1], "This is the first galaxy alone. Return one row per galaxy."),
        (means[0], "This is the first galaxy alone. Return one row per galaxy."),
        (means[:, :1], "This is the first channel alone. Return one column per channel."),
        (means[:, 0], "This is the first channel alone. Return one column per channel."),
        (means.ravel(), "All averages are in one row. Return the shape (n, channels)."),
        (flat, "You flattened each map, but didn't average it."),
        (maps.reshape(n, -1), "You flattened all values of a galaxy into one row, but didn't average them."),
        (maps, "These are the feature maps, not averaged."),
    ]


def _row_mistakes(rows):
    averaged = "You averaged an output of shape (n, channels). It has no spatial axes, so return the same numbers."
    return [
        (rows.mean(), averaged),
        (rows.mean(axis=1), averaged),
        (rows.mean(axis=0), averaged),
        (rows.T, "The axes are exchanged: use one row per galaxy and one column per channel."),
        (rows[:, :, None, None], "An output of shape (n, channels) has no spatial axes. Don't add any."),
        *(
            (rows / divisor, f"You divided an output of shape (n, channels) by {divisor}. Return the same numbers.")
            for divisor in range(2, 65)
        ),
    ]


def _explain_numpy_error(error):
    """A hint for an error that NumPy raises for a tensor that requires gradients; other errors pass."""
    if isinstance(error, RuntimeError) and "requires grad" in str(error):
        raise WrongAnswer(
            "NumPy can't read a tensor that belongs to an autograd graph. Call `detach()` on it first."
        ) from None


def _make_sequence():
    return nn.Sequential(
        nn.Conv2d(3, 3, 3, padding=1),
        nn.BatchNorm2d(3),
        nn.ReLU(inplace=True),
        nn.Conv2d(3, 3, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(3, 1),
    )


def _make_broken():
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), Broken(), nn.Flatten())


def test_hooks_2(answer):
    with default_settings():
        _test_sequence(answer)
        _test_branches(answer)
        _test_broken(answer)


def _test_sequence(answer):
    network = seeded(_make_sequence, 1)
    first, second = images_of(5, 3, 6, 4, seed=2), images_of(5, 3, 6, 4, seed=3)
    expected = [_run_modules(network, images, 4) for images in (first, second)]
    mistakes = catch_mistakes(network, first, expected[0])
    activations = _check_catch(answer, network, network[3], first, mistakes, expected[0])
    copy = as_array(activations).copy()
    stale = "Called again with other images, it returns the activations of the first ones. Use a new list in each call."
    again = _check_catch(answer, network, network[3], second, [(expected[0], stale)], expected[1])
    expect(
        np.array_equal(as_array(activations), copy) and again is not activations,
        "The second call has changed what the first one returned. Return a new tensor from each call.",
    )


def _test_branches(answer):
    branches = seeded(Branches, 4)
    mix, outputs, layer_calls = branches.body["mix"], [], []

    def observe_layer(module, args, output):
        tracked = torch.is_grad_enabled() and any(weight.requires_grad for weight in module.parameters())
        layer_calls.append((tracked, output))

    # Hooks of somebody else.
    mix.register_forward_hook(observe_layer)
    branches.register_forward_hook(lambda module, args, output: outputs.append(output.detach().clone()))
    for n in (3, 1):
        images = images_of(n, 3, 2, 2, seed=5)
        flat = images.reshape(n, -1)
        with torch.no_grad():
            expected = flat @ mix.weight.T + mix.bias
            changed = (expected + flat) / 2
        overwritten = "The network overwrote the layer's output later in the pass. Record a copy, with `clone()`."
        _check_catch(answer, branches, mix, images, [(changed, overwritten), (expected + flat, overwritten)], expected)
        _check_called_once(outputs, branches.head(changed).detach())
        expect(
            len(layer_calls) == 1,
            f"The layer runs {len(layer_calls)} times; it must run once, inside `network(images)`.",
        )
        tracked, output = layer_calls[0]
        expect(
            not tracked or output.requires_grad,
            "`detach_` removes the network's own tensor from the autograd graph, so the network computes without "
            "gradients while you record. Use `detach()`, which returns a new tensor.",
        )
        outputs.clear()
        layer_calls.clear()


def _test_broken(answer):
    broken = seeded(_make_broken, 6)
    broken[0].register_forward_hook(lambda module, args, output: None)
    before = _state_of(broken)
    for place, when in ((0, "an error"), (3, "an error before it reaches the layer")):
        error = expect_error(
            lambda layer=broken[place]: answer(broken, layer, images_of(2, 3, 5, 5, seed=7)),
            BrokenLayerError,
            "Here the network raises an error. Let it reach the caller unchanged.",
        )
        del error
        _check_state(before, broken, f" when the network raises {when}")


def _check_called_once(outputs, expected):
    """Reject a network that isn't called exactly once, or computes something else than without the hook."""
    expect(
        bool(outputs),
        "Somebody else's hook on the network itself isn't called. Run the whole pass with `network(images)`, not "
        "`network.forward(images)` and not layer by layer.",
    )
    expect(len(outputs) == 1, f"The network is called {len(outputs)} times; call it once.")
    expect(
        outputs[0].shape == expected.shape and bool(torch.allclose(outputs[0], expected, rtol=1e-4, atol=1e-5)),
        "Your hook changes what the network computes. A value that a hook returns replaces the layer's output, so "
        "return nothing from it, and don't modify the output in place.",
    )


def _run_modules(network, images, count):
    """Output of the first modules of a sequence."""
    with torch.no_grad():
        values = images.clone()
        for module in network[:count]:
            values = module(values)
        return values.clone()


def _check_catch(answer, network, layer, images, mistakes, expected):
    """Compare one call with the expected activations, and the network with its state before."""
    before, given, other_layers = _state_of(network), images.clone(), _other_layers(network, layer, images)
    try:
        returned = answer(network, layer, given)
    except RuntimeError as error:
        _explain_numpy_error(error)
        raise
    except (IndexError, KeyError) as error:
        raise WrongAnswer(
            f"It raises {type(error).__name__}. If nothing was recorded, your hook wasn't called: register it on "
            "`layer`, a module of `network`, before you call `network(images)`."
        ) from None
    expect(
        returned is not None,
        "What you return is None. Does the function end with `return`, and does the hook store the output in a "
        "variable of the function, such as a list?",
    )
    if isinstance(returned, list | tuple) and len(returned) == 1 and hasattr(returned[0], "shape"):
        raise WrongAnswer("You return a list that contains the activations. Return the tensor in it.")
    expect(
        not isinstance(returned, torch.Tensor) or not returned.requires_grad,
        "The tensor that you return isn't detached: it keeps the autograd graph of the whole pass in memory.",
    )
    more = [
        (
            expected[None],
            "There is one axis too many, of length 1: you stacked a list of one tensor. Return the layer's own shape.",
        ),
        *_precision_mistakes(expected),
        *other_layers,
    ]
    expect_close(returned, expected, [*mistakes, *more], what="the array of activations")
    expect(
        isinstance(returned, torch.Tensor | np.ndarray),
        f"You return an object of type {type(returned).__name__}; return a tensor or an array.",
    )
    dtype = str(returned.dtype).removeprefix("torch.")
    expect(dtype == "float32", f"What you return has the dtype {dtype}; return float32, as the network computes.")
    expect_unchanged(images, given, "images")
    expect(
        not given.requires_grad and given.grad is None,
        "Your function switches gradient tracking on for `images`, which belong to the caller. Leave them as they are.",
    )
    _check_state(before, network, "")
    return returned


def _other_layers(network, layer, images):
    """Outputs of the other layers, with hints that name them."""
    outputs, network_copy = {}, deepcopy(network)
    name_of = {module: name for name, module in network.named_modules()}
    for name, module in network_copy.named_modules():
        for kind in _HOOKS:
            getattr(module, kind).clear()
        if name not in ("", name_of[layer]):
            module.register_forward_hook(lambda module, args, output, name=name: _record(outputs, name, output))
    with torch.no_grad():
        network_copy(images.clone())
    return [
        (output, f"This is the output of another layer, {name!r}. Register the hook on `layer` itself.")
        for name, output in outputs.items()
    ]


def _record(outputs, name, output):
    outputs[name] = output.detach().clone()


def catch_mistakes(network, images, expected):
    """Results of typical mistakes in place of the output of network[3], with their hints."""
    with torch.no_grad():
        layer_input, overwritten = _run_modules(network, images, 3), expected.clamp(min=0)
        alone, last = network[3](images), network(images.clone())
        in_training = deepcopy(network).train()[:4](images.clone())
    final = "This is the final output of the network. Return the output of `layer`."
    return [
        (
            overwritten,
            "The next layer has overwritten the recorded tensor: a ReLU in place set its negative values to 0. Record "
            "a copy, with `clone()`, and don't return it from the hook.",
        ),
        (last, final),
        (last[:, 0], final),
        (
            alone,
            "This is the layer's output for the images. In the network, its input is the output of earlier layers.",
        ),
        (layer_input, "This is the input of the layer. Return its output."),
        (layer_input[None], "This is the input of the layer. Return its output."),
        (in_training, "This is the layer's output in training mode. Leave the network in eval mode."),
        (
            in_training.clamp(min=0),
            "This is the output in training mode, overwritten by the next layer. Leave the network in eval mode, and "
            "record a copy.",
        ),
        (expected.mean(dim=(2, 3)), "You averaged over positions. Return the full feature maps."),
        (
            overwritten.mean(dim=(2, 3)),
            "You averaged over positions, and the next layer has overwritten the tensor. Return the full feature maps, "
            "and record a copy.",
        ),
        (expected[0], "These are the activations for the first image alone. Return all images."),
        (expected[:1], "These are the activations for the first image alone. Return all images."),
        (expected[-1], "These are the activations for the last image alone. Return all images."),
        (expected[1:], "The first image is missing. Return all images."),
        (expected[:-1], "The last image is missing. Return all images."),
        (expected[:, 0], "This is the first channel alone. Return all channels."),
        (expected[:, :1], "This is the first channel alone. Return all channels."),
        (expected.flatten(1), "You flattened the activations of each image. Keep the layer's own shape."),
        (images, "These are the images. Return the output of `layer`."),
    ]


def _state_of(network):
    """Everything about a network, and about settings that all networks share, that a function may leave changed."""
    modules = dict(network.named_modules())
    classes = {cls for module in modules.values() for cls in type(module).__mro__ if issubclass(cls, nn.Module)}
    return {
        "modules": modules,
        "hooks": {(name, kind): list(getattr(module, kind)) for name, module in modules.items() for kind in _HOOKS},
        "global hooks": [list(registry) for registry in _GLOBAL_HOOKS],
        "modes": {name: module.training for name, module in modules.items()},
        "attributes": {name: set(vars(module)) for name, module in modules.items()},
        "values": {name: _plain_values(module) for name, module in modules.items()},
        "methods": {cls: [vars(cls).get(name) for name in ("forward", "__call__")] for cls in classes},
        "requires_grad": {name: weight.requires_grad for name, weight in network.named_parameters()},
        "tensors": {name: tensor.clone() for name, tensor in network.state_dict().items()},
        "settings": torch_settings(),
    }


def _plain_values(module):
    """Public attributes of a module that are numbers, texts and the like, without its mode."""
    plain = (bool, int, float, str, tuple, type(None))
    values = vars(module).items()
    return {name: value for name, value in values if isinstance(value, plain) and name[0] != "_" and name != "training"}


def _check_state(before, network, when):
    """Reject a function that leaves a network, or settings that all networks share, changed."""
    after = _state_of(network)
    for place, hooks in before["hooks"].items():
        now = after["hooks"].get(place, [])
        expect(
            set(now) <= set(hooks),
            f"Your hook is still registered{when}. It will run in every later pass, whoever calls the network. Remove "
            "it.",
        )
        expect(set(hooks) <= set(now), f"A hook that somebody else registered is gone{when}. Remove only your own.")
    expect(
        after["global hooks"] == before["global hooks"],
        f"A global hook is still registered{when}. It runs for every module of every network: remove it.",
    )
    expect(
        list(before["modules"]) == list(after["modules"])
        and all(module is after["modules"][name] for name, module in before["modules"].items()),
        f"A module of the network was replaced{when}. Leave the network as it was.",
    )
    _check_modes(before["modes"], after["modes"], when)
    expect(
        before["attributes"] == after["attributes"] and before["methods"] == after["methods"],
        f"A module has other attributes or methods than before{when}, such as your own `forward`. Leave it as it was.",
    )
    _check_values(before, after, when)
    expect(
        all(_same_tensor(tensor, after["tensors"][name]) for name, tensor in before["tensors"].items()),
        f"The network's weights, or batch norm's statistics, have changed{when}. Leave them as they were. (A pass in "
        "training mode updates the statistics.)",
    )
    expect(
        before["requires_grad"] == after["requires_grad"]
        and all(weight.grad is None for weight in network.parameters()),
        f"`requires_grad` or `grad` of the weights has changed{when}. Leave them as they were.",
    )
    _check_settings(before["settings"], when)


def _check_values(before, after, when):
    for name, values in before["values"].items():
        for key, value in values.items():
            now = after["values"][name].get(key)
            expect(
                now == value,
                f"You changed the attribute `{key}` of {_described(name, before['modules'][name])}: it was {value} and "
                f"is left at {now}{when}. Leave the network as it was.",
            )


def _described(name, module):
    kind = type(module).__name__
    return f"the module {name!r} ({kind})" if name else f"the network itself ({kind})"


def _same_tensor(one, other):
    return one.dtype == other.dtype and torch.equal(one, other)


def _check_modes(before, after, when):
    changed = [name for name, training in before.items() if after[name] != training]
    if not changed:
        return
    was = "training" if before[changed[0]] else "eval"
    now = "eval" if was == "training" else "training"
    expect(
        not all("." in name for name in changed),
        f"A module inside a part of the network was in {was} mode and is left in {now} mode{when}. `children()` lists "
        "the outer parts only, and `train` on a part also changes the modules inside it.",
    )
    everything = set(before.values()) == {was == "training"} and len(changed) == len(before)
    raise WrongAnswer(
        f"The whole network was in {was} mode and is left in {now} mode{when}. Restore its mode."
        if everything
        else f"A part of the network was in {was} mode and is left in {now} mode{when}. Each module has its own mode: "
        "restore every one."
    )


def _make_regression():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.BatchNorm2d(4),
        nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 1),
    )


def _make_with_dropout():
    return nn.Sequential(nn.Flatten(), nn.Linear(12, 40), nn.Dropout(0.5), nn.ReLU(), nn.Linear(40, 1))


def _make_broken_regression():
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.1), Broken())


def test_hooks_3(answer):
    with default_settings():
        _test_modes(answer)
        _test_own_classes(answer)
        _test_broken_regression(answer)


def _test_modes(answer):
    images = images_of(6, 3, 5, 5, seed=1)
    _check_predictions(answer, seeded(_make_regression, 2).train(), images)
    network = seeded(_make_regression, 3)
    network[2].register_forward_hook(lambda module, args, output: None)
    _check_predictions(answer, network, images)
    for training, part in ((True, slice(1, 3)), (False, slice(2, 3))):
        network = seeded(_make_regression, 4).train(training)
        for module in network[part]:
            module.train(not training)
        _check_predictions(answer, network, images)
        # A module inside a part.
        network = seeded(_make_regression, 4).train(training)
        network[2][1].train(not training)
        _check_predictions(answer, network, images)
    _check_predictions(answer, seeded(_make_with_dropout, 5).train(), images_of(7, 3, 2, 2, seed=6))
    _check_predictions(answer, seeded(_make_regression, 7).train(), images[:1], "Here there is a single image. ")


def _test_own_classes(answer):
    """Test a network in which modules of several classes depend on the mode."""
    network = seeded(OwnClasses, 9).train()
    network.register_forward_hook(lambda module, args, output: None)
    still_training = {}

    def observe(name):
        def hook(module, args):
            if module.training:
                still_training[name] = _described(name, module)

        return hook

    for name, module in network.named_modules():
        module.register_forward_pre_hook(observe(name))
    images = images_of(6, 3, 5, 5, seed=10)
    with torch.no_grad():
        expected = deepcopy(network).eval()(images)[:, 0]
    still_training.clear()
    with torch.random.fork_rng(devices=[]):
        predictions = as_array(answer(network, images.clone()), what="the predictions").ravel()
    if still_training and not (predictions.shape == expected.shape and np.allclose(predictions, expected, rtol=1e-4)):
        raise WrongAnswer(
            f"During the prediction, {next(iter(still_training.values()))} was in training mode. Put every module into "
            "eval mode, whatever its class."
        )
    _check_predictions(answer, network, images)


def _test_broken_regression(answer):
    for training in (True, False):
        network = seeded(_make_broken_regression, 8).train(training)
        network[1].train(not training)
        before = _state_of(network)
        error = expect_error(
            lambda network=network: answer(network, images_of(6, 3, 5, 5, seed=1)),
            BrokenLayerError,
            "Here the network raises an error. Let it reach the caller unchanged.",
        )
        del error
        _check_state(before, network, " when the network raises an error")


def _check_predictions(answer, network, images, hint=""):
    """Compare one call with the expected predictions, and the network with its state before."""
    n = len(images)
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        expected = deepcopy(network).eval()(images)[:, 0]
        unchanged_modes = deepcopy(network)(images)[:, 0] if n > 1 else expected
        all_training = deepcopy(network).train()(images)[:, 0] if n > 1 else expected
    before, given = _state_of(network), images.clone()
    try:
        returned = answer(network, given)
    except RuntimeError as error:
        _explain_numpy_error(error)
        raise
    expect(
        not any(
            isinstance(value, torch.Tensor) and value.requires_grad
            for value in (returned if isinstance(returned, list | tuple) else [returned])
        ),
        "The predictions belong to an autograd graph, which fills the memory. Use `torch.no_grad()` or `detach()`.",
    )
    array = as_array(returned, what="the array of predictions")
    training = "These are predictions in training mode: batch norm uses the statistics of the batch. Use eval mode."
    expect(
        array.shape != (n, 1) or n == 1 or not np.allclose(array[:, 0], expected, rtol=1e-4, atol=1e-6),
        f"The predictions have the shape {n} × 1, a table with one column. Return the shape (n,).",
    )
    if array.shape == (n, 1) and n > 1:
        array = array[:, 0]
    expect(
        n > 1 or array.shape == (1,),
        f"For a single image, too, the shape is (n,), here (1,); yours is {tuple(array.shape)}.",
    )
    mixed = (
        "A part of the network was in training mode, and stayed so during the prediction. Each module has its own mode."
    )
    expect_close(
        array,
        expected,
        [
            (all_training, training),
            (unchanged_modes, training if all(before["modes"].values()) else mixed),
            (expected[:1], "This is the prediction for the first image alone. Return one per image."),
            (expected[0], "This is the prediction for the first image alone. Return one per image."),
            (expected.mean(), "This is the mean of the predictions. Return one per image."),
            *_precision_mistakes(expected),
        ],
        hint=f"{hint}Was every module in eval mode?",
        what="the array of predictions",
    )
    expect(
        np.shape(as_array(returned)) == (n,),
        f"The predictions have the shape {np.shape(as_array(returned))}; return the shape (n,).",
    )
    expect_unchanged(images, given, "images")
    expect(
        not given.requires_grad and given.grad is None,
        "Your function switches gradient tracking on for `images`, which belong to the caller. Leave them as they are.",
    )
    _check_state(before, network, "")
