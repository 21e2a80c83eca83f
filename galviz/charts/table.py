"""The rows that a chart of galaxies is drawn from."""

from collections.abc import Iterable

import pandas as pd


def galaxy_table(points: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The columns that a chart needs, of those there are; numbers to four digits, more than a screen can show.

    Parameters
    ----------
    points : DataFrame, index objID
        Isn't changed.
    names : iterable of str
        Each counts once.

    Returns
    -------
    DataFrame
        ``objID`` is its first column.
    """
    table = points[[name for name in dict.fromkeys(names) if name in points]]
    numbers = table.select_dtypes("number").astype(float).round(4)
    return table.assign(**numbers).rename_axis("objID").reset_index()
