"""Tests of the exercises on hooks; each takes the student's function."""

from copy import deepcopy

import numpy as np
import torch
from torch import nn

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_error, expect_unchanged
from lessons.hooks.ablation_checks import check_ablations, check_broken_ablation, check_shipped_ablation, check_skip
from lessons.hooks.average_checks import check_averages
from lessons.hooks.name_checks import check_names
from lessons.hooks.networks import Branches, Broken, BrokenLayerError, OwnClasses, images_of, make_broken, seeded
from lessons.hooks.pass_checks import (
    HOOK_OF_LAYER_NOT_CALLED,
    check_called_once,
    explain_hook_error,
    explain_missing_forward,
    explain_numpy_error,
    function_mistakes,
    nearly_right,
    precision_mistakes,
    run_modules,
    was_raised_in_hook,
)
from lessons.hooks.stage_checks import check_broken_stages, check_shipped_stages, check_stages, check_unknown_layer
from lessons.hooks.state_checks import (
    HOOKS,
    check_dtypes,
    check_settings_of_the_caller,
    check_state,
    default_settings,
    described,
    state_of,
)

# hooks.0 and hooks.1


def test_hooks_0(answer):
    with default_settings():
        check_names(answer)


def test_hooks_1(answer):
    with default_settings():
        check_averages(answer)


# hooks.2


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
    expected = [run_modules(network, images, 4) for images in (first, second)]
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
        check_called_once(started, outputs, branches.head(changed).detach())
        expect(bool(layer_calls), HOOK_OF_LAYER_NOT_CALLED)
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
    broken = seeded(make_broken, 6)
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


def _check_catch(answer, network, layer, images, mistakes, expected):
    """Compare one call with the expected activations, and the network with its state before."""
    before, given, other_layers = state_of(network), images.clone(), _other_layers(network, layer, images)
    try:
        returned = answer(network, layer, given)
    except NotImplementedError as error:
        explain_missing_forward(error)
        raise
    except (RuntimeError, TypeError) as error:
        explain_numpy_error(error)
        explain_hook_error(error)
        raise
    except (IndexError, KeyError) as error:
        if was_raised_in_hook(error):
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
        *precision_mistakes(expected),
        *other_layers,
    ]
    check_dtypes(before, network)
    expect_close(
        returned,
        expected,
        [*mistakes, *more, *function_mistakes(expected, "activations")],
        hint=nearly_right(returned, expected),
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


def catch_mistakes(network, images, expected):
    """Results of typical mistakes in place of the output of network[3], with their hints."""
    with torch.no_grad():
        layer_input, overwritten = run_modules(network, images, 3), expected.clamp(min=0)
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


# hooks.3


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
        explain_missing_forward(error)
        raise
    except RuntimeError as error:
        explain_numpy_error(error)
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
            *precision_mistakes(expected),
            *_output_mistakes(expected),
            *of_other_images,
        ],
        hint=hint
        + (
            f"During the prediction, {in_training} was in training mode. Put every module into eval mode."
            if in_training
            else nearly_right(array, expected)
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
        *function_mistakes(values, "predictions"),
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


# hooks.4 and hooks.5


def test_hooks_4(answer):
    with default_settings():
        check_stages(answer)
        check_broken_stages(answer)
        check_unknown_layer(answer)
        check_shipped_stages(answer)


def test_hooks_5(answer):
    with default_settings():
        check_ablations(answer)
        check_skip(answer)
        check_broken_ablation(answer)
        check_shipped_ablation(answer)
