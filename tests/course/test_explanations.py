"""What an error usually means, for errors as Python and the libraries raise them today."""

import math

import numpy as np
import pandas as pd
import pytest

from galviz.course.explanations import explain_error

TABLE = np.ones((3, 2))
ROWS = [[1, 2], [3, 4]]
READ_ONLY = np.ones(3)
READ_ONLY.flags.writeable = False


def assign(values, index, value):
    values[index] = value


def add_in_place(values, value):
    values += value


# Code that students write, and a word of what its error usually means.
MISTAKES = {
    "broadcasting": (lambda: TABLE - TABLE.mean(axis=1), "keepdims"),
    "NaN removed from one": (lambda: np.ones(9) - np.ones(6), "same rows"),
    "matrix product": (lambda: TABLE @ np.ones(3), "matrix product"),
    "assignment to read-only": (lambda: assign(READ_ONLY, 0, 1), "copy"),
    "in place on read-only": (lambda: add_in_place(READ_ONLY, 1), "copy"),
    "in place with another dtype": (lambda: add_in_place(np.ones(3, np.uint8), 0.5), "dtype"),
    "math on an array": (lambda: math.log10(TABLE), "math"),
    "float of an array": (lambda: float(TABLE), "single numbers"),
    "if with an array": (lambda: TABLE if TABLE > 0 else None, "np.where"),
    "if with a Series": (lambda: bool(pd.Series([1, 2])), "mask"),
    "method of an array on a tuple": (lambda: (1.0, 2.0).mean(), "tuple"),
    "method of an array on a list": (lambda: [1.0].reshape(1, 1), "list"),
    "arithmetic with tuples": (lambda: tuple(ROWS) / 2, "asarray"),
    "arithmetic with lists": (lambda: ROWS - ROWS, "asarray"),
    "columns of a list": (lambda: ROWS[:, 0], "asarray"),
    "no return": (lambda: ROWS.sort()[0], "return"),
    "float as an index": (lambda: TABLE[1.0], "//"),
    "float as a number": (lambda: range(4 / 2), "//"),
    "wrong axis": (lambda: TABLE.mean(axis=2), "axis 0"),
    "index too large": (lambda: TABLE[3], "counts from 0"),
    "mask of another length": (lambda: TABLE[np.ones(4, bool)], "shape"),
    "nothing left": (lambda: np.argmax([]), "removed"),
    "lengths differ": (lambda: pd.DataFrame({"a": [1], "b": [1, 2]}), "lengths"),
    "a list in the place of a number": (lambda: assign(np.zeros(2), 0, [1, 2]), "single number"),
    "one number after a mean": (lambda: list(TABLE.mean()), "axis"),
    "percent": (lambda: np.quantile(TABLE, 95), "0 to 1"),
    "sample too large": (lambda: np.random.default_rng(0).choice(3, 5, replace=False), "replacement"),
    "missing column": (lambda: pd.DataFrame({"a": [1]})["b"], "column"),
    "name": (lambda: undefined, "defined"),  # noqa: F821
    "division": (lambda: 1 / 0, "divided by 0"),
    "singular": (lambda: np.linalg.inv(np.zeros((2, 2))), "inverse"),
}


@pytest.mark.parametrize(("code", "word"), MISTAKES.values(), ids=MISTAKES)
def test_an_error_is_explained(code, word):
    with pytest.raises(Exception) as caught:  # noqa: PT011 (its class is what is looked at)
        code()
    assert word in explain_error(caught.value, str(caught.value))


@pytest.mark.full
def test_errors_of_pytorch_are_explained():
    import torch
    from torch import nn

    def grow(tensor):
        tensor += 1

    weight = torch.ones(3, requires_grad=True)
    for code, word in [
        (weight.numpy, "detach"),
        (lambda: grow(weight), "in place"),
        (torch.ones(3).sum().backward, "tracking"),
        (lambda: nn.Conv2d(3, 2, 3)(torch.ones(1, 2, 9, 9)), "channels"),
        (lambda: nn.Linear(3, 2)(torch.ones(3, dtype=torch.float64)), "float"),
        (lambda: bool(torch.ones(3)), "mask"),
        (torch.ones(3).item, "single numbers"),
    ]:
        with pytest.raises(Exception) as caught:  # noqa: PT011
            code()
        assert word in explain_error(caught.value, str(caught.value))


def test_an_error_that_is_not_known_is_not_explained():
    assert explain_error(OSError("disk"), "disk") == ""
