"""How many digits of a quantity are shown, given its range."""

import math
import sys

from galviz.survey.label import Label

# Metallicity, whose range is about 1, is shown with two decimals.
_DECIMALS = 2
# Numbers with more decimals or digits than these are shown in scientific notation.
_MAX_DECIMALS, _MAX_DIGITS = 6, 7


def value_format(label: Label, *, extra_digits: int = 0) -> str:
    """Return a number format with enough digits to distinguish galaxies, whatever the label's unit.

    Parameters
    ----------
    label : Label
        Its range, `low` to `high`, determines the number of digits.
    extra_digits : int
        Digits to add, for example for errors.

    Returns
    -------
    str
        Such as ``".2f"`` or ``".2e"``. Python, Vega and (after a ``%``) Streamlit's tables accept it.

    Examples
    --------
    >>> value_format(Label("metallicity", "Metallicity", "dex", 8.2, 9.4))
    '.2f'
    >>> value_format(Label("ssfr", "ssfr", "", 2e-11, 6.8e-11), extra_digits=1)
    '.3e'
    """
    decimals = _DECIMALS - math.floor(math.log10(min(label.high - label.low, sys.float_info.max)))
    exponent = math.floor(math.log10(max(abs(label.low), abs(label.high))))
    if decimals > _MAX_DECIMALS or exponent >= _MAX_DIGITS:
        return f".{max(0, exponent + decimals + extra_digits)}e"
    return f".{max(0, decimals + extra_digits)}f"
