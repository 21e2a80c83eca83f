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
from panels.upload_checks import UploadError, check_uploaded

# Per session, and for all sessions of the server. A survey of 20,000 galaxies has about 100 MB. Streamlit holds new
# uploads in memory until the page has written them.
MAX_BYTES, MAX_FILES, MAX_SERVER_BYTES = 200 * 2**20, 20_000, 2 * 2**30
UPLOAD_NAME = "your upload"
# Streamlit lets a browser return to its session for two minutes.
GRACE_S = 130.0
_PREFIX = "galviz-session"
_NAME = re.compile(rf"{_PREFIX}-(\d+)-\w+")
_CHUNK_BYTES = 2**20
_sessions: "weakref.WeakSet[Uploads]" = weakref.WeakSet()
_lock = Lock()


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
        if not files:
            raise UploadError("These files are hidden or were added by the operating system: choose a table or images.")
        if fault := check_names((file.name for file in files), noun="file"):
            raise UploadError(f"{fault[:1].upper()}{fault[1:]}.")
        self._reserve(len(files), sum(file.size for file in files))
        target = self.new_folder("source") / UPLOAD_NAME
        target.mkdir(parents=True)
        try:
            n_files, n_bytes = len(files), 0
            for file in sorted(files, key=_is_zip):
                if _is_zip(file):
                    n_files += self._unpack(file, target, MAX_FILES - n_files + 1, MAX_BYTES - n_bytes) - 1
                    n_bytes = _size(target)
                    self._reserve(n_files, n_bytes)
                else:
                    _write(file, target / file.name)
                    n_bytes += file.size
            check_uploaded(target, MAX_BYTES)
        except OSError as error:
            self._remove(target)
            reason = error.strerror or type(error).__name__
            raise UploadError(
                f"The server can't keep these files ({reason}). Try again later, or {_LOCALLY}."
            ) from error
        except BaseException:
            self._remove(target)
            raise
        return target

    def check_size(self) -> None:
        """Raise UploadError if what was made of the upload takes more space than the upload may.

        WebP and TIFF images are converted to PNG, which may take a hundred times their bytes.
        """
        if _size(self.folder) > 2 * MAX_BYTES:
            raise UploadError(f"As PNG the images take more than {_megabytes(MAX_BYTES)}: upload JPEG or PNG images.")

    def _remove(self, target: Path) -> None:
        shutil.rmtree(target.parent, ignore_errors=True)
        self._n_bytes = _size(self.folder)

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

    def _unpack(self, file: UploadedFile, target: Path, max_files: int, max_bytes: int) -> int:
        """Unpack an archive to a folder of its name; returns the number of files."""
        from galviz.importing.archive import ArchiveError, unpack_zip

        file.seek(0)
        folder = (target / file.name).with_suffix("")
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            return len(unpack_zip(file, folder, max_files=max_files, max_bytes=max_bytes, name=file.name).names)
        except ArchiveError as error:
            raise UploadError(str(error)) from error
        except FileExistsError as error:
            raise UploadError(f"{shown(file.name)} and a folder have the same name. Rename one of them.") from error


def _is_zip(file: UploadedFile) -> bool:
    return file.name.lower().endswith(".zip")


def _write(file: UploadedFile, path: Path) -> None:
    file.seek(0)
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


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 2**20:,.0f} MB"


def _size(folder: Path) -> int:
    """Bytes of the files in a folder; those of hard links count once."""
    files = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum({(status.st_dev, status.st_ino): status.st_size for status in files}.values())


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
