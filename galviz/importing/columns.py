"""Which column of a table names the images, and which holds the ids: what the cells name, then the columns' names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from galviz.errors import listed, quoted, suggest
from galviz.importing.column_names import ID_NAMES, IMAGE_NAMES, is_id_name, rank, simplified
from galviz.importing.evidence import Evidence
from galviz.importing.image_paths import bare_name, clean_cell
from galviz.importing.question import ImportQuestion
from galviz.survey.problems import Problem, SurveyError


@dataclass(frozen=True)
class ColumnChoice:
    """The columns of an import.

    Attributes
    ----------
    id_column, image_column : str
        They may be the same.
    around : tuple of (str, str)
        Text before and after the image column's cells in the images' names.
    notes : list of str
    """

    id_column: str
    image_column: str
    around: tuple[str, str] = ("", "")
    notes: list[str] = field(default_factory=list)


def check_column(place: str, columns: Sequence[str], column: str | None, option: str) -> None:
    """Check a column that the user names.

    Raises
    ------
    SurveyError
        If there is no such column; a similar one is offered.

    Examples
    --------
    >>> check_column("gz2.csv", ["dr7objid", "ra"], "ra", "--image")
    """
    if column is None or column in columns:
        return
    similar = [name for name in columns if simplified(name) == simplified(column)]
    hint = f" (is {quoted(similar[0])} meant?)" if similar else suggest(column, columns)
    problem = f"{option} names {quoted(column)}, but there is no such column{hint}"
    raise SurveyError(place, [Problem(None, "", place, problem, f"its columns are: {listed(columns)}")])


def choose_columns(
    place: str,
    sample: Mapping[str, Sequence[str]],
    evidence: Mapping[str, Evidence],
    n_all_images: int,
    *,
    id_column: str | None = None,
    image_column: str | None = None,
) -> ColumnChoice | None:
    """Choose the columns of ids and of images.

    Parameters
    ----------
    place : str
        The table's name, for messages.
    sample : dict of str to sequence of str
        Cells of each column.
    evidence : dict of str to Evidence
        From `gather_evidence`.
    n_all_images : int
    id_column, image_column : str, optional
        The user's options, which win.

    Returns
    -------
    ColumnChoice or None
        None if no column names images conclusively.

    Raises
    ------
    ImportQuestion
        If two columns name different images.

    Examples
    --------
    >>> sample = {"objid": ["5877", "5878"], "asset_id": ["17", "18"]}
    >>> from galviz.importing.evidence import gather_evidence
    >>> from galviz.importing.image_paths import ImageIndex
    >>> evidence = gather_evidence(sample, ImageIndex(["17.jpg", "18.jpg"]))
    >>> choice = choose_columns("mapping.csv", sample, evidence, 2)
    >>> choice.id_column, choice.image_column
    ('objid', 'asset_id')
    """
    notes: list[str] = []
    if image_column is None:
        image_column = _choose_image_column(place, sample, evidence, n_all_images, id_column)
        if image_column is None:
            return None
        if id_column is not None and image_column != id_column:
            notes.append(f"The images are named by the column {quoted(image_column)} (--image {image_column}).")
    if id_column is None:
        id_column = _choose_id_column(sample, image_column)
        if id_column == image_column:
            notes.append(f"The ids are those of the column {quoted(id_column)}, which names the images.")
        else:
            notes.append(
                f"The ids are those of the column {quoted(id_column)} (--id {id_column}); the images are named by "
                f"{quoted(image_column)} (--image {image_column})."
            )
    around = evidence[image_column].around if image_column in evidence else ("", "")
    return ColumnChoice(id_column, image_column, around, notes)


def _choose_image_column(
    place: str,
    sample: Mapping[str, Sequence[str]],
    evidence: Mapping[str, Evidence],
    n_all_images: int,
    id_column: str | None,
) -> str | None:
    """The column that names the images; None if the evidence isn't conclusive."""
    conclusive = [column for column, facts in evidence.items() if facts.is_conclusive(n_all_images)]
    if id_column in conclusive:
        return id_column
    if not conclusive:
        return None
    best = conclusive[0]
    # Columns that name fewer images don't compete: row numbers may name a few by chance.
    rivals = [name for name in conclusive[1:] if 2 * evidence[name].n_images > evidence[best].n_images]
    named = _images_of(sample[best], evidence[best])
    different = [name for name in rivals if _disagree(named, _images_of(sample[name], evidence[name]))]
    if not different:
        return best
    usual = [name for name in (best, *different) if is_id_name(name)]
    if len(usual) == 1:
        return usual[0]
    candidates = usual or [best, *different]
    question = f"which column names the images? {quoted(best)} and {quoted(different[0])} name different ones."
    rows = list(zip(*(cells[:5] for cells in sample.values()), strict=False))
    guess = min(candidates, key=lambda name: (simplified(name) not in IMAGE_NAMES, rank(name)))
    raise ImportQuestion(place, question, "--image", guess, candidates, columns=list(sample), rows=rows)


def _images_of(cells: Sequence[str], facts: Evidence) -> dict[int, int]:
    """The image of each row of the sample."""
    rows = [row for row, cell in enumerate(cells) if clean_cell(cell)]
    return {row: image for row, image in zip(rows, facts.match.images, strict=True) if image >= 0}


def _disagree(first: Mapping[int, int], second: Mapping[int, int]) -> bool:
    return any(second.get(row, image) != image for row, image in first.items())


def _choose_id_column(sample: Mapping[str, Sequence[str]], image_column: str) -> str:
    """The column of ids if the images are named by another: only a column of file names can be another."""
    cells = sample[image_column]
    are_files = any("/" in cell or "\\" in cell or bare_name(clean_cell(cell)) != clean_cell(cell) for cell in cells)
    if not are_files and simplified(image_column) not in IMAGE_NAMES:
        return image_column
    usual = [name for name in sample if simplified(name) in ID_NAMES and name != image_column]
    for column in sorted(usual, key=rank):
        values = [clean_cell(cell) for cell in sample[column]]
        if all(values) and len(set(values)) == len(values):
            return column
    return image_column
