"""The images' folder -> the file of each galaxy, and what is wrong with it."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from galviz.survey.cutouts import ImageFacts, inspect_image
from galviz.survey.images import ImageError, read_content
from galviz.survey.misplaced import MisplacedImages
from galviz.survey.problems import Problem
from galviz.survey.rounding import is_long_id, looks_rounded

IMAGES_NAME = "images"
SUFFIXES = (".jpg", ".jpeg", ".png")
# Images queued for decoding at a time: enough to keep the threads busy, few enough to cancel quickly.
BATCH_SIZE = 256


class ImageFolder:
    """The files of an images' folder, indexed by the id in their name.

    The folder is listed once, which is faster than looking for the file of each galaxy.

    Parameters
    ----------
    folder : pathlib.Path
    object_ids : collection of str
        The catalogue's ids. An image of another id may belong to a row whose id is wrong.

    Raises
    ------
    OSError
        If the folder is missing or can't be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "1.jpg").write_bytes(b"content")
    ...     ImageFolder(Path(folder)).locate("1")
    '1.jpg'
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
            The name of the file ``<object_id>.jpg``, ``.jpeg`` or ``.png`` (in upper or lower case).

        Raises
        ------
        ImageError
            If there is no such file, more than one, or it is empty or not a regular file.
        """
        entries = sorted(self._entries.get(object_id, []), key=lambda entry: entry.name)
        images = [entry for entry in entries if entry.name.lower().endswith(SUFFIXES)]
        if not images:
            raise ImageError("there is no image", self._remedy_for_missing(object_id))
        if len(images) > 1:
            names = " and ".join(entry.name for entry in images)
            raise ImageError(f"the galaxy has {len(images)} images, {names}", "keep one of them")
        (image,) = images
        try:
            status = image.stat()
        except OSError as error:
            raise ImageError(f"it can't be read: {error.strerror}", "put the image itself there") from error
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a special file"
            raise ImageError(f"it is {kind}, not an image", "put the image itself there")
        if status.st_size == 0:
            raise ImageError("the file is empty (0 bytes)", "download it again")
        return image.name

    def name_for(self, object_id: str) -> str:
        """The name of the galaxy's first image, or else the name that it should have: for messages."""
        names = [entry.name for entry in self._entries.get(object_id, []) if entry.name.lower().endswith(SUFFIXES)]
        return min(names, default=f"{object_id}.jpg")

    def unlisted(self) -> list[str]:
        """The names of images whose galaxy isn't in the catalogue, sorted."""
        return sorted(
            entry.name
            for stem, entries in self._entries.items()
            if stem not in self._object_ids and not stem.startswith(".")
            for entry in entries
            if entry.name.lower().endswith(SUFFIXES)
        )

    def _remedy_for_missing(self, object_id: str) -> str:
        if remedy := self._misplaced_images.remedy_for(object_id):
            return remedy
        if looks_rounded(object_id) and len(names := self._unlisted_by_digits.get(object_id[:15], [])) == 1:
            return f"there is {names[0]}: the id seems to have been rounded, write objID as text"
        return "add it, or remove the galaxy's row"

    @cached_property
    def _misplaced_images(self) -> MisplacedImages:
        return MisplacedImages(self._folder.parent, self._folder.name, SUFFIXES)

    @cached_property
    def _unlisted_by_digits(self) -> dict[str, list[str]]:
        """Images whose galaxy isn't in the catalogue, by the first 15 digits of their long ids."""
        names: dict[str, list[str]] = {}
        for name in self.unlisted():
            stem = Path(name).stem
            if is_long_id(stem):
                names.setdefault(stem[:15], []).append(name)
        return names


@dataclass
class ImageCheck:
    """The images of a survey's galaxies, and their problems.

    Attributes
    ----------
    files : dict of str to (int, str)
        For each id that has an image, its line in master.csv and the image's name, in the catalogue's order.
    problems : list of Problem
    digests : dict of str to bytes
        SHA-256 of each image that was decoded.
    sizes_px : Counter of (int, int)
        Number of decoded images per width and height.
    n_grey : int
        Number of decoded images that are grey.
    """

    files: dict[str, tuple[int, str]] = field(default_factory=dict)
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
) -> ImageCheck:
    """Find the image of each galaxy and, with `verify`, decode it.

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

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     result = check_images(Path(folder), {"1": 2}, verify=False)
    >>> print(result.problems[0])
    images/: there is no such folder; create it, with <objID>.jpg for each row.
    """
    result = ImageCheck()
    try:
        folder = ImageFolder(survey_folder / IMAGES_NAME, lines)
    except OSError as error:
        result.problems.append(_folder_problem(survey_folder, lines, error))
        return result
    for object_id, line in lines.items():
        try:
            result.files[object_id] = (line, folder.locate(object_id))
        except ImageError as error:
            result.problems.append(image_problem(line, object_id, folder.name_for(object_id), error))
    if verify:
        _inspect_all(survey_folder / IMAGES_NAME, result, scale, progress)
    return result


def _inspect_all(folder: Path, result: ImageCheck, scale: float, progress: Callable[[int, int], object] | None) -> None:
    """Decode images on several threads (Pillow releases the GIL), and add their facts or problems to `result`."""

    def inspect(item: tuple[str, tuple[int, str]]) -> ImageFacts | ImageError:
        _, (_, name) = item
        try:
            return inspect_image(read_content(folder / name), scale)
        except ImageError as error:
            return error

    items = list(result.files.items())
    done = 0
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        # In batches, so that a cancelled check ends quickly even for a hundred thousand galaxies.
        for start in range(0, len(items), BATCH_SIZE):
            batch = items[start : start + BATCH_SIZE]
            for (object_id, (line, name)), facts in zip(batch, pool.map(inspect, batch), strict=True):
                if isinstance(facts, ImageError):
                    result.problems.append(image_problem(line, object_id, name, facts))
                else:
                    result.digests[object_id] = facts.sha256
                    result.sizes_px[facts.size_px] += 1
                    result.n_grey += facts.grey
                done += 1
                if progress is not None:
                    progress(done, len(items))


def image_problem(line: int, object_id: str, name: str, error: ImageError) -> Problem:
    """Convert an error of an image to a problem of the survey.

    Examples
    --------
    >>> print(image_problem(2, "17", "17.jpg", ImageError("the file is empty (0 bytes)", "download it again")))
    row 2, images/17.jpg: the file is empty (0 bytes); download it again.
    """
    return Problem(line, object_id, f"{IMAGES_NAME}/{name}", error.problem, error.remedy)


def _folder_problem(survey_folder: Path, object_ids: Collection[str], error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        misplaced = MisplacedImages(survey_folder, IMAGES_NAME, SUFFIXES)
        problem, remedy = "there is no such folder", misplaced.remedy_for_missing_folder(object_ids)
    elif isinstance(error, NotADirectoryError):
        problem, remedy = "it is a file, not a folder", "create a folder instead, with <objID>.jpg for each row"
    else:
        problem, remedy = f"it can't be read: {error.strerror}", "check the folder, its permissions and the disk"
    return Problem(None, "", f"{IMAGES_NAME}/", problem, remedy)
