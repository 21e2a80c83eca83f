"""Numbers in the questions of the lesson 'Galaxies as points' are those that the code computes."""

import numpy as np

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.survey.survey import load_survey
from panels.feature_space import MAX_PICTURES


def test_the_opening_names_the_number_of_images_on_the_page():
    opening = read_questions(find_lesson("points")).opening
    assert f"{MAX_PICTURES} of {len(load_survey().object_ids):,} galaxies" in opening.text


def test_the_line_of_four_galaxies():
    line = np.array([0.0, 1.0, 5.0, 6.0])
    question = read_questions(find_lesson("points")).quiz[1]
    assert "at 0, 1, 5 and 6" in question.text
    distances = np.minimum(abs(line - 0), abs(line - line.max()))
    assert line[distances == distances.max()].tolist() == [1, 5]
    assert question.answers[question.right].text.startswith("6, then either 1 or 5")
