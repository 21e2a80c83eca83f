"""Numbers that stand in the questions of 'Other maps': each is computed here and looked for there."""

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_the_trustworthiness_of_six_galaxies():
    n, k, rank = 6, 1, 3
    question = read_questions(find_lesson("maps")).quiz[2]
    below = n * k * (2 * n - 3 * k - 1) // 2
    assert question.answers[question.right].text == f"1 − {rank - k}/{below}"
    assert f"1 − {rank}/{below}" in [answer.text for answer in question.answers]
