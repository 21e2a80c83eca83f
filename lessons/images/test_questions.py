"""The numbers in the questions of the lesson 'Preparing images' are those that the code computes."""

import numpy as np

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.network.normalisation import normalise
from galviz.survey.survey import load_survey


def test_numbers_in_the_questions():
    questions = read_questions(find_lesson("images"))
    survey = load_survey(verify=False)
    width, height = survey.image_size(survey.object_ids[0])
    assert f"{width} × {height} pixels" in questions.opening.text
    bright, _, _, wrap_around = questions.quiz
    normalised = normalise(np.full((1, 1, 3), 255, np.uint8), [0.1] * 3, [0.2] * 3)[0, 0, 0]
    assert bright.answers[bright.right].text == f"{normalised:g}"
    assert bright.answers[2].text == f"{(255 - 0.1) / 0.2:g}"
    assert bright.answers[3].text == f"{1 - 0.1:g}"
    assert wrap_around.answers[wrap_around.right].text == str((np.array([3], np.uint8) - 5)[0])
