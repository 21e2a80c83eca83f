"""What an import would do: the columns, the galaxies with their images, and what is left out."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from galviz.errors import listed, quoted
from galviz.importing.classes import class_column, class_folders, free_name
from galviz.importing.columns import check_column
from galviz.importing.ids import ORIGINAL_COLUMN, galaxy_ids, safe_ids
from galviz.importing.image_paths import ImageIndex
from galviz.importing.labels import choose_label
from galviz.importing.matching import (
    N_SAMPLE,
    describe_left_out,
    describe_match,
    find_columns,
    find_table,
    match_rows,
    read_table,
)
from galviz.importing.opening import Source, open_source
from galviz.survey.portability import portability_warnings
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import ID_COLUMN, Table, open_table


@dataclass(frozen=True)
class ImportPlan:
    """An import that was checked and can be written.

    Attributes
    ----------
    source : Source
    table : pathlib.Path or None
        None for a folder of images without a table.
    columns : tuple of str
        Of the table.
    id_column, image_column : str or None
        None without a table.
    label : str or None
        A column of the survey.
    missing : tuple of str
        Numbers and words that stand for missing values, besides the usual ones.
    ids : tuple of str
        The ids of the galaxies that have an image, in the table's order.
    images : tuple of str
        The image of each, a path below ``source.image_root``.
    places : tuple of int
        The rows of the galaxies in the table, from 0.
    added : dict of str to tuple of str
        Columns that the table doesn't have, such as ``class``.
    renamed : dict of str to str
        Names in the survey of the table's columns that are called differently there.
    n_without_image : int
        Number of rows that are left out because they have no image.
    images_without_row : tuple of str
        Images that are left out because no row names them.
    notes : tuple of str
        Sentences about what was recognised, chosen and left out.
    options : dict of str to str
        What the user gave.
    digest : bytes
        SHA-256 of the table.
    """

    source: Source
    table: Path | None
    columns: tuple[str, ...]
    id_column: str | None
    image_column: str | None
    label: str | None
    missing: tuple[str, ...]
    ids: tuple[str, ...] = field(repr=False)
    images: tuple[str, ...] = field(repr=False)
    places: tuple[int, ...] = field(repr=False)
    added: dict[str, tuple[str, ...]] = field(repr=False)
    renamed: dict[str, str]
    n_without_image: int
    images_without_row: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]
    options: dict[str, str]
    digest: bytes = b""

    @property
    def n_galaxies(self) -> int:
        """Number of galaxies of the survey."""
        return len(self.ids)

    @property
    def survey_columns(self) -> tuple[str, ...]:
        """The columns of the survey's catalogue: objID first."""
        kept = [self.renamed.get(name, name) for name in self.columns if name != self.id_column]
        return (ID_COLUMN, *kept, *self.added)

    def rows(self, n: int) -> list[list[str]]:
        """The first `n` rows of the table, as they are written; empty without a table."""
        return [] if self.table is None else open_table(self.table).rows(n)

    def survey_rows(self, table: Table | None) -> Iterator[list[str]]:
        """The rows of the survey's catalogue, in the order of `survey_columns`.

        Parameters
        ----------
        table : Table or None
            The table, read again.
        """
        added = list(self.added.values())
        if table is None:
            yield from ([object_id, *(column[n] for column in added)] for n, object_id in enumerate(self.ids))
            return
        kept = [name for name in self.columns if name != self.id_column]
        cells = zip(*(table.cells(name) for name in kept), strict=True) if kept else iter([()] * len(table.lines))
        galaxy = 0
        for place, row in enumerate(cells):
            if galaxy < len(self.ids) and self.places[galaxy] == place:
                yield [self.ids[galaxy], *row, *(column[galaxy] for column in added)]
                galaxy += 1

    def close(self) -> None:
        """Remove what was unpacked from an archive; the plan can't be written afterwards."""
        self.source.close()


