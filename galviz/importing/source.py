"""What a source holds: its tables and its images, found without following links out of it."""

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from galviz.errors import listed, shown
from galviz.files.signatures import file_kind
from galviz.files.walking import Walk
from galviz.importing.fits_names import SUFFIXES as FITS_ENDINGS
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
HDF5_ENDINGS = (".h5", ".hdf5", ".hdf")
_NOT_TABLES = ("readme", "license", "licence", "requirements", "changelog", "notice", "sha256sums", "md5sums")
_IMAGE_KINDS = {"a JPEG image", "a PNG image", "a TIFF image", "a WebP image", "a BMP image", "a GIF image"}
_MAX_FILES, _MAX_SHOWN = 3_000_000, 5


@dataclass(frozen=True)
class SourceFiles:
    r"""The files of a folder.

    Attributes
    ----------
    root : pathlib.Path
        The folder.
    images, tables, fits, hdf5 : tuple of str
        Paths below it with slashes, sorted. ``fits`` may be tables or images.
    others : tuple of str
        Files of other kinds.
    links, special, unread : tuple of str
        Symbolic links that lead out of the folder or nowhere, or to folders; devices, pipes and sockets; folders that
        can't be read.

    Examples
    --------
    >>> print(*SourceFiles(Path("gz2"), images=("1.jpg",), links=("2.jpg",), others=("3.jp2",)).notes, sep="\n")
    1 symbolic link leads to a folder or out of gz2 and was not followed: 2.jpg.
    1 file was left out: .jp2.
    """

    root: Path
    images: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    hdf5: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """Sentences about what was left out."""
        notes = []
        name = self.root.name or str(self.root)
        if count := len(self.links):
            subject = "1 symbolic link leads" if count == 1 else f"{count:,} symbolic links lead"
            was = "was" if count == 1 else "were"
            links = listed(self.links, at_most=_MAX_SHOWN)
            notes.append(f"{subject} to a folder or out of {name} and {was} not followed: {links}.")
        if self.special:
            notes.append(f"Special files (pipes, sockets or devices) in {name} were ignored: {len(self.special):,}.")
        if self.unread:
            notes.append(f"Folders in {name} that can't be read: {listed(self.unread, at_most=_MAX_SHOWN)}.")
        if self.others:
            notes.append(f"{_count(self.others)} left out: {endings_of(self.others)}.")
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
    names: dict[str, list[str]] = {}
    real_root = os.path.realpath(root)
    walk = Walk(root)
    try:
        for number, (path, entry) in enumerate(walk):
            if number >= _MAX_FILES:
                raise source_error(root, f"it has more than {_MAX_FILES:,} files", "give the folder of the survey only")
            if kind := _kind(entry, real_root):
                names.setdefault(kind, []).append(path)
    except OSError as error:
        remedy = "check the path and its permissions"
        raise source_error(root, f"it can't be read: {error.strerror}", remedy) from error
    links = [*names.pop("links", []), *walk.links]
    kinds = {kind: tuple(sorted(paths)) for kind, paths in names.items()}
    return SourceFiles(root, **kinds, links=tuple(sorted(links)), unread=tuple(sorted(walk.unread)))


def _kind(entry: os.DirEntry[str], real_root: str) -> str | None:
    """The attribute of `SourceFiles` that a file belongs to; None for notes such as README.md."""
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        inside = target.startswith(os.path.join(real_root, ""))  # noqa: PTH118 (an empty last part adds the slash)
        if not inside or not os.path.isfile(target):  # noqa: PTH113 (pathlib raises for names that are too long)
            return "links"
    elif not entry.is_file(follow_symlinks=False):
        return "special"
    name = entry.name.lower()
    if name.endswith(IMAGE_ENDINGS):
        return "images"
    if name.endswith(FITS_ENDINGS):
        return "fits"
    if name.endswith(HDF5_ENDINGS):
        return "hdf5"
    if name.startswith(_NOT_TABLES):
        return None
    if name.endswith(tuple(ending for group in TABLE_ENDINGS for ending in group)):
        return "tables"
    suffix = PurePosixPath(name).suffix[1:]
    # An ending of letters says that the file is something else; 'J0004.19+0209' has none.
    if not suffix.isalpha() and file_kind(read_start(entry.path)) in _IMAGE_KINDS:
        return "images"
    return "others"


def endings_of(names: Sequence[str]) -> str:
    """The endings of files with their numbers, or the names of files without one; at most five.

    Examples
    --------
    >>> endings_of(["a.jp2", "b.jp2", "images.zip", "17"])
    '.jp2 (2), .zip, 17'
    """
    counts = Counter(PurePosixPath(name).suffix.lower() or PurePosixPath(name).name for name in names)
    parts = [f"{shown(ending)} ({count:,})" if count > 1 else shown(ending) for ending, count in counts.most_common()]
    more = len(parts) - _MAX_SHOWN
    return ", ".join(parts[:_MAX_SHOWN]) + f" and {more:,} more" * (more > 0)


def _count(names: Sequence[str]) -> str:
    return "1 file was" if len(names) == 1 else f"{len(names):,} files were"


def image_stem(name: str) -> str:
    """The name of an image without its folder and its ending, with composed accents; points inside the name stay.

    Examples
    --------
    >>> image_stem("images/J0004.19+020924.1"), image_stem("a/17.JPG")
    ('J0004.19+020924.1', '17')
    """
    name = name.rpartition("/")[2]
    for ending in IMAGE_ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            name = name[: -len(ending)]
            break
    return name if name.isascii() else unicodedata.normalize("NFC", name)


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
        raise source_error(source, problem, "check the path") from error
    except ValueError as error:  # a NUL in the name
        raise source_error(source, "it can't be a path", "check the path") from error
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise source_error(source, "it is a special file", "give a folder, a table, a zip or an HDF5 file")
    return stat.S_ISDIR(mode)


def source_error(path: Path, problem: str, remedy: str) -> SurveyError:
    """The error for a source that can't be used.

    Examples
    --------
    >>> print(source_error(Path("zoo/gz2"), "it is empty", "download it again"))
    The survey folder zoo/gz2 has 1 problem:
    - gz2: it is empty; download it again.
    """
    return SurveyError(str(path), [Problem(None, "", path.name or str(path), problem, remedy)])
