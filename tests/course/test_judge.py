"""The functions that exercises' tests use: values of any type are read, and a wrong one gets its hint."""

import numpy as np
import pandas as pd
import pytest

from galviz.course.judge import WrongAnswer, as_array, as_float, expect, expect_close, expect_error, expect_unchanged

TABLE = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


class Tensor:
    """The methods of a torch tensor that `as_array` uses."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.values


class Unreadable:
    """A class of a student's own."""

    def __array__(self, *_, **__):
        raise RuntimeError


@pytest.mark.parametrize(
    "values",
    [
        TABLE,
        tuple(map(tuple, TABLE)),
        np.array(TABLE, np.float32),
        np.array(TABLE, int),
        pd.DataFrame(TABLE),
        Tensor(TABLE),
        [Tensor(row) for row in TABLE],
        [np.float32(1), 2, 3],
    ],
    ids=range(8),
)
def test_numbers_of_any_kind_are_read(values):
    assert as_array(values).ravel()[:2].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "is None: does the function end with `return`?"),
        ("8.7", "of type str; numbers are asked for"),
        (b"8", "of type bytes"),
        ({"a": 1}, "of type dict"),
        ({1, 2}, "of type set"),
        (len, "numbers are asked for"),
        (iter([1]), "numbers are asked for"),
        ((x for x in "ab"), "of type generator"),
        ([1, "a"], "can't be read as numbers: it is of type list"),
        ([[1, 2], [3]], "can't be read as numbers"),
        (object(), "can't be read as numbers: it is of type object"),
        (1j, "can't be read as numbers"),
        (np.array([1 + 2j]), "can't be read as numbers"),
        (10**400, "can't be read as numbers: it is of type int"),
        (Unreadable(), "can't be read as numbers: it is of type Unreadable"),
    ],
    ids=range(15),
)
def test_values_that_are_not_numbers_are_rejected(value, message):
    with pytest.raises(WrongAnswer, match="What you return .*" + message.replace("(", r"\(").replace("?", r"\?")):
        as_array(value)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3), "must have the shape 2 × 3; it has 3 × 2. It is transposed"),
        ((3, 3), "must have the shape 3 × 3; it has 3 × 2.$"),
        ((3,), "must have the shape 3; it has 3 × 2.$"),
        ((), "must have the shape a single number; it has 3 × 2.$"),
        ((None, 3), "must have the shape any × 3; it has 3 × 2"),
    ],
)
def test_a_wrong_shape_is_explained(shape, message):
    with pytest.raises(WrongAnswer, match=message):
        as_array(TABLE, shape)


def test_an_axis_of_any_length():
    assert as_array(TABLE, (None, 2)).shape == (3, 2)
    assert as_float([[3]]) == 3
    assert as_float(np.float32(2.5)) == 2.5
    assert np.isnan(as_float(float("nan")))


def test_a_known_mistake_gets_its_hint():
    mistakes = [([2, 4], "doubled"), ([1, 2], "no mistake at all"), ([1, 4], "squared")]
    expect_close([1, 2], [1, 2], mistakes)
    expect_close(np.float32([1, 2.00001]), [1, 2], mistakes)
    for values, hint in (([2, 4], "doubled"), ([1.0, 4.0], "squared")):
        with pytest.raises(WrongAnswer, match=f"^{hint}$"):
            expect_close(values, [1, 2], mistakes)
    with pytest.raises(
        WrongAnswer, match=r"1 of 2 numbers are wrong; the first, at \[1\], is 3 and should be 2. Look again."
    ):
        expect_close([1, 3], [1, 2], mistakes, hint="Look again.")


@pytest.mark.parametrize("value", [None, "nan", b"nan"], ids=repr)
def test_none_and_text_do_not_match_a_mistake_that_gives_nan(value):
    with pytest.raises(WrongAnswer, match=r"is None|of type"):
        expect_close(value, 1.0, [(float("nan"), "divided by 0")])


def test_a_mistake_may_have_another_shape():
    with pytest.raises(WrongAnswer, match=r"^the means alone$"):
        expect_close([2.0, 3.0], TABLE, [([2.0, 3.0], "the means alone")])
    with pytest.raises(WrongAnswer, match="transposed"):
        expect_close(np.transpose(TABLE), TABLE)


def test_nan_matches_only_nan():
    expect_close([np.nan, 1], [np.nan, 1])
    with pytest.raises(WrongAnswer, match="is 0 and should be nan"):
        expect_close([0, 1], [np.nan, 1])
    with pytest.raises(WrongAnswer, match="is nan, and should be 2"):
        expect_close(np.nan, 2)


def test_the_tolerance():
    expect_close(1.00005, 1.0)
    with pytest.raises(WrongAnswer, match=r"is 1\.001, and should be 1"):
        expect_close(1.001, 1.0)


def test_changed_arguments_are_rejected():
    expect_unchanged(np.array([1.0, np.nan]), np.array([1.0, np.nan]), "values")
    with pytest.raises(WrongAnswer, match="Your function changes `values`"):
        expect_unchanged([1, 2], [1, 3], "values")


def test_an_expected_error():
    def fails(error):
        raise error

    assert str(expect_error(lambda: fails(ValueError("no")), ValueError, "It must.")) == "no"
    with pytest.raises(WrongAnswer, match=r"^It must\.$"):
        expect_error(lambda: 3, ValueError, "It must.")
    with pytest.raises(WrongAnswer, match=r"^It must\. Yours raises KeyError there\.$"):
        expect_error(lambda: fails(KeyError("x")), ValueError, "It must.")
    with pytest.raises(NotImplementedError):
        expect_error(lambda: fails(NotImplementedError("pca.1")), ValueError, "It must.")
    expect(True, "never")
    with pytest.raises(WrongAnswer, match="hint"):
        expect(False, "hint")
