"""Whether two surveys can be told apart by their features."""

import numpy as np
import pytest
from scipy.stats import norm

from galviz.analysis.domain_shift import LEAST_GALAXIES, domain_shift
from galviz.analysis.validation import AllAlikeError


def survey(n_galaxies, seed, shift=0.0, n_features=6):
    values = np.random.default_rng(seed).normal(size=(n_galaxies, n_features))
    values[:, 0] += shift
    return values


def test_two_samples_of_one_survey_can_t_be_told_apart():
    result = domain_shift(survey(1_000, 1), survey(1_500, 2))
    assert result.n_galaxies == 1_000
    assert result.auc == pytest.approx(0.5, abs=0.04)
    assert result.same_survey == pytest.approx(result.same_survey_by_chance, abs=0.01)
    assert result.same_survey_by_chance == pytest.approx(999 / 1_999)


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.0])
def test_a_shift_in_one_feature_has_the_area_of_two_normal_distributions(shift):
    """The best score is that feature, and the difference of two is normal with a variance of two."""
    result = domain_shift(survey(2_000, 3), survey(2_000, 4, shift))
    assert result.auc == pytest.approx(norm.cdf(shift / np.sqrt(2)), abs=0.02)


def test_surveys_far_apart_are_always_told_apart():
    result = domain_shift(survey(50, 5), survey(80, 6) + 100)
    assert (result.auc, result.same_survey) == (1.0, 1.0)


def test_scale_and_order_change_nothing():
    one, other = survey(200, 7), survey(200, 8, shift=1.0)
    scale = np.array([1e-6, 1e3, 1, 1, 20, 1e-2])
    expected, scaled = domain_shift(one, other), domain_shift(one * scale, other * scale)
    assert scaled.auc == pytest.approx(expected.auc, abs=1e-6)
    assert scaled.same_survey == expected.same_survey
    assert domain_shift(other, one).auc == pytest.approx(expected.auc, abs=0.02)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (survey(LEAST_GALAXIES - 1, 1), survey(50, 2), "10 galaxies or more; got 9"),
        (survey(50, 1), survey(50, 2, n_features=5), "6 features; got 5"),
        (np.full((20, 2), np.nan), survey(50, 2, n_features=2), "one"),
    ],
)
def test_what_can_t_be_compared_is_refused(one, other, words):
    with pytest.raises(ValueError, match=words):
        domain_shift(one, other)
    with pytest.raises(AllAlikeError):
        domain_shift(np.ones((20, 3)), np.ones((30, 3)))
