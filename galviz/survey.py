"""A survey folder -> a validated catalogue and its images.

A survey folder holds ``master.csv``, with a column ``objID`` and, if the galaxies have one, a label (``oh_p50`` by
default), and ``images/<objID>.jpg``, ``.jpeg`` or ``.png``. Whatever is wrong with it is told at once, row by row, by
`SurveyError`; a `Survey` that was loaded can be trusted, and shared between threads.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
from PIL import Image

from galviz.catalogue import read_catalogue, read_catalogue_file
from galviz.imagefolder import IMAGES_NAME, check_images, image_problem
from galviz.images import ImageFault, decode_rgb, pixel_size, read_content
from galviz.label import Label
from galviz.manifest import RESTORE
from galviz.problems import Problem, SurveyError, misnamed
from galviz.shipped import shipped_in
from galviz.table import CATALOGUE_NAME

__all__ = ["Label", "Survey", "SurveyError", "load_survey", "mock_survey_folder"]

_CHANGED = ("it isn't the file that came with galviz: its checksum differs", f"get it back with `{RESTORE}`")


@dataclass(frozen=True, eq=False)
class Survey:
    """Galaxies with their images; made by `load_survey`. Threads may share one: nothing that it lends can change it.

    Attributes
    ----------
    folder : pathlib.Path
        Absolute.
    label : Label or None
        What the label is called and how it is shown; None if the galaxies have none.
    """

    folder: Path
    label: Label | None
    _frame: pd.DataFrame = field(repr=False)
    _images: dict[str, tuple[int, str]] = field(repr=False)  # id -> line in master.csv, name of the image
    _catalogue_digest: bytes = field(repr=False)
    # Of a survey that came with galviz: path within the folder -> checksum
    _shipped: Mapping[str, str] = field(repr=False, default_factory=dict)

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

    @cached_property
    def sha256(self) -> str:
        """Checksum of master.csv and the images in the catalogue's order: it changes when any byte of them does.

        Two threads that ask at once compute it twice and get the same.

        Raises
        ------
        SurveyError
            If an image has gone since the survey was loaded.
        """
        digest = hashlib.sha256(self._catalogue_digest)
        for object_id in self._images:
            digest.update(hashlib.sha256(self._content(object_id)).digest())
        return digest.hexdigest()

    def image(self, object_id: str) -> Image.Image:
        """Read a galaxy's image.

        Parameters
        ----------
        object_id : str

        Returns
        -------
        PIL.Image.Image
            RGB, 8 bits a channel, the file's own size; the caller's own.

        Raises
        ------
        ValueError
            If there is no such galaxy.
        SurveyError
            If the image has gone or broken since the survey was loaded, or was never decoded (``verify=False``), or
            isn't the one that came with galviz.
        """
        content = self._content(object_id)
        try:
            return decode_rgb(content)
        except ImageFault as fault:
            raise self._error(object_id, fault) from fault

    def image_size(self, object_id: str) -> tuple[int, int]:
        """Width and height (px) of a galaxy's image, from the file's header; raises what `image` does."""
        content = self._content(object_id)
        try:
            return pixel_size(content)
        except ImageFault as fault:
            raise self._error(object_id, fault) from fault

    def _content(self, object_id: str) -> bytes:
        if object_id not in self._images:
            rule = f"object_id must be one of the survey's {len(self._images)} ids"
            raise ValueError(f"{rule}; got {misnamed(object_id, self._images)}")
        name = f"{IMAGES_NAME}/{self._images[object_id][1]}"
        try:
            content = read_content(self.folder / name)
            if _has_changed(content, self._shipped.get(name)):
                raise ImageFault(*_CHANGED)
            return content
        except ImageFault as fault:
            raise self._error(object_id, fault) from fault

    def _error(self, object_id: str, fault: ImageFault) -> SurveyError:
        line, name = self._images[object_id]
        return SurveyError(str(self.folder), [image_problem(line, object_id, name, fault)])


def load_survey(
    folder: str | os.PathLike[str] | None = None,
    label: str | None = None,
    *,
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
    """
    root = mock_survey_folder() if folder is None else Path(folder)
    if verify is None:
        verify = folder is not None
    shipped = shipped_in(root)
    content, problem = read_catalogue_file(root)
    if problem is None and _has_changed(content, shipped.get(CATALOGUE_NAME)):
        problem = Problem(None, "", CATALOGUE_NAME, *_CHANGED)
    if folder is None and not root.is_dir():
        remedy = "work in a clone of the project (pip install -e .), or load a folder of your own"
        problem = Problem(None, "", "data/mock-survey/", "the shipped mock survey isn't there", remedy)
    if problem is not None:
        raise SurveyError(str(root), [problem])
    catalogue = read_catalogue(content, label)
    images, problems = check_images(root, catalogue.lines, verify=verify, progress=progress)
    problems = catalogue.problems + problems
    if problems:
        raise SurveyError(str(root), problems)
    digest = hashlib.sha256(content).digest()
    survey = Survey(root.absolute(), catalogue.label, catalogue.frame, images, digest, shipped)
    if verify and shipped:
        _compare_images(survey)
    return survey


def _compare_images(survey: Survey) -> None:
    """See to it that all images are those that came with galviz; tell all that aren't at once."""
    problems: list[Problem] = []
    for object_id in survey.object_ids:
        try:
            survey._content(object_id)
        except SurveyError as error:
            problems += error.details
    if problems:
        raise SurveyError(str(survey.folder), problems)


def _has_changed(content: bytes, shipped_sha256: str | None) -> bool:
    return shipped_sha256 is not None and hashlib.sha256(content).hexdigest() != shipped_sha256


def mock_survey_folder() -> Path:
    """Where the shipped mock survey lies: beside the package, in the project's root."""
    return Path(__file__).resolve().parents[1] / "data" / "mock-survey"
