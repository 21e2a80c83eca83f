"""One cycle: fastai's own schedule, step by step."""

import numpy as np
import pytest

from galviz.training.schedule import one_cycle


@pytest.mark.full
@pytest.mark.parametrize("n_steps", [1, 4, 7, 1000])
def test_it_is_fastai_s(n_steps):
    from fastai.callback.schedule import combined_cos

    expected = combined_cos(0.25, 1e-2 / 25, 1e-2, 1e-2 / 1e5)
    # fastai's shares are float32
    assert one_cycle(1e-2, n_steps) == pytest.approx([expected(step / n_steps) for step in range(n_steps)], rel=1e-4)


def test_it_rises_for_a_quarter_and_falls_for_the_rest():
    rates = one_cycle(0.02, 400)
    assert rates.argmax() == 100
    assert rates.max() == pytest.approx(0.02)
    assert (np.diff(rates[:101]) > 0).all()
    assert (np.diff(rates[100:]) < 0).all()
    assert rates[0] == pytest.approx(0.02 / 25)


@pytest.mark.parametrize(("highest", "n_steps"), [(0, 10), (-1, 10), (0.01, 0)])
def test_invalid_arguments(highest, n_steps):
    with pytest.raises(ValueError, match="highest must be above 0 and n_steps at least 1"):
        one_cycle(highest, n_steps)
