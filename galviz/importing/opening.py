"""A source of any kind -> its table, if it has one, and its images."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.files.signatures import file_kind
from galviz.importing.source import (
    HDF5_ENDINGS,
    IMAGE_ENDINGS,
    TABLE_ENDINGS,
    SourceFiles,
    check_readable,
    scan_folder,
)
from galviz.importing.unpacking import Workspace, unpack_hdf5
from galviz.survey.images import read_start
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import CATALOGUE_NAME, open_table

if TYPE_CHECKING:
    from galviz.importing.fits_options import FitsOptions

_ZIP = "an Excel workbook or another zip archive"
_MAX_FITS_TABLES = 2
_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


@dataclass
class Source:
    """A table and images to import.

    Attributes
    ----------
    name : str
        The name of what the user gave, without its folder.
    kind : str
        ``"folder"``, ``"table"``, ``"zip"``, ``"HDF5"`` or ``"FITS"``.
    tables : tuple of pathlib.Path
        Files that may be the table, the likely ones first; empty for a folder of images.
    image_root : pathlib.Path
    images : tuple of str
        Paths below `image_root`, with slashes.
    notes : list of str
    workspace : Workspace or None
        Where an archive was unpacked, or FITS cutouts were rendered; it is removed with this object.
    left_out : tuple of Problem
        FITS cutouts that can't be used.
    """

    name: str
    kind: str
    tables: tuple[Path, ...]
    image_root: Path
    images: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    workspace: Workspace | None = None
    left_out: tuple[Problem, ...] = ()

    def close(self) -> None:
        """Remove what was unpacked."""
        if self.workspace is not None:
            self.workspace.close()


def open_source(
    path: Path,
    images: Path | None = None,
    progress: Callable[[int, int], object] | None = None,
    *,
    fits_options: "FitsOptions | None" = None,
    skip_broken: bool = False,
    workspace: Path | None = None,
) -> Source:
    """Find the tables and images of a source; a zip or an HDF5 file is unpacked into a temporary folder.

    Parameters
    ----------
    path : pathlib.Path
        A folder, a table, a zip or an HDF5 file.
    images : pathlib.Path, optional
        The folder of images, if it isn't in the folder or beside the table.
    progress : callable, optional
        Called as ``progress(done, total)`` while an archive is unpacked, or FITS cutouts are rendered.
    fits_options : galviz.importing.fits_options.FitsOptions, optional
        How FITS cutouts become pictures.
    skip_broken : bool
        Leave out FITS cutouts that can't be used.
    workspace : pathlib.Path, optional
        The folder in which a temporary folder is made; by default the system's.

    Returns
    -------
    Source

    Raises
    ------
    SurveyError
        If there is no such file, it is of another kind, or there are no images.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("gz2.csv", "17.jpg"):
    ...         Path(folder, name).touch()
    ...     source = open_source(Path(folder, "gz2.csv"))
    >>> source.kind, source.images
    ('table', ('17.jpg',))
    """
    path = Path(path)
    is_folder = check_readable(path)
    rendering = Rendering(fits_options, skip_broken, progress, workspace)
    name = path.name or path.resolve().name
    if is_folder:
        source = _from_folder(path, name, "folder", images, rendering)
    else:
        start = read_start(path)
        if file_kind(start) == _ZIP and not path.name.lower().endswith((".xlsx", ".ods")):
            source = _from_zip(path, images, rendering)
        elif start.startswith(_HDF5_SIGNATURE) or path.name.lower().endswith(HDF5_ENDINGS):
            source = _from_hdf5(path, rendering)
        elif path.name.lower().endswith(IMAGE_ENDINGS):
            raise _error(path, "it is a single image", "give the folder that contains the images")
        else:
            folder = images if images is not None else path.absolute().parent
            files = _scan(folder)
            source = Source(name, "table", (path,), folder, files.images, files.notes)
            cutouts = [file for file in files.fits if folder / file != path.absolute()]
            if not files.images and cutouts:
                _render(source, folder, rendering, {path.name})
    if not source.images:
        raise _without_images(path, source, images)
    return source


def _scan(folder: Path) -> SourceFiles:
    if not check_readable(folder):
        raise _error(folder, "it is a file, not a folder", "give the folder of images with --images")
    return scan_folder(folder)


def _from_folder(path: Path, name: str, kind: str, images: Path | None, rendering: "Rendering") -> Source:
    files = scan_folder(path)
    found = files if images is None else _scan(images)
    if not found.images and images is None and len(files.hdf5) == 1:
        return _from_hdf5(path / files.hdf5[0], rendering)
    notes = found.notes if images is None else [*files.notes, *found.notes]
    tables, faults = _likely_tables(files)
    if found.images:  # without them, FITS files are cutouts, whose problems are reported
        notes = [*notes, *(f"{fault.file} was left out: {fault.problem}." for fault in faults)]
    source = Source(name, kind, tuple(path / table for table in tables), found.root, found.images, notes)
    cutouts = [fits for fits in found.fits if images is not None or fits not in tables]
    if not found.images and cutouts:
        _render(source, found.root, rendering, set() if images is not None else set(tables))
    return source


def _likely_tables(files: SourceFiles) -> tuple[list[str], list[Problem]]:
    """The tables of a folder, and why FITS files aren't among them.

    Those that lie deepest are left out, and galviz's own catalogue comes first.
    """
    faults: list[Problem] = []
    groups = [[name for name in files.tables if name.lower().endswith(endings)] for endings in TABLE_ENDINGS]
    tables = next(filter(None, groups), [])
    if not tables and files.fits:
        # FITS files are tables or images. A table lies above the images, or is alone.
        depth = min(name.count("/") for name in files.fits)
        shallow = [name for name in files.fits if name.count("/") == depth]
        if len(shallow) <= _MAX_FITS_TABLES:
            problems = {name: open_table(files.root / name).problems for name in shallow}
            tables = [name for name in shallow if not problems[name]]
            faults = [of_file[0] for of_file in problems.values() if of_file]
    depth = min((name.count("/") for name in tables), default=0)
    tables = [name for name in tables if name.count("/") == depth]
    own = [name for name in tables if name.rpartition("/")[2].startswith(Path(CATALOGUE_NAME).stem + ".")]
    return own or tables, faults


@dataclass(frozen=True)
class Rendering:
    """How FITS cutouts become pictures.

    Attributes
    ----------
    options : galviz.importing.fits_options.FitsOptions or None
        None for SDSS's stretch.
    skip_broken : bool
        Leave out cutouts that can't be used, instead of raising.
    progress : callable or None
        Called as ``progress(done, total)`` with numbers of galaxies.
    parent : pathlib.Path or None
        The folder in which temporary folders are made.

    Examples
    --------
    >>> Rendering().skip_broken
    False
    """

    options: "FitsOptions | None" = None
    skip_broken: bool = False
    progress: Callable[[int, int], object] | None = None
    parent: Path | None = None


def _render(source: Source, folder: Path, rendering: Rendering, tables: set[str]) -> None:
    """Write pictures of FITS cutouts to a temporary folder, and let them be the source's images."""
    from galviz.importing.fits_images import fits_to_images

    source.workspace = Workspace(rendering.parent)
    pictures = source.workspace.folder / "pictures"
    pictures.mkdir()
    result = fits_to_images(folder, pictures, rendering.options, rendering.progress)
    problems = [problem for problem in result.problems if problem.file not in tables]
    if problems and not (rendering.skip_broken and result.object_ids):
        raise SurveyError(source.name, problems)
    source.kind, source.image_root = "FITS", pictures
    source.images = tuple(f"{object_id}.png" for object_id in result.object_ids)
    source.left_out = tuple(problems)
    source.notes.append(f"Pictures were made of the FITS cutouts of {len(source.images):,} galaxies.")
    source.notes += [str(note) for note in result.notes]


