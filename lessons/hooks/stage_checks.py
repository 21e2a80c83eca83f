"""Checks of the features of several layers, and typical mistakes."""

from collections.abc import Mapping
from copy import deepcopy

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
from lessons.hooks.average_checks import average_mistakes
from lessons.hooks.networks import (
    Broken,
    BrokenLayerError,
    hooks_of,
    images_of,
    load_shipped_network,
    seeded,
    shipped_galaxies,
)
from lessons.hooks.pass_checks import (
    HOOK_OF_LAYER_NOT_CALLED,
    check_called_once,
    explain_hook_error,
    explain_numpy_error,
    function_mistakes,
    nearly_right,
    precision_mistakes,
    row_mistakes,
    was_raised_in_hook,
)
from lessons.hooks.state_checks import check_dtypes, check_settings_of_the_caller, check_state, state_of


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


def _run_stages(network, images):
    """Output of every layer, before another overwrites it."""
    outputs, values = {}, images.clone()
    with torch.no_grad():
        for name in _STAGES:
            values = network.get_submodule(name)(values)
            outputs[name] = values.clone()
    return outputs


def check_stages(answer):
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
        check_called_once(started, passes, runs[0]["last"])
        expect(bool(stem_calls), HOOK_OF_LAYER_NOT_CALLED)
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
        explain_numpy_error(error)
        explain_hook_error(error)
        text = str(error)
        if "Dimension out of range" in text or "out of bounds for array" in text or "too many indices" in text:
            raise WrongAnswer(
                "An output of shape (n, channels) has no spatial axes to average over. Your function raises "
                f"{type(error).__name__} for it. Return the same numbers."
            ) from None
        if was_raised_in_hook(error):
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
        *precision_mistakes(torch.from_numpy(expected)),
    ]
    maps = outputs[name].numpy().astype(float)
    more = average_mistakes(maps) if maps.ndim == 4 else row_mistakes(maps)
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
        [*mistakes, *more, *function_mistakes(torch.from_numpy(expected), "averages")],
        hint=nearly_right(array, expected) or hint.strip(),
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


def check_broken_stages(answer):
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


def check_unknown_layer(answer):
    network = seeded(Stages, 13)
    before = state_of(network)
    expect_error(
        lambda: answer(network, ["stem", "body.0", "stage7"], images_of(2, 3, 6, 4, seed=8)),
        AttributeError,
        "Here the network has no layer of the last name. Let the AttributeError of `network.get_submodule` reach the "
        "caller.",
    )
    check_state(before, network, " when the network has no layer of the last name")


def check_shipped_stages(answer):
    (network, card), (images, data) = load_shipped_network(), shipped_galaxies()
    paths = {layer: card.spec.path_of(layer) for layer in ("stage2", "features")}
    before = hooks_of(network)
    features = answer(network, list(paths.values()), images.clone())
    expect(hooks_of(network) == before, "Your hooks are still registered on the shipped network. Remove all of them.")
    for layer, path in paths.items():
        # The file stores half precision.
        expect_close(
            features[path],
            data.layers[layer][:10],
            rtol=2e-3,
            atol=2e-3,
            what=f"the array of features of {layer!r} of the shipped network",
        )
