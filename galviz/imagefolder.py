"""The images' folder -> which file is which galaxy's, and what stands in the way of using it."""

import os
import stat
from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from galviz.images import ImageFault, decode_rgb, read_content
from galviz.problems import Problem
from galviz.table import CATALOGUE_NAME

IMAGES_NAME = "images"
SUFFIXES = (".jpg", ".jpeg", ".png")
# Images queued for decoding at a time: enough to keep the threads busy, few enough to be cancelled soon.
_BATCH = 256


class ImageFolder:
    """The files of an images' folder by the id in their name, read once: asking the disk for each galaxy is slower.

    Parameters
    ----------
    folder : pathlib.Path
    object_ids : container of str
        The catalogue's ids: an image of another may be one whose row has a spoilt id.

    Raises
    ------
    OSError
        If the folder isn't there or can't be read.
    """

    def __init__(self, folder: Path, object_ids: Container[str] = ()) -> None:
        self._object_ids = object_ids
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
            raise ImageFault(
                "there is no image", self._remedy_for_missing(object_id, [entry.name for entry in entries])
            )
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

    def _remedy_for_missing(self, object_id: str, others: Iterable[str]) -> str:
        for name in others:
            return f"there is {name}: save it as JPEG or PNG"
        if len(object_id) > 16 and object_id.isdigit():
            # A float rounds the last three or four of 19 digits, a spreadsheet writes zeros after the 15th.
            rounded = int(float(object_id)) == int(object_id) or object_id.endswith("0000")
            twins = self._unlisted_by_digits.get(object_id[:15], [])
            if rounded and len(twins) == 1:
                return f"there is {twins[0]}: the id seems to have been rounded, write objID as text"
        return "add it, or remove the galaxy's row"

    @cached_property
    def _unlisted_by_digits(self) -> dict[str, list[str]]:
        """Files of no galaxy in the catalogue, by the first 15 digits of their long ids."""
        names: dict[str, list[str]] = {}
        for stem, entries in self._entries.items():
            if len(stem) > 16 and stem.isascii() and stem.isdigit() and stem not in self._object_ids:
                names.setdefault(stem[:15], []).append(entries[0].name)
        return names


def check_images(
    survey_folder: Path,
    lines: dict[str, int],
    *,
    verify: bool,
    progress: Callable[[int, int], object] | None = None,
) -> tuple[dict[str, tuple[int, str]], list[Problem]]:
    """Find each galaxy's image and, if asked, decode it.

    Parameters
    ----------
    survey_folder : pathlib.Path
        Holds images/.
    lines : dict of str to int
        The line in master.csv of each id.
    verify : bool
        Whether to decode the images, on several threads.
    progress : callable, optional
        See `galviz.survey.load_survey`.

    Returns
    -------
    images : dict of str to (int, str)
        Of each id that has an image its line and the image's name, in the order of `lines`.
    problems : list of Problem
    """
    try:
        folder = ImageFolder(survey_folder / IMAGES_NAME, lines)
    except OSError as error:
        return {}, [_no_images(survey_folder, error)]
    images, problems = {}, []
    for object_id, line in lines.items():
        try:
            images[object_id] = (line, folder.locate(object_id))
        except ImageFault as fault:
            problems.append(image_problem(line, object_id, folder.name_for(object_id), fault))
    if verify:
        for (object_id, (line, name)), fault in _decode_all(survey_folder / IMAGES_NAME, images, progress):
            if fault is not None:
                problems.append(image_problem(line, object_id, name, fault))
    return images, problems


def _decode_all(
    folder: Path, images: dict[str, tuple[int, str]], progress: Callable[[int, int], object] | None
) -> Iterator[tuple[tuple[str, tuple[int, str]], ImageFault | None]]:
    """Decode images on several threads (Pillow releases the interpreter's lock); yield each one's fault, in order."""

    def fault_of(item: tuple[str, tuple[int, str]]) -> ImageFault | None:
        try:
            decode_rgb(read_content(folder / item[1][1]))
        except ImageFault as fault:
            return fault
        return None

    items = list(images.items())
    done = 0
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        # Batch by batch, so that a hundred thousand galaxies don't queue up at once and a cancelled check ends soon.
        for start in range(0, len(items), _BATCH):
            batch = items[start : start + _BATCH]
            for item, fault in zip(batch, pool.map(fault_of, batch), strict=True):
                yield item, fault
                done += 1
                if progress is not None:
                    progress(done, len(items))


def image_problem(line: int, object_id: str, name: str, fault: ImageFault) -> Problem:
    """Tell a fault as a problem of the survey."""
    return Problem(line, object_id, f"{IMAGES_NAME}/{name}", fault.problem, fault.remedy)


def _no_images(survey_folder: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        problem, remedy = "there is no such folder", "make it, with <objID>.jpg for each row"
        if any(survey_folder.glob("*.[jJpP][pPnN]*[gG]")):
            remedy = f"make it, and move the images that lie beside {CATALOGUE_NAME} into it"
    elif isinstance(error, NotADirectoryError):
        problem, remedy = "it is a file and no folder", "make it a folder with <objID>.jpg for each row"
    else:
        problem, remedy = f"it can't be read: {error.strerror}", "check the folder, its permissions and the disk"
    return Problem(None, "", f"{IMAGES_NAME}/", problem, remedy)
