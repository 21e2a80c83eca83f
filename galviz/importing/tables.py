"""Which of several tables has the galaxies, and which of its columns hold the ids and name the images."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from galviz.errors import listed, quoted
from galviz.importing.column_names import is_id_name, rank
from galviz.importing.columns import ColumnChoice, choose_columns
from galviz.importing.evidence import Evidence, gather_evidence
from galviz.importing.image_paths import ImageIndex
from galviz.importing.mismatch import mismatch_error
from galviz.importing.opening import Source
from galviz.importing.question import ImportQuestion
from galviz.survey.header import BLANKS_REMEDY
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import Table, TableFile, open_table

N_SAMPLE = 400
_MAX_TABLES = 20


def find_table(source: Source, index: ImageIndex) -> Path:
    """The table of a source; of several, the only one whose cells name images.

    Raises
    ------
    ImportQuestion
        If several name images, or none does.

    Examples
    --------
    >>> source = Source("gz2", "folder", (Path("gz2.csv"),), Path("gz2"), ("1.jpg",))
    >>> find_table(source, ImageIndex(source.images)).name
    'gz2.csv'
    """
    if len(source.tables) == 1:
        return source.tables[0]
    counts = []
    for path in source.tables[:_MAX_TABLES]:
        table_file = open_table(path)
        rows = [] if table_file.problems else table_file.rows(N_SAMPLE)
        evidence = gather_evidence(by_column(table_file.columns, rows), index)
        counts.append(max((facts.n_images for facts in evidence.values()), default=0))
    return _choose_table(source, counts + [0] * (len(source.tables) - len(counts)))


def _choose_table(source: Source, counts: Sequence[int]) -> Path:
    """Choose by the number of images that each table names."""
    naming = [place for place, count in enumerate(counts) if count]
    if len(naming) == 1:
        others = listed([path.name for place, path in enumerate(source.tables) if place != naming[0]])
        chosen = source.tables[naming[0]]
        source.notes.append(f"The table is {chosen.name}; {others} names no images and was left out.")
        return chosen
    what = "name images" if naming else "may be the table"
    count = f"{len(naming) or len(counts)} of {len(counts)}"
    if source.kind not in ("folder", "FITS"):
        names = listed([path.name for path in source.tables])
        problem = f"{count} tables {what}: {names}"
        raise SurveyError(source.name, [Problem(None, "", source.name, problem, "keep one of them in it")])
    guess = str(source.tables[max(range(len(counts)), key=counts.__getitem__)]) if naming else None
    question = f"which table has the galaxies? {count} {what}."
    if source.kind == "folder":
        question += f" Images elsewhere need --images {shlex.quote(str(source.image_root))}."
    raise ImportQuestion(source.name, question, "SOURCE", guess, list(map(str, source.tables)))


def by_column(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Rows of cells as columns.

    Examples
    --------
    >>> by_column(["a", "b"], [["1", "2"], ["3", "4"]])
    {'a': ['1', '3'], 'b': ['2', '4']}
    """
    return {name: [row[place] for row in rows] for place, name in enumerate(columns)}


def find_columns(
    table_file: TableFile, index: ImageIndex, id_column: str | None, image_column: str | None
) -> tuple[ColumnChoice, Table | None]:
    r"""Choose the columns of ids and images by the first rows, or else by all.

    Parameters
    ----------
    table_file : TableFile
        From `galviz.survey.table.open_table`.
    index : ImageIndex
    id_column, image_column : str or None
        The user's options.

    Returns
    -------
    choice : ColumnChoice
    table : Table or None
        If all rows had to be read.

    Raises
    ------
    SurveyError
        If the table can't be read, or names no images.
    ImportQuestion
        If the user has to choose.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "t.csv")
    ...     _ = path.write_text("objid,asset_id\n587,17\n588,18\n")
    ...     choice, _ = find_columns(open_table(path), ImageIndex(["17.jpg", "18.jpg"]), None, None)
    >>> choice.id_column, choice.image_column
    ('objid', 'asset_id')
    """
    place = table_file.path.name
    if id_column is not None and image_column is not None:
        return ColumnChoice(id_column, image_column), None
    sample = by_column(table_file.columns, table_file.rows(N_SAMPLE))
    options = {"id_column": id_column, "image_column": image_column}
    evidence = gather_evidence(sample, index)
    choice = choose_columns(place, sample, evidence, len(index.names), **options)
    if choice is not None:
        return choice, None
    # A few images of a long table: the first rows needn't have one.
    guess = id_column or min(table_file.columns, key=rank)
    table = read_table(table_file, guess)
    spread = slice(None, None, max(1, len(table.lines) // 2000))
    cells = {name: list(table.cells(name)) for name in table.columns if is_id_name(name) or name == id_column}
    for name in table.columns:
        if name not in cells:
            whole = list(table.cells(name))
            if index.match(whole[spread], loosely=False).n_matched:
                cells[name] = whole
    evidence = gather_evidence(cells, index)
    choice = choose_columns(place, cells, evidence, len(index.names), **options)
    if choice is None and id_column is not None:
        choice = ColumnChoice(id_column, id_column)
    if choice is None:
        raise _undecided(table_file, sample, evidence, index)
    return choice, table


def read_table(table_file: TableFile, id_column: str) -> Table:
    r"""Read all rows.

    Raises
    ------
    SurveyError
        If the table has problems.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "t.csv")
    ...     _ = path.write_text("id,p\n17,0.5\n")
    ...     table = read_table(open_table(path), "id")
    >>> list(table.cells("p"))
    ['0.5']
    """
    table = table_file.read(id_column)
    if table.problems:
        raise SurveyError(table_file.path.name, table.problems)
    return table


def _undecided(
    table_file: TableFile, sample: Mapping[str, Sequence[str]], evidence: Mapping[str, Evidence], index: ImageIndex
) -> ValueError:
    """The error if no column names images conclusively."""
    place, columns = table_file.path.name, list(sample)
    if table_file.other_tables:
        problem = (
            f"the table that was read names none of the {len(index.names):,} images, and the file holds "
            f"{listed(table_file.other_tables, at_most=4)}, too"
        )
        remedy = "save the table with the galaxies as a file of its own, with TOPCAT or astropy, for example"
        return SurveyError(place, [Problem(None, "", place, problem, remedy)])
    usual = [*filter(is_id_name, evidence), *sorted(filter(is_id_name, columns), key=rank), *evidence]
    if usual:
        cells = sample[usual[0]]
        images = index.match(cells).images
        rest = [cell for cell, image in zip(cells, images, strict=True) if image < 0]
        return mismatch_error(place, usual[0], rest, index, [image for image in images if image >= 0])
    problem = f"no column names one of the {len(index.names):,} images, such as {index.names[0]}"
    remedy = "add a column with the images' names and give it with --image, or another folder of images with --images"
    if len(columns) == 1 and len(columns[0].split()) > 1:
        problem, remedy = f"it seems to have a single column, {quoted(columns[0])}", BLANKS_REMEDY
    return SurveyError(place, [Problem(None, "", place, problem, remedy)])
