"""A table and the images of a source -> the columns of ids and images, and the image of each row."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from galviz.errors import listed, quoted
from galviz.importing.columns import ColumnChoice, Evidence, choose_columns, gather_evidence, is_id_name, rank
from galviz.importing.image_paths import ImageIndex, Match, bare_name, clean_cell
from galviz.importing.mismatch import explain_mismatch
from galviz.importing.opening import Source, choose_table
from galviz.importing.question import ImportQuestion
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
        evidence = gather_evidence(_by_column(table_file.columns, rows), index)
        counts.append(max((facts.n_images for facts in evidence.values()), default=0))
    return choose_table(source, counts + [0] * (len(source.tables) - len(counts)))


def _by_column(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(columns)}


def find_columns(
    table_file: TableFile, index: ImageIndex, id_column: str | None, image_column: str | None
) -> tuple[ColumnChoice, Table | None]:
    """Choose the columns of ids and images by the first rows, or else by all.

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
    """
    place = table_file.path.name
    if id_column is not None and image_column is not None:
        return ColumnChoice(id_column, image_column), None
    sample = _by_column(table_file.columns, table_file.rows(N_SAMPLE))
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
        raise _undecided(place, sample, evidence, index)
    return choice, table


def read_table(table_file: TableFile, id_column: str) -> Table:
    """Read all rows; problems raise `SurveyError`."""
    table = table_file.read(id_column)
    if table.problems:
        raise SurveyError(table_file.path.name, table.problems)
    return table


def _undecided(
    place: str, sample: Mapping[str, Sequence[str]], evidence: Mapping[str, Evidence], index: ImageIndex
) -> ValueError:
    """The error if no column names images conclusively."""
    columns = list(sample)
    rows = list(zip(*(cells[:5] for cells in sample.values()), strict=True))
    if evidence:
        best, facts = next(iter(evidence.items()))
        question = (
            f"which column names the images? {quoted(best)} names {facts.n_images:,} of {len(index.names):,} images, "
            f"in {facts.n_cells:,} rows."
        )
        return ImportQuestion(place, question, "--image", best, list(evidence), columns=columns, rows=rows)
    usual = sorted(filter(is_id_name, columns), key=rank)
    if usual:
        return mismatch_error(place, usual[0], sample[usual[0]], index)
    unique = [name for name, cells in sample.items() if len(set(cells)) == len(cells) and all(cells)]
    question = (
        f"which column holds the ids? None names one of the {len(index.names):,} images, such as {index.names[0]}."
    )
    guess = unique[0] if unique else None
    return ImportQuestion(place, question, "--id", guess, columns, columns=columns, rows=rows)


def mismatch_error(place: str, column: str, cells: Sequence[str], index: ImageIndex, n_matched: int = 0) -> SurveyError:
    """The error if no or few cells of the chosen column name images.

    Examples
    --------
    >>> error = mismatch_error("gz2.csv", "id", ["17"], ImageIndex(["a.jpg"]))
    >>> error.details[0].problem
    "none of the 1 rows' 'id' names one of the 1 images: they are like 17, the images' names like a"
    """
    names = [bare_name(clean_cell(cell)) for cell in cells if clean_cell(cell)]
    if not names:
        problem, remedy = f"the column {quoted(column)} is empty", "name another column with --id or --image"
    else:
        reason, remedy = explain_mismatch(column, names, index.stems)
        few = f"only {n_matched:,}" if n_matched else "none"
        problem = (
            f"{few} of the {len(cells):,} rows' {quoted(column)} names one of the {len(index.names):,} images: {reason}"
        )
    return SurveyError(place, [Problem(None, "", place, problem, remedy)])


def match_rows(place: str, source: Source, index: ImageIndex, choice: ColumnChoice, table: Table) -> Match:
    """Find the image of each row.

    Raises
    ------
    SurveyError
        If most rows have no image, and most images no row.
    ImportQuestion
        If cells name images in several folders.
    """
    cells = list(table.cells(choice.image_column))
    match = index.match(cells)
    if not match.n_matched and not match.ambiguous and (parts := index.match_parts(cells)) is not None:
        match, before, after = parts
        choice.notes.append(f"The images are named {before}<{choice.image_column}>{after}.")
    if match.ambiguous:
        raise _ambiguous_images(place, source, match)
    n_images = len(set(match.images) - {-1})
    if 2 * n_images < min(len(cells), len(index.names)):
        rest = [cell for cell, image in zip(cells, match.images, strict=True) if image < 0]
        error = mismatch_error(place, choice.image_column, rest, index)
        if not n_images:
            raise error
        details = error.details[0]
        problem = f"only {n_images:,} of {len(cells):,} rows have an image; {details.problem}"
        raise SurveyError(place, [Problem(None, "", place, problem, details.remedy)])
    return match


def _ambiguous_images(place: str, source: Source, match: Match) -> ValueError:
    cell, names = next(iter(match.ambiguous.items()))
    folders = Counter(PurePosixPath(name).parent for names in match.ambiguous.values() for name in names)
    problem = f"{len(match.ambiguous):,} rows have several images: {cell} has {listed(names, at_most=3)}"
    if len(folders) > 1 and source.kind in ("folder", "table"):
        paths = [str(source.image_root / folder) for folder, _ in folders.most_common()]
        usual = [path for path in paths if Path(path).name == "images"]
        return ImportQuestion(place, f"which images are meant? {problem}.", "--images", (usual or paths)[0], paths)
    return SurveyError(place, [Problem(None, "", place, problem, "keep one of them")])


def describe_match(match: Match, choice: ColumnChoice) -> list[str]:
    """Sentences about images that were found by a looser rule, and about images that several rows share."""
    notes = []
    for rule, count in match.ignored.items():
        rows = "1 row was" if count == 1 else f"{count:,} rows were"
        more = " (each id is that of its image's name)" if rule == "leading zeros" else ""
        notes.append(f"{rows} matched to images by {quoted(choice.image_column)} without regard to {rule}{more}.")
    shared = [image for image, count in Counter(match.images).items() if count > 1 and image >= 0]
    if shared:
        count = "1 image belongs" if len(shared) == 1 else f"{len(shared):,} images belong"
        notes.append(f"{count} to several rows; each galaxy gets a copy.")
    return notes


def describe_left_out(n_without_image: int, n_rows: int, unlisted: Sequence[str]) -> list[str]:
    """Sentences about rows without an image, and images without a row.

    Examples
    --------
    >>> describe_left_out(2, 10, ["images/17.jpg"])
    ['2 of 10 rows have no image and are left out.', '1 image has no row and is left out: images/17.jpg.']
    """
    notes = []
    if n_without_image:
        verb = "has no image and is" if n_without_image == 1 else "have no image and are"
        notes.append(f"{n_without_image:,} of {n_rows:,} rows {verb} left out.")
    if unlisted:
        count = "1 image has no row and is" if len(unlisted) == 1 else f"{len(unlisted):,} images have no row and are"
        notes.append(f"{count} left out: {listed(unlisted, at_most=3)}.")
    return notes
