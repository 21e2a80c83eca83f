"""What the tests of exercises are written with: any answer is read, and a wrong one gets its sentence."""

import numpy as np
import pandas as pd
import pytest

from galviz.course.judge import WrongAnswer, as_array, as_float, expect, expect_close, expect_error, expect_unchanged

TABLE = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


class Tensor:
    """What numbers need to know of a tensor."""

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
    "found",
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
def test_numbers_of_any_kind_are_read(found):
    assert as_array(found).ravel()[:2].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("found", "said"),
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
def test_what_is_no_number_is_told(found, said):
    with pytest.raises(WrongAnswer, match="What you return .*" + said.replace("(", r"\(").replace("?", r"\?")):
        as_array(found)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((2, 3), "must have the shape 2 × 3; it has 3 × 2. It is transposed"),
        ((3, 3), "must have the shape 3 × 3; it has 3 × 2.$"),
        ((3,), "must have the shape 3; it has 3 × 2.$"),
        ((), "must have the shape a single number; it has 3 × 2.$"),
        ((None, 3), "must have the shape any × 3; it has 3 × 2"),
    ],
)
def test_another_shape_is_told(shape, said):
    with pytest.raises(WrongAnswer, match=said):
        as_array(TABLE, shape)


def test_shapes_may_be_free():
    assert as_array(TABLE, (None, 2)).shape == (3, 2)
    assert as_float([[3]]) == 3
    assert as_float(np.float32(2.5)) == 2.5
    assert np.isnan(as_float(float("nan")))


def test_a_mistake_is_named_and_no_other():
    mistakes = [([2, 4], "doubled"), ([1, 2], "no mistake at all"), ([1, 4], "squared")]
    expect_close([1, 2], [1, 2], mistakes)
    expect_close(np.float32([1, 2.00001]), [1, 2], mistakes)
    for found, hint in (([2, 4], "doubled"), ([1.0, 4.0], "squared")):
        with pytest.raises(WrongAnswer, match=f"^{hint}$"):
            expect_close(found, [1, 2], mistakes)
    with pytest.raises(
        WrongAnswer, match=r"1 of 2 numbers are wrong; the first, at \[1\], is 3 and should be 2. Look again."
    ):
        expect_close([1, 3], [1, 2], mistakes, hint="Look again.")


@pytest.mark.parametrize("found", [None, "nan", b"nan"], ids=repr)
def test_nothing_and_texts_are_no_mistake_that_gives_nan(found):
    with pytest.raises(WrongAnswer, match=r"is None|of type"):
        expect_close(found, 1.0, [(float("nan"), "divided by 0")])


def test_a_mistake_may_have_another_shape():
    with pytest.raises(WrongAnswer, match=r"^the means alone$"):
        expect_close([2.0, 3.0], TABLE, [([2.0, 3.0], "the means alone")])
    with pytest.raises(WrongAnswer, match="transposed"):
        expect_close(np.transpose(TABLE), TABLE)


def test_nan_is_expected_where_it_is():
    expect_close([np.nan, 1], [np.nan, 1])
    with pytest.raises(WrongAnswer, match="is 0 and should be nan"):
        expect_close([0, 1], [np.nan, 1])
    with pytest.raises(WrongAnswer, match="is nan, and should be 2"):
        expect_close(np.nan, 2)


def test_no_answer_is_right_by_a_hair_too_much():
    expect_close(1.00005, 1.0)
    with pytest.raises(WrongAnswer, match=r"is 1\.001, and should be 1"):
        expect_close(1.001, 1.0)


def test_what_was_given_stays():
    expect_unchanged(np.array([1.0, np.nan]), np.array([1.0, np.nan]), "values")
    with pytest.raises(WrongAnswer, match="Your function changes `values`"):
        expect_unchanged([1, 2], [1, 3], "values")


def test_an_error_is_asked_for():
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
    with pytest.raises(WrongAnswer, match="said"):
        expect(False, "said")
