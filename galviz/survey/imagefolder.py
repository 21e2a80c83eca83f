"""The images' folder -> which file is which galaxy's, and what stands in the way of using it."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from galviz.survey.cutouts import ImageFacts, inspect_image
from galviz.survey.images import ImageFault, read_content
from galviz.survey.misplaced import OtherPlaces
from galviz.survey.problems import Problem
from galviz.survey.rounding import is_long_id, looks_rounded

IMAGES_NAME = "images"
SUFFIXES = (".jpg", ".jpeg", ".png")
# Images queued for decoding at a time: enough to keep the threads busy, few enough to be cancelled soon.
_BATCH = 256


class ImageFolder:
    """The files of an images' folder by the id in their name, read once: asking the disk for each galaxy is slower.

    Parameters
    ----------
    folder : pathlib.Path
    object_ids : collection of str
        The catalogue's ids: an image of another may be one whose row has a spoilt id.

    Raises
    ------
    OSError
        If the folder isn't there or can't be read.
    """

    def __init__(self, folder: Path, object_ids: Collection[str] = ()) -> None:
        self._folder, self._object_ids = folder, object_ids
        self._entries: dict[str, list[os.DirEntry[str]]] = {}
        with os.scandir(folder) as entries:
            for entry in entries:
                self._entries.setdefault(Path(entry.name).stem, []).append(entry)

    def locate(self, object_id: str) -> str:
        """Find a galaxy's image.

        Returns
        -------
        str
            The name of the one file ``<object_id>.jpg``, ``.jpeg`` or ``.png`` (upper case too), which isn't empty.

        Raises
        ------
        ImageFault
            If there is none or more than one, or it is empty or no file.
        """
        entries = sorted(self._entries.get(object_id, []), key=lambda entry: entry.name)
        images = [entry for entry in entries if entry.name.lower().endswith(SUFFIXES)]
        if not images:
            raise ImageFault("there is no image", self._remedy_for_missing(object_id))
        if len(images) > 1:
            names = " and ".join(entry.name for entry in images)
            raise ImageFault(f"the galaxy has {len(images)} images, {names}", "keep one of them")
        (image,) = images
        try:
            status = image.stat()
        except OSError as error:
            raise ImageFault(f"it can't be read: {error.strerror}", "put the image itself there") from error
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
            raise ImageFault(f"it is {kind} and no image", "put the image itself there")
        if status.st_size == 0:
            raise ImageFault("the file is empty (0 bytes)", "download it again")
        return image.name

    def name_for(self, object_id: str) -> str:
        """Name the galaxy's first image there is, or else the one there should be: for messages."""
        names = [entry.name for entry in self._entries.get(object_id, []) if entry.name.lower().endswith(SUFFIXES)]
        return min(names, default=f"{object_id}.jpg")

    def unlisted(self) -> list[str]:
        """The names of images that belong to no galaxy of the catalogue, sorted."""
        return sorted(
            entry.name
            for stem, entries in self._entries.items()
            if stem not in self._object_ids and not stem.startswith(".")
            for entry in entries
            if entry.name.lower().endswith(SUFFIXES)
        )

    def _remedy_for_missing(self, object_id: str) -> str:
        if remedy := self._other_places.remedy_for(object_id):
            return remedy
        if looks_rounded(object_id) and len(twins := self._unlisted_by_digits.get(object_id[:15], [])) == 1:
            return f"there is {twins[0]}: the id seems to have been rounded, write objID as text"
        return "add it, or remove the galaxy's row"

    @cached_property
    def _other_places(self) -> OtherPlaces:
        return OtherPlaces(self._folder.parent, self._folder.name, SUFFIXES)

    @cached_property
    def _unlisted_by_digits(self) -> dict[str, list[str]]:
        """Images of no galaxy in the catalogue, by the first 15 digits of their long ids."""
        names: dict[str, list[str]] = {}
        for name in self.unlisted():
            stem = Path(name).stem
            if is_long_id(stem):
                names.setdefault(stem[:15], []).append(name)
        return names


@dataclass
class FoundImages:
    """The images of a survey's galaxies.

    Attributes
    ----------
    images : dict of str to (int, str)
        Of each id that has an image its line in master.csv and the image's name, in the catalogue's order.
    problems : list of Problem
    digests : dict of str to bytes
        The SHA-256 of each image's content, if it was read.
    sizes_px : Counter of (int, int)
        How many images have each width and height, of those that were read.
    n_grey : int
        How many of them are grey.
    """

    images: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, bytes] = field(default_factory=dict)
    sizes_px: Counter[tuple[int, int]] = field(default_factory=Counter)
    n_grey: int = 0


def check_images(
    survey_folder: Path,
    lines: dict[str, int],
    *,
    verify: bool,
    scale: float = 1.0,
    progress: Callable[[int, int], object] | None = None,
) -> FoundImages:
    """Find each galaxy's image and, if asked, decode it.

    Parameters
    ----------
    survey_folder : pathlib.Path
        Holds images/.
    lines : dict of str to int
        The line in master.csv of each id.
    verify : bool
        Whether to decode the images, on several threads.
    scale, progress
        See `galviz.survey.survey.load_survey`.
    """
    found = FoundImages()
    try:
        folder = ImageFolder(survey_folder / IMAGES_NAME, lines)
    except OSError as error:
        found.problems.append(_no_images(survey_folder, lines, error))
        return found
    for object_id, line in lines.items():
        try:
            found.images[object_id] = (line, folder.locate(object_id))
        except ImageFault as fault:
            found.problems.append(image_problem(line, object_id, folder.name_for(object_id), fault))
    if verify:
        _inspect_all(survey_folder / IMAGES_NAME, found, scale, progress)
    return found


def _inspect_all(folder: Path, found: FoundImages, scale: float, progress: Callable[[int, int], object] | None) -> None:
    """Decode images on several threads (Pillow releases the interpreter's lock); note each one's facts or fault."""

    def inspect(item: tuple[str, tuple[int, str]]) -> ImageFacts | ImageFault:
        try:
            return inspect_image(read_content(folder / item[1][1]), scale)
        except ImageFault as fault:
            return fault

    items = list(found.images.items())
    done = 0
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        # Batch by batch, so that a hundred thousand galaxies don't queue up at once and a cancelled check ends soon.
        for start in range(0, len(items), _BATCH):
            batch = items[start : start + _BATCH]
            for (object_id, (line, name)), outcome in zip(batch, pool.map(inspect, batch), strict=True):
                if isinstance(outcome, ImageFault):
                    found.problems.append(image_problem(line, object_id, name, outcome))
                else:
                    found.digests[object_id] = outcome.sha256
                    found.sizes_px[outcome.size_px] += 1
                    found.n_grey += outcome.grey
                done += 1
                if progress is not None:
                    progress(done, len(items))


def image_problem(line: int, object_id: str, name: str, fault: ImageFault) -> Problem:
    """Tell a fault as a problem of the survey."""
    return Problem(line, object_id, f"{IMAGES_NAME}/{name}", fault.problem, fault.remedy)


def _no_images(survey_folder: Path, object_ids: Collection[str], error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        places = OtherPlaces(survey_folder, IMAGES_NAME, SUFFIXES)
        problem, remedy = "there is no such folder", places.remedy_for_no_folder(object_ids)
    elif isinstance(error, NotADirectoryError):
        problem, remedy = "it is a file and no folder", "make it a folder with <objID>.jpg for each row"
    else:
        problem, remedy = f"it can't be read: {error.strerror}", "check the folder, its permissions and the disk"
    return Problem(None, "", f"{IMAGES_NAME}/", problem, remedy)
