"""Tables as CSV files that are safe to open in a spreadsheet: text from elsewhere could be a formula."""

import pandas as pd

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_csv(table: pd.DataFrame, *, index: bool = True) -> str:
    """Format a table as CSV, with an apostrophe before text that a spreadsheet would take for a formula.

    Parameters
    ----------
    table : pandas.DataFrame
    index : bool
        Whether its index is a column of the file.

    Returns
    -------
    str
        Numbers, also those that are text, stay as they are. galviz reads ids with such an apostrophe.

    Examples
    --------
    >>> table = pd.DataFrame({"class": ["=1+1", "-0.5", None], "z": [-0.1, 0.2, 0.3]}, index=["@a", "-1", "b"])
    >>> print(spreadsheet_csv(table.rename_axis("objID")))
    objID,class,z
    '@a,'=1+1,-0.1
    -1,-0.5,0.2
    b,,0.3
    <BLANKLINE>
    """
    safe = table.copy()
    for place, kind in enumerate(table.dtypes):
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind)):
            safe.isetitem(place, table.iloc[:, place].astype(object).map(_escape, na_action="ignore"))
    safe.columns = [_escape(name) for name in table.columns]
    if index:
        safe.index = table.index.map(_escape)
    return safe.to_csv(index=index, lineterminator="\n")


def _escape(cell: object) -> object:
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_STARTS):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell
