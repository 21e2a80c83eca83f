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
    record,
    write_manifest,
)
from galviz.survey.survey import Survey, load_survey


@dataclass(frozen=True)
class Built:
    """An artefact that is current now.

    Attributes
    ----------
    path : pathlib.Path
    made : bool
        False if it was current already.
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
) -> Iterator[Built]:
    """Make the artefacts of a survey and a network, one file after the other.

    Parameters
    ----------
    out : pathlib.Path, optional
        The folder of the artefacts' names, ``data/`` by default; subfolders are created.
    survey : Survey, optional
    model : path-like, optional
        A card; survey and model are the shipped ones by default.
    again : bool
        Make artefacts that are current too.
    accept_changes : bool
        Record the checksums of everything under ``data/`` as it is now. Without this, changed files are an error,
        except artefacts, which are made again.
    progress : callable, optional
        Called as progress(name of the file without its suffix, done, total).
    artefacts : sequence of Artefact
        Each may read those before it.

    Yields
    ------
    Built

    Raises
    ------
    ValueError
        If survey or weights can't be used, or files differ from those that were shipped.
    OSError
        If a file can't be written.
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
            record(path)  # artefacts that follow read it
        yield Built(path, made)


def _refuse_changes(artefacts: Sequence[Artefact]) -> None:
    """Raise an error if a file that artefacts are made from isn't as it was shipped."""
    names = {artefact.name for artefact in artefacts}
    changed = [str(difference) for difference in find_differences() if difference.name not in names]
    if changed:
        raise ShippedFileError(
            f"Under {data_path()} this isn't as it was shipped: {listed(changed)}. Get it back with `{RESTORE}`, and "
            f"move away what isn't shipped; or, if you changed it on purpose: `{ACCEPT}`."
        )
