"""Sources that galviz doesn't read: what they are, and what to give instead."""

from pathlib import Path

from galviz.errors import listed
from galviz.files.signatures import ARCHIVES, LFS_POINTER, LFS_REMEDY, file_kind
from galviz.importing.source import IMAGE_ENDINGS, SourceFiles, endings_of, source_error
from galviz.survey.images import read_start
from galviz.survey.problems import SurveyError
from galviz.survey.text_stream import TextError, read_head

ZIP, HDF5 = "an Excel workbook or another zip archive", "an HDF5 file"
_ARRAYS = "write its images as PNG files, or as the dataset images of an HDF5 file (docs/real-galaxies.md)"
_PACKED = (*(kind for kind in ARCHIVES if kind != "a gzip archive"), ZIP, HDF5)
_ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar")


def check_kind(path: Path) -> str | None:
    r"""The kind of a file that is a source; see `galviz.files.signatures.file_kind`.

    Raises
    ------
    SurveyError
        If it is neither a table nor a zip nor an HDF5 file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "galaxies.7z")
    ...     _ = path.write_bytes(b"7z\xbc\xaf\x27\x1c")
    ...     try:
    ...         check_kind(path)
    ...     except SurveyError as error:
    ...         print(error.details[0])
    galaxies.7z: it is a 7z archive; unpack it, and give what is in it.
    """
    kind = file_kind(read_start(path))
    if kind == LFS_POINTER:
        raise source_error(path, f"it is {kind}", LFS_REMEDY)
    if path.name.lower().endswith(IMAGE_ENDINGS):
        raise source_error(path, "it is a single image", "give the folder that contains the images")
    try:
        content = file_kind(read_head(path)) if kind == "a gzip archive" else kind
    except TextError:
        return kind  # the table's error says more
    if content in _PACKED and kind not in (ZIP, HDF5):
        problem = f"it is {kind}" + f" of {content}" * (content != kind)
        raise source_error(path, problem, "unpack it, and give what is in it")
    if content == "a NumPy array":
        raise source_error(path, f"it is {content}", _ARRAYS)
    return kind


def no_images_error(path: Path, files: SourceFiles, *, has_table: bool, is_file: bool) -> SurveyError:
    """The error for a source without images.

    Parameters
    ----------
    path : pathlib.Path
        The source.
    files : SourceFiles
        The folder in which images were looked for.
    has_table, is_file : bool
        Whether the source has a table, and whether it is one.

    Examples
    --------
    >>> files = SourceFiles(Path("gz2"), others=("images.zip", "README"))
    >>> print(no_images_error(Path("gz2"), files, has_table=True, is_file=False).details[0].remedy)
    unpack them, and give the folder
    """
    where = "beside it" if is_file else f"in {files.root.name or files.root}"
    problem = f"there are no images (JPEG, PNG, TIFF, WebP, BMP or GIF) {where}"
    if not has_table:
        problem = "there is no table and there are no images"
    remedy = "give the folder of images with --images FOLDER"
    archives = [name for name in files.others if name.lower().endswith(_ARCHIVE_ENDINGS)]
    if files.links:
        problem += f", but symbolic links that lead out of it, which aren't followed ({listed(files.links, at_most=3)})"
        remedy = "give the folder that they lead to with --images FOLDER, or replace them with the files"
    elif files.hdf5:
        problem += f", but {len(files.hdf5):,} HDF5 files ({listed(files.hdf5, at_most=3)})"
        remedy = "give one of them as SOURCE"
    elif archives:
        problem += f", but archives that galviz doesn't unpack there ({listed(archives, at_most=3)})"
        remedy = "unpack them, and give the folder"
    elif any(name.lower().endswith((".npy", ".npz")) for name in files.others):
        problem, remedy = f"{problem}, but NumPy arrays", _ARRAYS
    elif files.others:
        problem += f", but {endings_of(files.others)}"
        remedy = "save images as JPEG or PNG, or give their folder with --images FOLDER"
    return source_error(path, problem, remedy)
