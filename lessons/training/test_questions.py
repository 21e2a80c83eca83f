"""The numbers in the questions of the lesson 'Training' are those that the code computes."""

import numpy as np

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.network.card import read_card


def quiz(number):
    """A question of the quiz, counted from 1."""
    return read_questions(find_lesson("training")).quiz[number - 1]


def derivative(w):
    """The derivative of the loss (w − 3)²."""
    return 2 * (w - 3)


def test_one_step():
    answers = quiz(2).answers
    assert answers[quiz(2).right].text == f"At {1 - 0.25 * derivative(1):.0f}"
    assert f"$2 (w - 3) = {derivative(1)}$" in answers[0].says
    assert answers[1].text == f"At {1 + 0.25 * derivative(1):.0f}"
    assert f"{(0 - 3) ** 2} instead of {(1 - 3) ** 2}" in answers[1].says
    assert answers[2].text == f"At {1 - 0.25 * (1 - 3):.1f}"
    assert 1 - 0.5 * derivative(1) == 3
    assert "0.5 here" in answers[3].says


def test_too_large_a_rate():
    weights = [1.0]
    for _ in range(3):
        weights.append(weights[-1] - 1.5 * derivative(weights[-1]))
    path = ", ".join(f"{weight:.0f}" for weight in weights).replace("-", "−")
    answers = quiz(3).answers
    assert path in answers[1].says
    assert np.abs(np.diff(np.log2(np.abs(np.array(weights) - 3)))).tolist() == [1, 1, 1]
    losses = [(weight - 3) ** 2 for weight in weights]
    assert "from {:.0f} to {:.0f} to {:.0f}".format(*losses[:3]) in answers[2].says
    assert abs(1 - 2 * 1.0) == 1  # the factor by which a rate of 1 changes the distance


def test_both_losses_rise_when_the_images_grow():
    epochs = read_card().training["epochs"]
    (grown,) = [place for place in range(1, len(epochs)) if epochs[place]["side_px"] > epochs[place - 1]["side_px"]]
    before, after = epochs[grown - 1], epochs[grown]
    assert (before["side_px"], after["side_px"]) == (64, 112)
    assert all(after[name] > before[name] for name in ("train_rmse", "valid_rmse"))
    assert "from 64 to 112 pixels. Both losses rise there" in (find_lesson("training").folder / "text.md").read_text(
        "utf-8"
    )
