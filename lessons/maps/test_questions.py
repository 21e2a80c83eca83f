"""The numbers in the questions of the lesson 'Other maps' are computed here, and checked there."""

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_the_trustworthiness_of_six_galaxies():
    n, k, rank = 6, 1, 3
    question = read_questions(find_lesson("maps")).quiz[2]
    denominator = n * k * (2 * n - 3 * k - 1) // 2
    assert question.answers[question.right].text == f"1 − {rank - k}/{denominator}"
    assert f"1 − {rank}/{denominator}" in [answer.text for answer in question.answers]
    assert f"rank {rank} in the features" in question.text
