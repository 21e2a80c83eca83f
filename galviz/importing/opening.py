"""A source of any kind -> its table, if it has one, and its images."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.errors import listed, shown
from galviz.importing.rendering import Rendering, render_cutouts
from galviz.importing.source import (
    HDF5_ENDINGS,
    TABLE_ENDINGS,
    SourceFiles,
    check_readable,
    scan_folder,
    source_error,
)
from galviz.importing.unpacking import Workspace, unpack_hdf5
from galviz.importing.unsuitable import HDF5, ZIP, check_kind, no_images_error
from galviz.survey.astronomical_table import FitsTable
from galviz.survey.problems import Problem
from galviz.survey.table import CATALOGUE_NAME, open_table

if TYPE_CHECKING:
    from galviz.importing.fits_options import FitsOptions

_MAX_FITS_TABLES = 2


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
    files : SourceFiles or None
        The folder in which images were looked for; None for an HDF5 file.
    """

    name: str
    kind: str
    tables: tuple[Path, ...]
    image_root: Path
    images: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    workspace: Workspace | None = None
    left_out: tuple[Problem, ...] = ()
    files: SourceFiles | None = None

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
    rendering = Rendering(fits_options, skip_broken, progress, workspace)
    if check_readable(path):
        source = _from_files(scan_folder(path), path.name or path.resolve().name, "folder", images, rendering)
    else:
        kind = check_kind(path)
        if kind == ZIP and not path.name.lower().endswith((".xlsx", ".ods")):
            source = _from_zip(path, images, rendering)
        elif kind == HDF5 or path.name.lower().endswith(HDF5_ENDINGS):
            source = _from_hdf5(path, rendering)
        else:
            source = _from_table(path, images, rendering)
    if not source.images:
        raise no_images_error(path, source.files, has_table=bool(source.tables), is_file=source.kind == "table")
    return source


def _scan_images(folder: Path) -> SourceFiles:
    if not check_readable(folder):
        raise source_error(folder, "it is a file, not a folder", "give the folder of images with --images")
    return scan_folder(folder)


def _from_table(path: Path, images: Path | None, rendering: Rendering) -> Source:
    folder = images if images is not None else path.absolute().parent
    files = _scan_images(folder)
    source = Source(path.name, "table", (path,), folder, files.images, files.notes, files=files)
    cutouts = [file for file in files.fits if folder / file != path.absolute()]
    if not files.images and cutouts:
        _render(source, folder, rendering, {path.name})
    return source


def _from_files(files: SourceFiles, name: str, kind: str, images: Path | None, rendering: Rendering) -> Source:
    found = files if images is None else _scan_images(images)
    tables, faults = _likely_tables(files)
    notes = found.notes if images is None else [*files.notes, *found.notes]
    if not found.images and images is None and len(files.hdf5) == 1:
        source = _from_hdf5(files.root / files.hdf5[0], rendering)
        source.notes += [*notes, *(f"{shown(table)} was left out." for table in tables)]
        return source
    if found.images:  # without them, FITS files are cutouts, whose problems are reported
        notes = [*notes, *(f"{fault.file} was left out: {fault.problem}." for fault in faults)]
    paths = tuple(files.root / table for table in tables)
    source = Source(name, kind, paths, found.root, found.images, notes, files=found)
    cutouts = [fits for fits in found.fits if images is not None or fits not in tables]
    if not found.images and cutouts:
        _render(source, found.root, rendering, set() if images is not None else set(tables))
    elif found.images and (unread := [*cutouts, *found.hdf5]):
        notes.append(f"Left out, because there are other images: {listed(unread, at_most=5)}.")
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
            opened = {name: open_table(files.root / name) for name in shallow}
            tables = [name for name, table in opened.items() if isinstance(table, FitsTable) and not table.problems]
            faults = [table.problems[0] for table in opened.values() if table.problems]
    depth = min((name.count("/") for name in tables), default=0)
    tables = [name for name in tables if name.count("/") == depth]
    own = [name for name in tables if name.rpartition("/")[2].startswith(Path(CATALOGUE_NAME).stem + ".")]
    return own or tables, faults


def _render(source: Source, folder: Path, rendering: Rendering, tables: set[str]) -> None:
    """Make pictures of FITS cutouts, and let them be the source's images."""
    source.workspace = Workspace(rendering.parent)
    result = render_cutouts(source.name, folder, source.workspace.folder, rendering, tables)
    source.kind, source.image_root, source.images = "FITS", source.workspace.folder, result.images
    source.left_out = result.left_out
    source.notes += result.notes


def _from_zip(path: Path, images: Path | None, rendering: Rendering) -> Source:
    from galviz.importing.archive import unpack_zip

    workspace = Workspace(rendering.parent)
    unpacked = unpack_zip(path, workspace.folder / "zip", progress=rendering.progress)
    files = scan_folder(unpacked.root)
    files = replace(files, others=(*files.others, *unpacked.archives))
    source = _from_files(files, path.name, "zip", images, rendering)
    if source.workspace is not None:  # that of an HDF5 file or of FITS cutouts
        source.workspace.adopt(workspace)
    else:
        source.workspace = workspace
    return source


def _from_hdf5(path: Path, rendering: Rendering) -> Source:
    workspace = Workspace(rendering.parent)
    table, images, note = unpack_hdf5(path, workspace.folder, rendering.progress)
    return Source(path.name, "HDF5", (table,), workspace.folder, images, [note], workspace)
