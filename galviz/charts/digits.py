"""How many digits of a quantity are shown, by the range that it varies over."""

import math
import sys

from galviz.survey.label import Label

# Of a metallicity, which varies over about a unit, two decimals are shown.
_DECIMALS = 2
# Beyond so many decimals or digits a number is written with its power of ten.
_MOST_DECIMALS, _MOST_DIGITS = 6, 7


def value_format(label: Label, *, finer: int = 0) -> str:
    """A format for values of a label: as many digits as tell galaxies apart, whatever the label's unit.

    Parameters
    ----------
    label : Label
        Its range from `low` to `high` decides.
    finer : int
        Digits more than for a value, as for its error.

    Returns
    -------
    str
        Such as ``".2f"`` or ``".2e"``, which Python, Vega and, after a ``%``, Streamlit's tables take.

    Examples
    --------
    >>> value_format(Label("metallicity", "Metallicity", "dex", 8.2, 9.4))
    '.2f'
    >>> value_format(Label("ssfr", "ssfr", "", 2e-11, 6.8e-11), finer=1)
    '.3e'
    """
    decimals = _DECIMALS - math.floor(math.log10(min(label.high - label.low, sys.float_info.max)))
    largest = math.floor(math.log10(max(abs(label.low), abs(label.high))))
    if decimals > _MOST_DECIMALS or largest >= _MOST_DIGITS:
        return f".{max(0, largest + decimals + finer)}e"
    return f".{max(0, decimals + finer)}f"
