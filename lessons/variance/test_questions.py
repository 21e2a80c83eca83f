"""The numbers in the questions of the lesson 'How many components?' are those that the code computes."""

import numpy as np

from galviz.analysis.dimension import gaussian_standard_error
from galviz.analysis.pca import fit_pca
from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_numbers_in_the_questions():
    questions = read_questions(find_lesson("variance"))
    error = gaussian_standard_error((0.92, 0.05, 0.01), 256)[0]
    low, high = 92 - 196 * error, 92 + 196 * error
    assert "explains 92 % of the variance of 256 galaxies" in questions.opening.text
    assert f"from {low:.1f} to {high:.1f} %" in questions.opening.answers[questions.opening.right].says
    width = questions.quiz[1]
    assert "64 galaxies is 8 points wide" in width.text
    assert width.answers[width.right].text == f"{64 * (8 // 2) ** 2:,}"
    assert f"{8 / np.sqrt(128 / 64):.1f} points" in width.answers[0].says
    assert f"{8 / np.sqrt(256 / 64):g} points" in width.answers[1].says


def test_three_components_explain_all_about_four_galaxies():
    question = read_questions(find_lesson("variance")).quiz[2]
    assert "three components of *four* galaxies" in question.text
    values = np.random.default_rng(0).normal(size=(4, 20))
    assert round(100 * fit_pca(values, 3).explained_variance_ratio.sum(), 6) == 100
