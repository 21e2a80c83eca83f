"""A source of any kind -> its table, if it has one, and its images."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from galviz.errors import listed
from galviz.files.signatures import file_kind
from galviz.importing.question import ImportQuestion
from galviz.importing.source import (
    HDF5_ENDINGS,
    IMAGE_ENDINGS,
    TABLE_ENDINGS,
    SourceFiles,
    check_readable,
    scan_folder,
)
from galviz.importing.workspace import Workspace
from galviz.survey.images import read_start
from galviz.survey.problems import Problem, SurveyError
from galviz.survey.table import CATALOGUE_NAME

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
        Where an archive was unpacked; it is removed with this object.
    """

    name: str
    kind: str
    tables: tuple[Path, ...]
    image_root: Path
    images: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    workspace: Workspace | None = None

    def close(self) -> None:
        """Remove what was unpacked."""
        if self.workspace is not None:
            self.workspace.close()


def open_source(path: Path, images: Path | None = None, progress: Callable[[int, int], object] | None = None) -> Source:
    """Find the tables and images of a source; a zip or an HDF5 file is unpacked into a temporary folder.

    Parameters
    ----------
    path : pathlib.Path
        A folder, a table, a zip or an HDF5 file.
    images : pathlib.Path, optional
        The folder of images, if it isn't in the folder or beside the table.
    progress : callable, optional
        Called as ``progress(done, total)`` while an archive is unpacked.

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
    name = path.name or path.resolve().name
    if is_folder:
        source = _from_folder(path, name, "folder", images)
    else:
        start = read_start(path)
        if file_kind(start) == _ZIP and not path.name.lower().endswith((".xlsx", ".ods")):
            source = _from_zip(path, images, progress)
        elif start.startswith(_HDF5_SIGNATURE) or path.name.lower().endswith(HDF5_ENDINGS):
            source = _from_hdf5(path, progress)
        elif path.name.lower().endswith(IMAGE_ENDINGS):
            raise _error(path, "it is a single image", "give the folder that contains the images")
        else:
            folder = images if images is not None else path.absolute().parent
            files = _scan(folder)
            source = Source(name, "table", (path,), folder, files.images, files.notes)
    if not source.images:
        raise _without_images(path, source, images)
    return source


def _scan(folder: Path) -> SourceFiles:
    if not check_readable(folder):
        raise _error(folder, "it is a file, not a folder", "give the folder of images with --images")
    return scan_folder(folder)


def _from_folder(path: Path, name: str, kind: str, images: Path | None) -> Source:
    files = scan_folder(path)
    found = files if images is None else _scan(images)
    if not found.images and images is None and len(files.hdf5) == 1:
        return _from_hdf5(path / files.hdf5[0], None)
    notes = found.notes if images is None else [*files.notes, *found.notes]
    tables = [path / table for table in _likely_tables(files)]
    return Source(name, kind, tuple(tables), path if images is None else images, found.images, notes)


def _likely_tables(files: SourceFiles) -> list[str]:
    """The tables of a folder: those that lie deepest are left out, and galviz's own catalogue comes first."""
    groups = [[name for name in files.tables if name.lower().endswith(endings)] for endings in TABLE_ENDINGS]
    # FITS files are images if there are many.
    groups.append([name for name in files.fits if len(files.fits) <= _MAX_FITS_TABLES])
    tables = next(filter(None, groups), [])
    depth = min((name.count("/") for name in tables), default=0)
    tables = [name for name in tables if name.count("/") == depth]
    own = [name for name in tables if name.rpartition("/")[2].startswith(Path(CATALOGUE_NAME).stem + ".")]
    return own or tables


def _from_zip(path: Path, images: Path | None, progress: Callable[[int, int], object] | None) -> Source:
    from galviz.importing.archive import unpack_zip

    workspace = Workspace()
    unpacked = unpack_zip(path, workspace.folder / "zip", progress=progress)
    source = _from_folder(unpacked.root, path.name, "zip", images)
    source.workspace = workspace
    return source


def _from_hdf5(path: Path, progress: Callable[[int, int], object] | None) -> Source:
    """Write the images and the table of an HDF5 file to a temporary folder."""
    from galviz.importing.hdf5 import read_hdf5

    workspace = Workspace()
    folder = workspace.folder
    galaxies = read_hdf5(path)
    table = folder / f"{path.stem}.csv"
    (folder / "images").mkdir()
    names = []
    ids = galaxies.columns.index
    for number, (_, content) in enumerate(galaxies.images):
        # Numbers, because ids of a file that nobody has checked may be paths.
        names.append(f"{number}.png")
        (folder / "images" / names[-1]).write_bytes(content)
        if progress is not None:
            progress(number + 1, len(ids))
    galaxies.columns.assign(image_file=names).to_csv(table, lineterminator="\n")
    files = tuple(f"images/{name}" for name in names)
    notes = [
        f"{path.name} is an HDF5 file with {len(names):,} images and the columns {listed(list(galaxies.columns))}."
    ]
    return Source(path.name, "HDF5", (table,), folder, files, notes, workspace)


def choose_table(source: Source, n_named: Sequence[int] | None = None) -> Path:
    """Choose one of several tables.

    Parameters
    ----------
    source : Source
        With at least one table.
    n_named : sequence of int, optional
        For each table, how many images it names.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ImportQuestion
        If several tables name images.

    Examples
    --------
    >>> choose_table(Source("gz2", "folder", (Path("gz2.csv"),), Path("gz2"), ("1.jpg",)))
    PosixPath('gz2.csv')
    """
    if len(source.tables) == 1:
        return source.tables[0]
    names = [str(path) for path in source.tables]
    counts = n_named or [0] * len(names)
    naming = [place for place, count in enumerate(counts) if count]
    if len(naming) == 1:
        others = listed([path.name for place, path in enumerate(source.tables) if place != naming[0]])
        chosen = source.tables[naming[0]]
        source.notes.append(f"The table is {chosen.name}; {others} names no images and was left out.")
        return chosen
    guess = names[max(range(len(names)), key=lambda place: counts[place])] if naming else None
    what = "name images" if naming else "may be the table"
    question = f"which table has the galaxies? {len(naming) or len(names)} of {len(names)} {what}."
    if source.kind == "folder":
        question += f" Images elsewhere need --images {shlex.quote(str(source.image_root))}."
    raise ImportQuestion(source.name, question, "SOURCE", guess, names)


def _without_images(path: Path, source: Source, images: Path | None) -> SurveyError:
    folder = images if images is not None else source.image_root
    where = "beside it" if source.kind == "table" and images is None else f"in {folder.name or folder}"
    problem = f"there are no images (JPEG, PNG, TIFF, WebP, BMP or GIF) {where}"
    if not source.tables and images is None:
        problem = "there is no table and there are no images"
    return _error(path, problem, "give the folder of images with --images FOLDER")


def _error(path: Path, problem: str, remedy: str) -> SurveyError:
    return SurveyError(str(path), [Problem(None, "", path.name or str(path), problem, remedy)])
