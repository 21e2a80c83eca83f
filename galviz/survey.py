"""A survey folder -> a validated catalogue and its images.

A survey folder holds ``master.csv``, with a column ``objID`` and, if the galaxies have one, a label (``oh_p50`` by
default), and ``images/<objID>.jpg``, ``.jpeg`` or ``.png``. Whatever is wrong with it is told at once, row by row, by
`SurveyError`; a `Survey` that was loaded can be trusted, and shared between threads.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
from PIL import Image

from galviz.catalogue import read_catalogue, read_catalogue_file
from galviz.imagefolder import IMAGES_NAME, check_images, image_problem
from galviz.images import ImageFault, decode_rgb, pixel_size, read_content
from galviz.label import Label
from galviz.problems import Problem, SurveyError, misnamed

__all__ = ["Label", "Survey", "SurveyError", "load_survey", "mock_survey_folder"]


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
            If the image has gone or broken since the survey was loaded, or was never decoded (``verify=False``).
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
        try:
            return read_content(self.folder / IMAGES_NAME / self._images[object_id][1])
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
        is verified; the shipped one isn't, as it can't have changed without failing its checksum's test.
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
    """
    root = mock_survey_folder() if folder is None else Path(folder)
    if verify is None:
        verify = folder is not None
    content, problem = read_catalogue_file(root)
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
    return Survey(root.absolute(), catalogue.label, catalogue.frame, images, hashlib.sha256(content).digest())


def mock_survey_folder() -> Path:
    """Where the shipped mock survey lies: beside the package, in the project's root."""
    return Path(__file__).resolve().parents[1] / "data" / "mock-survey"
