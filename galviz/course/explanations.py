"""What an error of Python, NumPy, pandas or PyTorch usually means, for students who meet it for the first time."""

import re

# The class of the error, a pattern of its message, and what it usually means. The first that matches is taken.
_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        "ValueError",
        r"operands could not be broadcast",
        "The shapes don't match. NumPy aligns them from the last axis, and two lengths match if they are equal or one "
        "of them is 1. After a mean or sum along an axis, `keepdims=True` keeps the axis with length 1. If NaN were "
        "removed from one array, remove the same rows from the other.",
    ),
    (
        "RuntimeError",
        r"expected scalar type|Input type .* and (weight|bias) type|same dtype",
        "Two tensors have different dtypes, such as float32 and float64: convert one, with `.float()`.",
    ),
    (
        "ValueError|RuntimeError",
        r"matmul|mat1 and mat2|not aligned|inconsistent tensor size|must match the size of tensor",
        "The shapes don't match: in a matrix product, the last axis of the left array must be as long as the first "
        "axis of the right one. Print both shapes.",
    ),
    (
        "ValueError",
        r"(assignment destination|output array|array) is read-only",
        "You change an array in place that belongs to the caller. Work on a copy: `array.copy()`.",
    ),
    (
        "ValueError",
        r"buffer source array is read-only",
        "A function changes an array in place that belongs to the caller. Work on a copy: `array.copy()`.",
    ),
    (
        "TypeError|UFuncTypeError|_UFuncOutputCastingError",
        r"Cannot cast ufunc",
        "`+=`, `-=`, `*=` and `/=` write into the array, whose dtype can't hold the result. Write `a = a / b`, which "
        "makes a new array.",
    ),
    (
        "TypeError|ValueError|RuntimeError",
        r"only (length-1|size-1|0-dimensional) arrays can be converted|only one element tensors can be converted|"
        r"can only convert an array of size 1|cannot be converted to Scalar",
        "A function for single numbers, such as `float`, `int`, `.item()` or those of `math`, got an array. NumPy's "
        "functions, such as `np.log10`, take arrays.",
    ),
    (
        "ValueError|RuntimeError",
        r"truth value of an array|truth value of a (Series|DataFrame)|Boolean value of Tensor",
        "`if`, `and`, `or` and `not` need a single True or False, and got an array of them. Use `np.where` or a mask "
        "for one result per element, or `.all()` or `.any()` for one result.",
    ),
    (
        "AttributeError",
        r"'(tuple|list)' object has no attribute",
        "This value is a {0}, not an array, so it has no methods of an array. Convert it first, with `np.asarray`.",
    ),
    (
        "AttributeError",
        r"'(float|int|numpy.float64|numpy.int64)' object has no attribute",
        "This value is a single number, not an array. Convert it first, with `np.asarray`, or use NumPy's function.",
    ),
    (
        "AttributeError|TypeError",
        r"'?NoneType'? object (has no attribute|is not (subscriptable|iterable|callable))",
        "This value is None. A function without `return` returns None, and so do methods that work in place, such as "
        "`list.sort()`.",
    ),
    (
        "AttributeError",
        r"'numpy.ndarray' object has no attribute",
        "An array has no such method: is it one of pandas or of PyTorch?",
    ),
    ("AttributeError", r"module '.*' has no attribute", "Is the name of the function spelled right?"),
    (
        "TypeError",
        r"'(float|int|numpy.float64|numpy.int64)' object is not (iterable|subscriptable)|"
        r"object of type '(float|int|numpy.float64|numpy.int64)' has no len",
        "This value is a single number, not an array. Did a mean or sum go over all axes at once? Pass `axis=…`.",
    ),
    (
        "TypeError",
        r"unsupported operand type\(s\) for .*'(tuple|list)'|can't multiply sequence|can only concatenate",
        "A tuple or list does no arithmetic, element by element. Convert it first, with `np.asarray`.",
    ),
    (
        "TypeError",
        r"unsupported operand type\(s\) for .*'(str|NoneType)'|can only concatenate str",
        "One of the two values is not a number.",
    ),
    (
        "TypeError",
        r"(list|tuple) indices must be integers",
        "A list has no columns or masks: `values[:, 0]` works with an array. Convert it first, with `np.asarray`.",
    ),
    (
        "TypeError|IndexError",
        r"(slice indices must be integers|indices must be integers|'float' object cannot be interpreted as an integer"
        r"|expected a sequence of integers|only integers, slices|arrays used as indices must be)",
        "An index or a size must be an integer, and this is a float: `/` gives a float, `//` an integer.",
    ),
    (
        "TypeError",
        r"takes (from )?\d+ .*positional arguments? but|missing \d+ required positional|unexpected keyword argument",
        "The number or the names of the arguments don't match the function that is called. Keep the parameters of the "
        "exercise as they are.",
    ),
    (
        "AxisError|IndexError",
        r"^axis .* out of bounds|Dimension out of range",
        "The array has fewer axes. They are counted from 0: rows are axis 0, columns axis 1.",
    ),
    (
        "IndexError",
        r"out of (bounds|range)",
        "There is no element with this index. Python counts from 0, so the last of n elements has the index n − 1.",
    ),
    (
        "IndexError",
        r"too many indices|boolean index did not match",
        "The array has fewer axes, or another length, than the index. Print its `shape`.",
    ),
    (
        "ValueError",
        r"(argmax|argmin) of an empty|zero-size array|(max|min)\(\) (arg|iterable argument) is (an )?empty|"
        r"need at least one array|empty sequence",
        "Nothing is left to choose from. Was everything removed, such as all rows with a NaN in any column?",
    ),
    (
        "ValueError",
        r"contains? NaN|Input .* contains (NaN|infinity)|cannot convert float NaN",
        "There are NaN in the data, that is, unknown values. Choose the elements that are known first.",
    ),
    (
        "ValueError|TypeError",
        r"inconsistent numbers of samples|must be of the same length|All arrays must be of the same length|"
        r"must be broadcastable|array dimensions (except )?for the concatenation|shapes of a and weights differ",
        "The arrays have different lengths. If elements were removed from one, remove the same ones from the other.",
    ),
    (
        "ValueError",
        r"setting an array element with a sequence|inhomogeneous shape",
        "A single number was expected, and this is a whole array or list. Does a loop go over the first axis only?",
    ),
    (
        "ValueError",
        r"cannot reshape",
        "`reshape` keeps the number of elements: the lengths of the new axes must have the same product.",
    ),
    (
        "ValueError",
        r"not enough values to unpack|too many values to unpack",
        "The number of names on the left differs from the number of values on the right. Print what is on the right.",
    ),
    (
        "ValueError",
        r"could not convert string to float|invalid literal for int",
        "This text isn't a number, such as an empty cell or an id.",
    ),
    (
        "RuntimeError",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "The tensor is part of the autograd graph: `detach()` removes it from there.",
    ),
    (
        "RuntimeError",
        r"leaf Variable that requires grad|modified by an inplace operation",
        "A tensor that autograd needs is changed in place. Compute a new one, or work in `with torch.no_grad():`.",
    ),
    (
        "RuntimeError",
        r"does not require grad and does not have a grad_fn",
        "`backward` needs a result that was computed with gradient tracking, from tensors that require gradients.",
    ),
    (
        "RuntimeError",
        r"expected .* to have \d+ channels|Expected 3D .* or 4D",
        "A convolution expects images of the shape (batch, channels, height, width).",
    ),
    (
        "ValueError",
        r"larger sample than population",
        "Without replacement, each element can be chosen once only, and more are to be chosen than there are.",
    ),
    (
        "ValueError",
        r"is not in (list|tuple)|substring not found",
        "The list has no such element, so it has no index.",
    ),
    ("ValueError", r"Percentiles must be in the range", "`np.percentile` takes percent, from 0 to 100."),
    ("ValueError", r"Quantiles must be in the range", "`np.quantile` takes shares, from 0 to 1; 95 % is 0.95."),
    ("StopIteration", r"", "`next` was called although nothing is left."),
    ("KeyError", r"", "There is no such key or column. Print the keys or columns that there are."),
    (
        "UnboundLocalError",
        r"",
        "This name gets its value in only some of the branches, or after it is used.",
    ),
    ("NameError", r"", "This name isn't defined: is it spelled right, and is its module imported?"),
    (
        "ZeroDivisionError",
        r"",
        "Something is divided by 0: a number of elements, a sum or a standard deviation that can be 0.",
    ),
    (
        "LinAlgError",
        r"",
        "The matrix has no inverse, or contains NaN. `np.linalg.lstsq` and the singular value decomposition work "
        "without an inverse.",
    ),
)


def explain_error(error: BaseException, text: str) -> str:
    """What an error usually means; an empty text if that isn't known.

    Parameters
    ----------
    error : BaseException
    text : str
        Its message.

    Examples
    --------
    >>> explain_error(IndexError(), "list index out of range")
    'There is no element with this index. Python counts from 0, so the last of n elements has the index n − 1.'
    >>> explain_error(OSError(), "")
    ''
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    for kinds, pattern, meaning in _MEANINGS:
        if names & set(kinds.split("|")) and (match := re.search(pattern, text)):
            return meaning.format(*match.groups())
    return ""
