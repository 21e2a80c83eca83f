"""A galaxy without an image -> the file that may be its image, with another name or in another folder."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePath

from galviz.files.signatures import file_kind
from galviz.files.walking import Walk
from galviz.survey.header import CATALOGUE_NAME
from galviz.survey.image_folder import IMAGE_KINDS, IMAGES_NAME, MAX_DEPTH, RARE_SUFFIXES, SUFFIXES
from galviz.survey.images import read_start

# The endings for the formats that galviz reads.
_ENDINGS = dict(zip(IMAGE_KINDS, (".jpg", ".png"), strict=True))
_OTHER_ENDINGS = (*RARE_SUFFIXES, ".gif", ".tif", ".tiff", ".bmp", ".webp", ".fits", "")
_ALL_ENDINGS = frozenset((*SUFFIXES, *_OTHER_ENDINGS))


class Difference(Enum):
    """How a file's place or name differs from those of a galaxy's image."""

    FOLDER = auto()  # it isn't in images/
    FORMAT = auto()  # it is a file of another kind, or has the ending of another
    CASE = auto()  # upper and lower case
    ZEROS = auto()  # leading zeros


@dataclass(frozen=True)
class Match:
    """A file that may be the image of a galaxy.

    Attributes
    ----------
    path : str
        Within the survey folder, with slashes.
    difference : Difference
    """

    path: str
    difference: Difference

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePath(self.path).name

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return PurePath(self.path).stem


class MisplacedImages:
    """All files of a survey folder that may be images, indexed by the ids in their names.

    Parameters
    ----------
    survey_folder : pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "17.jpg").touch()
    ...     MisplacedImages(Path(folder)).remedy_for("17")
    'there is 17.jpg: move it into images/'
    """

    def __init__(self, survey_folder: Path) -> None:
        self._folder = survey_folder
        self._by_stem: dict[str, list[str]] = {}
        # As texts: a hundred thousand paths would take seconds.
        for path, _ in Walk(survey_folder, max_depth=MAX_DEPTH + 1):
            name = path.rpartition("/")[2]
            stem, ending = os.path.splitext(name)  # noqa: PTH122
            if path.startswith(f"{IMAGES_NAME}/") or ending.lower() in _ALL_ENDINGS:
                self._by_stem.setdefault(_normalised(stem), []).append(path)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """As `_by_stem`, with endings: an id may have a dot."""
        by_name: dict[str, list[str]] = {}
        for path in chain.from_iterable(self._by_stem.values()):
            by_name.setdefault(_normalised(path.rpartition("/")[2]), []).append(path)
        return by_name

    def _paths_of(self, object_id: str) -> list[str]:
        """The files whose name, with or without its ending, is the id but for case and leading zeros."""
        text = _normalised(object_id)
        paths = self._by_stem.get(text, [])
        return list({*paths, *self._by_name.get(text, [])}) if "." in object_id else paths

    def match(self, object_id: str) -> Match | None:
        """The file that may be a galaxy's image; None if no name matches its id."""
        paths = self._paths_of(object_id) if self._by_stem else []
        if not paths:
            return None
        # Prefer a file with exactly this id in its name, then one in the right folder.
        path = min(paths, key=lambda path: (object_id not in path, PurePath(path).parts[0] != IMAGES_NAME, path))
        inside = PurePath(path)
        if inside.parts[0] != IMAGES_NAME or len(inside.parts) == 1:
            return Match(path, Difference.FOLDER)
        if object_id in (inside.stem, inside.name):
            return Match(path, Difference.FORMAT)
        alike = inside.stem.casefold() == object_id.casefold()
        return Match(path, Difference.CASE if alike else Difference.ZEROS)

    def remedy_for(self, object_id: str, match: Match | None = None) -> str | None:
        """What to do about a galaxy's missing image, a clause; None if no file matches its id."""
        match = match or self.match(object_id)
        if match is None:
            return None
        if match.difference is Difference.FOLDER:
            return f"there is {match.path}: move it into {IMAGES_NAME}/"
        if match.difference is Difference.FORMAT:
            kind = file_kind(read_start(self._folder / match.path))
            if kind not in _ENDINGS:
                return f"there is {match.name}: save it as JPEG or PNG"
            return f"there is {match.name}, which is {kind}: rename it to {object_id}{_ENDINGS[kind]}"
        if match.difference is Difference.CASE:
            return f"there is {match.name}: write objID as in the file's name (upper and lower case matter)"
        return f"there is {match.name}: the id seems to have lost leading zeros, write objID as text"

    def remedy_for_missing_folder(self, object_ids: Iterable[str]) -> str:
        """What to do if the images' folder is missing, a clause."""
        parents = Counter(PurePath(path).parent for object_id in object_ids for path in self._paths_of(object_id))
        if not parents:
            return "create it, with <objID>.jpg for each row"
        # Subfolders of images/ are read too: rename the innermost folder that holds all images.
        folder = Path(os.path.commonpath(list(parents))).as_posix() if PurePath() not in parents else "."
        if folder != ".":
            return f"the images are in {folder}: rename that folder to {IMAGES_NAME}"
        if set(parents) == {PurePath()}:
            return f"create it, and move the images beside {CATALOGUE_NAME} into it"
        first, *others = sorted({parent.parts[0] for parent in parents if parent.parts})
        folders = f"{first} and {len(others):,} other folders" if others else first
        return f"create it, and move the folders with the images into it: {folders}"


def _normalised(name: str) -> str:
    """A name in lower case, in Unicode's composed form, without leading zeros."""
    return (name if name.isascii() else unicodedata.normalize("NFC", name)).casefold().lstrip("0")
