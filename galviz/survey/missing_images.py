"""Galaxies without an image, or with several: the common reason of many, or what to do about each."""

import re
from collections.abc import Callable, Sequence

from galviz.errors import shown
from galviz.survey.header import CATALOGUE_NAME, ID_COLUMN
from galviz.survey.image_folder import IMAGES_NAME, ImageFolder, image_stem
from galviz.survey.misplaced import Difference, Match, MisplacedImages
from galviz.survey.problem import Kind, Problem, Problems, SameCause
from galviz.survey.rounding import is_long_id, looks_rounded

# SDSS numbered its objects anew in data release 8: the sky version in the leading bits went from 1 to 2, and the run
# that an id begins with from 587 or 588 to 1237 (skyserver.sdss.org, "objID").
_DR7 = re.compile(r"58[78]\d{15}")
_DR8 = re.compile(r"1237\d{15}")

_ADD_IMAGE = "add it, or remove the galaxy's row"

Missing = Sequence[tuple[int, str]]


def explain_missing(folder: ImageFolder, missing: Missing, file: str = CATALOGUE_NAME) -> Problems:
    """Explain why galaxies have no image.

    Parameters
    ----------
    folder : ImageFolder
    missing : sequence of (int, str)
        Line and id of each galaxy without an image.
    file : str
        The name of the catalogue, for messages.

    Returns
    -------
    Problems
        A single one for several ids of another data release than the images', for several that differ from their
        images' names in case or in leading zeros, and for several images in another folder; else one per galaxy. If
        there are links to folders, one per link.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for image in ("007.jpg", "008.jpg"):
    ...         _ = Path(name, "images").mkdir(exist_ok=True), Path(name, "images", image).write_bytes(b"content")
    ...     problems = explain_missing(ImageFolder(Path(name, "images"), ["7", "8"]), [(2, "7"), (3, "8")])
    >>> problems[0].problem
    '2 ids seem to have lost leading zeros: the first is 7 on line 2, and there is images/007.jpg'
    """
    if not missing:
        return Problems()
    if folder.links:
        count = "1 galaxy has" if len(missing) == 1 else f"{len(missing):,} galaxies have"
        problem = f"it is a link to a folder, which galviz doesn't follow, and {count} no image"
        remedy = "put the folder itself there, or remove the link"
        return Problems([Problem(None, "", f"{IMAGES_NAME}/{link}", problem, remedy) for link in sorted(folder.links)])
    problems, missing = _explain_releases(folder, missing, file)
    misplaced = MisplacedImages(folder.folder.parent)
    matches: dict[Difference, list[tuple[int, str, Match]]] = {}
    match_of: dict[str, Match] = {}
    for line, object_id in missing:
        match = misplaced.match(object_id)
        # A file with the id of another row is the image of that one.
        if match is not None and (match.stem == object_id or match.stem not in folder.object_ids):
            match_of[object_id] = match
            matches.setdefault(match.difference, []).append((line, object_id, match))
    explained: set[str] = set()
    for difference, describe in _COMMON_REASONS.items():
        if len(group := matches.get(difference, [])) > 1:
            problems.append(Problem(None, "", file, *describe(group)))
            explained.update(object_id for _, object_id, _ in group)
    unlisted = _unlisted_by_digits(folder)
    without_reason: list[tuple[int, str]] = []
    for line, object_id in missing:
        if object_id in explained:
            continue
        match = match_of.get(object_id)
        remedy = None if match is None else misplaced.remedy_for(object_id, match)
        if remedy is None and len(names := unlisted.get(object_id[:15], [])) == 1 and looks_rounded(object_id):
            remedy = f"there is {names[0]}: the id seems to have been rounded, write objID as text"
        if remedy is None:
            without_reason.append((line, object_id))
        else:
            problems.append(_no_image(line, object_id, remedy))
    problems.extend(SameCause(without_reason, lambda item: _no_image(*item, _ADD_IMAGE, "no image")))
    return problems


def _no_image(line: int, object_id: str, remedy: str, cause: str = "") -> Problem:
    name = f"{IMAGES_NAME}/{object_id}.jpg"
    return Problem(line, object_id, name, "there is no image", remedy, cause, Kind.MISSING_IMAGE)


