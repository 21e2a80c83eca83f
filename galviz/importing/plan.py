"""A source and the user's options -> an `ImportPlan`; nothing is written."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from galviz.errors import listed, quoted
from galviz.importing.classes import folder_columns, free_name
from galviz.importing.column_names import looks_like_cell
from galviz.importing.columns import check_column
from galviz.importing.ids import ORIGINAL_COLUMN, galaxy_ids, safe_ids
from galviz.importing.image_paths import ImageIndex
from galviz.importing.importplan import ImportPlan
from galviz.importing.labels import choose_label
from galviz.importing.matching import describe_left_out, describe_match, match_rows
from galviz.importing.opening import Source, open_source
from galviz.importing.tables import N_SAMPLE, find_columns, find_table, read_table
from galviz.survey.portability import portability_warnings
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import ID_COLUMN, open_table

if TYPE_CHECKING:
    from galviz.importing.fits_options import FitsOptions

__all__ = ["ImportPlan", "plan_import"]

_ADD_HEADER = "add a first line with the names of the columns"


def plan_import(
    source: str | os.PathLike[str],
    *,
    images: str | os.PathLike[str] | None = None,
    id_column: str | None = None,
    image_column: str | None = None,
    label: str | None = None,
    missing: Sequence[str] = (),
    fits_options: "FitsOptions | None" = None,
    skip_broken: bool = False,
    workspace: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> ImportPlan:
    r"""Find out how a source becomes a survey folder; nothing is written.

    Parameters
    ----------
    source : path-like
        A folder with a table and images, a table with images beside it, a folder of images in subfolders by class, a
        zip of any of these, an HDF5 file like Galaxy10, or a folder of FITS cutouts.
    images : path-like, optional
        The folder of images, if they aren't in the source or beside the table.
    id_column, image_column : str, optional
        The columns with the galaxies' ids and with the names or paths of their images. By default the columns whose
        cells name images.
    label : str, optional
        The label's column; by default ``oh_p50`` or ``metallicity``, if there is one.
    missing : sequence of str, optional
        Numbers and words that stand for missing values; these cells are left empty in the survey.
    fits_options : galviz.importing.fits_options.FitsOptions, optional
        How FITS cutouts become pictures; by default as SDSS's images.
    skip_broken : bool
        Leave out FITS cutouts that can't be used, instead of raising; see also `write_import`.
    workspace : path-like, optional
        The folder in which archives are unpacked and FITS cutouts rendered, in a temporary folder that `close` removes;
        by default the system's.
    progress : callable, optional
        Called as ``progress(done, total)`` while an archive is unpacked, or FITS cutouts are rendered.

    Returns
    -------
    ImportPlan

    Raises
    ------
    SurveyError
        If the source can't be imported; it lists the problems.
    ValueError
        If an archive or an HDF5 file can't be read.
    ImportQuestion
        If the user has to choose an option.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "mapping.csv").write_text("objid,asset_id\n587,17\n588,18\n")
    ...     for name in ("17.jpg", "18.jpg"):
    ...         Path(folder, name).touch()
    ...     plan = plan_import(folder)
    >>> plan.id_column, plan.image_column, plan.ids, plan.images
    ('objid', 'asset_id', ('587', '588'), ('17.jpg', '18.jpg'))
    """
    given = {"--id": id_column, "--image": image_column, "--label": label, "--missing": ",".join(missing) or None}
    options = {option: value for option, value in given.items() if value is not None}
    folder = None if images is None else Path(images)
    opened = open_source(
        Path(source),
        folder,
        progress,
        fits_options=fits_options,
        skip_broken=skip_broken,
        workspace=None if workspace is None else Path(workspace),
    )
    try:
        index = ImageIndex(opened.images)
        if not opened.tables:
            return _plan_without_table(opened, index, options, id_column or image_column, label)
        return _plan_with_table(opened, index, options, id_column, image_column, label, tuple(missing))
    except BaseException:
        opened.close()
        raise


def _plan_without_table(
    source: Source, index: ImageIndex, options: dict[str, str], column: str | None, label: str | None
) -> ImportPlan:
    """A folder of images, perhaps with classes."""
    if column is not None:
        problem = f"there is no table, so {quoted(column)} can't be a column of it"
        raise _error(source.name, problem, "leave out the option, or give the table as SOURCE")
    added, folder_notes = folder_columns(index.names, [ID_COLUMN])
    stems = list(index.stems)
    notes = [*source.notes, f"There is no table: the ids are the names of the images ({len(stems):,})."]
    if repeated := [stem for stem, count in Counter(stems).items() if count > 1]:
        stems = [PurePosixPath(name).with_name(stem).as_posix() for name, stem in zip(index.names, stems, strict=True)]
        if len(set(stems)) < len(stems):
            twice = next(name for name, count in Counter(stems).items() if count > 1)
            names = [name for name, stem in zip(index.names, stems, strict=True) if stem == twice]
            raise _error(source.name, f"there are several images called {quoted(twice)}: {listed(names)}", "keep one")
        notes.append(f"Images in several folders have the same name, such as {repeated[0]}: ids begin with the folder.")
    ids, more = safe_ids(source.name, [stem.replace("/", "_") for stem in stems])
    notes += folder_notes or ["The galaxies have neither labels nor classes."]
    if label is not None:
        raise _error(source.name, f"there is no table, so {quoted(label)} can't be a label", "leave out --label")
    more += portability_warnings(f"{object_id}.jpg" for object_id in ids)
    return ImportPlan(
        source=source,
        table=None,
        columns=(),
        id_column=None,
        image_column=None,
        label=None,
        missing=(),
        ids=tuple(ids),
        images=index.names,
        places=tuple(range(len(ids))),
        added=added,
        renamed={},
        n_without_image=0,
        images_without_row=(),
        notes=(*notes, *more),
        options=options,
    )


def _plan_with_table(
    source: Source,
    index: ImageIndex,
    options: dict[str, str],
    id_column: str | None,
    image_column: str | None,
    label: str | None,
    missing: tuple[str, ...],
) -> ImportPlan:
    path = find_table(source, index)
    table_file = open_table(path)
    place = path.name
    if table_file.problems:
        raise SurveyError(place, table_file.problems)
    columns = tuple(table_file.columns)
    if (first := index.match(columns, loosely=False)).n_matched and len(columns) == len(set(columns)):
        named = columns[next(number for number, image in enumerate(first.images) if image >= 0)]
        problem = f"its first line names an image ({named}), so the header seems to be missing"
        raise _error(place, problem, _ADD_HEADER)
    for option, column in (("--id", id_column), ("--image", image_column), ("--label", label)):
        check_column(place, columns, column, option)
    choice, table = find_columns(table_file, index, id_column, image_column)
    if table is None:
        table = read_table(table_file, choice.id_column)
    match = match_rows(place, source, index, choice, table, is_given=image_column is not None)
    if looks_like_cell(choice.image_column, table.cells(choice.image_column)):
        problem = f"its first line looks like a row ({choice.image_column}), so the header seems to be missing"
        raise _error(place, problem, _ADD_HEADER)
    notes = [*source.notes, *table.notes, *choice.notes, *describe_match(match, choice)]
    cells = list(table.cells(choice.id_column))
    stems = [index.stems[image] if image >= 0 else "" for image in match.images]
    places = [row for row, image in enumerate(match.images) if image >= 0]
    names = stems if choice.id_column == choice.image_column else None
    all_ids = galaxy_ids(place, choice.id_column, cells, names, places)
    original = [all_ids[row] for row in places]
    ids, id_notes = safe_ids(place, original)
    images = [index.names[match.images[row]] for row in places]
    added: dict[str, tuple[str, ...]] = {}
    if id_notes:
        column = free_name([ORIGINAL_COLUMN], columns)
        added[column] = tuple(original)
    from_folders, folder_notes = folder_columns(images, [*columns, *added])
    added |= from_folders
    notes += folder_notes
    renamed = {}
    if ID_COLUMN in columns and choice.id_column != ID_COLUMN:
        renamed[ID_COLUMN] = free_name([f"other_{ID_COLUMN}"], columns)
        notes.append(f"The table's own column {ID_COLUMN} is called {renamed[ID_COLUMN]} in the survey.")
    used = set(images)
    n_without, unlisted = len(cells) - len(places), tuple(name for name in index.names if name not in used)
    notes += [*id_notes, *describe_left_out(n_without, len(cells), unlisted)]
    notes += portability_warnings(f"{object_id}.jpg" for object_id in ids)
    chosen_label, label_notes = choose_label(place, columns, choice.id_column, label, table_file.rows(N_SAMPLE))
    return ImportPlan(
        source=source,
        table=path,
        columns=columns,
        id_column=choice.id_column,
        image_column=choice.image_column,
        label=renamed.get(chosen_label, chosen_label),
        missing=missing,
        ids=tuple(ids),
        images=tuple(images),
        places=tuple(places),
        added=added,
        renamed=renamed,
        n_without_image=n_without,
        images_without_row=unlisted,
        notes=(*notes, *label_notes),
        options=options,
        digest=table.digest,
    )


def _error(place: str, problem: str, remedy: str) -> SurveyError:
    return SurveyError(place, [Problem(None, "", place, problem, remedy)])
