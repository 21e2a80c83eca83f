"""A galaxy without an image -> the file that may be its image, under another name or in another folder."""

import os
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path, PurePath

from galviz.files.signatures import file_kind
from galviz.survey.images import read_start
from galviz.survey.table import CATALOGUE_NAME

# The kinds that galviz reads, by the ending that their names should have.
_ENDINGS = {"a JPEG image": ".jpg", "a PNG image": ".png"}
_OTHER_ENDINGS = (".jfif", ".jpe", ".jif", ".gif", ".tif", ".tiff", ".bmp", ".webp", ".fits", "")
_DEEPEST = 3


class OtherPlaces:
    """All files of a survey folder that may be images, by the ids in their names; made where an image is missing.

    Parameters
    ----------
    survey_folder : pathlib.Path
    images_name : str
        The folder in it where images belong.
    suffixes : collection of str
        The endings that images have.
    """

    def __init__(self, survey_folder: Path, images_name: str, suffixes: Collection[str]) -> None:
        self._folder, self._images_name, self._suffixes = survey_folder, images_name, tuple(suffixes)
        self._paths: dict[str, list[str]] = {}
        for path in _files_in(survey_folder):
            inside = PurePath(path)
            there = inside.parent == PurePath(images_name)
            if there or inside.suffix.lower() in (*suffixes, *_OTHER_ENDINGS):
                for name in {inside.stem, inside.name}:
                    self._paths.setdefault(_alike(name), []).append(path)

    def remedy_for(self, object_id: str) -> str | None:
        """Say what to do about a galaxy's missing image, a clause; None if there is no file that may be it."""
        paths = self._paths.get(_alike(object_id), [])
        if not paths:
            return None
        # A file whose name says the id itself comes first, and one in the right folder.
        here = PurePath(self._images_name)
        path = min(paths, key=lambda one: (object_id not in one, PurePath(one).parent != here, one))
        name, stem = PurePath(path).name, PurePath(path).stem
        if PurePath(path).parent != here:
            return f"there is {path}: move it into {self._images_name}/"
        if name == object_id and name.lower().endswith(self._suffixes):
            return f"there is {name}: write objID without {PurePath(name).suffix}"
        if object_id in (stem, name):
            kind = file_kind(read_start(self._folder / path))
            if kind not in _ENDINGS:
                return f"there is {name}: save it as JPEG or PNG"
            return f"there is {name}, which is {kind}: rename it to {object_id}{_ENDINGS[kind]}"
        if stem.casefold() == object_id.casefold():
            return f"there is {name}: write objID as in the file's name, upper and lower case count"
        return f"there is {name}: the id seems to have lost zeros at its start, write objID as text"

    def remedy_for_no_folder(self, object_ids: Iterable[str]) -> str:
        """Say what to do if the images' folder is missing, a clause."""
        found = (self._paths.get(_alike(object_id), []) for object_id in object_ids)
        folders = Counter(PurePath(path).parent.as_posix() for paths in found for path in paths)
        if not folders:
            return "make it, with <objID>.jpg for each row"
        ((folder, _),) = folders.most_common(1)
        if folder == ".":
            return f"make it, and move the images that lie beside {CATALOGUE_NAME} into it"
        return f"the images are in {folder}: rename that folder to {self._images_name}"


def _alike(name: str) -> str:
    """What names have in common that differ by upper and lower case or by zeros at the start."""
    return name.casefold().lstrip("0")


def _files_in(folder: Path) -> Iterable[str]:
    """The paths of files in a folder and its subfolders, seen from it, without hidden ones."""
    for place, subfolders, names in os.walk(folder):
        inside = PurePath(place).relative_to(folder)
        subfolders[:] = sorted(name for name in subfolders if not name.startswith(".") and len(inside.parts) < _DEEPEST)
        yield from ((inside / name).as_posix() for name in sorted(names) if not name.startswith("."))
