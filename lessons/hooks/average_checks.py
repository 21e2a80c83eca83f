"""Checks of averages over positions, and typical mistakes."""

import numpy as np
import torch

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_unchanged
from lessons.hooks.networks import OnGPU, OnGPUError, images_of
from lessons.hooks.pass_checks import explain_numpy_error, nearly_right, precision_mistakes, row_mistakes
from lessons.hooks.state_checks import check_settings, check_settings_of_the_caller, torch_settings


def check_averages(answer):
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
        explain_numpy_error(error)
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
    mistakes = average_mistakes(values) if spatial else row_mistakes(values)
    expect_close(
        returned,
        expected,
        [*mistakes, *precision_mistakes(torch.from_numpy(expected))],
        hint=nearly_right(returned, expected) or hint,
        what=what,
    )
    expect(
        isinstance(returned, np.ndarray),
        f"You return an object of type {type(returned).__name__}; return a NumPy array.",
    )
    expect(returned.dtype == np.float32, f"The array has the dtype {returned.dtype}; return float32.")


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
