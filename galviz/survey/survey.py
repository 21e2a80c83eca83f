"""A survey folder -> a validated catalogue and its images.

A survey folder holds ``master.csv``, with a column ``objID`` and, if the galaxies have one, a label (``oh_p50`` by
default), and ``images/<objID>.jpg``, ``.jpeg`` or ``.png``. Whatever is wrong with it is told at once, row by row, by
`SurveyError`; a `Survey` that was loaded can be trusted, and shared between threads. It is a snapshot: an image that
has other content than when it was first read is refused, so that pixels and checksum always belong together.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from pathlib import Path

import pandas as pd
from PIL import Image

from galviz.errors import misnamed
from galviz.files.manifest import RESTORE, data_path
from galviz.files.shipped import shipped_in
from galviz.survey.catalogue import read_catalogue, read_catalogue_file
from galviz.survey.columns import Mixed
from galviz.survey.cutouts import check_galaxy, resample, scaled_size
from galviz.survey.imagefolder import IMAGES_NAME, check_images, image_problem
from galviz.survey.images import ImageFault, decode_rgb, pixel_size, read_content
from galviz.survey.label import Label
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import CATALOGUE_NAME

__all__ = ["ChangedSurveyError", "Label", "Survey", "SurveyError", "load_survey", "mock_survey_folder"]

_LARGEST_SCALE = 16.0
_ALTERED = ("it isn't the file that came with galviz: its checksum differs", f"get it back with `{RESTORE}`")


class ChangedSurveyError(SurveyError):
    """An image has other content than when the survey was loaded: the survey must be loaded again."""


@dataclass(frozen=True, eq=False)
class Survey:
    """Galaxies with their images; made by `load_survey`. Threads may share one: nothing that it lends can change it.

    Attributes
    ----------
    folder : pathlib.Path
        Absolute.
    label : Label or None
        What the label is called and how it is shown; None if the galaxies have none.
    scale : float
        The factor by which both sides of each image are resampled.
    n_grey : int or None
        How many images are grey (red, green and blue are equal); None if they weren't decoded.
    """

    folder: Path
    label: Label | None
    scale: float
    n_grey: int | None
    _frame: pd.DataFrame = field(repr=False)
    _images: dict[str, tuple[int, str]] = field(repr=False)  # id -> line in master.csv, name of the image
    _catalogue_digest: bytes = field(repr=False)
    # id -> SHA-256 of the image as it was first read; some 35 MB for 300,000 galaxies.
    _digests: dict[str, bytes] = field(repr=False)
    _known_sizes: Counter[tuple[int, int]] = field(repr=False)
    _missing: dict[str, dict[str, int]] = field(repr=False)
    _mixed: dict[str, Mixed] = field(repr=False)
    _possibly_missing: dict[str, dict[str, int]] = field(repr=False)
    _notes: list[str] = field(repr=False)
    # Of a survey that came with galviz: path within the folder -> SHA-256 in hexadecimal
    _shipped: Mapping[str, str] = field(repr=False)

    @property
    def catalogue(self) -> pd.DataFrame:
        """The catalogue: a row a galaxy, index objID (str), column ``metallicity`` if that is the label, and the rest.

        The frame is the caller's own; memory is shared until it is changed (pandas' copy on write).
        """
        return self._frame.copy(deep=False)

    @property
    def object_ids(self) -> list[str]:
        """The galaxies' ids in the catalogue's order; the list is the caller's own."""
        return list(self._images)

    @property
    def missing(self) -> dict[str, dict[str, int]]:
        """Of each column that lacks values what master.csv holds instead, and how often; the caller's own.

        ``{"log_mass": {"-9999": 6, "N/A": 1, "": 2}}``: nine galaxies have no ``log_mass``, two because it is empty.
        """
        return {column: dict(cells) for column, cells in self._missing.items()}

    @property
    def possibly_missing(self) -> dict[str, dict[str, int]]:
        """Of each column what was read as a value and may stand for a missing one, as `missing`; the caller's own."""
        return {column: dict(cells) for column, cells in self._possibly_missing.items()}

    @property
    def mixed(self) -> dict[str, Mixed]:
        """Of each column that is text and seems to be meant for numbers what is no number in it; the caller's own."""
        return dict(self._mixed)

    @property
    def notes(self) -> list[str]:
        """Sentences on what may be wrong with master.csv and need not be; the caller's own."""
        return list(self._notes)

    @property
    def same_images(self) -> list[list[str]]:
        """Galaxies whose images are the same, byte for byte: their ids for each such image, of those read so far."""
        groups: dict[bytes, list[str]] = {}
        for object_id in self._images:
            if object_id in self._digests:
                groups.setdefault(self._digests[object_id], []).append(object_id)
        return [object_ids for object_ids in groups.values() if len(object_ids) > 1]

    @cached_property
    def sha256(self) -> str:
        """Checksum of master.csv, the images in the catalogue's order, and the scale if it isn't 1.

        It changes when any byte of them does. It is that of the content that `image` gives: where an image was read
        before, it isn't read again. Two threads that ask at once compute it twice and get the same.

        Raises
        ------
        SurveyError
            If an image that was never read has gone.
        """
        digest = hashlib.sha256(self._catalogue_digest)
        for object_id in self._images:
            if object_id not in self._digests:
                self._content(object_id)
            digest.update(self._digests[object_id])
        if self.scale != 1:
            digest.update(f"scale {self.scale!r} lanczos".encode())
        return digest.hexdigest()

    @cached_property
    def image_sizes(self) -> dict[tuple[int, int], int]:
        """How many images have each width and height (px, as `image` gives them), the most frequent first.

        Raises
        ------
        SurveyError
            As `image_size`, if the survey was loaded without verifying it.
        """
        sizes: Counter[tuple[int, int]] = Counter()
        if self._known_sizes:
            for size_px, count in self._known_sizes.items():
                sizes[scaled_size(size_px, self.scale)] += count
        else:
            sizes.update(map(self.image_size, self._images))
        return dict(sizes.most_common())

    def image(self, object_id: str) -> Image.Image:
        """Read a galaxy's image.

        Parameters
        ----------
        object_id : str

        Returns
        -------
        PIL.Image.Image
            RGB, 8 bits a channel, the file's own size times `scale` (Lanczos' filter); the caller's own.

        Raises
        ------
        ValueError
            If there is no such galaxy.
        ChangedSurveyError
            If the image's content has changed since it was first read.
        SurveyError
            If the image has gone since the survey was loaded, is broken and was never decoded (``verify=False``), or
            isn't the one that came with galviz.
        """
        content = self._content(object_id)
        try:
            image = decode_rgb(content)
            check_galaxy(image, self.scale)
        except ImageFault as fault:
            raise self._error(object_id, fault) from fault
        return resample(image, self.scale)

    def image_size(self, object_id: str) -> tuple[int, int]:
        """Width and height (px) of what `image` gives, from the file's header; raises what `image` does."""
        content = self._content(object_id)
        try:
            return scaled_size(pixel_size(content), self.scale)
        except ImageFault as fault:
            raise self._error(object_id, fault) from fault

    def _content(self, object_id: str) -> bytes:
        """The image's bytes, which are those that its checksum speaks of."""
        if object_id not in self._images:
            rule = f"object_id must be one of the survey's {len(self._images)} ids"
            raise ValueError(f"{rule}; got {misnamed(object_id, self._images)}")
        line, name = self._images[object_id]
        try:
            content = read_content(self.folder / IMAGES_NAME / name)
        except ImageFault as fault:
            raise self._error(object_id, fault) from fault
        digest = hashlib.sha256(content).digest()
        if _is_altered(digest, self._shipped.get(f"{IMAGES_NAME}/{name}")):
            raise self._error(object_id, ImageFault(*_ALTERED))
        # setdefault is one step, so that of two threads that read first the later one compares.
        if self._digests.setdefault(object_id, digest) != digest:
            fault = ImageFault("it has changed since the survey was loaded", "load it again")
            raise ChangedSurveyError(str(self.folder), [image_problem(line, object_id, name, fault)])
        return content

    def _error(self, object_id: str, fault: ImageFault) -> SurveyError:
        line, name = self._images[object_id]
        return SurveyError(str(self.folder), [image_problem(line, object_id, name, fault)])


