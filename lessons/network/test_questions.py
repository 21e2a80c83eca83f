"""The numbers in the questions of the lesson 'The network' are those that the code computes."""

import numpy as np

from galviz.artefacts.figures import LESSON_FIGURES
from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.network.weights import read_first_kernels
from lessons.network.by_hand import convolve


def test_numbers_in_the_questions():
    questions = read_questions(find_lesson("network"))
    assert "millions of numbers" in questions.opening.text
    assert sum(layer.parameters for layer in LESSON_FIGURES.load().layers) > 2e6
    weights, size, _, _ = questions.quiz
    kernels = read_first_kernels()
    assert "3 input channels and 32 output channels" in weights.text
    assert kernels.shape == (32, 3, 3, 3)
    assert weights.answers[weights.right].text == str(kernels.size)
    assert weights.answers[1].text == str(9 * 32)
    assert "7 × 7" in size.text
    rows, columns = convolve(np.zeros((7, 7, 3)), kernels[0], stride=2).shape
    assert size.answers[size.right].text == f"{rows} × {columns}"
    assert size.answers[1].text == f"{len(range(1, 6, 2))} × {len(range(1, 6, 2))}"
    assert size.answers[3].text == f"{7 - 2} × {7 - 2}"
