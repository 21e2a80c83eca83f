"""Copying the images of an import, several at a time; each is decoded, so that a damaged one is found."""

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from galviz.importing.image_formats import as_jpeg_or_png
from galviz.survey.cutouts import ImageFacts, inspect_image
from galviz.survey.image_check import BATCH_SIZE
from galviz.survey.images import ImageError, read_content
from galviz.survey.problems import Problem


@dataclass
class Copied:
    """The result of copying images.

    Attributes
    ----------
    problems : list of Problem
        Images that can't be used.
    facts : dict of str to ImageFacts
        Facts about the others, by id.
    n_converted : dict of str to int
        Numbers of images that were converted to PNG, by the ending of their name.
    """

    problems: list[Problem] = field(default_factory=list)
    facts: dict[str, ImageFacts] = field(default_factory=dict)
    n_converted: dict[str, int] = field(default_factory=dict)


def copy_images(
    pairs: list[tuple[str, Path, str]],
    folder: Path,
    *,
    link: bool = False,
    progress: Callable[[int, int], object] | None = None,
) -> Copied:
    """Copy or link images to ``<objID>.jpg`` or ``.png``, by their content.

    Parameters
    ----------
    pairs : list of (str, pathlib.Path, str)
        Id, file, and the file's name for messages.
    folder : pathlib.Path
        Must exist.
    link : bool
        Make hard links where the file system allows it; converted images are written.
    progress : callable, optional
        Called as ``progress(done, total)`` in this thread. An exception that it raises ends the copying.

    Returns
    -------
    Copied

    Raises
    ------
    OSError
        If a file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as name:
    ...     folder = Path(name)
    ...     Image.linear_gradient("L").save(folder / "a.bmp")
    ...     (folder / "images").mkdir()
    ...     copied = copy_images([("17", folder / "a.bmp", "a.bmp")], folder / "images")
    ...     [path.name for path in (folder / "images").iterdir()], copied.n_converted
    (['17.png'], {'.bmp': 1})
    """
    copied = Copied()

    def copy(item: tuple[str, Path, str]) -> ImageError | tuple[ImageFacts, str | None]:
        object_id, path, _ = item
        try:
            return _copy(path, folder, object_id, link)
        except ImageError as error:
            return error

    done = 0
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        # In batches, so that a cancelled import ends quickly even for a hundred thousand galaxies.
        for start in range(0, len(pairs), BATCH_SIZE):
            batch = pairs[start : start + BATCH_SIZE]
            for (object_id, _, name), outcome in zip(batch, pool.map(copy, batch), strict=True):
                if isinstance(outcome, ImageError):
                    copied.problems.append(Problem(None, object_id, name, outcome.problem, outcome.remedy))
                else:
                    copied.facts[object_id], converted = outcome
                    if converted:
                        copied.n_converted[converted] = copied.n_converted.get(converted, 0) + 1
                done += 1
                if progress is not None:
                    progress(done, len(pairs))
    return copied


def _copy(path: Path, folder: Path, object_id: str, link: bool) -> tuple[ImageFacts, str | None]:
    """Copy one image; returns facts about it, and the ending of its name if it was converted."""
    original = read_content(path)
    content, ending = as_jpeg_or_png(original)
    facts = inspect_image(content)
    target = folder / f"{object_id}{ending}"
    if link and content is original:
        try:
            os.link(os.path.realpath(path), target)
        except FileExistsError as error:
            raise _taken(target) from error
        except OSError:
            pass  # another disk, or a file system without links
        else:
            return facts, None
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise _taken(target) from error
    return facts, None if content is original else path.suffix.lower() or "(no ending)"


def _taken(target: Path) -> OSError:
    """On disks that ignore the difference between upper and lower case, two ids may be one file."""
    return OSError(errno.EEXIST, "Two ids differ only in upper and lower case, and are one file here", target.name)
