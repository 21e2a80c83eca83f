"""The numbers in the questions of the lesson 'The feature space' are those that the code computes."""

import numpy as np

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_numbers_in_the_questions():
    weight, galaxy = np.array([3.0, 4.0]), np.array([5.0, 0.0])
    length = np.linalg.norm(weight)
    unit = weight / length
    along = galaxy @ unit * unit
    question = read_questions(find_lesson("space")).quiz[3]
    assert "$w = (3, 4)$" in question.text
    assert "$x = (5, 0)$" in question.text
    answers = [answer.text.replace("−", "-") for answer in question.answers]
    assert answers[question.right] == "({:g}, {:g})".format(*(galaxy - along))
    assert answers[1] == "({:g}, {:g})".format(*(galaxy - galaxy @ weight * weight))
    assert answers[2] == "({:g}, {:g})".format(*along)
    assert f"its length {length:g}" in question.answers[1].says
    assert f"{length**2:g} times too much" in question.answers[1].says
