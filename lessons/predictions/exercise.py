"""Exercises of the lesson 'Predictions'. Write in your own copy: `python -m galviz start predictions` makes it."""

from pathlib import Path

import numpy as np
import pandas as pd


def rmse(predicted: np.ndarray, true: np.ndarray) -> float:
    """Compute the root-mean-square error of predictions.

    With the errors eᵢ = predicted − true, it is √(mean eᵢ²). Don't subtract the bias, and don't leave out outliers.
    Leave out only the galaxies whose label is NaN, which means that it is unknown.

    Parameters
    ----------
    predicted : ndarray of float, shape (n,)
        Predicted metallicity in dex, without NaN. Don't modify it.
    true : ndarray of float, shape (n,)
        Label in dex, in the same order; NaN if unknown. At least one is known. Labels relative to the Sun may be 0 or
        negative. Don't modify it.

    Returns
    -------
    float
        In dex, not rounded.

    Examples
    --------
    >>> rmse(np.array([8.75, 9.0, 8.5]), np.array([8.5, 9.25, np.nan]))
    0.25
    """
    raise NotImplementedError("predictions.1")


def nmad(predicted: np.ndarray, true: np.ndarray) -> float:
    """Compute the normalised median absolute deviation of the errors, which is robust to outliers.

    With the errors eᵢ = predicted − true, it is 1.4826 · median |eᵢ − median e|. The median of an even number of values
    is the mean of the middle two, as in `numpy.median`.

    Parameters
    ----------
    predicted, true : ndarray of float, shape (n,)
        In dex, in the same order, without NaN. Don't modify them.

    Returns
    -------
    float
        In dex, not rounded; 0 if all errors are equal.

    Examples
    --------
    >>> round(nmad(np.array([8.5, 8.7, 9.3]), np.array([8.4, 8.8, 8.8])), 5)
    0.29652
    """
    raise NotImplementedError("predictions.2")


def match(predicted: pd.Series, true: pd.Series) -> pd.DataFrame:
    """Join predictions and labels by objID.

    The two Series come from different files. Their rows are in different orders, and each lacks galaxies that the other
    has. Only the objID shows which rows belong together. An objID is text of any kind: "007" and "7" are two
    galaxies, and so are "a5" and "A5".

    Parameters
    ----------
    predicted, true : Series of float, index named ``objID`` (text)
        No id occurs twice in a Series, and no value is NaN; two galaxies may have equal values. A Series may have any
        name or none. Don't modify them.

    Returns
    -------
    DataFrame, index named ``objID`` (text)
        Columns ``true`` and ``predicted``, and no others. One row per galaxy that is in both, in the order of the rows
        of `predicted`, with the values as they are. If no galaxy is in both, the table has no rows.

    Examples
    --------
    >>> predicted = pd.Series([8.6, 8.9, 9.1], index=pd.Index(["12", "11", "14"], name="objID"))
    >>> true = pd.Series([8.8, 8.5], index=pd.Index(["11", "12"], name="objID"))
    >>> match(predicted, true)
           true  predicted
    objID
    12      8.5        8.6
    11      8.8        8.9
    """
    raise NotImplementedError("predictions.3")


def bias_by_third(predicted: np.ndarray, true: np.ndarray) -> tuple[float, float, float]:
    """Compute the bias of the metal-poor, the middle and the metal-rich third of galaxies.

    First leave out the galaxies whose label is NaN. Sort the others by their label, not by their prediction, from the
    lowest to the highest; galaxies with equal labels stay in the order of their rows, as with
    ``np.argsort(…, kind="stable")``. Cut the sorted galaxies into three parts of equal numbers, as `numpy.array_split`
    does: if one or two galaxies are left over, the first parts have one more. The bias of a part is the mean of its
    errors, predicted − true.

    Parameters
    ----------
    predicted : ndarray of float, shape (n,)
        Predicted metallicity in dex, without NaN. Don't modify it.
    true : ndarray of float, shape (n,)
        Label in dex, in the same order; NaN if unknown. At least three are known. Labels relative to the Sun may be 0
        or negative. Don't modify it.

    Returns
    -------
    poor, middle, rich : float
        In dex, not rounded.

    Examples
    --------
    The four known labels are sorted to 8.0, 8.5, 9.0, 9.5. The first third has two of them:

    >>> true = np.array([9.0, 8.5, np.nan, 9.5, 8.0])
    >>> predicted = np.array([9.0, 8.75, 8.5, 9.25, 8.5])
    >>> poor, middle, rich = bias_by_third(predicted, true)
    >>> print(poor, middle, rich)
    0.375 0.0 -0.25

    Try it on the shipped galaxies: ``galviz.load_features().predictions``, and
    ``galviz.load_survey().catalogue["metallicity"].to_numpy()``, which are in the same order. Are metal-poor galaxies
    predicted too high, and metal-rich ones too low? That is regression to the mean.
    """
    raise NotImplementedError("predictions.4")


def predict_survey(folder: str | Path) -> pd.Series:
    """Predict the metallicity of all galaxies in a survey folder with the shipped network.

    galviz does the work, in three steps: `galviz.load_survey` reads the folder, `galviz.load_model` loads the network,
    and `galviz.extract` computes its features and predictions. Write ``import galviz`` at the top of your file, and
    read the docstrings of these functions, as with ``help(galviz.extract)``.

    Parameters
    ----------
    folder : str or pathlib.Path
        Holds ``master.csv``, a table with one row per galaxy and a column ``objID``, and a folder ``images`` with one
        image per galaxy, named by its objID. All or some galaxies may lack labels. An objID is text of any kind,
        such as ``"007"``. Don't change anything in the folder.

    Returns
    -------
    Series of float, index named ``objID`` (text)
        The predictions in dex, one per galaxy, in the order of the catalogue's rows. The Series may have any name.

    Examples
    --------
    A survey of two shipped galaxies, in a temporary folder:

    >>> import shutil, tempfile, galviz
    >>> ids = ["9020200727000000001", "9020200727000000000"]
    >>> shipped = galviz.load_survey().folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pd.Series(ids, name="objID").to_csv(Path(folder, "master.csv"), index=False)
    ...     Path(folder, "images").mkdir()
    ...     for object_id in ids:
    ...         _ = shutil.copy(shipped / "images" / f"{object_id}.jpg", Path(folder, "images"))
    ...     predictions = predict_survey(folder)
    >>> print(predictions.round(1).to_string())
    objID
    9020200727000000001    8.8
    9020200727000000000    9.1

    Then try it on a survey of your own. ``python -m galviz check-survey FOLDER`` lists what is wrong with a folder, if
    anything is.
    """
    raise NotImplementedError("predictions.5")