def explain_several(folder: ImageFolder, several: Missing) -> Problems:
    """Explain that galaxies have several images: a single problem if most lie in different subfolders.

    Parameters
    ----------
    folder : ImageFolder
    several : sequence of (int, str)
        Line and id of each galaxy with several images.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as name:
    ...     for image in ("1.jpg", "1.png"):
    ...         _ = Path(name, image).write_bytes(b"content")
    ...     explain_several(ImageFolder(Path(name), ["1"]), [(2, "1")])[0].problem
    'the galaxy has 2 images, 1.jpg and 1.png'
    """
    apart = [
        (line, object_id)
        for line, object_id in several
        if len({path.rpartition("/")[0] for path in folder.images_of(object_id)}) > 1
    ]
    problems = Problems()
    if len(apart) > 1:
        line, object_id = apart[0]
        paths = " and ".join(shown(path) for path in folder.images_of(object_id)[:2])
        problem = (
            f"{len(apart):,} galaxies have images in several subfolders: the first is {object_id} on line {line}, with "
            f"{paths}"
        )
        remedy = "keep one of them, or rename one if they are different galaxies, in the table too"
        problems.append(Problem(None, "", f"{IMAGES_NAME}/", problem, remedy))
        explained = set(apart)
        several = [item for item in several if item not in explained]

    def describe(item: tuple[int, str]) -> Problem:
        line, object_id = item
        images = folder.images_of(object_id)
        problem = f"the galaxy has {len(images)} images, {' and '.join(map(shown, images[:5]))}"
        file = f"{IMAGES_NAME}/{images[0]}"
        return Problem(line, object_id, file, problem, "keep one of them", "several images")

    problems.extend(SameCause(several, describe))
    return problems


def _explain_releases(folder: ImageFolder, missing: Missing, file: str) -> tuple[Problems, Missing]:
    """The problem of ids of another SDSS data release than the images', and the galaxies that it doesn't explain."""
    for ids, images, id_release, image_release in ((_DR7, _DR8, "7", "8 or later"), (_DR8, _DR7, "8 or later", "7")):
        example = next((path for path in folder.unlisted if images.fullmatch(image_stem(path))), None)
        of_release = [] if example is None else [item for item in missing if ids.fullmatch(item[1])]
        if len(of_release) < 2:
            continue
        line, object_id = of_release[0]
        problem = (
            f"{len(of_release):,} ids without an image are of SDSS's data release {id_release}, the first {object_id} "
            f"on line {line}, and there are images of data release {image_release}, such as {IMAGES_NAME}/{example}: "
            "galaxies have other ids there"
        )
        remedy = (
            f"write the ids of the images' release into {ID_COLUMN} (SDSS's table PhotoPrimaryDR7 has both, dr7objid "
            "and dr8objid), or match the galaxies by position"
        )
        rest = [item for item in missing if not ids.fullmatch(item[1])]
        return Problems([Problem(None, "", file, problem, remedy)]), rest
    return Problems(), missing


def _describe_zeros(group: list[tuple[int, str, Match]]) -> tuple[str, str]:
    line, object_id, match = group[0]
    problem = (
        f"{len(group):,} ids seem to have lost leading zeros: the first is {object_id} on line {line}, and there is "
        f"{match.path}"
    )
    lengths = {len(match.stem) for _, _, match in group}
    pandas = f" (pandas: .astype(str).str.zfill({lengths.pop()}))" if len(lengths) == 1 else ""
    return problem, f"write {ID_COLUMN} as text with its zeros{pandas}, or rename the images"


def _describe_case(group: list[tuple[int, str, Match]]) -> tuple[str, str]:
    line, object_id, match = group[0]
    problem = (
        f"{len(group):,} ids differ from the names of their images in upper and lower case: the first is {object_id} "
        f"on line {line}, and there is {match.path}"
    )
    pandas = ""
    for method in ("lower", "upper"):
        if all(match.stem == getattr(object_id, method)() for _, object_id, match in group):
            pandas = f" (pandas: .str.{method}())"
    return problem, f"write {ID_COLUMN} as in the files' names{pandas}, or rename the images"


def _describe_folder(group: list[tuple[int, str, Match]]) -> tuple[str, str]:
    line, object_id, match = group[0]
    problem = (
        f"the images of {len(group):,} galaxies aren't in {IMAGES_NAME}/: the first is {object_id} on line {line}, and "
        f"there is {match.path}"
    )
    folders = sorted({other.path.rpartition("/")[0] for _, _, other in group})
    places = f"those beside {CATALOGUE_NAME}" if folders == [""] else f"those in {folders[0]}"
    more = f" and {len(folders) - 1:,} other folders" if len(folders) > 1 else ""
    return problem, f"move them into {IMAGES_NAME}/, {places}{more}"


_COMMON_REASONS: dict[Difference, Callable[[list[tuple[int, str, Match]]], tuple[str, str]]] = {
    Difference.ZEROS: _describe_zeros,
    Difference.CASE: _describe_case,
    Difference.FOLDER: _describe_folder,
}


def _unlisted_by_digits(folder: ImageFolder) -> dict[str, list[str]]:
    """Images whose galaxy isn't in the catalogue, by the first 15 digits of their long ids."""
    names: dict[str, list[str]] = {}
    for path in folder.unlisted:
        stem = image_stem(path)
        if is_long_id(stem):
            names.setdefault(stem[:15], []).append(path)
    return names
