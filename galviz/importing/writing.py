"""Writing an import: a complete survey folder appears, or nothing."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from galviz import __version__
from galviz.files.lock import exclusive_lock
from galviz.files.writing import shorten, temporary_name
from galviz.importing.catalogue_writing import write_catalogue
from galviz.importing.copying import Copied, copy_images
from galviz.importing.importplan import ImportPlan
from galviz.survey.catalogue import Catalogue
from galviz.survey.cutouts import ImageFacts
from galviz.survey.image_check import check_images
from galviz.survey.image_folder import IMAGES_NAME
from galviz.survey.problems import Problem, SurveyError

RECORD_NAME = "import.json"
_LOCK_NAME = ".importing"


@dataclass(frozen=True)
class ImportResult:
    """A survey folder that was written.

    Attributes
    ----------
    folder : pathlib.Path
    n_galaxies : int
    missing : dict of str to dict of str to int
        For each column with missing values, what its cells are and how often; see `galviz.survey.survey.Survey`.
    possibly_missing : dict of str to dict of str to int
        Cells that may stand for missing values but are read as values; see `galviz.survey.survey.Survey`.
    left_out : tuple of Problem
        Images that can't be used, with `skip_broken`; their galaxies aren't in the survey.
    notes : tuple of str
        Those of the plan, and what happened while writing.
    facts : dict of str to ImageFacts
        By id, for `galviz.survey.survey.load_survey`, so that the images aren't decoded again.
    """

    folder: Path
    n_galaxies: int
    missing: dict[str, dict[str, int]]
    possibly_missing: dict[str, dict[str, int]]
    left_out: tuple[Problem, ...]
    notes: tuple[str, ...]
    facts: dict[str, ImageFacts] = field(repr=False)


def write_import(
    plan: ImportPlan,
    folder: str | os.PathLike[str],
    *,
    link: bool = False,
    skip_broken: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> ImportResult:
    """Write the survey folder of a plan: the catalogue, ``images/<objID>.jpg`` or ``.png``, and ``import.json``.

    Everything is written to a temporary folder beside `folder`, which is moved at the end: after an error, an
    interruption or on a full disk nothing is left. What a killed process left is removed by the next import.

    Parameters
    ----------
    plan : ImportPlan
    folder : path-like
        Must not exist, or be empty.
    link : bool
        Make hard links to the images where the file system allows it, instead of copies.
    skip_broken : bool
        Leave out galaxies whose image can't be used, instead of raising.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of images. An exception that it raises cancels the import.

    Returns
    -------
    ImportResult

    Raises
    ------
    SurveyError
        If an image can't be used, or the catalogue has problems; it lists all of them.
    ValueError
        If `folder` isn't empty, lies in the source, or another process is importing to it.
    OSError
        If a file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from galviz.importing.plan import plan_import
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for kind in ("spiral", "elliptical"):
    ...         Path(name, "zoo", kind).mkdir(parents=True)
    ...         Image.linear_gradient("L").save(Path(name, "zoo", kind, f"{kind}1.png"))
    ...     result = write_import(plan_import(f"{name}/zoo"), f"{name}/survey")
    ...     print(result.n_galaxies, (result.folder / "master.csv").read_text().split())
    2 ['objID,class', 'elliptical1,elliptical', 'spiral1,spiral']
    """
    target = Path(folder)
    _check_target(target, plan)
    with _temporary_folder(target) as temporary:
        notes = list(plan.notes)
        catalogue, blanked = write_catalogue(plan, temporary, set())
        notes += [f"--missing: {count:,} cells of {column} were left empty." for column, count in blanked.items()]
        (temporary / IMAGES_NAME).mkdir()
        root = plan.source.image_root
        pairs = [(object_id, root / name, name) for object_id, name in zip(plan.ids, plan.images, strict=True)]
        copied = copy_images(pairs, temporary / IMAGES_NAME, link=link, progress=progress)
        if copied.problems:
            if not skip_broken or len(copied.problems) == len(plan.ids):
                raise SurveyError(plan.source.name, copied.problems)
            catalogue, _ = write_catalogue(plan, temporary, {problem.object_id for problem in copied.problems})
        notes += _describe_copied(copied)
        check = check_images(temporary, catalogue.lines, verify=False)
        if check.problems:
            raise SurveyError(plan.source.name, check.problems)
        _write_record(plan, temporary, catalogue, copied, notes)
        _move(temporary, target)
    notes += [note for note in catalogue.notes if note not in notes]
    return ImportResult(
        folder=target,
        n_galaxies=len(catalogue.lines),
        missing={column: dict(cells) for column, cells in catalogue.missing.items()},
        possibly_missing={column: dict(cells) for column, cells in catalogue.possibly_missing.items()},
        left_out=(*plan.source.left_out, *copied.problems),
        notes=tuple(notes),
        facts=copied.facts,
    )


def _check_target(target: Path, plan: ImportPlan) -> None:
    if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
        kind = "isn't empty" if target.is_dir() else "is a file"
        raise ValueError(f"{target} {kind}; name a new folder with --out.")
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True)
    if plan.source.image_root.resolve() in target.resolve().parents and plan.source.kind == "folder":
        raise ValueError(f"{target} lies in the source, which would then contain the survey; name another folder.")


@contextmanager
def _temporary_folder(target: Path) -> Iterator[Path]:
    """A locked folder beside the target, which is removed at the end unless it was moved."""
    _remove_unfinished(target)
    temporary = temporary_name(target.absolute())
    temporary.mkdir()
    try:
        with exclusive_lock(temporary / _LOCK_NAME, "another process is importing there"):
            yield temporary
    except OSError as error:
        # Users know the target, not the temporary name.
        if error.filename is not None and str(error.filename).startswith(str(temporary)):
            error.filename = f"{target}{str(error.filename)[len(str(temporary)) :]}"
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _remove_unfinished(target: Path) -> None:
    """Remove what killed imports to the same folder left; a running one holds its lock."""
    for path in target.absolute().parent.glob(f".{_glob_escaped(shorten(target.name))}.*.part"):
        if path.is_symlink() or not (path / _LOCK_NAME).is_file():
            continue
        try:
            with exclusive_lock(path / _LOCK_NAME, "it is running"):
                shutil.rmtree(path, ignore_errors=True)
        except ValueError:
            continue


def _glob_escaped(text: str) -> str:
    return "".join(f"[{character}]" if character in "[]*?" else character for character in text)


def _describe_copied(copied: Copied) -> list[str]:
    notes = []
    for ending, count in copied.n_converted.items():
        images = "1 image was" if count == 1 else f"{count:,} images were"
        notes.append(f"{images} converted from {ending} to PNG, with the same pixels.")
    if copied.problems:
        count = "1 galaxy is" if len(copied.problems) == 1 else f"{len(copied.problems):,} galaxies are"
        notes.append(f"{count} left out (--skip-broken), because the image can't be used.")
    return notes


def _write_record(plan: ImportPlan, folder: Path, catalogue: Catalogue, copied: Copied, notes: Sequence[str]) -> None:
    """Write where the survey comes from; without paths of this machine."""
    record = {
        "galviz": __version__,
        "source": plan.source.name,
        "kind": plan.source.kind,
        "table": None if plan.table is None else plan.table.name,
        "options": plan.options,
        "id_column": plan.id_column,
        "image_column": plan.image_column,
        "label": plan.label,
        "galaxies": len(catalogue.lines),
        "rows_without_image": plan.n_without_image,
        "images_without_row": len(plan.images_without_row),
        "left_out": {
            problem.object_id: f"{problem.problem}; {problem.remedy}"
            for problem in (*plan.source.left_out, *copied.problems)
        },
        "notes": list(notes),
    }
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (folder / RECORD_NAME).write_text(text, encoding="utf-8", newline="\n")


def _move(temporary: Path, target: Path) -> None:
    (temporary / _LOCK_NAME).unlink()
    if target.is_symlink():
        target = target.resolve()
    if target.exists():
        target.rmdir()  # renaming doesn't replace an empty folder on Windows
    temporary.rename(target)
