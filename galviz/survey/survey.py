"""A survey folder -> a validated catalogue and its images.

A survey folder holds ``master.csv`` and ``images/<objID>.jpg``, ``.jpeg`` or ``.png``. ``master.csv`` has a column
``objID`` and, if the galaxies are labelled, a label column (``oh_p50`` by default). Images may lie in subfolders of
``images/``. `SurveyError` lists every problem of a folder, row by row. A `Survey` that loaded is valid and can be
shared between threads.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd
from PIL import Image

from galviz.files.manifest import data_path
from galviz.files.shipped import shipped_checksums
from galviz.survey.catalogue import Catalogue, read_catalogue
from galviz.survey.catalogue_file import find_catalogue
from galviz.survey.cutouts import ImageFacts, scaled_size, validate_scale
from galviz.survey.exclusion import exclude_galaxies
from galviz.survey.header import ID_COLUMN
from galviz.survey.image_check import ImageCheck, check_images
from galviz.survey.image_store import ALTERED, ChangedSurveyError, ImageStore, is_altered
from galviz.survey.label import Label
from galviz.survey.mixed_columns import MixedColumn
from galviz.survey.named_missing import parse_missing
from galviz.survey.problem import Problem, Problems
from galviz.survey.problems import SurveyError
from galviz.survey.table import CATALOGUE_NAME, open_table

__all__ = ["ChangedSurveyError", "Label", "Survey", "SurveyError", "load_images", "load_survey", "mock_survey_folder"]


@dataclass(frozen=True, eq=False)
class Survey:
    """Galaxies and their images, as `load_survey` returns them.

    Threads can share a survey. What its properties return are copies: changing one changes nothing for other callers.

    Attributes
    ----------
    folder : pathlib.Path
        Absolute path.
    label : Label or None
        Name, unit and colour range of the label; None if the galaxies aren't labelled.
    scale : float
        Factor by which both sides of each image are resampled.
    n_grey : int or None
        Number of grey images (red, green and blue are equal); None if the images weren't decoded.
    excluded : tuple of str
        Ids of the catalogue that were left out on request, sorted.

    Examples
    --------
    >>> survey = load_survey()
    >>> object_id = survey.object_ids[0]
    >>> print(survey.catalogue.loc[object_id, "metallicity"].round(2), survey.image(object_id).size)
    9.08 (160, 160)
    """

    folder: Path
    label: Label | None
    scale: float
    n_grey: int | None
    _catalogue: Catalogue = field(repr=False)
    _images: ImageStore = field(repr=False)
    _check: ImageCheck = field(repr=False)
    excluded: tuple[str, ...] = ()
    _named_missing: str = field(default="", repr=False)  # empty if the user's own missing values change nothing

    @property
    def catalogue(self) -> pd.DataFrame:
        """One row per galaxy: index objID (str), the label (``oh_p50`` is called ``metallicity``), other columns."""
        return self._catalogue.frame.copy(deep=False)  # pandas copies a column when it is changed

    @property
    def object_ids(self) -> list[str]:
        """The ids of the galaxies, in the catalogue's order."""
        return list(self._images)

    @property
    def missing(self) -> dict[str, dict[str, int]]:
        """For each column with missing values, what master.csv has in these cells, and how often.

        ``{"log_mass": {"-9999": 6, "N/A": 1, "": 2}}``: nine galaxies have no ``log_mass``; two of the cells are empty.
        """
        return {column: dict(cells) for column, cells in self._catalogue.missing.items()}

    @property
    def possibly_missing(self) -> dict[str, dict[str, int]]:
        """Cells that were read as values but may stand for missing ones; the form is that of `missing`."""
        return {column: dict(cells) for column, cells in self._catalogue.possibly_missing.items()}

    @property
    def mixed(self) -> dict[str, MixedColumn]:
        """For each column that was read as text but seems to be numeric or boolean, which cells prevent that."""
        return dict(self._catalogue.mixed)

    @property
    def notes(self) -> list[str]:
        """Sentences about what was read in another form than written, and about what may be wrong with the folder."""
        return [*self._catalogue.notes, *self._check.notes]

    @property
    def images_without_row(self) -> list[str]:
        """Paths below images/ of the images whose galaxy isn't in the catalogue, sorted."""
        excluded = set(self.excluded)
        return [name for name in self._check.unlisted if Path(name).stem not in excluded]

    @property
    def same_images(self) -> list[list[str]]:
        """Groups of galaxies whose image files are identical, as lists of ids; only images read so far."""
        return self._images.identical()

    @cached_property
    def sha256(self) -> str:
        """Checksum of master.csv, the images in the catalogue's order, the scale if it isn't 1, and excluded ids.

        It also depends on the `missing` of `load_survey` if that changes a column.

        It is that of the content that `image` returns: images that were read before aren't read again.

        Raises
        ------
        SurveyError
            If an image that wasn't read yet is missing or broken.
        """
        digest = hashlib.sha256(self._catalogue.digest)
        if self._named_missing:
            digest.update(f"missing {self._named_missing}".encode())
        for object_id in self._images:
            digest.update(self._images.digest(object_id))
        if self.scale != 1:
            digest.update(f"scale {self.scale!r} lanczos".encode())
        if self.excluded:
            digest.update("\n".join(["excluded", *self.excluded]).encode())
        return digest.hexdigest()

    @cached_property
    def image_sizes(self) -> dict[tuple[int, int], int]:
        """Number of images per width and height (px, after resampling), the most frequent size first.

        Raises
        ------
        SurveyError
            As `image_size`, if the survey was loaded with ``verify=False``.
        """
        sizes: Counter[tuple[int, int]] = Counter()
        if self._check.sizes_px:  # before resampling; empty if the images weren't decoded
            for size_px, count in self._check.sizes_px.items():
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
            RGB, 8 bits per channel, the file's size times `scale` (Lanczos filter).

        Raises
        ------
        ValueError
            If the survey has no such galaxy.
        ChangedSurveyError
            If the file has changed since it was first read.
        SurveyError
            If the file is missing, isn't the one that came with galviz, or is broken and wasn't verified before.
        """
        return self._images.image(object_id)

    def image_size(self, object_id: str) -> tuple[int, int]:
        """Width and height (px) of what `image` returns, from the file's header; raises the same errors."""
        return self._images.size(object_id)


