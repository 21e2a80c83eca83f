"""Why the cells of a column name no images: the likely reason and what to do."""

import re
from collections.abc import Sequence

from galviz.errors import quoted, shown
from galviz.importing.image_paths import ImageIndex, bare_name, clean_cell
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.rounding import looks_rounded

# SDSS's ids are bit fields: 18 digits that begin with 5877 to 5888 in data releases 1 to 7, 19 digits from 12376 on
# since data release 8.
_DR7 = re.compile(r"58[78]\d{15}")
_DR8 = re.compile(r"1237\d{15}")
_FLOAT = re.compile(r"\d+(\.\d*)?[eE]\+\d+")


def explain_mismatch(column: str, cells: Sequence[str], stems: Sequence[str]) -> tuple[str, str]:
    """Explain why cells and images don't match.

    Parameters
    ----------
    column : str
    cells : sequence of str
        Some that name no image, without decorations; at least one.
    stems : sequence of str
        Names of images without endings, at least one.

    Returns
    -------
    problem, remedy : str
        Clauses.

    Examples
    --------
    >>> explain_mismatch("dr7objid", ["587722952230174996"], ["1237648704043942146"])[0]
    "the ids are those of SDSS's data release 7, the images' those of data release 8 or later"
    """
    have_dr7, have_dr8 = (any(map(pattern.fullmatch, cells)) for pattern in (_DR7, _DR8))
    names_dr7, names_dr8 = (any(map(pattern.fullmatch, stems)) for pattern in (_DR7, _DR8))
    table = "SkyServer's table PhotoPrimaryDR7 has both (dr7objid, dr8objid)"
    if have_dr7 and names_dr8 and not names_dr7:
        return (
            "the ids are those of SDSS's data release 7, the images' those of data release 8 or later",
            f"add a column with the ids that the images have, and give it with --id: {table}",
        )
    if have_dr8 and names_dr7 and not names_dr8:
        return (
            "the ids are those of SDSS's data release 8 or later, the images' those of data release 7",
            f"add a column with the ids that the images have, and give it with --id: {table}",
        )
    are_floats = any(map(_FLOAT.fullmatch, cells[:20]))
    if are_floats or (all(map(looks_rounded, cells[:20])) and any(len(stem) == len(cells[0]) for stem in stems)):
        return (
            "the ids seem to have been rounded by a spreadsheet or a float",
            f"download the table again, and read the column as text (pandas: dtype={{'{column}': str}})",
        )
    return (
        f"they are like {shown(cells[0])}, the images' names like {shown(stems[0])}",
        "give the column that has the images' names with --image (add it to the table if there is none), or another "
        "folder of images with --images",
    )


def mismatch_error(
    place: str, column: str, cells: Sequence[str], index: ImageIndex, matched: Sequence[int] = ()
) -> SurveyError:
    """The error if these cells of the chosen column name no images, and only the `matched` images have a row.

    Examples
    --------
    >>> error = mismatch_error("gz2.csv", "id", ["17"], ImageIndex(["a.jpg"]))
    >>> error.details[0].problem
    "none of the 1 rows' 'id' names one of the 1 images: they are like 17, the images' names like a"
    """
    names = [bare_name(clean_cell(cell)) for cell in cells if clean_cell(cell)]
    if not names and matched:
        problem = f"{quoted(column)} names only {len(set(matched)):,} of the {len(index.names):,} images, in all rows"
        remedy = "name another column with --image"
    elif not names:
        problem, remedy = f"the column {quoted(column)} is empty", "name another column with --id or --image"
    else:
        with_row = set(matched)
        others = [stem for position, stem in enumerate(index.stems) if position not in with_row]
        reason, remedy = explain_mismatch(column, names, others or index.stems)
        few = f"only {len(matched):,}" if matched else "none"
        rows = f"{len(cells) + len(matched):,} rows'"
        problem = f"{few} of the {rows} {quoted(column)} names one of the {len(index.names):,} images: {reason}"
    return SurveyError(place, [Problem(None, "", place, problem, remedy)])
