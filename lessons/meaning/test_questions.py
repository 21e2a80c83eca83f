"""Numbers that stand in the questions of 'What do the components mean?': each is computed here and looked for there."""

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_fields_that_seem_to_hold_something():
    question = read_questions(find_lesson("meaning")).quiz[1]
    assert "200 fields" in question.text
    assert question.answers[question.right].text == f"About {200 * 0.05:.0f}"


def test_a_permutation_test_without_a_hit():
    question = read_questions(find_lesson("meaning")).quiz[3]
    assert "99 times" in question.text
    assert f"A share of {1 / (1 + 99):g}" in question.answers[question.right].text
