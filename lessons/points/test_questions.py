"""Numbers that stand in the questions of 'Galaxies as points': each is computed here and looked for there."""

import numpy as np

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.survey.survey import load_survey
from panels.feature_space import MAX_PICTURES


def test_the_opening_speaks_of_as_many_pictures_as_the_page_shows():
    opening = read_questions(find_lesson("points")).opening
    assert f"{MAX_PICTURES} of {len(load_survey().object_ids):,} galaxies" in opening.text


def test_the_line_of_four_galaxies():
    line = np.array([0.0, 1.0, 5.0, 6.0])
    question = read_questions(find_lesson("points")).quiz[1]
    assert "at 0, 1, 5 and 6" in question.text
    gaps = np.minimum(abs(line - 0), abs(line - line.max()))
    assert line[gaps == gaps.max()].tolist() == [1, 5]
    assert question.answers[question.right].text.startswith("6, then either 1 or 5")