def load_survey(
    folder: str | os.PathLike[str] | None = None,
    label: str | None = None,
    *,
    missing: Iterable[str | float] = (),
    scale: float = 1.0,
    exclude: Sequence[str] = (),
    verify: bool | None = None,
    inspected: Mapping[str, ImageFacts] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Survey:
    """Read and validate a survey folder.

    Parameters
    ----------
    folder : path-like, optional
        Holds master.csv (or master.csv.gz, or master.parquet) and images/; the shipped mock survey by default.
    label : str, optional
        The label's column in master.csv. By default ``oh_p50``, which is called ``metallicity`` in the catalogue, or
        else ``metallicity``; if master.csv has neither, the survey has no label.
    missing : iterable of str or number
        Further values that stand for missing ones in every column, besides those that galviz recognises (-9999, 99.9
        among magnitudes, N/A): ``("-1", "unknown")``. Numbers match cells with the same number, words match in upper
        and lower case. The checksum of the survey depends on them if they change a column.
    scale : float
        Factor by which both sides of each image are resampled (Lanczos filter), greater than 0 and at most 16. A
        network sees the central pixels of an image, so 0.1 shows it ten times as much sky. The checksum of the survey
        depends on the scale.
    exclude : sequence of str
        Ids of galaxies to leave out; their images aren't read. The checksum of the survey depends on them.
    verify : bool, optional
        Whether to decode every image now, or only check that its file exists and isn't empty. By default folders are
        verified, except the shipped one: there each image is compared with its checksum when it is read.
    inspected : mapping of str to ImageFacts, optional
        What `galviz.importing.writing.write_import` found out about the images, by id: at the scale 1 these aren't
        decoded again. An image that was changed since can't be read.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of images during verification, in this thread. An exception
        that it raises cancels loading.

    Returns
    -------
    Survey

    Raises
    ------
    SurveyError
        If anything is wrong with the folder; it lists all problems. Also if `exclude` has an id that the catalogue
        lacks, or all of its ids.
    ShippedFileError
        If the folder came with galviz and the list of checksums can't be read.
    ValueError
        If `scale` is out of range, or `missing` isn't a list.

    Examples
    --------
    >>> survey = load_survey()
    >>> len(survey.object_ids), survey.label.name
    (2000, 'Metallicity, 12 + log10(O/H)')
    """
    scale = validate_scale(scale)
    named = parse_missing(missing)
    if folder is not None and not os.fspath(folder):
        raise ValueError("folder must be the path of a survey folder; got an empty path. The current folder is '.'.")
    root = mock_survey_folder() if folder is None else Path(folder)
    if verify is None:
        verify = folder is not None
    shipped = shipped_checksums(root)
    path, problem = find_catalogue(root)
    if folder is None and not root.is_dir():
        remedy = "work in a clone of the project (pip install -e .), or load a folder of your own"
        problem = Problem(None, "", "data/mock-survey/", "the shipped mock survey isn't there", remedy)
    if problem is not None:
        raise SurveyError(str(root), [problem])
    catalogue = read_catalogue(open_table(path), label, missing=named)
    if is_altered(catalogue.digest, shipped.get(CATALOGUE_NAME)):
        raise SurveyError(str(root), [Problem(None, "", path.name, *ALTERED)])
    if catalogue.bad_header:
        raise SurveyError(str(root), catalogue.problems)
    catalogue, excluded = exclude_galaxies(catalogue, exclude, str(root))
    known = inspected if inspected is not None and scale == 1 else {}
    images = check_images(
        root, catalogue.lines, verify=verify, scale=scale, inspected=known, progress=progress, catalogue=path.name
    )
    store = ImageStore(root.absolute(), images.files, images.digests, shipped, scale)
    problems = Problems(catalogue.problems)
    problems.extend(images.problems)
    problems.extend(store.altered())
    if problems:
        raise SurveyError(str(root), problems)
    n_grey = images.n_grey if verify else None
    named_missing = str(named) if catalogue.named_missing else ""
    return Survey(root.absolute(), catalogue.label, scale, n_grey, catalogue, store, images, excluded, named_missing)


def load_images(folder: str | os.PathLike[str], *, exclude: Sequence[str] = ()) -> Survey:
    r"""Load the galaxies of a folder whose master.csv has invalid rows, without its label and other columns.

    Parameters
    ----------
    folder : path-like
    exclude : sequence of str
        See `load_survey`.

    Returns
    -------
    Survey
        Its catalogue has an index and no columns. The images aren't verified.

    Raises
    ------
    SurveyError
        If the ids can't be read, an image is missing, or no galaxy is left.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "master.csv").write_text("objID,oh_p50\n1,unknown\n")
    ...     Path(folder, "images").mkdir()
    ...     Image.new("RGB", (64, 64)).save(Path(folder, "images", "1.png"))
    ...     load_images(folder).object_ids
    ['1']
    """
    root = Path(folder)
    path, problem = find_catalogue(root)
    if problem is not None:
        raise SurveyError(str(root), [problem])
    catalogue = read_catalogue(open_table(path))
    if catalogue.bad_header or not catalogue.lines:
        raise SurveyError(str(root), catalogue.problems)
    index = pd.Index(list(catalogue.lines), dtype="str", name=ID_COLUMN)
    catalogue = replace(catalogue, frame=pd.DataFrame(index=index), label=None)
    catalogue, excluded = exclude_galaxies(catalogue, exclude, str(root))
    images = check_images(root, catalogue.lines, verify=False, catalogue=path.name)
    if images.problems:
        raise SurveyError(str(root), images.problems)
    store = ImageStore(root.absolute(), images.files, images.digests, {}, 1.0)
    return Survey(root.absolute(), None, 1.0, None, catalogue, store, images, excluded)


def mock_survey_folder() -> Path:
    """Path of the shipped mock survey.

    Examples
    --------
    >>> mock_survey_folder().name
    'mock-survey'
    """
    return data_path("mock-survey")
