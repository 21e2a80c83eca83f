"""The images of a survey's galaxies: found, decoded, and what is wrong with them."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from galviz.survey.cutouts import ImageFacts, inspect_image
from galviz.survey.header import CATALOGUE_NAME
from galviz.survey.image_folder import BATCH_SIZE, IMAGES_NAME, ImageFolder, describe_places
from galviz.survey.images import ImageError, read_content
from galviz.survey.misplaced import MisplacedImages
from galviz.survey.missing_images import explain_missing, explain_several
from galviz.survey.problem import Problem, Problems


@dataclass
class ImageCheck:
    """The images of a survey's galaxies, and their problems.

    Attributes
    ----------
    files : dict of str to (int, str)
        For each id that has an image, its line in the catalogue and the image's path below images/, in the catalogue's
        order.
    problems : Problems
    digests : dict of str to bytes
        SHA-256 of each image that was decoded.
    sizes_px : Counter of (int, int)
        Number of decoded images per width and height.
    n_grey : int
        Number of decoded images that are grey.
    unlisted : list of str
        Paths below images/ of images whose galaxy isn't in the catalogue.
    notes : list of str
        Sentences about images in subfolders and about unusual endings.
    """

    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    digests: dict[str, bytes] = field(default_factory=dict)
    sizes_px: Counter[tuple[int, int]] = field(default_factory=Counter)
    n_grey: int = 0
    unlisted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check_images(
    survey_folder: Path,
    lines: dict[str, int],
    *,
    verify: bool,
    scale: float = 1.0,
    inspected: Mapping[str, ImageFacts] = MappingProxyType({}),
    progress: Callable[[int, int], object] | None = None,
    catalogue: str = CATALOGUE_NAME,
) -> ImageCheck:
    """Find the image of each galaxy and, with `verify`, decode it.

    Parameters
    ----------
    survey_folder : pathlib.Path
        Holds images/.
    lines : dict of str to int
        The line in the catalogue of each id.
    verify : bool
        Whether to decode the images, on several threads.
    scale, inspected, progress
        See `galviz.survey.survey.load_survey`.
    catalogue : str
        The name of the catalogue's file, for messages.

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
    missing, several = [], []
    for object_id, line in lines.items():
        images = folder.images_of(object_id)
        if len(images) != 1:
            (several if images else missing).append((line, object_id))
            continue
        try:
            folder.check_file(images[0])
        except ImageError as error:
            result.problems.append(image_problem(line, object_id, images[0], error))
        else:
            result.files[object_id] = (line, images[0])
    result.problems.extend(explain_several(folder, several))
    result.problems.extend(explain_missing(folder, missing, catalogue))
    result.unlisted = folder.unlisted
    result.notes = describe_places([path for _, path in result.files.values()])
    if verify:
        _inspect_all(survey_folder / IMAGES_NAME, result, scale, inspected, progress)
    return result


def _inspect_all(
    folder: Path,
    result: ImageCheck,
    scale: float,
    inspected: Mapping[str, ImageFacts],
    progress: Callable[[int, int], object] | None,
) -> None:
    """Decode images on several threads (Pillow releases the GIL), and add their facts or problems to `result`."""

    def inspect(item: tuple[str, tuple[int, str]]) -> ImageFacts | ImageError:
        object_id, (_, name) = item
        try:
            return inspected.get(object_id) or inspect_image(read_content(folder / name), scale)
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
    return Problem(line, object_id, f"{IMAGES_NAME}/{name}", error.problem, error.remedy, kind=error.kind)


def _folder_problem(survey_folder: Path, object_ids: Collection[str], error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        problem, remedy = (
            "there is no such folder",
            MisplacedImages(survey_folder).remedy_for_missing_folder(object_ids),
        )
    elif isinstance(error, NotADirectoryError):
        problem, remedy = "it is a file, not a folder", "create a folder instead, with <objID>.jpg for each row"
    else:
        problem, remedy = f"it can't be read: {error.strerror}", "check the folder, its permissions and the disk"
    return Problem(None, "", f"{IMAGES_NAME}/", problem, remedy)
