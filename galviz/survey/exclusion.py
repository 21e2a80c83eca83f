"""Galaxies that are left out of a survey: the file that lists them, and the catalogue without them."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from galviz.errors import shown
from galviz.files.signatures import file_kind
from galviz.survey.catalogue import Catalogue
from galviz.survey.label import describe_label
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import CATALOGUE_NAME

_COMMENT = re.compile(r"(?:^|\s)#.*")  # an id may contain a number sign
_MAX_BYTES = 64 * 2**20


class NoGalaxyLeftError(SurveyError):
    """All galaxies of a survey are excluded."""


def read_exclusion(path: str | os.PathLike[str]) -> list[str]:
    r"""Read the ids of galaxies to exclude.

    Parameters
    ----------
    path : path-like
        Text with one id per line, as ``python -m galviz audit --write-exclude`` writes it. Empty lines, and what
        follows a ``#`` at the start of a line or after a space, are ignored.

    Returns
    -------
    list of str
        In the file's order, each id once.

    Raises
    ------
    ValueError
        If it isn't text in UTF-8 with one id per line.
    OSError
        If it can't be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "exclude.txt")
    ...     _ = path.write_text("# blank images\n9020200727000000000  # uniformly black\n")
    ...     read_exclusion(path)
    ['9020200727000000000']
    """
    name = os.fspath(path)
    with open(path, "rb") as file:  # noqa: PTH123
        content = file.read(_MAX_BYTES + 1)
    kind = file_kind(content)
    try:
        if kind is not None or len(content) > _MAX_BYTES or b"\0" in content:
            raise ValueError
        lines = content.decode("utf-8-sig").splitlines()
    except ValueError:
        raise ValueError(
            f"{name} is {kind or 'no text in UTF-8'}, not a list of ids. Write one id per line in a text file."
        ) from None
    ids = dict.fromkeys(filter(None, (_COMMENT.sub("", line).strip() for line in lines)))
    for object_id in ids:
        if any(character in object_id for character in ",;\t"):
            raise ValueError(f"{name} must have one id per line; got {shown(object_id)}. Remove other columns.")
    return list(ids)


def exclude_galaxies(catalogue: Catalogue, exclude: Sequence[str], folder: str) -> tuple[Catalogue, tuple[str, ...]]:
    r"""Remove galaxies from a catalogue.

    Parameters
    ----------
    catalogue : Catalogue
    exclude : sequence of str
        Ids. An id may occur several times.
    folder : str
        The survey folder, for errors.

    Returns
    -------
    catalogue : Catalogue
        Without these galaxies. `missing` and the other counts of cells stay those of the whole file.
    excluded : tuple of str
        The ids that were removed, sorted.

    Raises
    ------
    SurveyError
        If the catalogue lacks one of them.
    NoGalaxyLeftError
        If no galaxy would remain.

    Examples
    --------
    >>> import pandas as pd
    >>> catalogue = Catalogue(pd.DataFrame(index=["a1", "a2"]), None, {"a1": 2, "a2": 3}, [])
    >>> catalogue, excluded = exclude_galaxies(catalogue, ["a1"], "my-survey")
    >>> catalogue.frame.index.tolist(), excluded
    (['a2'], ('a1',))
    """
    if isinstance(exclude, str):
        raise ValueError(f"exclude must be a sequence of ids; got the text {shown(exclude)}. Write it in a list.")
    excluded = dict.fromkeys(exclude)
    if not excluded:
        return catalogue, ()
    if not catalogue.problems:  # else rows may be missing because they are invalid
        unknown = [object_id for object_id in excluded if object_id not in catalogue.lines]
        problem, remedy = "there is no such galaxy to exclude", "remove the id from the list of galaxies to exclude"
        if unknown:
            raise SurveyError(
                folder, [Problem(None, object_id, CATALOGUE_NAME, problem, remedy) for object_id in unknown]
            )
    lines = {object_id: line for object_id, line in catalogue.lines.items() if object_id not in excluded}
    if not lines and catalogue.lines:
        problem = f"all of its {len(catalogue.lines):,} galaxies are excluded"
        raise NoGalaxyLeftError(folder, [Problem(None, "", CATALOGUE_NAME, problem, "leave at least one")])
    frame, label = catalogue.frame, catalogue.label
    if frame is not None:
        frame = frame.loc[~frame.index.isin(list(excluded))]
        if label is not None:  # a value of an excluded galaxy must not stretch the colour scale
            label = describe_label(label.column, frame[label.column].to_numpy())
    return replace(catalogue, frame=frame, label=label, lines=lines), tuple(sorted(excluded))
