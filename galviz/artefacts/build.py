"""``build-data``: make every registered artefact that isn't current."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from galviz.artefacts.artefact import Artefact, Inputs
from galviz.artefacts.registry import ARTEFACTS
from galviz.errors import listed
from galviz.files.manifest import (
    ACCEPT,
    RESTORE,
    ShippedFileError,
    data_path,
    find_differences,
    update_manifest,
    write_manifest,
)
from galviz.survey.survey import Survey, load_survey


@dataclass(frozen=True)
class BuildResult:
    """The result of building one artefact.

    Attributes
    ----------
    path : pathlib.Path
    made : bool
        False if it was already current.
    """

    path: Path
    made: bool


def build_data(
    out: Path | None = None,
    *,
    survey: Survey | None = None,
    model: str | os.PathLike[str] | None = None,
    again: bool = False,
    accept_changes: bool = False,
    progress: Callable[[str, int, int], object] | None = None,
    artefacts: Sequence[Artefact] = ARTEFACTS,
) -> Iterator[BuildResult]:
    """Make the artefacts of a survey and a network that aren't current.

    Parameters
    ----------
    out : pathlib.Path, optional
        The output folder, ``data/`` by default; subfolders are created.
    survey : Survey, optional
    model : path-like, optional
        A card; survey and model are the shipped ones by default.
    again : bool
        Make current artefacts too.
    accept_changes : bool
        Record the present checksums of all files under ``data/``. Otherwise changed files raise an error, except
        artefacts, which are made again.
    progress : callable, optional
        Called as progress(file name without suffix, done, total).
    artefacts : sequence of Artefact
        Each may read those before it.

    Yields
    ------
    BuildResult

    Raises
    ------
    ValueError
        If survey or weights can't be used, or shipped files were changed.
    OSError
        If a file can't be written.

    Examples
    --------
    >>> [result.made for result in build_data()]  # doctest: +SKIP
    [False, False, False, False, False, False, False]
    """
    from galviz.network.model import load_model

    folder = data_path() if out is None else Path(out)
    if folder.absolute() == data_path().absolute():
        if accept_changes:
            write_manifest()
        _refuse_changes(artefacts)
    inputs = Inputs(survey or load_survey(), load_model(model), folder)
    for artefact in artefacts:
        path = folder / artefact.name
        path.parent.mkdir(parents=True, exist_ok=True)

        def report(done: int, total: int, name: str = path.stem) -> None:
            if progress:
                progress(name, done, total)

        made = again or not artefact.is_current(inputs.survey, inputs.card, path)
        if made:
            artefact.build(inputs, report)
            update_manifest(path)  # later artefacts read it
        yield BuildResult(path, made)


def _refuse_changes(artefacts: Sequence[Artefact]) -> None:
    """Raise an error if a file that artefacts are made from was changed."""
    names = {artefact.name for artefact in artefacts}
    changed = [str(difference) for difference in find_differences() if difference.name not in names]
    if changed:
        raise ShippedFileError(
            f"Files under {data_path()} were changed: {listed(changed)}. Restore them with `{RESTORE}`, and move other "
            f"files elsewhere; or, if you changed them on purpose: `{ACCEPT}`."
        )
