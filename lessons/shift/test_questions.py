"""The numbers in the questions of the lesson 'Domain shift' are computed here, and checked there."""

import numpy as np

from galviz.artefacts.hubble import HUBBLE_FIELD, NOISE
from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def test_predictions_for_noise():
    opening = read_questions(find_lesson("shift")).opening
    predicted = HUBBLE_FIELD.load().controls[NOISE]["predicted"]
    says = opening.answers[opening.right].says
    assert f"{predicted.mean():.2f} dex" in says
    assert f"only {predicted.std():.2f} dex" in says


def test_the_smallest_p_value():
    question = read_questions(find_lesson("shift")).quiz[0]
    assert "999 held-out" in question.text
    assert question.answers[question.right].text == f"{(1 + 0) / (1 + 999):g}"


def test_the_inverted_line_has_larger_errors():
    question = read_questions(find_lesson("shift")).quiz[3]
    random = np.random.default_rng(0)
    true = random.normal(8.8, 0.2, 4000)
    predicted = 8.6 + 0.6 * (true - 8.8) + random.normal(0, 0.08, 4000)
    direct = np.polyval(np.polyfit(predicted, true, 1), predicted)
    slope, intercept = np.polyfit(true, predicted, 1)
    inverted = (predicted - intercept) / slope
    assert inverted.std() > true.std() > direct.std()
    assert np.mean((inverted - true) ** 2) > np.mean((direct - true) ** 2)
    assert "spread out too much" in question.answers[question.right].text