def plan_import(
    source: str | os.PathLike[str],
    *,
    images: str | os.PathLike[str] | None = None,
    id_column: str | None = None,
    image_column: str | None = None,
    label: str | None = None,
    missing: Sequence[str] = (),
    progress: Callable[[int, int], object] | None = None,
) -> ImportPlan:
    r"""Find out how a source becomes a survey folder; nothing is written.

    Parameters
    ----------
    source : path-like
        A folder with a table and images, a table with images beside it, a folder of images in subfolders by class, a
        zip of any of these, or an HDF5 file.
    images : path-like, optional
        The folder of images, if they aren't in the source or beside the table.
    id_column, image_column : str, optional
        The columns with the galaxies' ids and with the names or paths of their images. By default the columns whose
        cells name images.
    label : str, optional
        The label's column; by default ``oh_p50`` or ``metallicity``, if there is one.
    missing : sequence of str, optional
        Numbers and words that stand for missing values; these cells are left empty in the survey.
    progress : callable, optional
        Called as ``progress(done, total)`` while an archive is unpacked.

    Returns
    -------
    ImportPlan

    Raises
    ------
    SurveyError
        If the source can't be imported; it lists the problems.
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
    opened = open_source(Path(source), None if images is None else Path(images), progress)
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
    classes = class_folders(index.names)
    stems = list(index.stems)
    notes = [*source.notes, f"There is no table: the ids are the names of the {len(stems):,} images."]
    if repeated := [stem for stem, count in Counter(stems).items() if count > 1]:
        stems = [PurePosixPath(name).with_name(stem).as_posix() for name, stem in zip(index.names, stems, strict=True)]
        if len(set(stems)) < len(stems):
            twice = next(name for name, count in Counter(stems).items() if count > 1)
            raise _error(source.name, f"there are several images called {quoted(twice)}", "keep one of them")
        notes.append(f"Images in several folders have the same name, such as {repeated[0]}: ids begin with the folder.")
    ids, more = safe_ids(source.name, [stem.replace("/", "_") for stem in stems])
    added = {} if classes is None else {"class": tuple(classes)}
    if classes is not None:
        notes.append(_describe_classes("class", classes))
    else:
        notes.append("The galaxies have neither labels nor classes.")
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
        raise _error(place, problem, "add a first line with the names of the columns")
    for option, column in (("--id", id_column), ("--image", image_column), ("--label", label)):
        check_column(place, columns, column, option)
    choice, table = find_columns(table_file, index, id_column, image_column)
    if table is None:
        table = read_table(table_file, choice.id_column)
    match = match_rows(place, source, index, choice, table)
    notes = [*source.notes, *table.notes, *choice.notes, *describe_match(match, choice)]
    cells = list(table.cells(choice.id_column))
    stems = [index.stems[image] if image >= 0 else "" for image in match.images]
    all_ids = galaxy_ids(place, choice.id_column, cells, stems if choice.id_column == choice.image_column else None)
    places = [row for row, image in enumerate(match.images) if image >= 0]
    original = [all_ids[row] for row in places]
    ids, id_notes = safe_ids(place, original)
    images = [index.names[match.images[row]] for row in places]
    added: dict[str, tuple[str, ...]] = {}
    if id_notes:
        column = free_name([ORIGINAL_COLUMN], columns)
        added[column] = tuple(original)
    if (classes := class_folders(images)) is not None:
        column = class_column([*columns, *added])
        added[column] = tuple(classes)
        notes.append(_describe_classes(column, classes))
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


def _describe_classes(column: str, classes: Sequence[str]) -> str:
    counts = [f"{name} ({count:,})" for name, count in Counter(classes).most_common()]
    return f"The images lie in folders by class: the column {column} has {listed(counts)}."


def _error(place: str, problem: str, remedy: str) -> SurveyError:
    return SurveyError(place, [Problem(None, "", place, problem, remedy)])
