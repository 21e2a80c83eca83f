"""The rows that a chart of galaxies is drawn from."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

# Of a column that varies over a unit; of one that varies less, so many more as its range is smaller.
_DECIMALS, _MOST_DECIMALS = 4, 300


def galaxy_table(points: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The columns that a chart needs, of those there are; numbers to more digits than a screen can show.

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
    numbers = table.select_dtypes("number").astype(float)
    numbers = numbers.round({name: _decimals(values) for name, values in numbers.items()})
    return table.assign(**numbers).rename_axis("objID").reset_index()


def _decimals(values: pd.Series) -> int:
    finite = values[np.isfinite(values)]
    extent = float(finite.max() - finite.min() or finite.abs().max()) if len(finite) else 1.0
    exponent = math.floor(math.log10(extent)) if 0 < extent < math.inf else 0
    return min(max(_DECIMALS, _DECIMALS - 1 - exponent), _MOST_DECIMALS)
