"""What a source holds: its tables and its images, found without following links out of it."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from galviz.files.signatures import file_kind
from galviz.importing.member_names import is_hidden
from galviz.survey.images import read_start
from galviz.survey.problems import Problem, SurveyError

IMAGE_ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif")
# Tables in groups: a folder with some of the first has no tables among the files of a later group, which are notes,
# annotations of single images or spectra.
TABLE_ENDINGS = (
    (".parquet", ".pq", ".csv", ".tsv", ".tab", ".psv", ".ecsv", ".vot", ".votable", ".csv.gz", ".tsv.gz", ".ecsv.gz"),
    (".xlsx", ".xls", ".ods"),
    (".dat", ".txt", ".xml", ".vot.gz", ".txt.gz", ".dat.gz"),
)
FITS_ENDINGS = (".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fits.fz", ".fits.bz2")
HDF5_ENDINGS = (".h5", ".hdf5", ".hdf")
_NOT_TABLES = ("readme", "license", "licence", "requirements", "changelog", "notice", "sha256sums", "md5sums")
_IMAGE_KINDS = {"a JPEG image", "a PNG image", "a TIFF image", "a WebP image", "a BMP image", "a GIF image"}
_MAX_DEPTH, _MAX_FILES = 20, 3_000_000


@dataclass(frozen=True)
class SourceFiles:
    """The files of a folder.

    Attributes
    ----------
    root : pathlib.Path
        The folder.
    images, tables, fits, hdf5 : tuple of str
        Paths below it with slashes, sorted. ``fits`` may be tables or images.
    n_links, n_special : int
        Symbolic links that lead out of the folder or nowhere, or to folders; devices, pipes and sockets.

    Examples
    --------
    >>> files = SourceFiles(Path("gz2"), ("images/1.jpg",), ("gz2.csv",), (), (), 1, 0)
    >>> files.notes
    ['1 symbolic link in gz2 leads to a folder or out of it and was not followed.']
    """

    root: Path
    images: tuple[str, ...]
    tables: tuple[str, ...]
    fits: tuple[str, ...]
    hdf5: tuple[str, ...]
    n_links: int
    n_special: int

    @property
    def notes(self) -> list[str]:
        """Sentences about what was left out."""
        notes = []
        name = self.root.name or str(self.root)
        if self.n_links:
            subject = "1 symbolic link" if self.n_links == 1 else f"{self.n_links:,} symbolic links"
            verb = ("leads", "was") if self.n_links == 1 else ("lead", "were")
            notes.append(f"{subject} in {name} {verb[0]} to a folder or out of it and {verb[1]} not followed.")
        if self.n_special:
            notes.append(f"Special files (pipes, sockets or devices) in {name} were ignored: {self.n_special:,}.")
        return notes


def scan_folder(root: Path) -> SourceFiles:
    """Find the tables and images in a folder and its subfolders.

    Hidden files and what operating systems add (``__MACOSX``, ``Thumbs.db``) are ignored. A file without a known
    ending is an image if its content begins like one.

    Parameters
    ----------
    root : pathlib.Path

    Returns
    -------
    SourceFiles

    Raises
    ------
    SurveyError
        If the folder can't be read, or has too many files.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("table.csv", "17.JPG", ".DS_Store"):
    ...         Path(folder, name).touch()
    ...     files = scan_folder(Path(folder))
    >>> files.images, files.tables
    (('17.JPG',), ('table.csv',))
    """
    names: dict[str, list[str]] = {"image": [], "table": [], "fits": [], "hdf5": [], "link": [], "special": []}
    real_root = os.path.realpath(root)
    for number, entry in enumerate(_walk(root, "", 0)):
        if number >= _MAX_FILES:
            raise _folder_error(root, f"it has more than {_MAX_FILES:,} files", "give the folder of the survey only")
        kind = _kind(entry[0], entry[1], real_root)
        if kind:
            names[kind].append(entry[1])
    return SourceFiles(
        root,
        tuple(sorted(names["image"])),
        tuple(sorted(names["table"])),
        tuple(sorted(names["fits"])),
        tuple(sorted(names["hdf5"])),
        len(names["link"]),
        len(names["special"]),
    )


def _walk(folder: Path, inside: str, depth: int) -> Iterator[tuple[os.DirEntry[str], str]]:
    """All files below a folder that aren't hidden, with their paths; folders that are links aren't entered."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        if depth:
            return
        raise _folder_error(
            folder, f"it can't be read: {error.strerror}", "check the path and its permissions"
        ) from error
    for entry in entries:
        if is_hidden(entry.name):
            continue
        path = f"{inside}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if depth < _MAX_DEPTH:
                yield from _walk(Path(entry.path), f"{path}/", depth + 1)
        else:
            yield entry, path


def _kind(entry: os.DirEntry[str], path: str, real_root: str) -> str | None:
    """What a file is: image, table, fits, hdf5, link (not followed), special or None."""
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        inside = target.startswith(os.path.join(real_root, ""))  # noqa: PTH118 (an empty last part adds the slash)
        if not inside or not os.path.isfile(target):  # noqa: PTH113 (pathlib raises for names that are too long)
            return "link"
    elif not entry.is_file(follow_symlinks=False):
        return "special"
    name = PurePosixPath(path).name.lower()
    if name.endswith(IMAGE_ENDINGS):
        return "image"
    if name.endswith(FITS_ENDINGS):
        return "fits"
    if name.endswith(HDF5_ENDINGS):
        return "hdf5"
    if name.endswith(tuple(ending for group in TABLE_ENDINGS for ending in group)):
        return None if name.startswith(_NOT_TABLES) else "table"
    suffix = PurePosixPath(name).suffix[1:]
    # An ending of letters says that the file is something else; 'J0004.19+0209' has none.
    if not suffix.isalpha() and file_kind(read_start(entry.path)) in _IMAGE_KINDS:
        return "image"
    return None


def image_stem(name: str) -> str:
    """The name of an image without its folder and its ending; points inside the name stay.

    Examples
    --------
    >>> image_stem("images/J0004.19+020924.1"), image_stem("a/17.JPG")
    ('J0004.19+020924.1', '17')
    """
    name = name.rpartition("/")[2]
    for ending in IMAGE_ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def check_readable(source: Path) -> bool:
    """Whether `source` is a folder (True) or a regular file (False).

    Raises
    ------
    SurveyError
        If there is no such file, or it is something else.

    Examples
    --------
    >>> check_readable(Path("nowhere"))
    Traceback (most recent call last):
    galviz.survey.problems.SurveyError: The survey folder nowhere has 1 problem:
    - nowhere: there is no such file or folder; check the path.
    """
    try:
        mode = source.stat().st_mode
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        problem = "there is no such file or folder" if missing else f"it can't be read: {error.strerror}"
        raise _folder_error(source, problem, "check the path") from error
    except ValueError as error:  # a NUL in the name
        raise _folder_error(source, "it can't be a path", "check the path") from error
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise _folder_error(source, "it is a special file", "give a folder, a table, a zip or an HDF5 file")
    return stat.S_ISDIR(mode)


def _folder_error(folder: Path, problem: str, remedy: str) -> SurveyError:
    return SurveyError(str(folder), [Problem(None, "", folder.name or str(folder), problem, remedy)])
