"""Tests of the exercises on hooks; each takes the student's function."""

import traceback
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache

import numpy as np
import torch
from torch import nn

from galviz.course.judge import (
    WrongAnswer,
    as_array,
    expect,
    expect_close,
    expect_error,
    expect_unchanged,
    format_items,
)
from lessons.hooks.state_checks import (
    HOOKS,
    check_dtypes,
    check_settings,
    check_settings_of_the_caller,
    check_state,
    default_settings,
    described,
    state_of,
    torch_settings,
)

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
    # As if it was being trained, except for the last weight: a function must not change either.
    for weight in network.parameters():
        weight.grad = weight.detach().sin()
    weight.grad = None
    weight.requires_grad = False
    return network.eval()


def images_of(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_hooks_1(answer):
    with default_settings():
        _test_averages(answer)


def _test_averages(answer):
    maps = images_of(5, 6, 11, 13, seed=1) + 0.3  # sizes whose products aren't those of usual maps
    _check_averages(answer, maps)
    _check_averages(answer, images_of(4, 2, 3, 3, seed=2), "Here there are 4 galaxies, 2 channels and 3 × 3 positions.")
    _check_averages(answer, images_of(3, 2, 4, 2, seed=3).requires_grad_() * 2)
    _check_averages(answer, images_of(3, 2, 5, 4, seed=10).relu(), "Here many values are 0, as after a ReLU.")
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
    check_settings_of_the_caller(lambda: answer(maps.clone()))


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
    check_settings(settings)
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
        returned,
        expected,
        [*mistakes, *_precision_mistakes(torch.from_numpy(expected))],
        hint=_nearly_right(returned, expected) or hint,
        what=what,
    )
    expect(
        isinstance(returned, np.ndarray),
        f"You return an object of type {type(returned).__name__}; return a NumPy array.",
    )
    expect(returned.dtype == np.float32, f"The array has the dtype {returned.dtype}; return float32.")


def _precision_mistakes(values):
    """Results that are rounded, with their hints."""
    rounded = {name: rounding(values) for name, rounding in _ROUNDINGS.items()}
    return [
        (numbers, f"The values are rounded ({name}). Keep the precision of float32.")
        for name, numbers in rounded.items()
        if numbers.any()  # zeros have other reasons
    ]


def _nearly_right(returned, expected):
    """A sentence if all numbers are nearly right; an empty text otherwise."""
    try:
        array, right = as_array(returned), as_array(expected)
    except WrongAnswer:
        return ""
    if array.shape != right.shape or np.abs(array - right).max() > 0.004 * np.abs(right).max():
        return ""
    return (
        "All numbers are nearly right: is something rounded, or in half precision (float16 or bfloat16)? Keep float32."
    )


