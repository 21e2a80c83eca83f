"""Exercises of the lesson 'The galaxies'. Write in your own copy: `python -m galviz start galaxies` makes it."""

from pathlib import Path

import numpy as np
import pandas as pd


def read_catalogue(path: str | Path) -> pd.DataFrame:
    r"""Read the catalogue of a survey without damaging the ids.

    An id is a name made of digits, often 19 of them. A float holds about 16 digits, so it changes the last ones. An
    integer loses the zeros at the beginning. Both happen without a warning, and then the id matches no image. So read
    the ids as text.

    An empty cell is a missing value. In a column of numbers it must be NaN, and in a column of text NaN or an empty
    text, not the text "nan". Some surveys write −99 or −999 instead of a missing number: leave such numbers unchanged
    here, and the spaces in a text, too.

    Parameters
    ----------
    path : str or Path
        A CSV file, such as a survey's master.csv. The first line holds the names of the columns. Each further line
        describes a galaxy, and there is at least one. The column ``objID`` holds the ids; it can be at any position. No
        id occurs twice. An id can begin with zeros, and can contain letters, as in mock-7. The other columns differ
        from file to file, and hold numbers or text. If a number is missing, the cell is empty. Don't modify the file.

    Returns
    -------
    DataFrame, index named ``objID`` (text)
        One row per galaxy, in the order of the file. Keep all rows, even if a number is missing, or if two galaxies
        have equal numbers. The index holds the ids as they are in the file. The columns are the other columns of the
        file, without ``objID``. Keep all of them, even an empty one, with their names and in their order. Columns of
        numbers have a numeric type, and their values aren't rounded; an empty cell is NaN. Text is unchanged.

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

    The metallicity is 12 + log10(O/H). O/H is the number of oxygen atoms divided by the number of hydrogen atoms. For
    a single float, return a single number, not an array of shape (1,).

    Parameters
    ----------
    metallicity : float or ndarray of float, any shape
        In dex; NaN if it is unknown. Values outside the usual range of 7 to 9.5 are possible. Don't modify the input.

    Returns
    -------
    float or ndarray of float, same shape as the input
        Oxygen atoms per million hydrogen atoms, accurate to at least five digits: don't round or clip them. NaN where
        the metallicity is NaN.

    Examples
    --------
    >>> float(oxygen_per_million(8.0))
    100.0
    >>> oxygen_per_million(np.array([7.5, 8.5, np.nan])).round(1)
    array([ 31.6, 316.2,   nan])
    """
    raise NotImplementedError("galaxies.2")


def mass_metallicity(catalogue: pd.DataFrame, n_bins: int) -> np.ndarray:
    """Compute the mean mass and the mean metallicity of galaxies, in bins from low to high mass.

    First leave out each galaxy whose mass or metallicity is NaN. Sort the others by mass, from low to high; galaxies of
    equal mass keep the order of the catalogue. Divide them into consecutive bins with equal numbers of galaxies. If the
    number of galaxies isn't a multiple of `n_bins`, the first bins get one more each, as with ``np.array_split``: 7
    galaxies in 3 bins are 3, 2 and 2. For each bin, compute the mean of the masses and the mean of the metallicities.

    Both columns are logarithms. Average them as they are, and don't round the result.

    Try it with the shipped survey:

        import galviz

        mass_metallicity(galviz.load_survey().catalogue, 10)

    The metallicity increases from each bin to the next. This is the *mass-metallicity relation*. By how much does it
    increase between the first two bins, and by how much between the last two?

    Parameters
    ----------
    catalogue : DataFrame
        One row per galaxy, in any order. The column ``log_mass_msun`` is the logarithm of the stellar mass, and the
        column ``metallicity`` is 12 + log10(O/H); both are floats, or NaN if they are unknown. There can be further
        columns, which may also contain NaN: ignore them. Don't modify the catalogue.
    n_bins : int
        From 1 to the number of galaxies with known mass and metallicity. So no bin is empty.

    Returns
    -------
    ndarray of float, shape (n_bins, 2)
        One row per bin, from low to high mass: mean mass, mean metallicity.

    Examples
    --------
    >>> catalogue = pd.DataFrame(
    ...     {"log_mass_msun": [10.0, 9.0, np.nan, 11.0, 9.5], "metallicity": [8.8, 8.4, 8.6, 9.0, 8.5]},
    ...     index=["a", "b", "c", "d", "e"],
    ... )
    >>> mass_metallicity(catalogue, 2).round(2)
    array([[ 9.25,  8.45],
           [10.5 ,  8.9 ]])
    """
    raise NotImplementedError("galaxies.3")
