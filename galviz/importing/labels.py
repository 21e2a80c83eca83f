"""The label of an imported survey: the user's choice or metallicity, or none and a note about likely columns."""

import math
from collections.abc import Sequence

from galviz.errors import listed, quoted
from galviz.survey.label import METALLICITY, SDSS_METALLICITY
from galviz.survey.missing import is_missing
from galviz.survey.number_parsing import parse_number
from galviz.survey.number_separators import number_within, separator_in
from galviz.survey.problems import Problem, SurveyError

_NOT_LABELS = {"ra", "dec", "ra_deg", "dec_deg", "raj2000", "dej2000", "plate", "mjd", "fiberid", "run", "camcol"}


def choose_label(
    place: str, columns: Sequence[str], id_column: str, requested: str | None, rows: Sequence[Sequence[str]]
) -> tuple[str | None, list[str]]:
    """Choose the label's column.

    Parameters
    ----------
    place : str
        The table's name, for messages.
    columns : sequence of str
    id_column : str
    requested : str or None
        The user's option, one of the columns.
    rows : sequence of sequence of str
        The first rows of the table.

    Returns
    -------
    label : str or None
    notes : list of str

    Raises
    ------
    SurveyError
        If the requested column holds the ids or only text.

    Examples
    --------
    >>> choose_label("kaggle.csv", ["GalaxyID", "Class1.1"], "GalaxyID", None, [["17", "0.3"], ["18", "0.4"]])
    (None, ['The survey has no label, the quantity that a network predicts; give --label COLUMN (of: Class1.1).'])
    """
    if requested is None:
        for name in (SDSS_METALLICITY, METALLICITY):
            if name in columns and name != id_column:
                return name, [f"The label is {name} (--label {name})."]
        likely = [name for place, name in enumerate(columns) if _may_be_label(name, [row[place] for row in rows])]
        likely = [name for name in likely if name != id_column]
        of = f" (of: {listed(likely, at_most=8)})" if likely else ""
        none = "The survey has no label, the quantity that a network predicts"
        return None, [f"{none}; give --label COLUMN{of}." if likely else f"{none}."]
    if requested == id_column:
        raise _error(place, f"the label {quoted(requested)} holds the ids", "give another column")
    cells = [row[columns.index(requested)].strip() for row in rows]
    texts = [cell for cell in cells if not is_missing(cell) and not _is_number(cell)]
    if texts and len(texts) == sum(not is_missing(cell) for cell in cells):
        problem = (
            f"the label {quoted(requested)} holds text ({listed(list(dict.fromkeys(texts)), at_most=3)}), "
            "but a label is a number"
        )
        remedy = "choose another label or none; maps can be coloured by this column all the same"
        if number := number_within(texts[0]):
            remedy = f"write the numbers alone, such as {number} for {quoted(texts[0])}, or {remedy}"
        raise _error(place, problem, remedy)
    return requested, []


def _is_number(cell: str) -> bool:
    # In decimal commas and with thousands separators, too: whether these can be read is decided later.
    return not math.isnan(parse_number(cell.replace(",", "."))) or separator_in(cell) is not None


def _may_be_label(name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds numbers that aren't whole."""
    present = [cell.strip() for cell in cells if not is_missing(cell.strip())]
    fractions = sum("." in cell or "," in cell for cell in present)
    return name.lower() not in _NOT_LABELS and 2 * fractions > len(present) and all(map(_is_number, present))


def _error(place: str, problem: str, remedy: str) -> SurveyError:
    return SurveyError(place, [Problem(None, "", place, problem, remedy)])