def average_mistakes(maps):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    n, channels, height, width = maps.shape
    flat, size = maps.reshape(n, channels, -1), height * width
    positive = np.maximum(flat, 0).sum(axis=2) / np.maximum((flat > 0).sum(axis=2), 1)
    sums, means = flat.sum(axis=2), flat.mean(axis=2)
    not_zero = sums / np.maximum((flat != 0).sum(axis=2), 1)
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
        *(
            (form(means.mean(axis=axis, keepdims=True)), f"You averaged over {name} too; {space}")
            for form in (lambda values: values, lambda values: np.broadcast_to(values, means.shape))
            for axis, name in ((0, "galaxies"), (1, "channels"), (None, "galaxies and channels"))
        ),
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
        (np.maximum(means, 0), "You set negative averages to 0. Keep them."),
        (np.abs(means), "You removed the signs. Keep negative averages."),
        (not_zero, "You left out positions with the value 0. A mean takes all positions, those with 0 too."),
        (positive, "You averaged the positive values alone. A mean takes all values, the negative ones too."),
        ((flat**2).mean(axis=2), "You averaged the squares. Average the values as they are."),
        (sums / height, "You divided by the height alone. The number of positions is height × width."),
        (sums / width, "You divided by the width alone. The number of positions is height × width."),
        (sums / height**2, "You divided by the square of the height. The number of positions is height × width."),
        (sums / width**2, "You divided by the square of the width. The number of positions is height × width."),
        (sums / (height + width), "You divided by height + width. The number of positions is height × width."),
        *(
            (sums / number, f"You divided by the number of {name}. Divide each sum by the number of positions alone.")
            for number, name in (
                (n, "galaxies"),
                (channels, "channels"),
                (n * size, "galaxies and positions"),
                (channels * size, "channels and positions"),
                (n * channels * size, "all values"),
            )
        ),
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
        *(
            (part.mean(axis=2), f"You averaged the {name} alone; take the mean of all positions.")
            for name, part in (
                ("first row of each map", maps[:, :, 0]),
                ("last row of each map", maps[:, :, -1]),
                ("central row of each map", maps[:, :, height // 2]),
                ("first column of each map", maps[:, :, :, 0]),
                ("last column of each map", maps[:, :, :, -1]),
                ("central column of each map", maps[:, :, :, width // 2]),
                ("diagonal of each map", np.diagonal(maps, axis1=2, axis2=3)),
            )
        ),
        *_averages_in_half_precision(maps),
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


def _averages_in_half_precision(maps):
    """Averages in less precision than float32, with their hints."""
    mistakes = []
    for name, dtype in (("float16", torch.float16), ("bfloat16", torch.bfloat16)):
        hint = f"You computed in half precision ({name}), which has two or three digits. Keep float32."
        converted = torch.from_numpy(maps).to(dtype)
        mistakes += [
            (converted.mean(dim=(2, 3)).float(), hint),
            (converted.float().mean(dim=(2, 3)), hint),
            (converted.float().mean(dim=(2, 3)).to(dtype).float(), hint),
        ]
    return mistakes


def _row_mistakes(rows):
    averaged = "You averaged an output of shape (n, channels). It has no spatial axes, so return the same numbers."
    return [
        (rows.mean(), averaged),
        (rows.mean(axis=1), averaged),
        (rows.mean(axis=0), averaged),
        (np.broadcast_to(rows.mean(axis=0), rows.shape), averaged),
        (np.broadcast_to(rows.mean(axis=1, keepdims=True), rows.shape), averaged),
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


def _explain_hook_error(error):
    """A hint for a hook with the wrong parameters; other errors pass."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    if (
        isinstance(error, TypeError)
        and "positional argument" in str(error)
        and last.filename == nn.modules.module.__file__
        and "forward()" not in str(error)
    ):
        raise WrongAnswer(
            "PyTorch calls a forward hook with three arguments: the module, a tuple of its inputs, and its output. "
            f"Your hook has other parameters: {error}."
        ) from None


def _explain_missing_forward(error):
    """A hint for a function that calls the parts of a network itself; other errors pass."""
    if "forward" in str(error):
        raise WrongAnswer(
            "Your function calls a part of the network that can't be called, such as a dictionary of layers. Not every "
            "network is a sequence of layers: call all of it, as `network(images)`."
        ) from None


def _was_raised_in_hook(error):
    """Whether the student's hook raised an error, and not a layer of the network or the code around the pass."""
    in_pass = False
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == nn.modules.module.__file__:
            in_pass = True
        elif in_pass and frame.name != "forward":
            return frame.filename != __file__
    return False


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
        sequence, images = seeded(_make_sequence, 1), images_of(2, 3, 6, 4, seed=2)
        check_settings_of_the_caller(lambda: answer(sequence, sequence[3], images.clone()))


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
    mix, started, outputs, layer_calls = branches.body["mix"], [], [], []

    def observe_layer(module, args, output):
        tracked = torch.is_grad_enabled() and any(weight.requires_grad for weight in module.parameters())
        layer_calls.append((tracked, output))

    # Hooks of somebody else.
    mix.register_forward_hook(observe_layer)
    branches.register_forward_pre_hook(lambda module, args: started.append(True))
    branches.register_forward_hook(lambda module, args, output: outputs.append(output.detach().clone()))
    for n in (3, 1):
        images = images_of(n, 3, 2, 2, seed=5)
        flat = images.reshape(n, -1)
        with torch.no_grad():
            expected = flat @ mix.weight.T + mix.bias
            changed = (expected + flat) / 2
        overwritten = "The network overwrote the layer's output later in the pass. Record a copy, with `clone()`."
        _check_catch(answer, branches, mix, images, [(changed, overwritten), (expected + flat, overwritten)], expected)
        _check_called_once(started, outputs, branches.head(changed).detach())
        expect(bool(layer_calls), _HOOK_OF_LAYER_NOT_CALLED)
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
        started.clear()
        outputs.clear()
        layer_calls.clear()


def _test_broken(answer):
    broken = seeded(_make_broken, 6)
    broken[0].register_forward_hook(lambda module, args, output: None)
    before = state_of(broken)
    for place, when in ((0, "an error"), (3, "an error before it reaches the layer")):
        error = expect_error(
            lambda layer=broken[place]: answer(broken, layer, images_of(2, 3, 5, 5, seed=7)),
            BrokenLayerError,
            "Here the network raises an error. Let it reach the caller unchanged.",
        )
        del error
        check_state(before, broken, f" when the network raises {when}")


_HOOK_OF_LAYER_NOT_CALLED = (
    "Somebody else's hook on the layer isn't called during the pass. Register your hook beside theirs, and leave "
    "theirs registered."
)


def _check_called_once(started, outputs, expected):
    """Reject a network that isn't called exactly once, or computes something else than without the hook."""
    expect(
        bool(outputs) or not started,
        "The pass stops before the network has computed its output, at an error that your function catches. Does your "
        "hook raise it? Let the hook return normally, so that the pass finishes, with the hooks of others.",
    )
    expect(
        bool(outputs),
        "Somebody else's hook on the network itself isn't called. Run the whole pass with `network(images)`, not "
        "`network.forward(images)` and not layer by layer.",
    )
    expect(len(outputs) == 1, f"The network is called {len(outputs)} times; call it once.")
    expect(
        outputs[0].shape == expected.shape
        and bool(torch.allclose(outputs[0].to(expected), expected, rtol=1e-4, atol=1e-5)),
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
    before, given, other_layers = state_of(network), images.clone(), _other_layers(network, layer, images)
    try:
        returned = answer(network, layer, given)
    except NotImplementedError as error:
        _explain_missing_forward(error)
        raise
    except (RuntimeError, TypeError) as error:
        _explain_numpy_error(error)
        _explain_hook_error(error)
        raise
    except (IndexError, KeyError) as error:
        if _was_raised_in_hook(error):
            raise
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
        (
            expected.squeeze(),
            "You removed an axis of length 1. Keep the layer's own shape, also for one image or one channel.",
        ),
        *_precision_mistakes(expected),
        *other_layers,
    ]
    check_dtypes(before, network)
    expect_close(
        returned,
        expected,
        [*mistakes, *more, *_function_mistakes(expected, "activations")],
        hint=_nearly_right(returned, expected),
        what="the array of activations",
    )
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
    check_state(before, network, "")
    return returned


def _other_layers(network, layer, images):
    """Outputs of the other layers, with hints that name them."""
    outputs, network_copy = {}, deepcopy(network)
    name_of = {module: name for name, module in network.named_modules()}
    for name, module in network_copy.named_modules():
        for kind in HOOKS:
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


def _function_mistakes(values, name):
    """Results to which a function was applied, with their hints."""
    functions = {
        "a sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "a ReLU": torch.relu,
        "an exponential function": torch.exp,
        "a softmax": lambda numbers: numbers.softmax(dim=-1),
    }
    return [
        *(
            (function(values), f"You applied {function_name} to the {name}. Return them as they are.")
            for function_name, function in functions.items()
        ),
        (values.abs(), f"You removed the signs of the {name}. Keep them."),
        (-values, f"You reversed the signs of the {name}. Return them as they are."),
        (values**2, f"You squared the {name}. Return them as they are."),
    ]


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


def _make_regression():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.BatchNorm2d(4),
        nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 1),
    )


def _regression(seed):
    """A network whose predictions have both signs, and differ by more than 1."""
    network = seeded(_make_regression, seed)
    with torch.no_grad():
        network[5].weight.mul_(30)
        network[5].bias.sub_(network(images_of(6, 3, 5, 5, seed=1)).mean())
    return network


def _make_with_dropout():
    return nn.Sequential(nn.Flatten(), nn.Linear(12, 40), nn.Dropout(0.5), nn.ReLU(), nn.Linear(40, 1))


def _make_broken_regression():
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.1), Broken())


def test_hooks_3(answer):
    with default_settings():
        _test_modes(answer)
        _test_own_classes(answer)
        _test_broken_regression(answer)
        network, images = _regression(11).train(), images_of(2, 3, 5, 5, seed=1)
        check_settings_of_the_caller(lambda: answer(network, images.clone()))


def _test_modes(answer):
    images = images_of(6, 3, 5, 5, seed=1)
    _check_predictions(answer, _regression(2).train(), images)
    network = _regression(3)
    network[2].register_forward_hook(lambda module, args, output: None)
    _check_predictions(answer, network, images)
    for training, part in ((True, slice(1, 3)), (False, slice(2, 3))):
        network = _regression(4).train(training)
        for module in network[part]:
            module.train(not training)
        _check_predictions(answer, network, images)
        # A module inside a part.
        network = _regression(4).train(training)
        network[2][1].train(not training)
        _check_predictions(answer, network, images)
    _check_predictions(answer, seeded(_make_with_dropout, 5).train(), images_of(7, 3, 2, 2, seed=6))
    _check_predictions(answer, _regression(7).train(), images[:1], "Here there is a single image. ")


def _test_own_classes(answer):
    """Test a network in which modules of several classes depend on the mode."""
    network, passes = seeded(OwnClasses, 9).train(), []
    network.register_forward_hook(lambda module, args, output: passes.append(True))  # of somebody else
    still_training = _observe_modes(network)
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
    passes.clear()
    answer(network, images.clone())
    expect(
        bool(passes),
        "Somebody else's hook on the network isn't called. Call the network as `network(images)`, which also runs "
        "hooks; `network.forward(images)` doesn't.",
    )


def _observe_modes(network):
    """Modules that are in training mode during a pass, in words, by their names; filled during each pass."""
    still_training = {}

    def observe(name):
        def hook(module, args):
            if module.training:
                still_training[name] = described(name, module)

        return hook

    for name, module in network.named_modules():
        module.register_forward_pre_hook(observe(name))
    return still_training


def _test_broken_regression(answer):
    for training in (True, False):
        network = seeded(_make_broken_regression, 8).train(training)
        network[1].train(not training)
        before = state_of(network)
        error = expect_error(
            lambda network=network: answer(network, images_of(6, 3, 5, 5, seed=1)),
            BrokenLayerError,
            "Here the network raises an error. Let it reach the caller unchanged.",
        )
        del error
        check_state(before, network, " when the network raises an error")


def _check_predictions(answer, network, images, hint=""):
    """Compare one call with the expected predictions, and the network with its state before."""
    n = len(images)
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        expected = deepcopy(network).eval()(images)[:, 0]
        unchanged_modes = deepcopy(network)(images)[:, 0] if n > 1 else expected
        all_training = deepcopy(network).train()(images)[:, 0] if n > 1 else expected
        of_other_images = [
            (deepcopy(network).eval()(other)[:, 0], f"You {change} before the pass. Pass `images` as they are.")
            for other, change in (
                (images / 255, "divided the images by 255"),
                ((images - images.mean()) / images.std(), "standardised the images"),
                (images.flip(-1), "flipped the images"),
            )
        ]
    still_training = _observe_modes(network)
    before, given = state_of(network), images.clone()
    try:
        returned = answer(network, given)
    except NotImplementedError as error:
        _explain_missing_forward(error)
        raise
    except RuntimeError as error:
        _explain_numpy_error(error)
        raise
    in_training = next(iter(still_training.values()), "")
    expect(
        not any(
            isinstance(value, torch.Tensor) and value.requires_grad
            for value in (returned if isinstance(returned, list | tuple) else [returned])
        ),
        "The predictions belong to an autograd graph, which fills the memory. Use `torch.no_grad()` or `detach()`.",
    )
    check_dtypes(before, network)
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
    if before["modes"][""] and in_training and "" not in still_training:
        training = (
            f"During the prediction, the network itself was in eval mode, but {in_training} was in training mode. Its "
            "attribute `training` doesn't reach the modules inside it."
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
            *([] if n == 1 else _order_mistakes(expected)),
            *_precision_mistakes(expected),
            *_output_mistakes(expected),
            *of_other_images,
        ],
        hint=hint
        + (
            f"During the prediction, {in_training} was in training mode. Put every module into eval mode."
            if in_training
            else _nearly_right(array, expected)
        ),
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
    check_state(before, network, "")


def _order_mistakes(values):
    return [
        (values.sort().values, "You sorted the predictions. Keep the order of the images."),
        (values.flip(0), "The predictions are in reverse order. Keep the order of the images."),
        (values - values.mean(), "You subtracted the mean of the predictions. Return them as they are."),
        (values.softmax(dim=0), "You applied a softmax to the predictions. Return them as they are."),
    ]


def _output_mistakes(values):
    """Results of typical ways to change the output of a network that has a single one, with their hints."""
    return [
        *_function_mistakes(values, "predictions"),
        (torch.ones_like(values), "All your predictions are 1. A softmax of a single output gives that: don't use it."),
        (
            torch.zeros_like(values),
            "All your predictions are 0. An `argmax` of a single output gives that: don't use it.",
        ),
        *(
            ((values > threshold).float(), "You compared the predictions with a threshold. Return them as they are.")
            for threshold in (0, 0.5)
        ),
    ]


# hooks.0


class Scaled(nn.Conv2d):
    """A subclass whose name doesn't contain that of its base class."""


class NotLinear(nn.Identity):
    """A class that isn't a subclass of Linear, although its name contains it."""


def _make_tree():
    """A network with modules at several depths, a module that occurs twice, and names that aren't in sorted order."""
    relu = nn.ReLU()
    body = nn.Sequential(
        Scaled(4, 4, 1), relu, nn.Sequential(nn.Conv2d(4, 4, 1), nn.ModuleDict({"z": nn.Conv2d(4, 4, 1), "a": relu}))
    )
    layers = [nn.Conv2d(3, 4, 1), body, *(nn.BatchNorm2d(4) for _ in range(7)), nn.Conv2d(4, 4, 1)]
    return nn.Sequential(*layers, Scaled(4, 4, 1), nn.Flatten(), NotLinear(), nn.Linear(4, 1))


def test_hooks_0(answer):
    with default_settings():
        _test_names(answer)


def _test_names(answer):
    tree = seeded(_make_tree, 1)
    kinds = (nn.Conv2d, nn.Sequential, nn.ReLU, nn.Linear, Scaled, nn.Module, nn.LSTM)
    cases = [*((tree, kind) for kind in kinds), (nn.Linear(2, 1), nn.Linear), (seeded(OwnClasses, 2), OwnClasses)]
    expected = [_names_by_hand(*case) for case in cases]
    returned = []
    for network, kind in cases:
        before = state_of(network)
        returned.append(_read_names(_call_for_names(answer, network, kind), f"for the class {kind.__name__}"))
        check_state(before, network, "")
    check_settings_of_the_caller(lambda: answer(tree, nn.Conv2d))
    for mistake, hint in name_mistakes():
        mistaken = [mistake(*case) for case in cases]
        if returned == mistaken and mistaken != expected:
            raise WrongAnswer(hint)
    for (_, kind), names, right in zip(cases, returned, expected, strict=True):
        missing, extra = [name for name in right if name not in names], [name for name in names if name not in right]
        where = f"For the class {kind.__name__}"
        expect("" not in missing, f"{where}, the network itself is missing: its name is an empty text.")
        expect(not missing, f"{where}, these names are missing: {format_items(missing)}.")
        expect(not extra, f"{where}, these names are too many: {format_items(extra)}.")
        expect(len(names) == len(right), f"{where}, a name occurs twice. List each module once.")
        expect(names == right, f"{where}, the order is wrong. Keep that of `network.named_modules()`.")


def _call_for_names(answer, network, kind):
    """Call the student's function; explain a typical error."""
    try:
        return answer(network, kind)
    except TypeError as error:
        if "issubclass" in str(error):
            raise WrongAnswer(
                "`issubclass` compares two classes, and a module isn't a class, but an instance of one: use "
                "`isinstance`."
            ) from None
        raise


def _names_by_hand(network, kind):
    """The right names, by a search through the modules inside modules."""
    names, known = [], set()

    def visit(module, name):
        if id(module) in known:
            return
        known.add(id(module))
        if issubclass(type(module), kind):
            names.append(name)
        for part, child in module._modules.items():
            visit(child, f"{name}.{part}" if name else part)

    visit(network, "")
    return names


def _read_names(names, where):
    """Convert what was returned to a list of names; explain other forms of it."""
    expect(
        names is not None,
        f"What you return {where} is None. Does the function end with `return`? If there is no such module, return an "
        "empty list.",
    )
    expect(
        not isinstance(names, str),
        f"You return a text {where}. Return a list of names, also if there is only one.",
    )
    expect(not hasattr(names, "__next__"), "You return an iterator or a generator. Return a list.")
    expect(
        not isinstance(names, set | frozenset | dict),
        f"You return a {type(names).__name__} {where}. Return a list of names, in the order of the modules.",
    )
    expect(
        np.iterable(names) and not isinstance(names, nn.Module), f"Return a list of names; you return {type(names)}."
    )
    names = list(names)
    for name in names:
        expect(
            not isinstance(name, nn.Module), "Your list contains the modules themselves. Return their names, as text."
        )
        expect(not isinstance(name, tuple), "Your list contains pairs of a name and a module. Return the names alone.")
        expect(isinstance(name, str), f"Your list contains an object of type {type(name).__name__}. Names are text.")
    return [str(name) for name in names]


def name_mistakes():
    """Typical mistakes as functions with the student's parameters, with their hints."""

    def names_of(pairs, kind):
        return [name for name, module in pairs if isinstance(module, kind)]

    def where(condition):
        return lambda network, kind: [name for name, module in network.named_modules() if condition(module, kind)]

    def right(change):
        return lambda network, kind: change(names_of(network.named_modules(), kind))

    def bare_names(network, kind):
        names = []
        for name, child in network.named_children():
            names += [name] * isinstance(child, kind) + bare_names(child, kind)
        return names

    def two_levels(network, kind):
        inner = [
            (f"{name}.{part}", module)
            for name, child in network.named_children()
            for part, module in child.named_children()
        ]
        return names_of([*network.named_children(), *inner], kind)

    def down_to(depth, *, with_network):
        def names(network, kind):
            return [
                name
                for name, module in network.named_modules()
                if isinstance(module, kind) and (name or with_network) and name.count(".") < depth
            ]

        return names

    def not_inside_matches(network, kind):
        names = []

        def visit(name, module):
            if isinstance(module, kind):
                names.append(name)
                return
            for part, child in module.named_children():
                visit(f"{name}.{part}" if name else part, child)

        visit("", network)
        return names

    def with_weights(network, kind):
        names = dict.fromkeys(name.rpartition(".")[0] for name, _ in network.named_parameters())
        return [name for name in names if isinstance(network.get_submodule(name), kind)]

    depth = "Modules inside modules are missing: `named_children` lists the outer ones only. Include any depth."
    subclass = "Instances of subclasses are missing. `isinstance` is True for them, too."
    by_name = "You compare the names of classes. Another class may have a similar name: use `isinstance`."
    root = "The network itself is missing. Its name is an empty text, and it may be an instance, too."
    return [
        (lambda network, kind: names_of(network.named_children(), kind), depth),
        (lambda network, kind: names_of([("", network), *network.named_children()], kind), depth),
        (two_levels, "Modules are missing that are more than two levels inside the network. Include any depth."),
        *(
            (
                down_to(levels, with_network=with_network),
                f"Modules are missing that are more than {count} levels inside the network. Include any depth.",
            )
            for levels, count in ((2, "two"), (3, "three"))
            for with_network in (True, False)
        ),
        (
            not_inside_matches,
            "Modules inside a module that is an instance itself are missing. Look inside it, too.",
        ),
        (
            with_weights,
            "You look for modules through their parameters (weights), so modules that have none are missing, such as "
            "ReLU. Use `network.named_modules()`.",
        ),
        (where(lambda module, kind: type(module) is kind), subclass),
        (
            lambda network, kind: [name for name, module in network.named_modules() if name and type(module) is kind],
            "Instances of subclasses are missing, and so is the network itself, whose name is an empty text.",
        ),
        (where(lambda module, kind: kind.__name__ in type(module).__name__), by_name),
        (where(lambda module, kind: kind.__name__ in str(type(module))), by_name),
        (where(lambda module, kind: kind.__name__ in repr(module)), by_name),
        (where(lambda module, kind: type(module).__name__.startswith(kind.__name__)), by_name),
        (right(lambda names: [name for name in names if name]), root),
        (
            where(lambda module, kind: isinstance(module, kind) and not list(module.children())),
            "Modules that contain other modules are missing. Include them, and the network itself.",
        ),
        (
            right(lambda names: [name.rpartition(".")[2] for name in names]),
            "You return only the last part of each name. Return the full name, such as '1.2.0'.",
        ),
        (
            lambda network, kind: [type(module).__name__ for module in network.modules() if isinstance(module, kind)],
            "These are the names of classes. Return the names of the modules in the network, such as '1.2.0'.",
        ),
        (
            bare_names,
            "You return only the last part of each name, and not the network itself. Return the full name, such as "
            "'1.2.0', and the empty text for the network.",
        ),
        (
            lambda network, kind: [name for name, _ in network.named_parameters()],
            "These are the names of parameters, that is, of weights. Return the names of modules.",
        ),
        (right(sorted), "You sorted the names, as text. Keep the order of `network.named_modules()`."),
        (right(lambda names: names[::-1]), "Your list is in reverse order. Keep that of `network.named_modules()`."),
        (
            right(lambda names: names[:1]),
            "You return the first name alone. Return all of them: is `return` in the loop?",
        ),
        (right(lambda names: names[1:]), "The first name is missing."),
        (right(lambda names: names[:-1]), "The last name is missing."),
        (
            lambda network, kind: names_of(network.named_modules(remove_duplicate=False), kind),
            "A module that occurs twice is listed twice. List each module once, as `network.named_modules()` does.",
        ),
        (
            where(lambda module, kind: not isinstance(module, kind)),
            "These are the modules that aren't instances of the class. Return those that are.",
        ),
        (where(lambda module, kind: True), "You return all modules. Return the instances of `kind` alone."),
        (
            lambda network, kind: names_of(network.named_modules(), nn.Conv2d),
            "Your result doesn't depend on `kind`. Use the parameter, not a fixed class.",
        ),
        (
            right(lambda names: [name or "network" for name in names]),
            "The name of the network itself is an empty text.",
        ),
    ]


# hooks.4


class Stages(nn.Module):
    """A network whose layers overwrite the outputs of others."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.body = nn.Sequential(nn.Conv2d(4, 5, 3, padding=1), nn.BatchNorm2d(5), nn.ReLU(inplace=True))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 4), nn.ReLU(inplace=True))
        self.last = nn.Linear(4, 1)

    def forward(self, images):
        return self.last(self.head(self.body(self.act(self.stem(images)))))


# Names of its layers in the order of the pass.
_STAGES = ("stem", "act", "body.0", "body.1", "body.2", "head.0", "head.1", "head.2", "head.3", "last")


def _make_broken_stages():
    network = Stages()
    network.head[0] = Broken()
    return network


def test_hooks_4(answer):
    with default_settings():
        _test_stages(answer)
        _test_broken_stages(answer)
        _test_unknown_layer(answer)
        _test_shipped_stages(answer)


def _run_stages(network, images):
    """Output of every layer, before another overwrites it."""
    outputs, values = {}, images.clone()
    with torch.no_grad():
        for name in _STAGES:
            values = network.get_submodule(name)(values)
            outputs[name] = values.clone()
    return outputs


def _test_stages(answer):
    network, results = seeded(Stages, 11), []
    started, passes, stem_calls = [], [], []
    # Hooks of somebody else.
    network.stem.register_forward_hook(lambda module, args, output: stem_calls.append(True))
    network.register_forward_pre_hook(lambda module, args: started.append(True))
    network.register_forward_hook(lambda module, args, output: passes.append(output.detach().clone()))
    for names, n, seed, hint in (
        (["body.0", "stem", "head.2"], 5, 2, ""),
        (("stem", "body.2"), 4, 3, ""),
        (["body.1"], 3, 4, "Here there is a single layer. "),
        (["head.0", "last", "head.1"], 2, 5, "Here some outputs have no spatial axes, or maps of 1 × 1. "),
        (["stem", "head.1"], 1, 6, "Here there is a single image. "),
    ):
        images = images_of(n, 3, 11, 13, seed=seed)
        before, given, runs = state_of(network), images.clone(), _run_in_all_ways(network, images)
        for calls in (started, passes, stem_calls):
            calls.clear()
        features = _call_stages(answer, network, names, given)
        expect_unchanged(images, given, "images")
        check_dtypes(before, network)
        _check_features(features, names, runs, images, hint)
        expect(
            not given.requires_grad and given.grad is None,
            "Your function switches gradient tracking on for `images`, which belong to the caller.",
        )
        check_state(before, network, "")
        _check_called_once(started, passes, runs[0]["last"])
        expect(bool(stem_calls), _HOOK_OF_LAYER_NOT_CALLED)
        results.append((features, {name: np.array(as_array(features[name])) for name in names}))
    for features, copies in results:
        expect(
            features.keys() == copies.keys() and all(np.array_equal(as_array(features[k]), copies[k]) for k in copies),
            "A later call has changed what an earlier one returned. Make a new dictionary in each call.",
        )
    check_settings_of_the_caller(lambda: answer(network, ["stem"], images.clone()))


def _call_stages(answer, network, names, images):
    """Call the student's function; explain typical errors."""
    try:
        return answer(network, list(names) if isinstance(names, list) else names, images)
    except NotImplementedError:
        raise
    except Exception as error:
        _explain_numpy_error(error)
        _explain_hook_error(error)
        text = str(error)
        if "Dimension out of range" in text or "out of bounds for array" in text or "too many indices" in text:
            raise WrongAnswer(
                "An output of shape (n, channels) has no spatial axes to average over. Your function raises "
                f"{type(error).__name__} for it. Return the same numbers."
            ) from None
        if _was_raised_in_hook(error):
            raise
        if isinstance(error, AttributeError | KeyError) and any("." in name and name in text for name in names):
            raise WrongAnswer(
                "A name with a dot, such as 'body.0', belongs to a layer inside another one. "
                "`network.get_submodule(name)` finds it; `getattr` and `named_children` don't."
            ) from None
        if isinstance(error, KeyError) and any(name in text for name in names):
            raise WrongAnswer(
                f"It raises KeyError for {text}. If nothing is recorded under this name, the hook stores it under "
                "another: a function that is defined in a loop looks up `name` when it runs, after the loop."
            ) from None
        if (isinstance(error, RuntimeError) and ("shape" in text or "dimension" in text or "size" in text)) or (
            isinstance(error, TypeError) and "must be Tensor" in text
        ):
            raise WrongAnswer(
                f"The network raises {type(error).__name__} while your hooks are registered. A value that a hook "
                "returns replaces the layer's output. Return nothing from it (`dict.setdefault` returns a value)."
            ) from None
        raise


def _run_in_all_ways(network, images):
    """Outputs of all layers; the same tensors after the pass; outputs in training mode, if there are several images."""
    in_training = _run_stages(deepcopy(network).train(), images) if len(images) > 1 else {}
    return _run_stages(network, images), _run_overwritten(network, images), in_training


def _check_features(features, names, runs, images, hint):
    """Compare the dictionary of features with the right one."""
    expect(features is not None, "What you return is None: does the function end with `return`?")
    expect(
        isinstance(features, Mapping),
        f"You return an object of type {type(features).__name__}. Return a dictionary: the features by the names of "
        "the layers.",
    )
    keys = list(features)
    expect(
        not any(isinstance(key, nn.Module) for key in keys),
        "The keys of your dictionary are modules. Use the names in `layer_names`.",
    )
    last_run = max(names, key=_STAGES.index)
    expect(
        len(names) == 1 or keys != [names[-1]],
        f"All hooks store their output under the last name, {names[-1]!r}. A function that is defined in a loop looks "
        "up `name` when it runs, after the loop. Write a function that takes the name and returns the hook.",
    )
    if set(keys) != set(names):
        missing, extra = [name for name in names if name not in keys], [key for key in keys if key not in names]
        expect(bool(keys), f"{hint}Your dictionary is empty. Are the hooks registered before the network is called?")
        expect(not missing, f"{hint}The features of {format_items(missing)} are missing in your dictionary.")
        expect(
            not set(extra) <= set(_STAGES),
            "Your dictionary has keys of an earlier call, or of other layers. Make a new dictionary in each call, and "
            "register hooks on the layers in `layer_names` only.",
        )
        raise WrongAnswer(f"{hint}Your dictionary has more keys than names: {format_items(extra)}.")
    arrays = {}
    for name in names:
        value = features[name]
        expect(
            value is not None,
            f"The features of {name!r} are None. Do all hooks store under the same name? A function that is defined in "
            "a loop looks up `name` when it runs, after the loop.",
        )
        expect(
            not isinstance(value, list | tuple) or len(value) != 1 or np.ndim(value[0]) != 2,
            "The values of your dictionary are lists of one array. Return the array in it.",
        )
        expect(
            not isinstance(value, torch.Tensor) or not value.requires_grad,
            "Your features belong to the autograd graph, which keeps the whole pass in memory. Detach them.",
        )
        expect(
            "float16" not in str(getattr(value, "dtype", "")),
            "Your features are in half precision, which has about three digits. Return float32.",
        )
        arrays[name] = as_array(value, what=f"the array of features of {name!r}")
    if len(names) > 1 and all(np.array_equal(arrays[name], arrays[last_run]) for name in names if name != last_run):
        raise WrongAnswer(
            f"All layers have the features of {last_run!r}. A function that is defined in a loop looks up its "
            "variables when it runs. Write a function that takes the name and returns the hook."
        )
    for name in names:
        _check_layer(name, arrays[name], *runs, images, hint)


def _check_layer(name, array, outputs, overwritten, in_training, images, hint):
    """Compare the features of one layer with the right ones."""
    expected = _average(outputs[name])
    place = _STAGES.index(name)
    layer_input = _STAGES[place - 1] if place else None
    mistakes = [
        (
            _average(overwritten[name]),
            "A later layer has overwritten the recorded tensor: a ReLU in place set its negative values to 0. Average "
            "in the hook, or record a copy, with `clone()`.",
        ),
        *(
            [(_average(outputs[layer_input]), "These are the features of the layer's input. Record its output.")]
            if layer_input
            else [(_average(images), "These are averages of the images. Record the output of the layer.")]
        ),
        *(
            (_average(outputs[other]), f"Under the name {name!r} are the features of another layer, {other!r}.")
            for other in _STAGES
            if other != name
        ),
        *(
            [(_average(in_training[name]), "These are features in training mode. Leave the network in eval mode.")]
            if in_training
            else []
        ),
        *_precision_mistakes(torch.from_numpy(expected)),
    ]
    maps = outputs[name].numpy().astype(float)
    more = average_mistakes(maps) if maps.ndim == 4 else _row_mistakes(maps)
    more = [
        (np.maximum(expected, 0), "You set negative averages to 0. Keep them."),
        (np.abs(expected), "You removed the signs. Keep negative averages."),
        *more,
    ]
    if 1 in expected.shape:
        squeezed = "You removed an axis of length 1. The shape is (n, channels), also for one image or one channel."
        mistakes.insert(0, (np.squeeze(expected), squeezed))
    if len(images) > 1:
        mistakes.append((expected[:1], "These are the features of the first image alone. Return all images."))
    expect_close(
        array,
        expected,
        [*mistakes, *more, *_function_mistakes(torch.from_numpy(expected), "averages")],
        hint=_nearly_right(array, expected) or hint.strip(),
        what=f"the array of features of {name!r}",
    )


def _average(output):
    """Averages over space, value by value."""
    values = output.detach().numpy().astype(float)
    return values.reshape(*values.shape[:2], -1).mean(axis=2) if values.ndim > 2 else values


def _run_overwritten(network, images):
    """Outputs of all layers as they are after the pass."""
    outputs, values = {}, images.clone()
    with torch.no_grad():
        for name in _STAGES:
            values = network.get_submodule(name)(values)
            outputs[name] = values
    return outputs


def _test_broken_stages(answer):
    network = seeded(_make_broken_stages, 12)
    network.stem.register_forward_hook(lambda module, args, output: None)
    before = state_of(network)
    for names in (["stem", "body.2"], ["last", "stem"]):
        expect_error(
            lambda names=names: answer(network, names, images_of(2, 3, 6, 4, seed=7)),
            BrokenLayerError,
            "Here the network raises an error. Let it reach the caller unchanged.",
        )
        check_state(before, network, " when the network raises an error")


def _test_unknown_layer(answer):
    network = seeded(Stages, 13)
    before = state_of(network)
    expect_error(
        lambda: answer(network, ["stem", "body.0", "stage7"], images_of(2, 3, 6, 4, seed=8)),
        AttributeError,
        "Here the network has no layer of the last name. Let the AttributeError of `network.get_submodule` reach the "
        "caller.",
    )
    check_state(before, network, " when the network has no layer of the last name")


def _load_shipped_network():
    """The shipped network and its card, new for each test, because a student's function may leave it changed."""
    from galviz.network.model import load_model

    network = load_model()
    return network, network.card


@cache
def _shipped_galaxies():
    """Images of ten shipped galaxies, and the shipped features of all."""
    from galviz.features.features import load_features
    from galviz.network.card import read_card
    from galviz.network.forward import preprocess
    from galviz.survey.survey import load_survey

    survey, data = load_survey(), load_features()
    return preprocess([survey.image(object_id) for object_id in data.object_ids[:10]], read_card()), data


def _test_shipped_stages(answer):
    (network, card), (images, data) = _load_shipped_network(), _shipped_galaxies()
    paths = {layer: card.spec.path_of(layer) for layer in ("stage2", "features")}
    before = _hooks_of(network)
    features = answer(network, list(paths.values()), images.clone())
    expect(_hooks_of(network) == before, "Your hooks are still registered on the shipped network. Remove all of them.")
    for layer, path in paths.items():
        # The file stores half precision.
        expect_close(
            features[path],
            data.layers[layer][:10],
            rtol=2e-3,
            atol=2e-3,
            what=f"the array of features of {layer!r} of the shipped network",
        )


def _hooks_of(network):
    return [list(getattr(module, kind)) for module in network.modules() for kind in HOOKS]


# hooks.5


class Skip(nn.Module):
    """A network that uses the input of a layer again, although the layer outputs the same memory."""

    def __init__(self):
        super().__init__()
        self.same = nn.Identity()
        self.stem = nn.Conv2d(3, 4, 3)
        self.branch = nn.Identity()
        self.head = nn.Linear(4, 1)

    def forward(self, images):
        values = self.stem(self.same(images).tanh())
        branch = self.branch(values)
        return self.head((values.square() + branch).mean(dim=(2, 3)))


def _make_deep():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.Conv2d(4, 5, 3, padding=1),
        nn.Tanh(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(20, 6),
        nn.ReLU(inplace=True),
        nn.Linear(6, 1),
    )


def _make_narrow():
    return nn.Sequential(nn.Conv2d(3, 1, 2), nn.Tanh(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 1))


def test_hooks_5(answer):
    with default_settings():
        _test_ablations(answer)
        _test_skip(answer)
        _test_broken_ablation(answer)
        _test_shipped_ablation(answer)


def _ablate_by_hand(network, place, images, change):
    """Predictions of a sequence if the output of a module is changed."""
    with torch.no_grad():
        values = change(_run_modules(network, images, place + 1).clone())
        for module in network[place + 1 :]:
            values = module(values)
        return values[:, 0]


def _set(values, index, number=0.0):
    values[index] = number
    return values


def _test_ablations(answer):
    for place, channel, n, hint in (
        (3, 1, 5, ""),  # some predictions increase, others decrease
        (0, 1, 4, ""),
        (1, 3, 4, "Here the next layer works in place."),
        (4, 4, 3, "Here it is the last channel."),
        (4, 0, 3, "Here it is the first channel."),
        (7, 5, 6, "Here the output has the shape (n, channels)."),
        (6, 7, 3, "Here the output has the shape (n, channels), and shares its memory with the layer's input."),
        (3, 2, 1, "Here there is a single image."),
    ):
        _check_ablation(answer, seeded(_make_deep, 4), place, channel, images_of(n, 3, 6, 4, seed=place), hint)
    narrow = seeded(_make_narrow, 5)
    _check_ablation(answer, narrow, 0, 0, images_of(3, 3, 5, 5, seed=9), "Here the layer has a single channel.")
    deep, images = seeded(_make_deep, 4), images_of(2, 3, 6, 4, seed=1)
    check_settings_of_the_caller(lambda: answer(deep, deep[3], 1, images.clone()))


def _check_ablation(answer, network, place, channel, images, hint):
    """Compare one call with the right change, and the network with its state before."""
    layer = network[place]
    with torch.no_grad():
        intact = network(images.clone())[:, 0]
    ablated = _ablate_by_hand(network, place, images, lambda values: _set(values, (slice(None), channel)))
    passes, outputs = [], []
    n_axes = _run_modules(network, images, place + 1).ndim
    mistakes = ablation_mistakes(network, place, channel, images, intact, ablated)
    # Hooks of somebody else.
    network.register_forward_hook(lambda module, args, output: passes.append(output.detach().clone()[:, 0]))
    layer.register_forward_hook(lambda module, args, output: outputs.append((output, output.detach().clone())))
    before, given = state_of(network), images.clone()
    returned = _call_ablation(answer, network, layer, channel, given, n_axes)
    check_dtypes(before, network)
    change = (ablated - intact).numpy().astype(float)
    array = _read_change(returned, len(images), change)
    if array.shape == change.shape and not np.allclose(array, change, rtol=1e-4, atol=1e-6):
        _explain_no_effect(array, passes, intact)
    expect_unchanged(images, given, "images")
    expect_close(array, change, mistakes, hint=_nearly_right(array, change) or hint, what="the array of changes")
    expect(
        not given.requires_grad and given.grad is None,
        "Your function switches gradient tracking on for `images`, which belong to the caller.",
    )
    expect(
        sum(len(predictions) for predictions in passes) >= 2 * len(images),
        "Somebody else's hook on the network isn't called in both passes. Call the network as `network(images)` both "
        "times, which also runs hooks; `network.forward(images)` doesn't.",
    )
    expect(bool(outputs), _HOOK_OF_LAYER_NOT_CALLED)
    _check_not_in_place(outputs, network, place)
    check_state(before, network, "")


def _check_not_in_place(outputs, network, place):
    """Reject a hook that has changed a tensor that another hook recorded."""
    works_in_place = place + 1 < len(network) and getattr(network[place + 1], "inplace", False)
    for output, copy in outputs:
        expect(
            works_in_place or torch.equal(output.detach(), copy),
            "Your hook changes the layer's output in place, and somebody else's hook had recorded this tensor. Change "
            "a copy, from `output.clone()`, and return it.",
        )


def _call_ablation(answer, network, layer, channel, images, n_axes):
    """Call the student's function; explain typical errors."""
    try:
        return answer(network, layer, channel, images)
    except NotImplementedError:
        raise
    except RuntimeError as error:
        _explain_numpy_error(error)
        if _was_raised_in_hook(error) and "inplace" not in str(error) and "in-place" not in str(error):
            raise
        if "mat1 and mat2" in str(error) or "channels" in str(error):
            raise WrongAnswer(
                f"A later layer raises an error: {error}. Don't remove the channel: set it to 0, and keep the shape of "
                "the output."
            ) from None
        if "inplace" in str(error) or "in-place" in str(error):
            raise WrongAnswer(
                "PyTorch raises an error, because your hook changes the output in place. Change a copy, from "
                "`output.clone()`, and return it."
            ) from None
        raise
    except IndexError as error:
        if n_axes == 2 and "too many indices" in str(error):
            raise WrongAnswer(
                "An output of shape (n, channels) has no spatial axes. Your function raises IndexError for it: "
                "`[:, channel]` works for both shapes."
            ) from None
        raise WrongAnswer(
            f"It raises IndexError: {error}. The channels are the second axis, and are counted from 0."
        ) from None
    except TypeError as error:
        _explain_hook_error(error)
        if "must be Tensor" in str(error):
            raise WrongAnswer(
                f"A later layer raises an error: {error}. Return a tensor from your hook, because it replaces the "
                "layer's output."
            ) from None
        raise
    except AttributeError as error:
        if "weight" in str(error) or "bias" in str(error):
            raise WrongAnswer(
                f"Not every layer has weights: {error}. Change the layer's output, in a forward hook."
            ) from None
        raise


def _read_change(returned, n, change):
    """Convert what was returned to an array; explain other forms of it."""
    expect(returned is not None, "What you return is None: does the function end with `return`?")
    expect(
        not isinstance(returned, tuple) or len(returned) != 2 or n == 2,
        "You return two results. Return the ablated prediction minus the intact one.",
    )
    expect(
        not any(
            isinstance(value, torch.Tensor) and value.requires_grad
            for value in (returned if isinstance(returned, list | tuple) else [returned])
        ),
        "The changes belong to the autograd graph, which fills the memory. Use `torch.no_grad()` or `detach()`.",
    )
    array = as_array(returned, what="the array of changes")
    expect(
        array.shape != (n, 1) or n == 1,
        f"The changes have the shape {n} × 1, a table with one column. Return the shape (n,).",
    )
    expect(
        array.shape != (n, n) or n == 1,
        f"The changes have the shape {n} × {n}: a column of shape (n, 1) minus a row of shape (n,) gives all "
        "combinations. Select the column of both predictions, with `[:, 0]`.",
    )
    expect(
        n > 1 or array.shape == (1,),
        f"For a single image, too, the shape is (n,), here (1,); yours is {tuple(array.shape)}.",
    )
    return array


def _explain_no_effect(array, passes, intact):
    """Explain changes of 0 by the predictions of all passes."""
    if np.abs(array).max() > 1e-7:
        return
    unchanged = [
        one.shape == intact.shape and torch.allclose(one.to(intact), intact, rtol=1e-5, atol=1e-6) for one in passes
    ]
    expect(
        not all(unchanged),
        "The predictions don't change: your hook has no effect. Return the changed copy from the hook, which must be "
        "registered on `layer` before the second pass.",
    )
    expect(
        any(unchanged),
        "The hook is active in both passes, so both predictions are ablated. Compute the intact one without the hook.",
    )


def ablation_mistakes(network, place, channel, images, intact, ablated):
    """Results of typical mistakes, with their hints; the first that matches is used."""
    change = ablated - intact
    output = _run_modules(network, images, place + 1)
    n, channels = output.shape[:2]
    bias = getattr(network[place], "bias", None)
    every = slice(None)

    def difference(alter):
        return _ablate_by_hand(network, place, images, alter) - intact

    def at(index, number=0.0):
        return difference(lambda values: _set(values, index, number))

    mean = output.mean(dim=[axis for axis in range(output.ndim) if axis != 1])[channel]
    own_means = output[:, channel].reshape(n, -1).mean(dim=1)
    kept = [other for other in range(channels) if other != channel]
    layer_input = _run_modules(network, images, place)
    mistakes = [
        (-change, "The signs are reversed: subtract the intact prediction from the ablated one."),
        (ablated, "These are the ablated predictions. Subtract the intact ones."),
        (intact, "These are the intact predictions. Return the change: ablated minus intact."),
        (change.abs(), "You removed the signs. Keep them: a prediction may increase or decrease."),
        (change.mean(dim=0, keepdim=True), "You averaged the changes of all images. Return one per image."),
        (change.mean(), "You averaged the changes of all images. Return one per image."),
        (change.abs().mean(), "You averaged the changes of all images. Return one per image."),
        (change.sum(), "You added the changes of all images. Return one per image."),
        (change[0], "This is the change of the first image alone. Return one per image."),
        (change[:1], "This is the change of the first image alone. Return one per image."),
        (change**2, "You squared the changes. Return the differences."),
        (change.sign(), "These are the signs of the changes. Return the changes themselves."),
        (change / intact.abs(), "You divided the change by the intact prediction. Return the difference."),
        (change / intact, "You divided the change by the intact prediction. Return the difference."),
        (100 * change / intact, "These are changes in percent. Return the difference of the predictions."),
        *(
            (function(ablated) - function(intact), f"You applied {name} to the predictions. Use them as they are.")
            for name, function in (
                *(("a sigmoid", torch.sigmoid), ("tanh", torch.tanh)),
                *(("a ReLU", torch.relu), ("an exponential function", torch.exp), ("`abs`", torch.abs)),
            )
        ),
        (ablated / intact, "You divided the predictions. Subtract the intact one from the ablated one."),
        (at((every,)), "You set all channels to zero. Ablate the channel `channel` alone."),
        (at((every, kept)), "You set all other channels to zero. Ablate the channel `channel` alone."),
        *(
            (
                at((every, other)),
                f"You ablate the channel {other}, not {channel}. Use the parameter `channel` as it is: it is counted "
                "from 0, so don't add or subtract 1.",
            )
            for other in kept
        ),
        (
            at((every, slice(channel + 1))),
            "You ablate the channels before it, too. Ablate the channel `channel` alone.",
        ),
        (at((every, slice(channel, None))), "You ablate the channels after it, too. Ablate `channel` alone."),
        *(
            [(at((channel,)), "You set one image to zero: the images are the first axis, the channels the second.")]
            if channel < n
            else []
        ),
        (at((0, channel)), "You ablate the channel for the first image alone. Do it for all images."),
        *(
            (
                difference(lambda values, number=number: _set(values, (every, channel), number)),
                f"You set the channel to {name}. Set it to 0.",
            )
            for number, name in (
                *((mean, "its mean"), (-1e9, "a large negative number"), (torch.nan, "NaN")),
                *((number, f"{number:g}") for number in (1.0, -1.0, 0.1, 0.01, 0.001, 1e-4)),
            )
        ),
        (
            difference(lambda values: _fill(values, channel, own_means)),
            "You set the channel to its mean. Set it to 0.",
        ),
        (
            difference(lambda values: _fill(values, channel, -values[:, channel])),
            "You reversed the sign of the channel. Set it to 0.",
        ),
        *(
            (
                difference(lambda values, limits=limits: _fill(values, channel, values[:, channel].clamp(**limits))),
                f"You set only the {name} values of the channel to 0. Set all of them.",
            )
            for limits, name in (({"max": 0}, "positive"), ({"min": 0}, "negative"))
        ),
        (
            difference(lambda values: _fill(values, channel, values[:, channel] / 2)),
            "You halved the channel. Set it to 0.",
        ),
        (
            difference(lambda values: _fill(values, channel, values[torch.arange(n).roll(1), channel])),
            "You exchanged the channel between images. Set it to 0.",
        ),
        (
            _linear_approximation(network, place, channel, images),
            "This is gradient times activation, which is the change of a linear network only. Set the channel to 0.",
        ),
        (
            change.half().float(),
            "The changes are rounded to about three digits (half precision). Compute in float32.",
        ),
        *_precision_mistakes(change),
    ]
    if output.ndim == 4:
        height, width = output.shape[2:]
        mistakes += [
            (at((every, channel, 0, 0)), "You set one position of the channel to zero. Set all positions."),
            (at((every, channel, 0)), "You set one row of the channel to zero. Set all positions."),
            (
                at((every, channel, height // 2, width // 2)),
                "You set one position of the channel to zero. Set all positions.",
            ),
        ]
        mistakes += [
            (at(index), f"You set a {name} of all channels to zero. The channels are the second axis.")
            for index, name, length in (
                ((every, every, channel), "row", height),
                ((every, every, every, channel), "column", width),
            )
            if channel < length
        ]
    if bias is not None:
        number = bias[channel].detach()
        mistakes += [
            (
                at((every, channel), number),
                "You set the layer's weights of the channel to 0, so that its bias remains. Change the layer's output, "
                "in a forward hook.",
            ),
            (
                difference(lambda values: _fill(values, channel, values[:, channel] - number)),
                "You removed the layer's bias of the channel alone. Set its whole output to 0, in a forward hook.",
            ),
        ]
    if layer_input.ndim > 1 and channel < layer_input.shape[1]:
        in_input = _ablate_by_hand(network, place - 1, images, lambda values: _set(values, (every, channel))) - intact
        mistakes.append((in_input, "You ablate a channel of the layer's input. Ablate it in the output."))
    if n > 1:
        training = [deepcopy(network).train() for _ in range(2)]
        with torch.no_grad():
            in_training = training[0](images.clone())[:, 0]
        ablated_in_training = _ablate_by_hand(training[1], place, images, lambda values: _set(values, (every, channel)))
        mistakes += [
            (wrong, "These are predictions in training mode. Leave the network in eval mode.")
            for wrong in (ablated_in_training - in_training, ablated - in_training, ablated_in_training - intact)
        ]
    if channel < images.shape[1]:
        with torch.no_grad():
            without_colour = network(_set(images.clone(), (every, channel)))[:, 0]
        mistakes.append(
            (without_colour - intact, "You set a channel of the images to zero. Ablate it in the layer's output.")
        )
    return mistakes


def _fill(values, channel, numbers):
    """Set a channel to one number per image, or to maps."""
    values[:, channel] = numbers.reshape(len(values), *[1] * (values.ndim - 2)) if numbers.ndim == 1 else numbers
    return values


def _linear_approximation(network, place, channel, images):
    """Minus the gradient of the prediction times the activation, summed over all positions."""
    output = _run_modules(network, images, place + 1).requires_grad_()
    with torch.enable_grad():
        values = output.clone()
        for module in network[place + 1 :]:
            values = module(values)
        (gradient,) = torch.autograd.grad(values.sum(), output)
    return -(gradient * output)[:, channel].reshape(len(images), -1).sum(dim=1).detach()


def _test_skip(answer):
    """Test layers that output the memory of their input, which the network uses again."""
    network = seeded(Skip, 8)
    in_place = (
        "Your hook changes the layer's output in place. This layer outputs the memory of its input, which the network "
        "uses again. Change a copy, from `output.clone()`."
    )
    for layer, channel in ((network.branch, 1), (network.same, 2)):
        images = images_of(3, 3, 5, 5, seed=10)
        before, given = state_of(network), images.clone()
        try:
            returned = answer(network, layer, channel, given)
        except TypeError as error:
            if "is not iterable" in str(error) or "is not subscriptable" in str(error):
                raise WrongAnswer(
                    "Not every network is a sequence of layers. Call it as `network(images)`, with a hook on `layer`."
                ) from None
            raise
        with torch.no_grad():
            values = network.stem(images.tanh())
            changed_images = _set(images.clone(), (slice(None), 2))
            ablated = _set(values.clone(), (slice(None), 1))
            pairs = [(values, values), (values, ablated), (ablated, ablated)]
            intact, right, wrong = (network.head((one.square() + two).mean(dim=(2, 3)))[:, 0] for one, two in pairs)
            if layer is network.same:
                right, wrong = network(changed_images)[:, 0], intact
        expect(torch.equal(images, given), f"{in_place} Here these are the `images`, which belong to the caller.")
        expect_close(
            returned, (right - intact).numpy(), [((wrong - intact).numpy(), in_place)], what="the array of changes"
        )
        check_state(before, network, "")


def _test_broken_ablation(answer):
    broken = seeded(_make_broken, 6)
    broken[0].register_forward_hook(lambda module, args, output: None)
    before = state_of(broken)
    expect_error(
        lambda: answer(broken, broken[0], 1, images_of(2, 3, 5, 5, seed=7)),
        BrokenLayerError,
        "Here the network raises an error. Let it reach the caller unchanged.",
    )
    check_state(before, broken, " when the network raises an error")


def _test_shipped_ablation(answer):
    (network, card), (images, data) = _load_shipped_network(), _shipped_galaxies()
    weights = network.get_submodule(card.spec.head).weight.detach()[0]
    channel = int(weights.abs().argmax())
    before = _hooks_of(network)
    returned = answer(network, network.get_submodule(card.spec.path_of("features")), channel, images.clone())
    expect(_hooks_of(network) == before, "Your hook is still registered on the shipped network. Remove it.")
    # The head is linear, and the file stores half precision.
    change = -float(weights[channel]) * data.layers["features"][:10, channel]
    expect_close(returned, change, rtol=2e-3, atol=1e-4, what="the array of changes of the shipped network")
