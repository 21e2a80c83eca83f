"""Long ids that a float or a spreadsheet has rounded: each looks valid but may be the id of another galaxy.

A float64 holds integers beyond 2^53 in steps of 2, 4, … (256 at SDSS's 1.24 × 10^18), and a spreadsheet writes zeros
after the 15th digit. A known fraction of true ids, 1 in 256 for SDSS, is a multiple of the step by chance; all rounded
ids are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Ids are rounded if the probability of chance is less than this in one of the six tests below. That needs two ids of
# SDSS or of the mock survey at least.
FALSE_POSITIVE_RATE = 1e-4
# A spreadsheet keeps 15 digits.
_MIN_DIGITS, _MAX_DIGITS = 16, 32
# Log odds at which coarser steps than those of a float are attributed to the construction of the ids.
_CONSTRUCTION_LOG_ODDS = math.log(1000)


@dataclass(frozen=True)
class RoundedIds:
    """Long ids that seem to have been rounded.

    Attributes
    ----------
    positions : list of int
        Their positions in the list of ids.
    cause : str
        ``"a float"`` or ``"a spreadsheet"``.
    n_long : int
        Number of long ids, rounded or not.
    """

    positions: list[int]
    cause: str
    n_long: int


def find_rounded_ids(ids: Sequence[str]) -> RoundedIds | None:
    """Find out whether all or some of the long ids of a catalogue were rounded.

    Parameters
    ----------
    ids : sequence of str
        Only ids of 16 to 32 digits are tested.

    Returns
    -------
    RoundedIds or None
        None if chance, or the way the ids are constructed, explains them.

    Examples
    --------
    >>> find_rounded_ids(["1237648702973410000", "1237648702994380000"])
    RoundedIds(positions=[0, 1], cause='a spreadsheet', n_long=2)
    >>> find_rounded_ids(["1237648702973411443", "1237648702994383943"]) is None
    True
    """
    positions = [position for position, text in enumerate(ids) if is_long_id(text)]
    texts = [ids[position].lstrip("+-") for position in positions]
    values = [int(text) for text in texts]
    if len(values) < 2:
        return None
    decimal_steps = [10 ** (len(text) - 15) for text in texts]
    float64_steps = [2 ** max(0, value.bit_length() - 53) for value in values]
    float32_steps = [2 ** max(0, value.bit_length() - 24) for value in values]
    # Ids that all have more zeros than a spreadsheet leaves were constructed like that: dates that end in 000.
    has_extra_zeros = len(set(values)) > 3 and not any(
        value % (10 * step) for value, step in zip(values, decimal_steps, strict=True)
    )
    if _are_multiples(values, decimal_steps) and not has_extra_zeros:
        return RoundedIds(positions, "a spreadsheet", len(values))
    if (
        _are_multiples(values, float64_steps, unless_constructed=True)
        or _are_multiples(values, float32_steps, unless_constructed=True)
        or _are_shortest_floats(texts, float64_steps)
    ):
        return RoundedIds(positions, "a float", len(values))
    for cause, steps in (("a spreadsheet", decimal_steps), ("a float", float64_steps)):
        if hits := _excess_multiples(values, steps):
            return RoundedIds([positions[hit] for hit in hits], cause, len(values))
    return None


def is_long_id(text: str) -> bool:
    """Whether an id is a number with so many digits that a float or a spreadsheet may round it.

    Examples
    --------
    >>> is_long_id("1237648702973411443"), is_long_id("1237")
    (True, False)
    """
    text = text[text[:1] in ("+", "-") :]
    return _MIN_DIGITS <= len(text) <= _MAX_DIGITS and text.isascii() and text.isdigit()


def looks_rounded(text: str) -> bool:
    """Whether a single id may have been rounded. A known fraction of true ids looks rounded too.

    Examples
    --------
    >>> looks_rounded("1237648702973411328"), looks_rounded("1237648702973411443")
    (True, False)
    """
    digits = text.lstrip("+-")
    return is_long_id(text) and (int(float(digits)) == int(digits) or not digits[15:].strip("0"))


def _are_multiples(values: list[int], steps: list[int], *, unless_constructed: bool = False) -> bool:
    """Whether all ids are multiples of their steps, and neither chance nor (optionally) construction explains it."""
    if any(value % step for value, step in zip(values, steps, strict=True)):
        return False
    return _is_improbable(steps) and not (unless_constructed and _is_construction(values, steps))


def _are_shortest_floats(texts: list[str], steps: list[int]) -> bool:
    """Whether all ids are the shortest digits of a float followed by zeros, as JavaScript writes a float."""
    if not all(step > 1 and _is_shortest_float(text) for text, step in zip(texts, steps, strict=True)):
        return False
    # Sixteen digits and zeros are the shortest for any float. Multiples of 1000 and dates are constructed like that.
    if len(set(texts)) > 3 and all(text.endswith("0" * max(3, len(text) - 16)) for text in texts):
        return False
    if all(int(text) % step == 0 for text, step in zip(texts, steps, strict=True)):
        # Ids that are floats by construction are the shortest digits if they end in zeros: 1 in 100 with 19 digits.
        steps = [10 ** max(0, len(text) - 17) for text in texts]
    return _is_improbable(steps)


def _is_improbable(steps: list[int]) -> bool:
    """Whether it is improbable that random ids are all multiples of these steps."""
    return sum(map(math.log, steps)) > -math.log(FALSE_POSITIVE_RATE) * (1 + 1e-9)


def _is_construction(values: list[int], steps: list[int]) -> bool:
    """Whether ids are multiples of a float's steps because of the way they are constructed."""
    if all(map(_is_spectrum_id, values)):
        return True
    # Rounded ids are odd multiples of their step as often as even ones. Equal ids are no evidence for that.
    divisor = math.gcd(*values)
    # Common multiples of an odd number, such as 125 for multiples of 1000, don't come from rounding to powers of two.
    odd = divisor // math.gcd(divisor, 2**256)
    if (len(set(values)) - 1) * math.log(odd) > _CONSTRUCTION_LOG_ODDS:
        return True
    coarser = (math.log(math.gcd(divisor, 2**256) / step) for step in dict(zip(values, steps, strict=True)).values())
    return len(set(values)) > 1 and sum(map(max, coarser, [0.0] * len(values))) > _CONSTRUCTION_LOG_ODDS


