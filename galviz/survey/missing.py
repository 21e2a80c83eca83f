"""Words that stand for a missing value in a cell, such as N/A or an empty cell."""

# In lower case: what pandas reads as missing (pandas.read_csv, na_values), what spreadsheets write for an error, and
# what astropy, SQL and people write.
MISSING_WORDS = {
    *("", "n/a", "na", "n.a.", "<na>", "<n/a>", "nan", "+nan", "-nan", "nat", "null", r"\n", "none", "nil"),
    *("#n/a", "#n/a n/a", "#na", "#null!", "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#spill!", "#calc!"),
    *("1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan", "1.#inf", "-1.#inf", "masked", "missing", "undefined", "undef"),
    *("no data", "nodata", "not available", "not measured", ".", "?", "-", "--", "---", "–", "—", "−"),
}
_AMBIGUOUS_IN_TEXT = {"na", "none", "nil", ".", "?", "-", "--", "---", "–", "—", "−", "undefined", "masked"}


def is_missing(cell: str) -> bool:
    """Whether a cell of a column of numbers is empty or has a word for a missing value.

    Parameters
    ----------
    cell : str
        Without leading and trailing spaces.

    Examples
    --------
    >>> is_missing("N/A"), is_missing("-"), is_missing("0")
    (True, True, False)
    """
    return cell.lower() in MISSING_WORDS


def is_missing_text(cell: str) -> bool:
    """Whether a cell of a column of text is missing: ``None``, ``Na`` and ``-`` may be categories there.

    Examples
    --------
    >>> is_missing_text("N/A"), is_missing_text("-")
    (True, False)
    """
    return cell.lower() in MISSING_WORDS - _AMBIGUOUS_IN_TEXT
