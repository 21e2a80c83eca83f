"""Ids that a float or a spreadsheet has rounded are detected; true ids aren't."""

import csv
import random

import numpy as np
import pytest

from galviz.survey.rounding import FALSE_POSITIVE_RATE, find_rounded_ids
from galviz.survey.survey import mock_survey_folder

SDSS = [str(1237648702973411443 + number * 1_048_573 * 977) for number in range(400)]


def by_float(object_id):
    return str(int(float(object_id)))


def by_single(object_id):
    return str(int(np.float32(object_id)))


def by_spreadsheet(object_id):
    return object_id[:15] + "0" * (len(object_id) - 15)


def by_javascript(object_id):
    digits, _, exponent = repr(float(object_id)).partition("e+")
    return digits.replace(".", "").ljust(int(exponent) + 1, "0")


@pytest.mark.parametrize("count", [2, 5, 400])
@pytest.mark.parametrize(
    ("rounding", "cause"),
    [(by_float, "a float"), (by_single, "a float"), (by_javascript, "a float"), (by_spreadsheet, "a spreadsheet")],
)
def test_rounded_columns(count, rounding, cause):
    ids = SDSS[:count]
    assert find_rounded_ids(ids) is None
    rounded = find_rounded_ids([rounding(object_id) for object_id in ids])
    assert (rounded.positions, rounded.cause, rounded.n_long) == (list(range(count)), cause, count)


def test_ids_that_rounding_made_equal():
    mock = [str(9020200727000000000 + number) for number in range(40)]
    assert set(map(by_float, mock)) == {"9020200727000000512"} - set(mock)
    assert find_rounded_ids(list(map(by_float, mock))).cause == "a float"


def test_some_rounded_rows():
    ids = list(SDSS)
    positions = list(range(7, 400, 20))
    for position in positions:
        ids[position] = by_float(ids[position])
    rounded = find_rounded_ids(ids)
    assert set(positions) <= set(rounded.positions)
    assert len(rounded.positions) < len(positions) + 10
    ids = [by_spreadsheet(object_id) if position < 4 else object_id for position, object_id in enumerate(SDSS)]
    assert find_rounded_ids(ids).positions == [0, 1, 2, 3]
    assert find_rounded_ids([by_float(SDSS[0]), *SDSS[1:]]) is None  # as likely by chance


def spectrum(random, plates, reductions):
    return str(
        (random.choice(plates) << 50)
        | (random.randrange(1, 641) << 38)
        | (random.randrange(1600, 4600) << 24)
        | (random.choice(reductions) << 10)
    )


def test_ids_constructed_with_coarse_steps():
    dice = random.Random(5)
    for count in (1, 2, 3, 30, 300):
        assert find_rounded_ids([spectrum(dice, range(266, 2974), (26, 103, 104)) for _ in range(count)]) is None
        assert find_rounded_ids([spectrum(dice, range(4096, 8192), (700, 1000, 1300)) for _ in range(count)]) is None
        assert find_rounded_ids([str(9_000_000_000_000_000_000 + number) for number in range(count)]) is None
    # Gaia's source_id over the sky: a multiple of 128, of which a float holds all below 1.15 × 10^18.
    assert find_rounded_ids([str(dice.randrange(6_917_000_000_000_000_000) >> 7 << 7) for _ in range(300)]) is None
    # The first galaxies of several simulations are round numbers.
    merged = [str(9 * 10**18 + seed * 10**9 + number) for seed in range(1, 11) for number in range(10)]
    assert find_rounded_ids(merged) is None


def test_ids_of_the_mock_survey():
    with (mock_survey_folder() / "master.csv").open(encoding="utf-8", newline="") as file:
        ids = [row["objID"] for row in csv.DictReader(file)]
    for start in range(0, len(ids), 7):
        assert find_rounded_ids(ids[start : start + 1 + start % 60]) is None
    assert find_rounded_ids(ids) is None


def test_false_positive_rate():
    dice = random.Random(6)
    alarms = 0
    for _ in range(2000):
        lowest = dice.choice([10**15, 10**16, 10**17, 2**59, 2**60, 2**62])
        ids = [str(dice.randrange(lowest, 2 * lowest)) for _ in range(dice.choice([1, 2, 3, 10, 60]))]
        alarms += find_rounded_ids(ids) is not None
    assert alarms <= 2 + 6 * FALSE_POSITIVE_RATE * 2000


@pytest.mark.parametrize("ids", [[], ["a", "b"], ["12", "1000"], ["1" * 40] * 5, ["9" * 5000] * 3, ["1e18"] * 9])
def test_short_ids_and_names_are_not_tested(ids):
    assert find_rounded_ids(ids) is None


def test_ids_with_a_sign():
    rounded = [f"-{int(float(2703110428271457792 + 512 * 7919 * number))}" for number in range(6)]
    assert find_rounded_ids(rounded) is not None


@pytest.mark.parametrize(
    "ids",
    [
        [str(1_000_000_000_000_000_000 + 1000 * number) for number in range(1, 9)],
        [f"2026112612{minute:02}{second:02}000" for minute in range(3) for second in (7, 19, 41)],
    ],
    ids=["steps of 1000", "dates"],
)
def test_ids_constructed_with_zeros(ids):
    assert find_rounded_ids(ids) is None
