"""The seeds that show whether a function uses its seed as it is."""

import pytest

from galviz.course.judge import WrongAnswer
from galviz.course.seeds import SEEDS, reject_equal_seeds


def test_a_changed_seed_is_noticed():
    divisors = *range(2, 61), *(2**n for n in range(6, 21)), *(10**n for n in range(2, 7))
    changes = [lambda seed, m=m: seed % m for m in divisors]
    changes += [lambda seed: seed // 2, lambda seed: seed or 1, lambda seed: min(seed, 1000), lambda seed: 42]
    for change in changes:
        with pytest.raises(WrongAnswer):
            reject_equal_seeds({seed: change(seed) for seed in SEEDS}, "give the same order")


def test_a_seed_that_is_used_as_it_is_passes():
    reject_equal_seeds({seed: seed * 1000 + 1 for seed in SEEDS}, "give the same order")
    assert 1000 * max(SEEDS) < 2**32
