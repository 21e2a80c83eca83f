"""Numbers in the questions of the lesson on predictions are those that the code computes."""

import numpy as np
import pytest

from galviz.analysis.metrics import prediction_errors
from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions


def questions():
    return read_questions(find_lesson("predictions"))


def test_a_slipped_row():
    draw = np.random.default_rng(0)
    true = draw.normal(8.8, 0.2, 5000)
    predicted = 8.8 + 0.8 * (true - 8.8) + draw.normal(0, 0.08, 5000)
    right, slipped = prediction_errors(predicted, true), prediction_errors(predicted, np.roll(true, 1))
    assert right.rmse < right.spread < slipped.rmse
    assert slipped.bias == pytest.approx(right.bias)
    assert "larger than if you had always predicted the mean" in questions().opening.answers[2].text
    assert "The bias does stay nearly the same" in questions().opening.answers[1].says


def test_all_shifted():
    errors = prediction_errors(np.array([8.5, 8.7, 9.1]) + 0.2, [8.5, 8.7, 9.1])
    question = questions().quiz[0]
    assert errors.nmad == pytest.approx(0)
    assert question.answers[question.right].text == f"The RMSE is {errors.rmse:.1f} dex, the NMAD 0 dex"
    assert f"the NMAD {1.4826 * 0.2:.1f} dex" in question.answers[2].text


def test_few_bad_misses_make_the_rmse_large_and_leave_the_nmad():
    draw = np.random.default_rng(1)
    error = draw.normal(0, 0.08, 10_000)
    error[:400] += np.where(np.arange(400) % 2, 1.45, -1.45)
    errors = prediction_errors(error, np.zeros(10_000))
    text = f"The RMSE is {errors.rmse:.2f} dex, the NMAD {errors.nmad:.2f} dex and the bias {abs(errors.bias):.2f} dex"
    assert questions().quiz[1].text.startswith(text)
    assert "Then half of the errors would be larger than 0.2 dex" in questions().quiz[1].answers[1].says
    assert np.median(np.abs(draw.normal(0, 0.3, 100_000))) == pytest.approx(0.2, abs=0.005)


def test_the_error_of_guessing():
    answers = questions().quiz[2].answers
    assert f"an error of {0.20 / 8.8:.0%}".replace("%", " %") in answers[0].text
    true = np.random.default_rng(2).normal(8.8, 0.2, 100)
    assert prediction_errors(np.full(100, true.mean()), true).rmse == pytest.approx(true.std())


def test_ids_as_floats():
    says = questions().quiz[3].answers[2].says
    sdss, ours = (np.spacing(float(one)) for one in (1_237_648_720_693_755_918, 9_020_200_727_000_000_001))
    assert f"{sdss:.0f} apart for the ids of SDSS, a large survey, and {ours:,.0f} apart for this course's" in says
    assert float("9020200727000000001") == float("9020200727000000002")
