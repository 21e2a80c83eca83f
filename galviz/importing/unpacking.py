"""Temporary folders for what is unpacked, removed with the object or at exit; and unpacking an HDF5 file into one."""

import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path

from galviz.errors import listed


class Workspace:
    """A temporary folder.

    Parameters
    ----------
    parent : pathlib.Path, optional
        Where it is made; by default among the system's temporary files.

    Attributes
    ----------
    folder : pathlib.Path

    Examples
    --------
    >>> workspace = Workspace()
    >>> folder = workspace.folder
    >>> workspace.close()
    >>> folder.exists()
    False
    """

    def __init__(self, parent: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="galviz-import-", dir=parent))
        self._other: Workspace | None = None
        self._finalizer = weakref.finalize(self, shutil.rmtree, str(self.folder), ignore_errors=True)

    def close(self) -> None:
        """Remove the folder; a second call does nothing."""
        self._finalizer()
        if self._other is not None:
            self._other.close()

    def adopt(self, other: "Workspace") -> None:
        """Keep another folder as long as this one."""
        self._other = other


def unpack_hdf5(
    path: Path, folder: Path, progress: Callable[[int, int], object] | None = None
) -> tuple[Path, tuple[str, ...], str]:
    """Write the images and the table of an HDF5 file to a folder.

    Parameters
    ----------
    path : pathlib.Path
    folder : pathlib.Path
        Must exist.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of images.

    Returns
    -------
    table : pathlib.Path
        A CSV file whose column ``image_file`` names the images.
    images : tuple of str
        Paths of the images below `folder`.
    note : str

    Raises
    ------
    galviz.importing.hdf5.Hdf5Error
        If the file can't be read.

    Examples
    --------
    >>> unpack_hdf5(Path("nowhere.h5"), Path())
    Traceback (most recent call last):
    galviz.importing.hdf5.Hdf5Error: nowhere.h5 isn't a file: give the path of an HDF5 file.
    """
    from galviz.importing.hdf5 import read_hdf5

    galaxies = read_hdf5(path)
    table = folder / f"{path.stem}.csv"
    (folder / "images").mkdir()
    names = []
    for number, (_, content) in enumerate(galaxies.images):
        # Numbers, because ids of a file that nobody has checked may be paths; with a word, because ids may be numbers.
        names.append(f"image-{number}.png")
        (folder / "images" / names[-1]).write_bytes(content)
        if progress is not None:
            progress(number + 1, len(galaxies.columns))
    galaxies.columns.assign(image_file=names).to_csv(table, lineterminator="\n")
    columns = listed(list(galaxies.columns)) or "none"
    note = f"{path.name} is an HDF5 file with {len(names):,} images; its columns: {columns}."
    if galaxies.left_out:
        note += f" Datasets without one value per galaxy were left out: {listed(galaxies.left_out)}."
    return table, tuple(f"images/{name}" for name in names), note
