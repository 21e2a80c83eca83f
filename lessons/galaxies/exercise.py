"""Exercises of the lesson 'The galaxies'. Write in your own copy: `python -m galviz start galaxies` makes it."""

from pathlib import Path

import numpy as np
import pandas as pd


def read_catalogue(path: str | Path) -> pd.DataFrame:
    r"""Read the catalogue of a survey without damaging the ids.

    An id is a name made of digits, often 19 of them. A float holds about 16 digits, so it changes the last ones. An
    integer loses the zeros at the beginning. Both happen without a warning, and then no image belongs to the id. So
    read the ids as text.

    Parameters
    ----------
    path : str or Path
        A CSV file, such as a survey's master.csv. The first line holds the names of the columns. Each further line is a
        galaxy, and there is at least one. The column ``objID`` holds the ids; it can be at any position. No id occurs
        twice. An id can begin with zeros, and can contain letters, as in mock-7. The other columns differ from file to
        file, and hold numbers or text. If a number is missing, the cell is empty. Don't modify the file.

    Returns
    -------
    DataFrame, index named ``objID`` (text)
        One row per galaxy, in the order of the file. Keep all rows, even if a number is missing, or if two galaxies
        have equal numbers. The index holds the ids as they are in the file. The columns are the other columns of the
        file, without ``objID``. Keep all of them, even an empty one, with their names and in their order. Numbers are
        numbers, not rounded; an empty cell is NaN. Text is unchanged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "master.csv"
    ...     _ = path.write_text("survey,objID,oh_p50\nmain,0012,8.5\nmock,mock-7,\n")
    ...     table = read_catalogue(path)
    >>> table.index.tolist()
    ['0012', 'mock-7']
    >>> table.columns.tolist()
    ['survey', 'oh_p50']
    >>> table["oh_p50"].tolist()
    [8.5, nan]
    """
    raise NotImplementedError("galaxies.1")


def oxygen_per_million(metallicity: float | np.ndarray) -> float | np.ndarray:
    """Convert a metallicity to oxygen atoms per million hydrogen atoms.

    The metallicity is 12 + log10(O/H). O/H is the number of oxygen atoms divided by the number of hydrogen atoms.

    Parameters
    ----------
    metallicity : float or ndarray of float, any shape
        In dex; NaN if it is unknown. Values outside the usual range of 7 to 9.5 are possible. Don't modify the input.

    Returns
    -------
    float or ndarray of float, same shape as the input
        Oxygen atoms per million hydrogen atoms, with an accuracy of at least five digits: don't round or clip them. NaN
        where the metallicity is NaN.

    Examples
    --------
    >>> float(oxygen_per_million(8.0))
    100.0
    >>> oxygen_per_million(np.array([7.5, 8.5, np.nan])).round(1)
    array([ 31.6, 316.2,   nan])
    """
    raise NotImplementedError("galaxies.2")
