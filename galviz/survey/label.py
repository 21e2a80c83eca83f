"""The label, the quantity that a network learns to predict: which column holds it and how it is displayed."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from galviz.errors import listed, quoted
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.missing_numbers import find_missing_numbers
from galviz.survey.problem import Kind, Problem

# Column of the MPA-JHU catalogue, the median of 12 + log10(O/H) (Tremonti et al. 2004), and its name in galviz.
SDSS_METALLICITY = "oh_p50"
METALLICITY = "metallicity"

_METALLICITY_RANGE = (8.2, 9.4)
# Units at the end of column names, as in inclination_deg.
_UNITS = {"deg", "arcsec", "px", "mag", "dex", "kpc"}


@dataclass(frozen=True)
class Label:
    """The quantity that a survey's galaxies are labelled with.

    Attributes
    ----------
    column : str
        Its column in the survey's catalogue.
    name : str
        Name for display: ``"Metallicity, 12 + log10(O/H)"``, or the column's name in words.
    unit : str
        ``"dex"`` for metallicity; else the unit at the end of the column's name, or empty.
    low, high : float
        The range of the colour scale, in the label's unit; ``low < high``.

    Examples
    --------
    >>> Label("log_mass", "log mass", "", 8.5, 11.5).high
    11.5
    """

    column: str
    name: str
    unit: str
    low: float
    high: float


def label_name(column: str) -> str:
    """The name that the catalogue of a survey gives to the column of its label.

    Examples
    --------
    >>> label_name("oh_p50"), label_name("log_mass")
    ('metallicity', 'log_mass')
    """
    return METALLICITY if column == SDSS_METALLICITY else column


def choose_label_column(
    columns: Sequence[str], requested: str | None, *, file: str = CATALOGUE_NAME
) -> tuple[str | None, Problem | None]:
    """Choose the column that holds the label.

    Parameters
    ----------
    columns : sequence of str
        The catalogue's header.
    requested : str or None
        A column's name; None for ``oh_p50``, or else ``metallicity``, or else no label.
    file : str
        The name of the catalogue, for messages.

    Returns
    -------
    column : str or None
        The column's name in the header; None if there is no label.
    problem : Problem or None
        If there is no column `requested`, if it is the id column, or if both ``oh_p50`` and ``metallicity`` exist, so
        that renaming the first would give two columns the same name.

    Examples
    --------
    >>> choose_label_column(["objID", "oh_p50", "redshift"], None)
    ('oh_p50', None)
    >>> choose_label_column(["objID", "redshift"], "Redshift")[1].remedy
    "perhaps you mean 'redshift'"
    """
    if requested is None and SDSS_METALLICITY not in columns:
        return (METALLICITY if METALLICITY in columns else None), None
    column = SDSS_METALLICITY if requested is None else requested
    if column == ID_COLUMN:
        problem, remedy = f"{ID_COLUMN} holds the ids and can't be the label", "choose another column"
    elif column not in columns:
        similar = [name for name in columns if name.lower() == column.strip().lower()]
        similar += difflib.get_close_matches(column, columns, n=1)
        others = listed([name for name in columns if name != ID_COLUMN]) or "none"
        problem = f"there is no column {quoted(column)} for the label; columns besides {ID_COLUMN}: {others}"
        remedy = f"perhaps you mean {quoted(similar[0])}" if similar else "choose one of these, or add the column"
    elif column == SDSS_METALLICITY and METALLICITY in columns:
        problem = f"galviz renames {SDSS_METALLICITY} to {METALLICITY}, but there is a column {METALLICITY} already"
        remedy = f"remove one of the two, or choose the label {METALLICITY}"
    else:
        return column, None
    return None, Problem(None, "", file, problem, remedy, kind=Kind.LABEL)


def describe_label(column: str, values: np.ndarray) -> Label:
    """Derive the label's name, unit and colour range.

    Parameters
    ----------
    column : str
        Its column in the survey's catalogue.
    values : ndarray of float, shape (n_galaxies,)
        NaN if not measured.

    Returns
    -------
    Label
        The range is 8.2 to 9.4 dex for metallicity (usual for SDSS), else the 2nd to 98th percentile without possible
        sentinel values, one unit around a constant, and 0 to 1 if there are no values.

    Examples
    --------
    >>> describe_label("half_light_radius_kpc", np.arange(101.0))
    Label(column='half_light_radius_kpc', name='half light radius', unit='kpc', low=2.0, high=98.0)
    """
    if column == METALLICITY:
        return Label(column, "Metallicity, 12 + log10(O/H)", "dex", *_METALLICITY_RANGE)
    words = column.split("_")
    unit = words.pop() if len(words) > 1 and words[-1] in _UNITS else ""
    finite = values[np.isfinite(values)]
    possible = find_missing_numbers(column, finite).possible
    finite = finite if possible.all() else finite[~possible]
    low, high = np.percentile(finite, [2.0, 98.0]).tolist() if finite.size else (0.0, 1.0)
    if not low < high:
        # A constant: half a unit on either side, or more if the spacing of floats is coarser than that.
        half = max(0.5, abs(low) * 1e-6)
        low, high = low - half, high + half
    return Label(column, " ".join(words), unit, low, high)
