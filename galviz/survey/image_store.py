"""The images of a survey, read from disk when they are needed and compared with their checksums."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image

from galviz.errors import describe_unknown_id
from galviz.files.manifest import RESTORE
from galviz.survey.cutouts import check_galaxy, resample, scaled_size
from galviz.survey.image_check import image_problem
from galviz.survey.image_folder import IMAGES_NAME
from galviz.survey.images import ImageError, decode_rgb, pixel_size, read_content
from galviz.survey.problems import Problem, SurveyError

ALTERED = ("it isn't the file that came with galviz: its checksum differs", f"restore it with `{RESTORE}`")


class ChangedSurveyError(SurveyError):
    """An image has changed since the survey was loaded, so the survey must be loaded again."""


class ImageStore:
    """The images of a survey. Threads can share one.

    The checksum of an image is stored when the image is first read, and later reads must match it: pixels and checksum
    always belong together.

    Parameters
    ----------
    survey_folder : pathlib.Path
    files : mapping of str to (int, str)
        For each id, its line in master.csv and the name of its image.
    digests : dict of str to bytes
        SHA-256 of the images that were read already, by id; about 35 MB for 300,000 galaxies.
    shipped : mapping of str to str
        For files that came with galviz: path within the folder to SHA-256 in hexadecimal.
    scale : float
        Factor by which both sides of each image are resampled.
    """

    def __init__(
        self,
        survey_folder: Path,
        files: Mapping[str, tuple[int, str]],
        digests: dict[str, bytes],
        shipped: Mapping[str, str],
        scale: float,
    ) -> None:
        self._folder, self._files, self._digests = survey_folder, files, digests
        self._shipped, self._scale = shipped, scale

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def image(self, object_id: str) -> Image.Image:
        """Read, decode and resample an image; see `galviz.survey.survey.Survey.image`."""
        content = self._read(object_id)
        try:
            image = decode_rgb(content)
            check_galaxy(image, self._scale)
        except ImageError as error:
            raise SurveyError(str(self._folder), [self._problem(object_id, error)]) from error
        return resample(image, self._scale)

    def size(self, object_id: str) -> tuple[int, int]:
        """Width and height (px) after resampling, from the file's header."""
        content = self._read(object_id)
        try:
            return scaled_size(pixel_size(content), self._scale)
        except ImageError as error:
            raise SurveyError(str(self._folder), [self._problem(object_id, error)]) from error

    def digest(self, object_id: str) -> bytes:
        """SHA-256 of an image as it was first read; the image is read if it wasn't yet."""
        if object_id not in self._digests:
            self._read(object_id)
        return self._digests[object_id]

    def identical(self) -> list[list[str]]:
        """Groups of galaxies whose image files are identical, as lists of ids; only images read so far."""
        groups: dict[bytes, list[str]] = {}
        for object_id in self._files:
            if object_id in self._digests:
                groups.setdefault(self._digests[object_id], []).append(object_id)
        return [object_ids for object_ids in groups.values() if len(object_ids) > 1]

    def altered(self) -> list[Problem]:
        """One problem per image that was read and isn't the one that came with galviz."""
        return [
            self._problem(object_id, ImageError(*ALTERED))
            for object_id, digest in self._digests.items()
            if self._is_altered(object_id, digest)
        ]

    def _read(self, object_id: str) -> bytes:
        """Read the file and compare it with the shipped checksum and with the one of the first read."""
        if object_id not in self._files:
            rule = f"object_id must be one of the survey's {len(self._files)} ids"
            raise ValueError(f"{rule}; got {describe_unknown_id(object_id, self._files)}")
        try:
            content = read_content(self._folder / IMAGES_NAME / self._files[object_id][1])
        except ImageError as error:
            raise SurveyError(str(self._folder), [self._problem(object_id, error)]) from error
        digest = hashlib.sha256(content).digest()
        if self._is_altered(object_id, digest):
            raise SurveyError(str(self._folder), [self._problem(object_id, ImageError(*ALTERED))])
        # setdefault is atomic: if two threads read an image for the first time, the later one compares.
        if self._digests.setdefault(object_id, digest) != digest:
            error = ImageError("it has changed since the survey was loaded", "load the survey again")
            raise ChangedSurveyError(str(self._folder), [self._problem(object_id, error)])
        return content

    def _is_altered(self, object_id: str, digest: bytes) -> bool:
        return is_altered(digest, self._shipped.get(f"{IMAGES_NAME}/{self._files[object_id][1]}"))

    def _problem(self, object_id: str, error: ImageError) -> Problem:
        line, name = self._files[object_id]
        return image_problem(line, object_id, name, error)


def is_altered(digest: bytes, shipped_sha256: str | None) -> bool:
    """Whether a file came with galviz and its checksum was another one then.

    Parameters
    ----------
    digest : bytes
        SHA-256 of the file's content.
    shipped_sha256 : str or None
        In hexadecimal; None if the file didn't come with galviz.

    Examples
    --------
    >>> is_altered(bytes.fromhex("ab12"), "ab12"), is_altered(bytes.fromhex("ab12"), "ab13")
    (False, True)
    >>> is_altered(bytes.fromhex("ab12"), None)
    False
    """
    return shipped_sha256 not in (None, digest.hex())
