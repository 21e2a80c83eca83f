"""Exercises of the lesson 'The galaxies'. Write in your own copy: `python -m galviz start galaxies` makes it."""

from pathlib import Path

import numpy as np
import pandas as pd


def read_catalogue(path: str | Path) -> pd.DataFrame:
    """Read a survey's table without harm to the galaxies' ids.

    An id is a name made of digits, mostly 19 of them. A float keeps only the first 16 or so, and a whole number drops
    zeros at the beginning; either way the galaxy no longer finds its picture. So ids are text, from the start.

    Parameters
    ----------
    path : str or Path
        A CSV file with a header, such as a survey's master.csv. Its column objID holds the ids, each once; it may stand
        anywhere among the columns. Some ids begin with zeros, and some aren't digits alone, such as mock-7. A cell
        without a number, such as a galaxy's missing label, is empty.

    Returns
    -------
    DataFrame
        A row a galaxy, all of them, in the file's order. The index is called objID and holds the ids as text, each as
        it stands in the file. The other columns are as in the file: same names and order, numbers as numbers (NaN where
        a cell is empty), text as text. objID isn't among them any more.
    """
    raise NotImplementedError("galaxies.1")


def oxygen_per_million(metallicity: float | np.ndarray) -> float | np.ndarray:
    """Turn a metallicity into oxygen atoms per million hydrogen atoms.

    Metallicity is 12 + log10(O/H), with O/H the number of oxygen atoms for each hydrogen atom. A logarithm hides how
    large a step is; a count shows it.

    Parameters
    ----------
    metallicity : float or ndarray of float, of any shape
        In dex. NaN where it is unknown. Leave an array as it is: it belongs to the caller.

    Returns
    -------
    float or ndarray of the same shape
        Oxygen atoms per million hydrogen atoms, not rounded; NaN where the metallicity is NaN.
    """
    raise NotImplementedError("galaxies.2")
