"""What the tests of several exercises on hooks share: rounded results, errors within a hook, and who was called."""

import traceback

import numpy as np
import torch
from torch import nn

from galviz.course.judge import WrongAnswer, as_array, expect

_ROUNDINGS = {
    "half precision": lambda values: values.half().float(),
    "bfloat16": lambda values: values.bfloat16().float(),
    **{f"{digits} decimals": lambda values, digits=digits: values.round(decimals=digits) for digits in (0, 1, 2, 3, 4)},
}


def precision_mistakes(values):
    """Results that are rounded, with their hints."""
    rounded = {name: rounding(values) for name, rounding in _ROUNDINGS.items()}
    return [
        (numbers, f"The values are rounded ({name}). Keep the precision of float32.")
        for name, numbers in rounded.items()
        if numbers.any()  # zeros have other reasons
    ]


def nearly_right(returned, expected):
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


def row_mistakes(rows):
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


def explain_numpy_error(error):
    """A hint for an error that NumPy raises for a tensor that requires gradients; other errors pass."""
    if isinstance(error, RuntimeError) and "requires grad" in str(error):
        raise WrongAnswer(
            "NumPy can't read a tensor that belongs to an autograd graph. Call `detach()` on it first."
        ) from None


def explain_hook_error(error):
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


def explain_missing_forward(error):
    """A hint for a function that calls the parts of a network itself; other errors pass."""
    if "forward" in str(error):
        raise WrongAnswer(
            "Your function calls a part of the network that can't be called, such as a dictionary of layers. Not every "
            "network is a sequence of layers: call all of it, as `network(images)`."
        ) from None


def was_raised_in_hook(error):
    """Whether the student's hook raised an error, and not a layer of the network or the code around the pass."""
    in_pass = False
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == nn.modules.module.__file__:
            in_pass = True
        elif in_pass and frame.name != "forward":
            return frame.filename != __file__
    return False


HOOK_OF_LAYER_NOT_CALLED = (
    "Somebody else's hook on the layer isn't called during the pass. Register your hook beside theirs, and leave "
    "theirs registered."
)


def check_called_once(started, outputs, expected):
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


def run_modules(network, images, count):
    """Output of the first modules of a sequence."""
    with torch.no_grad():
        values = images.clone()
        for module in network[:count]:
            values = module(values)
        return values.clone()


def function_mistakes(values, name):
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
