"""Decimal commas in the cells of a table -> decimal points, unless that may be wrong."""

import re

from galviz.errors import quoted, shown

_COMMA = re.compile(r"^([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)$", re.MULTILINE)
_POINT = re.compile(r"^[+-]?\d*\.\d+(?:[eE][+-]?\d+)?$", re.MULTILINE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")


def replace_decimal_commas(blocks: dict[str, list[str]]) -> list[tuple[str, str]]:
    r"""Replace decimal commas by points in the columns of a table whose numbers have decimal commas, in place.

    Parameters
    ----------
    blocks : dict of str to list of str
        Cells of each column; see `galviz.survey.table_file.Table`.

    Returns
    -------
    list of (str, str)
        Problem and remedy for each column where points and commas may mean several things.

    Examples
    --------
    >>> blocks = {"z": ["0,25\n1,5"], "mass": ["1.234\n9.876"]}
    >>> faults = replace_decimal_commas(blocks)
    >>> blocks["z"], faults[0][0][:43]
    (['0.25\n1.5'], 'column mass has points, such as 1.234, and ')
    """
    faults = []
    for name, parts in blocks.items():
        points = next((match[0] for part in parts if "." in part and (match := _POINT.search(part))), None)
        n_replaced = 0
        if any("," in part for part in parts):
            for place, part in enumerate(parts):
                parts[place], count = _COMMA.subn(r"\1.\2", part)
                n_replaced += count
        if points is not None and (n_replaced or _THOUSANDS.fullmatch(points)):
            problem = (
                f"column {shown(name)} has points, such as {quoted(points)[1:-1]}, and numbers have decimal commas"
            )
            faults.append((problem, "write all numbers with decimal points and without signs between thousands"))
    return faults
