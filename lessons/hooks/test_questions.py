"""Numbers in the questions of the lesson on hooks are those that the code computes."""

from galviz.artefacts.figures import LESSON_FIGURES
from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_memory():
    stage1 = next(layer for layer in LESSON_FIGURES.load().layers if layer.name == "stage1")
    channels, height, width = stage1.shape
    question = read_questions(find_lesson("hooks")).quiz[2]
    assert f"{channels} feature maps of {height} × {width} positions" in question.text
    numbers = 2_000 * channels
    maps, averages, rows = (4 * count / 1e6 for count in (numbers * height * width, numbers, numbers * width))
    assert question.answers[question.right].text == f"{maps:.0f} MB as maps, {averages:.1f} MB as averages"
    assert f"2,000 · {channels} · {height * width} values" in question.answers[question.right].says
    assert question.answers[0].text == f"{maps:.0f} MB as maps, {rows:.0f} MB as averages"
    assert question.answers[2].text == f"{maps / 4:.0f} MB as maps, {averages / 4:.1f} MB as averages"


def test_the_batch_of_the_opening():
    opening = read_questions(find_lesson("hooks")).opening
    assert len(LESSON_FIGURES.load().object_ids) == 6
    assert "in a batch with five others" in opening.text
