"""Tests of the exercises; each takes the student's function."""

import numpy as np

from galviz.course.judge import expect_close, expect_unchanged


def test_template_1(answer):
    values = np.array([8.5, 8.6, 9.0])
    given = values.copy()
    found = answer(given)
    expect_unchanged(values, given, "values")
    mistakes = [
        (26.1, "You returned the sum; divide it by the number of values."),
        (8.6, "You returned the median; the mean is asked for."),
        (values, "These are the values themselves; one number is asked for."),
    ]
    expect_close(found, 8.7, mistakes)
    gaps = np.array([8.5, np.nan, 8.9, np.nan])
    mistakes = [
        (np.nan, "It is NaN where a value is NaN: leave those out."),
        (17.4 / 4, "You count values that are NaN: leave them out of the number too."),
    ]
    expect_close(answer(gaps), 8.7, mistakes, what="what you return where two of four values are NaN")