def _from_zip(path: Path, images: Path | None, rendering: Rendering) -> Source:
    from galviz.importing.archive import unpack_zip

    workspace = Workspace(rendering.parent)
    unpacked = unpack_zip(path, workspace.folder / "zip", progress=rendering.progress)
    source = _from_folder(unpacked.root, path.name, "zip", images, rendering)
    if source.workspace is not None:  # that of an HDF5 file or of FITS cutouts
        source.workspace.adopt(workspace)
    else:
        source.workspace = workspace
    return source


def _from_hdf5(path: Path, rendering: Rendering) -> Source:
    workspace = Workspace(rendering.parent)
    table, images, note = unpack_hdf5(path, workspace.folder, rendering.progress)
    return Source(path.name, "HDF5", (table,), workspace.folder, images, [note], workspace)


def _without_images(path: Path, source: Source, images: Path | None) -> SurveyError:
    folder = images if images is not None else source.image_root
    where = "beside it" if source.kind == "table" and images is None else f"in {folder.name or folder}"
    problem = f"there are no images (JPEG, PNG, TIFF, WebP, BMP or GIF) {where}"
    if not source.tables and images is None:
        problem = "there is no table and there are no images"
    return _error(path, problem, "give the folder of images with --images FOLDER")


def _error(path: Path, problem: str, remedy: str) -> SurveyError:
    return SurveyError(str(path), [Problem(None, "", path.name or str(path), problem, remedy)])
