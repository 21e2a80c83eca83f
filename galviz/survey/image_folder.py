"""The images' folder, with its subfolders: which file is the image of a galaxy."""

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Collection
from functools import cached_property
from pathlib import Path, PurePosixPath

from galviz.errors import shown
from galviz.files.signatures import file_kind
from galviz.files.walking import Walk
from galviz.survey.images import ImageError, read_start
from galviz.survey.problem import Kind

IMAGES_NAME = "images"
SUFFIXES = (".jpg", ".jpeg", ".png")
# Other endings of JPEG images. A file with one of these, or without any, is an image if its content is one.
RARE_SUFFIXES = (".jpe", ".jfif", ".jif", ".jfi")
IMAGE_KINDS = ("a JPEG image", "a PNG image")
# Images queued for decoding or copying at a time: enough to keep the threads busy, few enough to cancel quickly.
BATCH_SIZE = 256
MAX_DEPTH = 4
_MAX_SHOWN = 5


class ImageFolder:
    """The files of an images' folder and its subfolders, indexed by the id in their name.

    The folders are listed once, which is faster than looking for the file of each galaxy. Hidden files and folders are
    ignored, and links to folders aren't followed. Names are compared in Unicode's composed form (NFC): macOS
    decomposes accents.

    Parameters
    ----------
    folder : pathlib.Path
    object_ids : collection of str
        The catalogue's ids. An image of another id may belong to a row whose id is wrong.

    Attributes
    ----------
    links : list of str
        Links to folders, below the folder.

    Raises
    ------
    OSError
        If the folder is missing or can't be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "spiral").mkdir()
    ...     _ = Path(folder, "spiral", "1.jpg").write_bytes(b"content")
    ...     ImageFolder(Path(folder)).images_of("1")
    ['spiral/1.jpg']
    """

    def __init__(self, folder: Path, object_ids: Collection[str] = ()) -> None:
        self.folder, self.object_ids = folder, object_ids
        self._paths: dict[str, list[str]] = {}
        walk = Walk(folder, max_depth=MAX_DEPTH)
        for path, _ in walk:
            self._paths.setdefault(image_stem(path), []).append(path)
        self.links = walk.links
        for path in walk.folders:
            if path.lower().endswith(SUFFIXES):  # a folder in the place of an image
                self._paths.setdefault(image_stem(path), []).append(path)

    def images_of(self, object_id: str) -> list[str]:
        """The paths of all images of a galaxy below the folder, with slashes, sorted.

        They are called ``<object_id>.jpg``, ``.jpeg`` or ``.png`` (in upper or lower case); if there is none of these,
        JPEG and PNG images with another ending of JPEG images, or with none.
        """
        paths = self._paths.get(object_id)
        if paths is None:
            return []
        images = [path for path in paths if path.lower().endswith(SUFFIXES)]
        if not images:
            images = [path for path in paths if file_kind(read_start(self.folder / path)) in IMAGE_KINDS]
        return sorted(images)

    def check_file(self, image: str) -> None:
        """Check an image's file without reading it.

        Parameters
        ----------
        image : str
            Its path below the folder.

        Raises
        ------
        ImageError
            If it is empty or not a regular file.
        """
        try:
            status = os.stat(self.folder / image)  # noqa: PTH116 (half the time of pathlib's, for 300,000 images)
        except OSError as error:
            raise ImageError(f"it can't be read: {error.strerror}", "put the image itself there") from error
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a special file"
            raise ImageError(f"it is {kind}, not an image", "put the image itself there")
        if status.st_size == 0:
            raise ImageError("the file is empty (0 bytes)", "download it again", Kind.DAMAGED_IMAGE)

    def name_for(self, object_id: str) -> str:
        """The path of the galaxy's first image, or else the name that it should have: for messages."""
        return min(self.images_of(object_id), default=f"{object_id}.jpg")

    @cached_property
    def unlisted(self) -> list[str]:
        """The paths of images whose galaxy isn't in the catalogue, sorted."""
        return sorted(
            path
            for stem, paths in self._paths.items()
            if stem not in self.object_ids
            for path in paths
            if path.lower().endswith((*SUFFIXES, *RARE_SUFFIXES))
        )


def describe_places(paths: Collection[str]) -> list[str]:
    """Describe which images lie in subfolders, and which have unusual endings.

    Parameters
    ----------
    paths : collection of str
        Of the images of a survey, below the images' folder.

    Returns
    -------
    list of str
        At most one sentence for each.

    Examples
    --------
    >>> describe_places(["spiral/1.jpg", "spiral/2.jpg", "elliptical/3.jfif"])[0]
    '3 images lie in 2 subfolders of images/: spiral (2), elliptical (1).'
    """
    notes = []
    folders = Counter(path.rpartition("/")[0] for path in paths if "/" in path)
    if folders:
        names = [f"{shown(name)} ({count:,})" for name, count in folders.most_common(_MAX_SHOWN)]
        more = len(folders) - len(names)
        count = f"{folders.total():,} {'image lies' if folders.total() == 1 else 'images lie'}"
        subfolders = "a subfolder" if len(folders) == 1 else f"{len(folders):,} subfolders"
        listed = ", ".join(names) + (f" and {more:,} more" if more else "")
        notes.append(f"{count} in {subfolders} of {IMAGES_NAME}/: {listed}.")
    endings = Counter(
        suffix if (suffix := PurePosixPath(path).suffix.lower()) in RARE_SUFFIXES else ""
        for path in paths
        if not path.lower().endswith(SUFFIXES)
    )
    if endings:
        names = [f"{ending or 'no ending'} ({count:,})" for ending, count in endings.most_common()]
        n_images = endings.total()
        subject = "1 image has an unusual name" if n_images == 1 else f"{n_images:,} images have unusual names"
        notes.append(f"{subject}, and the content of a JPEG or PNG: {', '.join(names)}.")
    return notes


def image_stem(path: str) -> str:
    """The id in the name of a file. A dot in it may belong to the id, if no ending of an image follows it.

    Examples
    --------
    >>> image_stem("spiral/12.jpg"), image_stem("J0004.1")
    ('12', 'J0004.1')
    """
    name = path.rpartition("/")[2]
    stem, _, ending = name.rpartition(".")
    stem = stem if f".{ending.lower()}" in SUFFIXES + RARE_SUFFIXES and stem else name
    return stem if stem.isascii() else unicodedata.normalize("NFC", stem)
