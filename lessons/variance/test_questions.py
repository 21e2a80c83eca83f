"""Numbers that stand in the questions of 'How many components?': each is computed here and looked for there."""

import numpy as np

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_the_opening_has_the_interval_of_the_formula():
    shares = np.array([0.92, 0.05, 0.01])
    first, rest = shares[0] ** 2, (shares[1:] ** 2).sum()
    error = np.sqrt(2 / 256 * ((1 - shares[0]) ** 2 * first + shares[0] ** 2 * rest))
    low, high = 100 * (shares[0] + np.array([-1.96, 1.96]) * error)
    opening = read_questions(find_lesson("variance")).opening
    assert f"from {low:.1f} to {high:.1f} %" in opening.answers[opening.right].says


def test_the_width_of_an_interval_falls_as_the_root():
    question = read_questions(find_lesson("variance")).quiz[1]
    assert "8 points wide" in question.text
    assert question.answers[question.right].text == f"{64 * (8 // 2) ** 2:,}"
    assert f"{8 / np.sqrt(2):.1f} points" in question.answers[0].says
