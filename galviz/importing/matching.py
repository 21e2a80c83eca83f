"""The image of each row of a table, and sentences about rows and images that are left out."""

import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from galviz.errors import listed, quoted
from galviz.importing.columns import ColumnChoice
from galviz.importing.image_paths import ImageIndex, Match, clean_cell
from galviz.importing.mismatch import mismatch_error
from galviz.importing.opening import Source
from galviz.importing.question import ImportQuestion
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import Table

_MIN_COUNTED = 3  # numbered images that are compared with numbered rows


def match_rows(
    place: str, source: Source, index: ImageIndex, choice: ColumnChoice, table: Table, *, is_given: bool = False
) -> Match:
    r"""Find the image of each row.

    Parameters
    ----------
    place : str
        The table's name, for messages.
    source : Source
    index : ImageIndex
    choice : ColumnChoice
    table : Table
    is_given : bool
        Whether the user has named the column of images.

    Raises
    ------
    SurveyError
        If most rows have no image, and most images no row, or if rows and images seem to be counted differently.
    ImportQuestion
        If cells name images in several folders.

    Examples
    --------
    >>> source = Source("zoo", "folder", (Path("t.csv"),), Path("zoo"), ("17.jpg", "18.jpg"))
    >>> table = Table(("id",), [(2, "18"), (3, "17")], [2, 3], {"id": ["18\n17"]}, [])
    >>> match_rows("t.csv", source, ImageIndex(source.images), ColumnChoice("id", "id"), table).images
    [1, 0]
    """
    cells = list(table.cells(choice.image_column))
    match = index.match(cells)
    if not match.n_matched and not match.ambiguous and (parts := index.match_parts(cells)) is not None:
        match, before, after = parts
        choice.notes.append(f"The images are named {before}<{choice.image_column}>{after}.")
    if match.ambiguous:
        raise _ambiguous_images(place, source, match)
    if not is_given and (ranges := _shifted(cells, match, index)):
        problem = f"{quoted(choice.image_column)} counts from {ranges[0]}, the images from {ranges[1]}"
        remedy = (
            "give the column that has the images' names with --image (add it to the table if there is none); if these "
            f"numbers do belong together, that is --image {shlex.quote(choice.image_column)}"
        )
        raise SurveyError(place, [Problem(None, "", place, problem, remedy)])
    n_images = len(set(match.images) - {-1})
    if 2 * n_images < min(len(cells), len(index.names)):
        rest = [cell for cell, image in zip(cells, match.images, strict=True) if image < 0]
        raise mismatch_error(place, choice.image_column, rest, index, [image for image in match.images if image >= 0])
    return match


def _shifted(cells: Sequence[str], match: Match, index: ImageIndex) -> tuple[str, str] | None:
    """The ranges of two numberings of which one begins and ends one higher: most galaxies would get another's image."""
    images = [image for image in match.images if image >= 0]
    rows = [clean_cell(cell) for cell in cells]
    if len(images) < _MIN_COUNTED or len(images) == len(rows) or not all(text.isdecimal() for text in rows):
        return None
    cell, stem = next((text, index.stems[image]) for text, image in zip(rows, match.images, strict=True) if image >= 0)
    if not stem.endswith(cell):
        return None
    before = stem.removesuffix(cell).rstrip("0")
    names = [name.removeprefix(before) for name in index.stems]
    if not all(name.isdecimal() for name in names):
        return None
    (first, last), (low, high) = (
        (min(numbers), max(numbers)) for numbers in (list(map(int, rows)), list(map(int, names)))
    )
    return (f"{first} to {last}", f"{low} to {high}") if low - first == high - last in (-1, 1) else None


def _ambiguous_images(place: str, source: Source, match: Match) -> ValueError:
    cell, names = next(iter(match.ambiguous.items()))
    folders = Counter(PurePosixPath(name).parent for names in match.ambiguous.values() for name in names)
    rows = "1 row has" if len(match.ambiguous) == 1 else f"{len(match.ambiguous):,} rows have"
    problem = f"{rows} several images: {cell} has {listed(names, at_most=3)}"
    if len(folders) > 1 and source.kind in ("folder", "table"):
        paths = [str(source.image_root / folder) for folder, _ in folders.most_common()]
        usual = [path for path in paths if Path(path).name == "images"]
        return ImportQuestion(place, f"which images are meant? {problem}.", "--images", (usual or paths)[0], paths)
    return SurveyError(place, [Problem(None, "", place, problem, "keep one of them")])


def describe_match(match: Match, choice: ColumnChoice) -> list[str]:
    """Sentences about images that were found by a looser rule, and about images that several rows share.

    Examples
    --------
    >>> describe_match(Match([0, 0]), ColumnChoice("id", "file"))
    ['1 image belongs to several rows; each galaxy gets a copy.']
    """
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
