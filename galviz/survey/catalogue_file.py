"""Finding the table of a survey folder, and what to do if the survey folder has none."""

import os
from pathlib import Path

from galviz.errors import listed, shown
from galviz.files.reading import NotRegularError, open_regular
from galviz.survey.header import CATALOGUE_NAME, CATALOGUE_NAMES, ID_COLUMN
from galviz.survey.problems import Problem

SIMULATION_NAME = "simulation.json"  # the parameters of a simulation, written before anything else
RECORD_NAME = "simulation.sha256"  # the checksums of its images

_WITH_ASTROPY = f"write it as CSV: astropy.table.Table.read(…).write('{CATALOGUE_NAME}')"
# What to do with a table in another format, by the ending of its name.
_REMEDIES = {
    ".csv.gz": f"rename it to {CATALOGUE_NAME}.gz",
    ".csv.bz2": f"unpack it (bunzip2) and call it {CATALOGUE_NAME}",
    ".csv.xz": f"unpack it (unxz) and call it {CATALOGUE_NAME}",
    ".csv.zip": f"unpack it and call it {CATALOGUE_NAME}",
    ".parquet": "rename it to master.parquet",
    **dict.fromkeys((".fits", ".fit", ".fits.gz", ".vot", ".votable", ".xml", ".hdf5", ".h5"), _WITH_ASTROPY),
    **dict.fromkeys((".tsv", ".tab", ".txt", ".dat", ".psv", ".ecsv"), f"rename it to {CATALOGUE_NAME}"),
    **dict.fromkeys(
        (".xlsx", ".xls", ".ods"), f"save it as {CATALOGUE_NAME} in the format 'CSV UTF-8', with {ID_COLUMN} as text"
    ),
}


def find_catalogue(folder: Path) -> tuple[Path, Problem | None]:
    """Find a survey folder's table.

    Returns
    -------
    path : pathlib.Path
    problem : Problem or None
        Why the file can't be read, and what to do: if it is missing, the folder is searched for a similar file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path, problem = find_catalogue(Path(folder))
    >>> str(problem)
    "master.csv: there is no such file; put the survey's table there."
    """
    path = folder / CATALOGUE_NAME
    # os.path returns False for a name that is too long or a parent without permission; pathlib raises.
    if not os.path.isdir(folder):  # noqa: PTH112
        if os.path.isfile(folder):  # noqa: PTH113
            remedy = "give the survey folder that contains it"
            return path, Problem(None, "", str(folder), "it is a file, not a folder", remedy)
        return path, Problem(None, "", str(folder), "there is no such folder", "check the path")
    present = [name for name in CATALOGUE_NAMES if os.path.lexists(folder / name)]
    if len(present) > 1:
        problem = f"there are {' and '.join(present)}, and only one can be the survey's table"
        return path, Problem(None, "", present[0], problem, "move the other out of the folder")
    if present:
        path = folder / present[0]
    try:
        open_regular(path).close()
        return path, None
    except FileNotFoundError:
        problem, remedy = "there is no such file", _remedy_for_missing_catalogue(folder)
        if os.path.islink(path):  # noqa: PTH114
            problem, remedy = "it is a broken link", "put the table itself there"
    except NotRegularError as error:
        problem, remedy = str(error.strerror), "put the table itself there"
    except OSError as error:
        problem, remedy = f"it can't be read: {error.strerror}", "check the file, its permissions and the disk"
    return path, Problem(None, "", path.name, problem, remedy)


def _remedy_for_missing_catalogue(folder: Path) -> str:
    """Look for the table under another name or in a subfolder."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        names = []  # no permission to list the folder
    if SIMULATION_NAME in names:
        return "its simulation was interrupted: run the same simulate command again to continue it"
    for name in names:
        if any(os.path.isfile(folder / name / catalogue) for catalogue in CATALOGUE_NAMES):  # noqa: PTH113
            return f"there is one in {name}: give that folder"
    tables = [name for name in names if name.lower().endswith((".csv", ".csv.txt", ".csv.csv"))]
    if tables:
        which = f"rename {shown(tables[0])}" if len(tables) == 1 else f"rename one of {listed(tables)}"
        return f"{which} to {CATALOGUE_NAME}"
    for name in names:
        for ending, remedy in _REMEDIES.items():
            if name.lower().endswith(ending):
                return f"there is {shown(name)}: {remedy}"
    return "put the survey's table there"
