"""A galaxy without an image -> the file that may be its image, with another name or in another folder."""

import os
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path, PurePath

from galviz.files.signatures import file_kind
from galviz.survey.images import read_start
from galviz.survey.table import CATALOGUE_NAME

# The endings for the formats that galviz reads.
_ENDINGS = {"a JPEG image": ".jpg", "a PNG image": ".png"}
_OTHER_ENDINGS = (".jfif", ".jpe", ".jif", ".gif", ".tif", ".tiff", ".bmp", ".webp", ".fits", "")
_MAX_DEPTH = 3


class MisplacedImages:
    """All files of a survey folder that may be images, indexed by the ids in their names.

    Parameters
    ----------
    survey_folder : pathlib.Path
    images_name : str
        The subfolder where images belong.
    suffixes : collection of str
        The endings of images.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "17.jpg").touch()
    ...     MisplacedImages(Path(folder), "images", [".jpg"]).remedy_for("17")
    'there is 17.jpg: move it into images/'
    """

    def __init__(self, survey_folder: Path, images_name: str, suffixes: Collection[str]) -> None:
        self._folder, self._images_name, self._suffixes = survey_folder, images_name, tuple(suffixes)
        self._paths: dict[str, list[str]] = {}
        for path in _files_in(survey_folder):
            inside = PurePath(path)
            in_images = inside.parent == PurePath(images_name)
            if in_images or inside.suffix.lower() in (*suffixes, *_OTHER_ENDINGS):
                for name in {inside.stem, inside.name}:
                    self._paths.setdefault(_normalised(name), []).append(path)

    def remedy_for(self, object_id: str) -> str | None:
        """What to do about a galaxy's missing image, a clause; None if no file matches its id."""
        paths = self._paths.get(_normalised(object_id), [])
        if not paths:
            return None
        # Prefer a file with exactly this id in its name, then one in the right folder.
        images_folder = PurePath(self._images_name)
        path = min(paths, key=lambda path: (object_id not in path, PurePath(path).parent != images_folder, path))
        name, stem = PurePath(path).name, PurePath(path).stem
        if PurePath(path).parent != images_folder:
            return f"there is {path}: move it into {self._images_name}/"
        if name == object_id and name.lower().endswith(self._suffixes):
            return f"there is {name}: write objID without {PurePath(name).suffix}"
        if object_id in (stem, name):
            kind = file_kind(read_start(self._folder / path))
            if kind not in _ENDINGS:
                return f"there is {name}: save it as JPEG or PNG"
            return f"there is {name}, which is {kind}: rename it to {object_id}{_ENDINGS[kind]}"
        if stem.casefold() == object_id.casefold():
            return f"there is {name}: write objID as in the file's name (upper and lower case matter)"
        return f"there is {name}: the id seems to have lost leading zeros, write objID as text"

    def remedy_for_missing_folder(self, object_ids: Iterable[str]) -> str:
        """What to do if the images' folder is missing, a clause."""
        matches = (self._paths.get(_normalised(object_id), []) for object_id in object_ids)
        folders = Counter(PurePath(path).parent.as_posix() for paths in matches for path in paths)
        if not folders:
            return "create it, with <objID>.jpg for each row"
        ((folder, _),) = folders.most_common(1)
        if folder == ".":
            return f"create it, and move the images beside {CATALOGUE_NAME} into it"
        return f"the images are in {folder}: rename that folder to {self._images_name}"


def _normalised(name: str) -> str:
    """A name in lower case, without leading zeros."""
    return name.casefold().lstrip("0")


def _files_in(folder: Path) -> Iterable[str]:
    """The relative paths of files in a folder and its subfolders, without hidden ones."""
    for place, subfolders, names in os.walk(folder):
        inside = PurePath(place).relative_to(folder)
        subfolders[:] = sorted(
            name for name in subfolders if not name.startswith(".") and len(inside.parts) < _MAX_DEPTH
        )
        yield from ((inside / name).as_posix() for name in sorted(names) if not name.startswith("."))
