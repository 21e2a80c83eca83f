"""Tests of the exercises; each takes the student's function."""

import numpy as np

from galviz.course.judge import expect_close, expect_unchanged


def test_template_1(answer):
    values = np.array([8.5, 8.6, 9.0])
    given = values.copy()
    result = answer(given)
    expect_unchanged(values, given, "values")
    mistakes = [
        (26.1, "You returned the sum: divide it by the number of values."),
        (8.6, "You returned the median, not the mean."),
        (values, "You returned the values themselves: return one number, their mean."),
    ]
    expect_close(result, 8.7, mistakes)
    gaps = np.array([8.5, np.nan, 8.9, np.nan])
    mistakes = [
        (np.nan, "Your mean is NaN, because some values are NaN: leave them out."),
        (17.4 / 4, "You divided by the number of all values: divide by the number of those that are known."),
    ]
    expect_close(answer(gaps), 8.7, mistakes, what="what you return if two of four values are NaN")
