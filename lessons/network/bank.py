"""Typical wrong answers to the exercises on the network, with words of their hints, and other right ones."""

import math

import numpy as np
from scipy.signal import convolve2d, correlate2d

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("network.1", "You flipped the kernel")
def flipped_kernel(image, kernel, stride):
    return convolve2d(image, kernel, mode="same")[::stride, ::stride]


@bank.wrong("network.1", "The zero padding is missing")
def not_padded(image, kernel, stride):
    return correlate2d(image, kernel, mode="valid")[::stride, ::stride]


@bank.wrong("network.1", "stride is ignored")
def stride_ignored(image, kernel, stride):
    return correlate2d(image, kernel, mode="same")


@bank.wrong("network.1", "mean of the nine products")
def mean_of_products(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))[::stride, ::stride]
    return (windows * kernel).mean(axis=(2, 3))


@bank.wrong("network.1", "padded by reflection")
def padded_by_reflection(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1, mode="reflect"), (3, 3))[::stride, ::stride]
    return np.einsum("ijyx,yx->ij", windows, kernel)


@bank.wrong("network.1", "Rows and columns of the kernel")
def kernel_transposed(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))[::stride, ::stride]
    return np.einsum("ijyx,xy->ij", windows, kernel)


@bank.wrong("network.1", "rounded up")
def rounded_down(image, kernel, stride):
    height, width = (length // stride for length in image.shape)
    return correlate2d(image, kernel, mode="same")[::stride, ::stride][:height, :width]


@bank.wrong("network.1", "at the rim are 0")
def rim_left_out(image, kernel, stride):
    sums = np.zeros_like(image)
    sums[1:-1, 1:-1] = correlate2d(image, kernel, mode="valid")
    return sums[::stride, ::stride]


@bank.right("network.1")
def place_by_place(image, kernel, stride):
    height, width = image.shape
    padded = [[0.0] * (width + 2), *([0.0, *row, 0.0] for row in image.tolist()), [0.0] * (width + 2)]
    return [
        [
            sum(kernel[y, x] * padded[row + y][column + x] for y in range(3) for x in range(3))
            for column in range(0, width, stride)
        ]
        for row in range(0, height, stride)
    ]


@bank.right("network.1")
def by_scipy(image, kernel, stride):
    return convolve2d(image, kernel[::-1, ::-1], mode="same")[::stride, ::stride]


@bank.right("network.1")
def in_float32(image, kernel, stride):
    image, kernel = image.astype(np.float32), kernel.astype(np.float32)
    return correlate2d(image, kernel, mode="same")[::stride, ::stride]


@bank.wrong("network.2", "called softplus")
def softplus(x):
    return np.logaddexp(0, x)


@bank.wrong("network.2", "called SiLU")
def silu(x):
    return x / (1 + np.exp(-x))


@bank.wrong("network.2", "This is ReLU")
def relu(x):
    return np.maximum(x, 0)


@bank.wrong("network.2", "tanh(x) alone")
def tanh_alone(x):
    return np.tanh(x)


@bank.wrong("network.2", "Your tanh takes x itself")
def without_softplus(x):
    return x * np.tanh(x)


@bank.wrong("network.2", "is nan in your function")
def infinity_by_infinity(x):
    e = np.exp(x)
    return x * (e**2 + 2 * e) / (e**2 + 2 * e + 2)


@bank.wrong("network.2", "raises OverflowError")
def one_by_one_with_math(x):
    return np.vectorize(lambda value: value * math.tanh(math.log(1 + math.exp(value))))(x)


@bank.wrong("network.2", "Limit x inside of eˣ only")
def all_limited(x):
    x = np.clip(x, -30, 30)
    return x * np.tanh(np.log1p(np.exp(x)))


@bank.right("network.2")
def as_the_formula_says(x):
    return x * np.tanh(np.log(1 + np.exp(x)))


@bank.right("network.2")
def limited_inside(x):
    return x * np.tanh(np.log1p(np.exp(np.minimum(x, 20))))


@bank.right("network.2")
def as_a_fraction(x):
    x = np.asarray(x, dtype=np.float32)
    e = np.exp(-np.abs(x))
    return np.where(x > 0, x * (1 + 2 * e) / (1 + 2 * e + 2 * e**2), x * (e**2 + 2 * e) / (e**2 + 2 * e + 2))


@bank.wrong("network.1", "as matrices")
def matrix_product(image, kernel, stride):
    padded, (height, width) = np.pad(image, 1), image.shape
    return [
        [(padded[row : row + 3, column : column + 3] @ kernel).sum() for column in range(0, width, stride)]
        for row in range(0, height, stride)
    ]


@bank.wrong("network.1", "applied the stride to the image, then the kernel")
def stride_first(image, kernel, stride):
    return correlate2d(image[::stride, ::stride], kernel, mode="same")


@bank.wrong("network.1", "needn't be square")
def square_images_only(image, kernel, stride):
    padded, places = np.pad(image, 1), range(0, len(image), stride)
    return [
        [(padded[row : row + 3, column : column + 3] * kernel).sum() for column in places if column < image.shape[1]]
        for row in places
    ]


@bank.wrong("network.2", "replace a NaN or an infinity by 0")
def nan_replaced(x):
    square = (1 + np.exp(x)) ** 2
    return np.nan_to_num(x * (square - 1) / (square + 1))


@bank.wrong("network.1", "You changed the array of pixels")
def sums_overwrite_pixels(image, kernel, stride):
    sums = np.pad(image, 1)
    height, width = image.shape
    for row in range(height):
        for column in range(width):
            sums[row + 1, column + 1] = np.vdot(sums[row : row + 3, column : column + 3], kernel)
    return sums[1:-1:stride, 1:-1:stride]


@bank.wrong("network.1", "times the right one")
def kernel_of_unit_length(image, kernel, stride):
    return correlate2d(image, kernel / np.linalg.norm(kernel), mode="same")[::stride, ::stride]


@bank.wrong("network.1", "leave out the kernel's weights")
def range_too_short(image, kernel, stride):
    padded, (height, width) = np.pad(image, 1), image.shape
    sums = np.zeros((height, width))
    for y in range(2):
        for x in range(2):
            sums += kernel[y, x] * padded[y : y + height, x : x + width]
    return sums[::stride, ::stride]


@bank.wrong("network.1", "the same for each `stride`")
def stride_of_two(image, kernel, stride):
    return correlate2d(image, kernel, mode="same")[::2, ::2]


@bank.wrong("network.1", "rounded the result to 2 decimals")
def rounded(image, kernel, stride):
    return correlate2d(image, kernel, mode="same")[::stride, ::stride].round(2)


@bank.wrong("network.1", "Your first place is wrong")
def places_counted_from_one(image, kernel, stride):
    return correlate2d(image, kernel, mode="same")[stride - 1 :: stride, stride - 1 :: stride]


@bank.wrong("network.1", "called pooling")
def mean_of_each_block(image, kernel, stride):
    sums = correlate2d(image, kernel, mode="same")
    height, width = (-(-length // stride) for length in sums.shape)
    blocks = [
        np.array_split(rows, range(stride, width * stride, stride), axis=1)
        for rows in np.array_split(sums, range(stride, height * stride, stride))
    ]
    return [[block.mean() for block in row] for row in blocks]


@bank.wrong("network.1", "You computed in float16")
def in_half_precision(image, kernel, stride):
    return correlate2d(np.float16(image).astype(float), kernel, mode="same")[::stride, ::stride]


@bank.wrong("network.1", "you scaled the sums by 9")
def rim_scaled(image, kernel, stride):
    n_inside = correlate2d(np.ones(image.shape), np.ones((3, 3)), mode="same")
    return (9 * correlate2d(image, kernel, mode="same") / n_inside)[::stride, ::stride]


@bank.wrong("network.1", "changes `kernel`")
def kernel_flipped_in_place(image, kernel, stride):
    kernel[:] = kernel[::-1, ::-1].copy()
    return convolve2d(image, kernel, mode="same")[::stride, ::stride]


@bank.wrong("network.2", "multiplied tanh by softplus")
def softplus_as_factor(x):
    return np.logaddexp(0, x) * np.tanh(np.logaddexp(0, x))


@bank.wrong("network.2", "You return x itself")
def identity_above_five(x):
    return np.where(x < 5, x * np.tanh(np.logaddexp(0, x)), x)


@bank.wrong("network.2", "You return 0 for numbers of")
def zero_below_minus_eight(x):
    return np.where(x > -8, x * np.tanh(np.logaddexp(0, x)), 0)


@bank.wrong("network.2", "by a slope of 0.05")
def slope_below_zero(x):
    return np.where(x > 0, x * np.tanh(np.logaddexp(0, x)), 0.05 * x)


@bank.wrong("network.2", "An array may have any number of axes")
def elements_of_the_first_axis(x):
    return np.array([value * math.tanh(math.log1p(math.exp(value))) for value in x])


@bank.wrong("network.2", "rounded the result to 3 decimals")
def to_three_decimals(x):
    return (x * np.tanh(np.logaddexp(0, x))).round(3)


@bank.wrong("network.2", "You used log2")
def logarithm_of_base_two(x):
    return x * np.tanh(np.log2(1 + np.exp(x)))


@bank.wrong("network.2", "You used log10")
def common_logarithm_below_a_limit(x):
    return x * np.tanh(np.where(x > 5, x, np.log10(1 + np.exp(x))))


@bank.wrong("network.2", "as `np.logaddexp2` does")
def powers_of_two(x):
    return x * np.tanh(np.logaddexp2(0, x))


@bank.wrong("network.2", "You computed in float16")
def half_precision(x):
    return np.float16(x) * np.tanh(np.log1p(np.exp(np.float16(x))))


@bank.wrong("network.2", "changes `x`")
def multiplied_in_place(x):
    x *= np.tanh(np.logaddexp(0, x))
    return x


@bank.right("network.1")
def by_tensor_product(image, kernel, stride):
    image = np.asarray(image, dtype=np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))
    return np.tensordot(windows[::stride, ::stride], kernel, axes=2).astype(np.float32)


@bank.right("network.2")
def formula_in_float32(x):
    x = x.astype(np.float32)
    return x * np.tanh(np.log(1 + np.exp(x)))


@bank.right("network.2")
def element_by_element(x):
    result = np.empty_like(x)
    for index in np.ndindex(x.shape):
        result[index] = x[index] * math.tanh(max(x[index], 0) + math.log1p(math.exp(-abs(x[index]))))
    return result


@bank.wrong("network.0", "The + 1 is missing")
def moves_instead_of_positions(side, kernel_side, stride, padding):
    return (side + 2 * padding - kernel_side) // stride


@bank.wrong("network.0", "`round` rounds to the nearest integer")
def rounded_to_the_nearest(side, kernel_side, stride, padding):
    return round((side + 2 * padding - kernel_side) / stride) + 1


@bank.wrong("network.0", "Your result isn't rounded")
def not_rounded(side, kernel_side, stride, padding):
    return (side + 2 * padding - kernel_side) / stride + 1


@bank.wrong("network.0", "You added the padding once")
def padding_once(side, kernel_side, stride, padding):
    return (side + padding - kernel_side) // stride + 1


@bank.wrong("network.0", "You added 1 before the division")
def one_before_the_division(side, kernel_side, stride, padding):
    return (side + 2 * padding - kernel_side + 1) // stride


@bank.wrong("network.0", "`//` comes before + and −")
def without_brackets(side, kernel_side, stride, padding):
    return side + 2 * padding - kernel_side // stride + 1


@bank.wrong("network.0", "doesn't depend on `stride`")
def any_stride(side, kernel_side, stride, padding):
    return side - kernel_side + 1 + 2 * padding


@bank.wrong("network.0", "You computed the padding from the kernel")
def padding_of_the_kernel(side, kernel_side, stride, padding):
    return (side + 2 * (kernel_side // 2) - kernel_side) // stride + 1


@bank.wrong("network.0", "has an axis")
def in_an_array(side, kernel_side, stride, padding):
    return np.array([(side + 2 * padding - kernel_side) // stride + 1])


@bank.wrong("network.0", "of type float64: return an int")
def as_a_float(side, kernel_side, stride, padding):
    return np.floor((side + 2 * padding - kernel_side) / stride) + 1


@bank.right("network.0")
def by_rounding_up(side, kernel_side, stride, padding):
    return math.ceil((side + 2 * padding - kernel_side + 1) / stride)


@bank.right("network.0")
def by_counting(side, kernel_side, stride, padding):
    begin, n = -padding, 0
    while begin + kernel_side <= side + padding:
        begin, n = begin + stride, n + 1
    return np.int64(n)


@bank.right("network.0")
def by_a_range(side, kernel_side, stride, padding):
    return len(np.arange(side + 2 * padding)[: side + 2 * padding - kernel_side + 1 : stride])


@bank.wrong("network.3", "You counted tensors")
def number_of_tensors(network):
    return {name: len(list(child.parameters())) for name, child in network.named_children()}


@bank.wrong("network.3", "all of `state_dict`")
def from_the_state_dict(network):
    return {name: sum(t.numel() for t in child.state_dict().values()) for name, child in network.named_children()}


@bank.wrong("network.3", "left out frozen parameters")
def trainable_only(network):
    return {
        name: sum(p.numel() for p in child.parameters() if p.requires_grad) for name, child in network.named_children()
    }


@bank.wrong("network.3", "left out the biases")
def without_biases(network):
    return {
        name: sum(p.numel() for part, p in child.named_parameters() if not part.endswith("bias"))
        for name, child in network.named_children()
    }


@bank.wrong("network.3", "the child itself only")
def of_the_child_itself(network):
    counts = {}
    for name, child in network.named_children():
        counts[name] = sum(p.numel() for p in child.parameters(recurse=False))
    return counts


@bank.wrong("network.3", "use `named_children`")
def of_all_modules(network):
    return {name: sum(p.numel() for p in module.parameters()) for name, module in network.named_modules() if name}


@bank.wrong("network.3", "two layers of a child share twice")
def module_by_module(network):
    counts = {}
    for name, child in network.named_children():
        counts[name] = 0
        for module in child.modules():
            for parameter in module.parameters(recurse=False):
                counts[name] += parameter.numel()
    return counts


@bank.wrong("network.3", "leaves out children without parameters")
def by_the_first_part_of_the_name(network):
    counts = {}
    for name, parameter in network.named_parameters():
        child = name.split(".")[0]
        counts[child] = counts.get(child, 0) + parameter.numel()
    return counts


@bank.wrong("network.3", "A key of your dict is of type int")
def numbered(network):
    return {index: sum(p.numel() for p in child.parameters()) for index, child in enumerate(network.children())}


@bank.wrong("network.3", "of type Tensor")
def as_tensors(network):
    import torch

    return {
        name: sum((torch.tensor(p.numel()) for p in child.parameters()), torch.tensor(0))
        for name, child in network.named_children()
    }


@bank.wrong("network.3", "tensors with equal values once")
def equal_tensors_once(network):
    return {
        name: sum(p.numel() for p in {(p.shape, p.detach().numpy().tobytes()): p for p in child.parameters()}.values())
        for name, child in network.named_children()
    }


@bank.wrong("network.3", "Modules can be nested deeper")
def two_levels(network):
    counts = {}
    for name, child in network.named_children():
        tensors = {id(p): p for module in (child, *child.children()) for p in module.parameters(recurse=False)}
        counts[name] = sum(p.numel() for p in tensors.values())
    return counts


@bank.wrong("network.3", "changes `requires_grad`")
def unfrozen_first(network):
    return {
        name: sum(p.numel() for p in child.requires_grad_().parameters()) for name, child in network.named_children()
    }


@bank.right("network.3")
def by_products_of_shapes(network):
    counts = {}
    for name, child in network.named_children():
        counts[name] = 0
        for parameter in child.parameters():
            counts[name] += math.prod(parameter.shape)
    return counts


@bank.right("network.3")
def by_numpy(network):
    return {
        name: np.sum([parameter.detach().numpy().size for _, parameter in child.named_parameters()], dtype=int)
        for name, child in network.named_children()
    }
