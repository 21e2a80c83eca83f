"""A visitor's uploads: files in a temporary folder of the session, bounded in size, gone when the session ends."""

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Protocol

from galviz.errors import shown
from galviz.files.signatures import file_kind
from galviz.survey.images import read_start

# Per session, and for all sessions of the server. A survey of 20,000 galaxies has about 100 MB. Streamlit holds new
# uploads in memory until the page has written them.
MAX_BYTES, MAX_FILES, MAX_SERVER_BYTES = 200 * 2**20, 20_000, 2 * 2**30
# Streamlit lets a browser return to its session for two minutes.
GRACE_S = 130.0
_PREFIX = "galviz-session"
_NAME = re.compile(rf"{_PREFIX}-(\d+)-\w+")
_CHUNK_BYTES = 2**20
_sessions: "weakref.WeakSet[Uploads]" = weakref.WeakSet()
_lock = Lock()


class UploadError(ValueError):
    """Uploaded files can't be used; the message says which, why, and what to do."""


class UploadedFile(Protocol):
    """What Streamlit's ``st.file_uploader`` returns."""

    name: str
    size: int

    def read(self, size: int = -1, /) -> bytes:
        """Read bytes."""

    def seek(self, offset: int, /) -> int:
        """Go to a position."""


class Uploads:
    """A temporary folder that only its session knows. It is removed with this object, or when Python ends.

    Attributes
    ----------
    folder : pathlib.Path
        Readable by the server's user only.
    remove : callable
        Removes the folder.

    Examples
    --------
    >>> uploads = Uploads()
    >>> folder = uploads.folder
    >>> folder.is_dir()
    True
    >>> del uploads
    >>> folder.exists()
    False
    """

    def __init__(self) -> None:
        _remove_abandoned()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{os.getpid()}-"))
        self._number = 0
        self._n_bytes = 0
        self.remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        with _lock:
            _sessions.add(self)

    def new_folder(self, name: str) -> Path:
        """The path of a folder below `folder` that doesn't exist yet."""
        self._number += 1
        return self.folder / f"{name}-{self._number}"

    def receive(self, files: Iterable[UploadedFile]) -> Path:
        """Write uploaded files to a new folder; zip archives are unpacked.

        Raises
        ------
        UploadError
            If a name can't be used, an archive is unsafe, or a limit is exceeded; nothing is left then.
        """
        from galviz.importing.member_names import check_names, is_ignored

        files = [file for file in files if not is_ignored(file.name)]
        if fault := check_names((file.name for file in files), noun="file"):
            raise UploadError(f"{fault[:1].upper()}{fault[1:]}.")
        n_bytes = sum(file.size for file in files)
        self._reserve(len(files), n_bytes)
        target = self.new_folder("source")
        target.mkdir()
        try:
            for file in files:
                self._write(file, target)
            _refuse_hdf5(target)
            self._n_bytes = _size(target)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            self._n_bytes = _size(self.folder)
            raise
        return target

    def clear(self) -> None:
        """Remove everything that was uploaded."""
        for path in self.folder.iterdir():
            shutil.rmtree(path, ignore_errors=True)
        self._n_bytes = 0

    def _reserve(self, n_files: int, n_bytes: int) -> None:
        if n_files > MAX_FILES:
            raise UploadError(f"{n_files:,} files are more than the {MAX_FILES:,} that fit. Pack them as one zip.")
        if n_bytes > MAX_BYTES:
            raise UploadError(f"{_megabytes(n_bytes)} are more than the {_megabytes(MAX_BYTES)} that fit: {_SMALLER}")
        with _lock:
            others = sum(session._n_bytes for session in _sessions if session is not self)
            if others + n_bytes > MAX_SERVER_BYTES:
                raise UploadError(f"Other visitors' uploads fill this server for now. Try again later, or {_LOCALLY}.")
            self._n_bytes = n_bytes

    def _write(self, file: UploadedFile, target: Path) -> None:
        from galviz.importing.archive import ArchiveError, unpack_zip

        file.seek(0)
        path = target / file.name
        if path.suffix.lower() == ".zip":
            try:
                unpack_zip(file, path.with_suffix(""), max_files=MAX_FILES, max_bytes=MAX_BYTES, name=file.name)
            except ArchiveError as error:
                raise UploadError(str(error)) from error
            except FileExistsError as error:
                raise UploadError(f"{shown(file.name)} and a folder have the same name. Rename one of them.") from error
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as output:
            while chunk := file.read(_CHUNK_BYTES):
                output.write(chunk)


def remove_when_left(
    uploads: Uploads, is_active: Callable[[], bool], *, grace_s: float = GRACE_S, pause_s: float = 10.0
) -> Thread:
    """Remove uploads once their session is over: Streamlit drops a closed session only when another one comes.

    Parameters
    ----------
    uploads : Uploads
    is_active : callable
        Whether a browser is connected to the session.
    grace_s : float
        Time for which a browser may be disconnected.
    pause_s : float
        Time between two checks.

    Returns
    -------
    threading.Thread
        It ends with the uploads.
    """
    thread = Thread(target=_watch, args=(weakref.ref(uploads), is_active, grace_s, pause_s), daemon=True)
    thread.start()
    return thread


def _watch(reference: "weakref.ref[Uploads]", is_active: Callable[[], bool], grace_s: float, pause_s: float) -> None:
    last_active = monotonic()
    while (uploads := reference()) is not None:
        if is_active():
            last_active = monotonic()
        elif monotonic() - last_active > grace_s:
            uploads.clear()
            uploads.remove()
            return
        del uploads  # the session may drop it
        sleep(pause_s)


_LOCALLY = "run galviz on your own machine"
_SMALLER = f"upload a part of the survey, or {_LOCALLY}."


def _refuse_hdf5(folder: Path) -> None:
    """Refuse HDF5 files: their library decompresses without a limit."""
    for path in folder.rglob("*"):
        is_hdf5 = path.name.lower().endswith((".h5", ".hdf5")) or file_kind(read_start(path)) == "an HDF5 file"
        if is_hdf5 and path.is_file():
            raise UploadError(f"HDF5 files can't be uploaded: import {shown(path.name)} on your own machine.")


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:,.0f} MB"


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def _remove_abandoned() -> None:
    """Remove folders of servers that were killed: their process is gone."""
    try:
        import psutil
    except ModuleNotFoundError:  # in the light app, where the system removes temporary files
        return
    with suppress(OSError):
        for path in Path(tempfile.gettempdir()).iterdir():
            name = _NAME.fullmatch(path.name)
            if name and not psutil.pid_exists(int(name[1])):
                shutil.rmtree(path, ignore_errors=True)