def _is_spectrum_id(value: int) -> bool:
    """Whether an id can be SDSS's specObjID: plate, fibre, MJD and reduction in bit fields, then ten zero bits."""
    fibre, mjd = value >> 38 & 0xFFF, 50_000 + (value >> 24 & 0x3FFF)
    return value % 2**10 == 0 and 266 <= value >> 50 <= 16_383 and 1 <= fibre <= 1000 and 51_500 <= mjd <= 60_000


def _excess_multiples(values: list[int], steps: list[int]) -> list[int]:
    """Positions of the ids that are multiples of their steps, if these are more than chance explains; else none."""
    # An id that occurs twice is one random draw.
    unique = list({value: position for position, value in enumerate(values)}.values())
    # If all ids are multiples of some number, more of them are multiples of the step by chance.
    divisor = math.gcd(*values)
    chance = sum(math.gcd(divisor, steps[position]) / steps[position] for position in unique) / len(unique)
    # Ids with many zeros are constructed: the first galaxy of a simulation may have the number 9000000001000000000.
    hits = [
        position
        for position in unique
        if values[position] % steps[position] == 0 and values[position] % 10 ** (len(str(values[position])) - 13)
    ]
    fraction = len(hits) / len(unique)
    if fraction <= chance:
        return []
    # Chernoff's bound on the probability of this fraction or more; it holds for unequal chances too (Hoeffding 1956).
    divergence = fraction * math.log(fraction / chance)
    if fraction < 1:
        divergence += (1 - fraction) * math.log((1 - fraction) / (1 - chance))
    return hits if len(unique) * divergence > -math.log(FALSE_POSITIVE_RATE) else []


def _is_shortest_float(digits: str) -> bool:
    mantissa = repr(float(digits)).partition("e")[0].removesuffix(".0").replace(".", "")
    return mantissa.rstrip("0") == digits.rstrip("0")
