"""The numbers in the questions of the lesson 'What do the components mean?' are computed here, and checked there."""

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.network.card import read_card


def test_numbers_in_the_questions():
    _, table, probe, shuffles, _ = read_questions(find_lesson("meaning")).quiz
    assert "200 cells" in table.text
    assert "95 % interval" in table.text
    assert table.answers[table.right].text == f"About {200 * 0.05:.0f}"
    assert f"probe of {read_card().layers['features']} features" in probe.text
    assert "99 times" in shuffles.text
    assert f"A share of {1 / (1 + 99):g}:" in shuffles.answers[shuffles.right].text
