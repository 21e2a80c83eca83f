"""Numbers that stand in the questions of 'The feature space': each is computed here and looked for there."""

import numpy as np

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_what_is_left_without_the_head():
    weight, galaxy = np.array([3.0, 4.0]), np.array([5.0, 0.0])
    unit = weight / np.linalg.norm(weight)
    along = galaxy @ unit * unit
    question = read_questions(find_lesson("space")).quiz[3]
    written = [answer.text.replace("−", "-") for answer in question.answers]
    assert "({:g}, {:g})".format(*(galaxy - along)) == written[question.right]
    assert "({:g}, {:g})".format(*along) in written
    assert "({:g}, {:g})".format(*(galaxy - galaxy @ weight * weight)) in written
