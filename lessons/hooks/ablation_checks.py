"""Checks of the ablation of a channel, and typical mistakes."""

from copy import deepcopy

import numpy as np
import torch
from torch import nn

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_error, expect_unchanged
from lessons.hooks.networks import (
    BrokenLayerError,
    hooks_of,
    images_of,
    load_shipped_network,
    make_broken,
    seeded,
    shipped_galaxies,
)
from lessons.hooks.pass_checks import (
    HOOK_OF_LAYER_NOT_CALLED,
    explain_hook_error,
    explain_numpy_error,
    nearly_right,
    precision_mistakes,
    run_modules,
    was_raised_in_hook,
)
from lessons.hooks.state_checks import check_dtypes, check_settings_of_the_caller, check_state, state_of


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


def _ablate_by_hand(network, place, images, change):
    """Predictions of a sequence if the output of a module is changed."""
    with torch.no_grad():
        values = change(run_modules(network, images, place + 1).clone())
        for module in network[place + 1 :]:
            values = module(values)
        return values[:, 0]


def _set(values, index, number=0.0):
    values[index] = number
    return values


def check_ablations(answer):
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
    n_axes = run_modules(network, images, place + 1).ndim
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
    expect_close(array, change, mistakes, hint=nearly_right(array, change) or hint, what="the array of changes")
    expect(
        not given.requires_grad and given.grad is None,
        "Your function switches gradient tracking on for `images`, which belong to the caller.",
    )
    expect(
        sum(len(predictions) for predictions in passes) >= 2 * len(images),
        "Somebody else's hook on the network isn't called in both passes. Call the network as `network(images)` both "
        "times, which also runs hooks; `network.forward(images)` doesn't.",
    )
    expect(bool(outputs), HOOK_OF_LAYER_NOT_CALLED)
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
        explain_numpy_error(error)
        if was_raised_in_hook(error) and "inplace" not in str(error) and "in-place" not in str(error):
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
        explain_hook_error(error)
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
    output = run_modules(network, images, place + 1)
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
    layer_input = run_modules(network, images, place)
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
        *precision_mistakes(change),
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
    output = run_modules(network, images, place + 1).requires_grad_()
    with torch.enable_grad():
        values = output.clone()
        for module in network[place + 1 :]:
            values = module(values)
        (gradient,) = torch.autograd.grad(values.sum(), output)
    return -(gradient * output)[:, channel].reshape(len(images), -1).sum(dim=1).detach()


def check_skip(answer):
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


def check_broken_ablation(answer):
    broken = seeded(make_broken, 6)
    broken[0].register_forward_hook(lambda module, args, output: None)
    before = state_of(broken)
    expect_error(
        lambda: answer(broken, broken[0], 1, images_of(2, 3, 5, 5, seed=7)),
        BrokenLayerError,
        "Here the network raises an error. Let it reach the caller unchanged.",
    )
    check_state(before, broken, " when the network raises an error")


def check_shipped_ablation(answer):
    (network, card), (images, data) = load_shipped_network(), shipped_galaxies()
    weights = network.get_submodule(card.spec.head).weight.detach()[0]
    channel = int(weights.abs().argmax())
    before = hooks_of(network)
    returned = answer(network, network.get_submodule(card.spec.path_of("features")), channel, images.clone())
    expect(hooks_of(network) == before, "Your hook is still registered on the shipped network. Remove it.")
    # The head is linear, and the file stores half precision.
    change = -float(weights[channel]) * data.layers["features"][:10, channel]
    expect_close(returned, change, rtol=2e-3, atol=1e-4, what="the array of changes of the shipped network")
