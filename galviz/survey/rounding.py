"""Long ids that a float or a spreadsheet has rounded: each still looks sound, and may be its neighbour's.

A float64 holds integers beyond 2^53 in steps of 2, 4, … (256 at SDSS's 1.24 × 10^18), and a spreadsheet writes zeros
after the 15th digit. Of true ids a known share, 1 in 256 there, lies on such a step by chance; of rounded ids all do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Ids are rounded if chance explains them with less than this probability, in one of the six tests below. One id alone
# is never enough; two are, of SDSS's or of the mock survey's.
FALSE_ALARM = 1e-4
# A spreadsheet keeps 15 digits, so that ids of 16 lose one.
_SHORTEST, _LONGEST = 16, 32
# Odds at which steps coarser than those of a float are taken for the design of the ids.
_DESIGN = math.log(1000)


@dataclass(frozen=True)
class Rounding:
    """Long ids that look rounded.

    Attributes
    ----------
    places : list of int
        Their positions among the ids given.
    by : str
        ``"a float"`` or ``"a spreadsheet"``.
    n_long : int
        How many long ids there are, rounded or not.
    """

    places: list[int]
    by: str
    n_long: int


def find_rounding(ids: Sequence[str]) -> Rounding | None:
    """Find out whether the long ids of a catalogue were rounded, all or a part of them.

    Parameters
    ----------
    ids : sequence of str
        Those of 16 to 32 digits, and nothing else, are looked at.

    Returns
    -------
    Rounding or None
        None if chance explains the ids, or the way they are made.
    """
    places = [place for place, text in enumerate(ids) if is_long_id(text)]
    texts = [ids[place].lstrip("+-") for place in places]
    values = [int(text) for text in texts]
    if len(values) < 2:
        return None
    decimal = [10 ** (len(text) - 15) for text in texts]
    binary = [2 ** max(0, value.bit_length() - 53) for value in values]
    single = [2 ** max(0, value.bit_length() - 24) for value in values]
    # With one zero more than a spreadsheet leaves, all of them, they were made so: dates that end in 000.
    rounder = len(set(values)) > 3 and not any(value % (10 * step) for value, step in zip(values, decimal, strict=True))
    if _all_on(values, decimal) and not rounder:
        return Rounding(places, "a spreadsheet", len(values))
    if _all_on(values, binary, designed=True) or _all_on(values, single, designed=True) or _all_shortest(texts, binary):
        return Rounding(places, "a float", len(values))
    for by, steps in (("a spreadsheet", decimal), ("a float", binary)):
        if hits := _more_than_by_chance(values, steps):
            return Rounding([places[hit] for hit in hits], by, len(values))
    return None


def is_long_id(text: str) -> bool:
    """Whether an id is a number of so many digits that a float or a spreadsheet may round it."""
    text = text[text[:1] in ("+", "-") :]
    return _SHORTEST <= len(text) <= _LONGEST and text.isascii() and text.isdigit()


def looks_rounded(text: str) -> bool:
    """Whether a single id may be what a float or a spreadsheet has left; of true ones a known share looks so too."""
    digits = text.lstrip("+-")
    return is_long_id(text) and (int(float(digits)) == int(digits) or not digits[15:].strip("0"))


def _all_on(values: list[int], steps: list[int], *, designed: bool = False) -> bool:
    """Whether all ids lie on their steps, by more than chance and, if asked, by more than the way they are made."""
    if any(value % step for value, step in zip(values, steps, strict=True)):
        return False
    return _improbable(steps) and not (designed and _by_design(values, steps))


def _all_shortest(texts: list[str], steps: list[int]) -> bool:
    """Whether all ids are the shortest digits that give their float again, and zeros: so JavaScript writes a float."""
    if not all(step > 1 and _is_shortest(text) for text, step in zip(texts, steps, strict=True)):
        return False
    # Sixteen digits and zeros are the shortest of any float: numbers in steps of 1000, or dates, are made so.
    if len(set(texts)) > 3 and all(text.endswith("0" * max(3, len(text) - 16)) for text in texts):
        return False
    if all(int(text) % step == 0 for text, step in zip(texts, steps, strict=True)):
        # Of ids that are floats by design, those that end in zeros are so: 1 in 100 of 19 digits.
        steps = [10 ** max(0, len(text) - 17) for text in texts]
    return _improbable(steps)


def _improbable(steps: list[int]) -> bool:
    """Whether ids drawn by chance hardly ever lie all on these steps."""
    return sum(map(math.log, steps)) > -math.log(FALSE_ALARM) * (1 + 1e-9)


def _by_design(values: list[int], steps: list[int]) -> bool:
    """Whether ids lie on a float's steps because of the way they are made."""
    if all(map(_is_spectrum, values)):
        return True
    # Rounded ids are as often odd multiples of their step as even ones. Ids that are all the same say nothing of that.
    divisor = math.gcd(*values)
    # All are multiples of 125 too, as numbers in steps of 1000 are: rounding makes multiples of powers of two.
    odd = divisor // math.gcd(divisor, 2**256)
    if (len(set(values)) - 1) * math.log(odd) > _DESIGN:
        return True
    coarser = (math.log(math.gcd(divisor, 2**256) / step) for step in dict(zip(values, steps, strict=True)).values())
    return len(set(values)) > 1 and sum(map(max, coarser, [0.0] * len(values))) > _DESIGN


def _is_spectrum(value: int) -> bool:
    """Whether an id can be SDSS's specObjID: plate, fibre, MJD and reduction in bit fields, and ten bits of zeros."""
    fibre, days = value >> 38 & 0xFFF, 50_000 + (value >> 24 & 0x3FFF)
    return value % 2**10 == 0 and 266 <= value >> 50 <= 16_383 and 1 <= fibre <= 1000 and 51_500 <= days <= 60_000


def _more_than_by_chance(values: list[int], steps: list[int]) -> list[int]:
    """Places of the ids that lie on their steps, if these are more than chance puts there; else none."""
    # An id that is there twice is one draw.
    once = list({value: place for place, value in enumerate(values)}.values())
    # All ids may be multiples of something, and the more of them lie on their steps by chance.
    divisor = math.gcd(*values)
    chance = sum(math.gcd(divisor, steps[place]) / steps[place] for place in once) / len(once)
    # Ids that are rounder by far were made so: a simulation's first galaxy may be number 9000000001000000000.
    hits = [
        place
        for place in once
        if values[place] % steps[place] == 0 and values[place] % 10 ** (len(str(values[place])) - 13)
    ]
    share = len(hits) / len(once)
    if share <= chance:
        return []
    # Chernoff's bound on the probability of such a share or more; it holds for unequal chances too (Hoeffding 1956).
    divergence = share * math.log(share / chance)
    if share < 1:
        divergence += (1 - share) * math.log((1 - share) / (1 - chance))
    return hits if len(once) * divergence > -math.log(FALSE_ALARM) else []


def _is_shortest(digits: str) -> bool:
    mantissa = repr(float(digits)).partition("e")[0].removesuffix(".0").replace(".", "")
    return mantissa.rstrip("0") == digits.rstrip("0")
