"""Typical mistakes in the size of a convolution's output, each a wrong function with its hint."""

import math
from collections.abc import Callable

import numpy as np

Size = Callable[[int, int, int, int], float]


def n_positions(side: int, kernel_side: int, stride: int, padding: int) -> int:
    """The right result: the number of places at which the kernel begins."""
    return len(range(-padding, side + padding - kernel_side + 1, stride))


def _formula(compute: Callable[[int, int, int, int], float]) -> Callable[..., np.ndarray]:
    """A mistake in the formula: `compute` takes side n, kernel_side k, stride s and padding p."""
    return lambda side, kernel_side, stride, padding: np.asarray(compute(side, kernel_side, stride, padding))


IGNORED = "Your result doesn't depend on"
FLOOR = "A kernel that doesn't fit as a whole isn't counted: round down the quotient, with `//`."
SIZE_MISTAKES: tuple[tuple[Callable[..., np.ndarray], str], ...] = (
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k) // s),
        "The + 1 is missing: a kernel that fits exactly once has one position, and 0 moves.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k) // s + 2),
        "Your result is 1 too large: add 1 once, for the first position.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k + 1) // s),
        "You added 1 before the division: first divide and round down, then add 1.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * (k // 2) - k) // s + 1),
        "You computed the padding from the kernel, as `kernel_side // 2`: use the parameter `padding`.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k + 1) // s + 1),
        "You added 1 twice, because subtracting `kernel_side` − 1 adds 1, too: subtract all of `kernel_side`, divide, "
        "then add 1.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p) // s - k + 1),
        "You divided before you subtracted the kernel: subtract it from the padded side, then divide. Set brackets.",
    ),
    (
        _formula(lambda n, k, s, p: min(n, (n + 2 * p - k) // s + 1)),
        "You limited the output to the side of the input. With much padding it is larger: set no limit.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k) // s + 1 if s <= n else 0),
        "You return 0 if the stride exceeds the side. The kernel still has its first position: use the formula.",
    ),
    (_formula(lambda n, k, s, p: (k + 2 * p - n) // s + 1), "You exchanged `side` and `kernel_side`."),
    (
        _formula(lambda n, k, s, p: round((n + 2 * p - k) / s + 1)),
        f"`round` rounds to the nearest integer, sometimes up. {FLOOR}",
    ),
    (_formula(lambda n, k, s, p: math.ceil((n + 2 * p - k) / s) + 1), f"You rounded up. {FLOOR}"),
    (_formula(lambda n, k, s, p: int((n + 2 * p - k) / s + 1.5)), f"You rounded halves up. {FLOOR}"),
    (
        _formula(lambda n, k, s, p: math.ceil((n + 2 * p - k) / s)),
        "You left out a position: a kernel that ends exactly with the last pixel is still inside (`<=`, not `<`).",
    ),
    (
        _formula(lambda n, k, s, p: -(-(n + 2 * p) // s)),
        "You counted all pixels at which the kernel can begin: near the end it sticks out. Subtract `kernel_side`.",
    ),
    (
        _formula(lambda n, k, s, p: round((n + 2 * p - k) / s) + 1),
        f"`round` rounds to the nearest integer, sometimes up. {FLOOR}",
    ),
    (_formula(lambda n, k, s, p: (n + 2 * p - k) / s + 1), f"Your result isn't rounded. {FLOOR}"),
    (
        _formula(lambda n, k, s, p: (n + p - k) // s + 1),
        "You added the padding once: it is on both sides, so add 2 · padding.",
    ),
    (_formula(lambda n, k, s, p: (n - 2 * p - k) // s + 1), "You subtracted the padding: it makes the image larger."),
    (
        _formula(lambda n, k, s, p: (n + 4 * p - k) // s + 1),
        "You added the padding four times: a row has two ends, so add 2 · padding.",
    ),
    (_formula(lambda n, k, s, p: (n - k) // s + 1), f"{IGNORED} `padding`: add 2 · padding to the side."),
    (_formula(lambda n, k, s, p: n + 2 * p - k + 1), f"{IGNORED} `stride`: the kernel moves by `stride` pixels."),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - 3) // s + 1),
        f"{IGNORED} `kernel_side`: you used 3, but kernels have other sizes as well.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k) // 2 + 1),
        f"{IGNORED} `stride`: you used 2, but there are other strides.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 - k) // s + 1),
        f"{IGNORED} `padding`: you used 1, but it may be 0 or larger.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p) // s + 1),
        f"{IGNORED} `kernel_side`: subtract it, because the whole kernel stays on the padded image.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p) // s),
        f"{IGNORED} `kernel_side`: subtract it, because the whole kernel stays on the padded image.",
    ),
    (_formula(lambda n, k, s, p: n // s), "You divided the side by the stride: kernel and padding count, too."),
    (
        _formula(lambda n, k, s, p: -(-n // s)),
        "You divided the side by the stride and rounded up. That holds for 3 × 3 kernels with one pixel of padding; "
        "here kernel and padding have any size.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k // 2) // s + 1),
        "You subtracted half of the kernel: subtract all of it, because it must not stick out of the padded image.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - 2 * (k // 2)) // s + 1),
        "You subtracted twice `kernel_side // 2`, which differs from `kernel_side`: subtract `kernel_side`.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - 2 * (k // 2)) // s),
        "You subtracted twice `kernel_side // 2`, which differs from `kernel_side`: subtract `kernel_side`, and add 1.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - 2 * (k - 1) - 1) // s + 1),
        "You subtracted the kernel's side twice: once is enough, for the part that must stay inside.",
    ),
    (
        _formula(lambda n, k, s, p: (n - k) // s + 1 + 2 * p),
        "You added the padding after the division: it makes the row longer, so add it inside the brackets.",
    ),
    (
        _formula(lambda n, k, s, p: (n - k) // s + 1 + p),
        "You added the padding after the division: it makes the row longer, so add it inside the brackets, twice.",
    ),
    (
        _formula(lambda n, k, s, p: (n - k) // s + (2 * p) // s + 1),
        "You divided in two parts, which rounds down twice: add up everything, then divide once.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p) // s - k // s + 1),
        "You divided in two parts, which rounds twice: subtract first, then divide once.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p + k) // s + 1),
        "You added the side of the kernel: subtract it.",
    ),
    (
        _formula(lambda n, k, s, p: n + 2 * p - k // s + 1),
        "You divided only the kernel's side by the stride: `//` comes before + and −, so set brackets.",
    ),
    (
        _formula(lambda n, k, s, p: n + (2 * p - k) // s + 1),
        "Your brackets begin after `side`: divide all of side + 2 · padding − kernel_side.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k) // (s + 1)),
        "You added 1 to the stride: first divide by `stride`, then add 1.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - k) * s + 1),
        "You multiplied by the stride: divide by it.",
    ),
    (
        _formula(lambda n, k, s, p: (n - 1) * s - 2 * p + k),
        "This is the size of a transposed convolution, which enlarges images. Solve for the other side.",
    ),
    (
        _formula(lambda n, k, s, p: ((n + 2 * p - k) // s + 1) ** 2),
        "This is the number of positions in the whole image: return the side, not its square.",
    ),
    (
        _formula(lambda n, k, s, p: [(n + 2 * p - k) // s + 1] * 2),
        "You return height and width: they are equal, so return one number.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * p - s) // k + 1),
        "You exchanged `stride` and `kernel_side`.",
    ),
    (
        _formula(lambda n, k, s, p: (n + 2 * s - k) // max(p, 1) + 1),
        "You exchanged `stride` and `padding`.",
    ),
)