def load_survey(
    folder: str | os.PathLike[str] | None = None,
    label: str | None = None,
    *,
    scale: float = 1.0,
    verify: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Survey:
    """Read a survey folder and check all of it.

    Parameters
    ----------
    folder : path-like, optional
        Holds master.csv and images/; the shipped mock survey by default.
    label : str, optional
        The label's column in master.csv. By default ``oh_p50``, which is called ``metallicity`` in the catalogue, or
        else ``metallicity``; if there is neither, the survey has no label.
    scale : float
        Factor by which both sides of each image are resampled, with Lanczos' filter; above 0 and up to 16. A network
        sees the central pixels of an image, so 0.1 shows it ten times as much sky in images of small pixels. The survey
        is then another one, with a checksum of its own.
    verify : bool, optional
        Whether to decode every image, or only to see that it is there and not empty. By default a folder of the user's
        is verified; of the shipped one each image is compared with its checksum when it is read.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of images while they are decoded, in this thread. What it
        raises ends the work and comes through.

    Returns
    -------
    Survey

    Raises
    ------
    SurveyError
        If anything is wrong with the folder; it tells all problems at once.
    ShippedFileError
        If the folder came with galviz, and the list of its files' checksums can't be read.
    ValueError
        If `scale` is out of range.
    """
    scale = checked_scale(scale)
    if folder is not None and not os.fspath(folder):
        raise ValueError("folder must name a survey folder; got an empty name. The current folder is '.'.")
    root = mock_survey_folder() if folder is None else Path(folder)
    if verify is None:
        verify = folder is not None
    shipped = shipped_in(root)
    content, problem = read_catalogue_file(root)
    digest = hashlib.sha256(content).digest()
    if problem is None and _is_altered(digest, shipped.get(CATALOGUE_NAME)):
        problem = Problem(None, "", CATALOGUE_NAME, *_ALTERED)
    if folder is None and not root.is_dir():
        remedy = "work in a clone of the project (pip install -e .), or load a folder of your own"
        problem = Problem(None, "", "data/mock-survey/", "the shipped mock survey isn't there", remedy)
    if problem is not None:
        raise SurveyError(str(root), [problem])
    catalogue = read_catalogue(content, label)
    found = check_images(root, catalogue.lines, verify=verify, scale=scale, progress=progress)
    problems = catalogue.problems + found.problems
    for object_id, image_digest in found.digests.items():
        line, name = found.images[object_id]
        if _is_altered(image_digest, shipped.get(f"{IMAGES_NAME}/{name}")):
            problems.append(image_problem(line, object_id, name, ImageFault(*_ALTERED)))
    if problems:
        raise SurveyError(str(root), problems)
    return Survey(
        folder=root.absolute(),
        label=catalogue.label,
        scale=scale,
        n_grey=found.n_grey if verify else None,
        _frame=catalogue.frame,
        _images=found.images,
        _catalogue_digest=digest,
        _digests=found.digests,
        _known_sizes=found.sizes_px,
        _missing=catalogue.missing,
        _mixed=catalogue.mixed,
        _possibly_missing=catalogue.possibly_missing,
        _notes=catalogue.notes,
        _shipped=shipped,
    )


def checked_scale(scale: float) -> float:
    """Give back a factor by which images can be resampled.

    Raises
    ------
    ValueError
        If it is no number above 0 and up to 16.
    """
    if isinstance(scale, bool) or not isinstance(scale, Real) or not 0 < scale <= _LARGEST_SCALE:
        rule = f"scale must be a number above 0 and up to {_LARGEST_SCALE:g}"
        raise ValueError(f"{rule}; got {scale!r}. 1 leaves images as they are.")
    return float(scale)


def _is_altered(digest: bytes, shipped_sha256: str | None) -> bool:
    """Whether a file came with galviz, and had another checksum then."""
    return shipped_sha256 not in (None, digest.hex())


def mock_survey_folder() -> Path:
    """Path of the folder of the shipped mock survey."""
    return data_path("mock-survey")
