"""The rows behind a chart of galaxies."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

# Decimals for a column whose range is 1; a column with a smaller range gets more.
_DECIMALS, _MAX_DECIMALS = 4, 300


def galaxy_table(points: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """Select the columns that a chart needs, and round numbers to slightly more digits than a screen can show.

    Parameters
    ----------
    points : DataFrame, index objID
        Not modified.
    columns : iterable of str
        Duplicates and columns that `points` lacks are ignored.

    Returns
    -------
    DataFrame
        ``objID`` is its first column.

    Examples
    --------
    >>> galaxy_table(pd.DataFrame({"PC1": [0.123456, 1.0]}, index=["a", "b"]), ["PC1", "image"])
      objID     PC1
    0     a  0.1235
    1     b  1.0000
    """
    table = points[[name for name in dict.fromkeys(columns) if name in points]]
    numbers = table.select_dtypes("number").astype(float)
    numbers = numbers.round({name: _decimals(values) for name, values in numbers.items()})
    return table.assign(**numbers).rename_axis("objID").reset_index()


def _decimals(values: pd.Series) -> int:
    finite = values[np.isfinite(values)]
    extent = float(finite.max() - finite.min() or finite.abs().max()) if len(finite) else 1.0
    exponent = math.floor(math.log10(extent)) if 0 < extent < math.inf else 0
    return min(max(_DECIMALS, _DECIMALS - 1 - exponent), _MAX_DECIMALS)
