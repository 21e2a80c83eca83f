"""Rendering and writing a survey's images, in parallel processes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from galviz.files.writing import with_resume_hint, write_bytes
from galviz.simulate.rendering import render_jpeg

_CHUNK_SIZE = 8  # galaxies that a worker takes at a time


class WrittenImage(NamedTuple):
    """An image that was rendered and is now in its folder.

    Attributes
    ----------
    sha256 : str
        Checksum of the file.
    moved_aside : str or None
        New name of a different image that was in its place.
    """

    sha256: str
    moved_aside: str | None


def available_cores() -> int:
    """Number of cores that this process may use, or that the machine has if the system doesn't say.

    Examples
    --------
    >>> available_cores() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write_images(images: Path, causes: pd.DataFrame, framing: str, workers: int) -> Iterator[WrittenImage]:
    """Render each galaxy and write its image, ``<objID>.jpg``.

    Parameters
    ----------
    images : pathlib.Path
        A folder that exists.
    causes : DataFrame
        Rows of `draw_causes`.
    framing : str
        One of `FRAMINGS`.
    workers : int
        Number of processes.

    Yields
    ------
    WrittenImage
        In the order of the rows.

    Raises
    ------
    ChildProcessError
        If a worker was killed.
    OSError
        If an image can't be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from galviz.simulate import draw_causes
    >>> with TemporaryDirectory() as folder:
    ...     (image,) = write_images(Path(folder), draw_causes(1, seed=1), "fixed", workers=1)
    ...     print([path.name for path in Path(folder).iterdir()], image.moved_aside)
    ['9000000001000000000.jpg'] None
    """
    records = zip(causes.index, causes.to_dict("records"), strict=True)
    jobs = [(images / f"{object_id}.jpg", row, framing) for object_id, row in records]
    if workers == 1 or len(jobs) <= _CHUNK_SIZE:
        yield from map(_write_image, jobs)
        return
    # "spawn": the same on every system, and the threads of this process are not copied
    context = multiprocessing.get_context("spawn")
    workers = min(workers, -(-len(jobs) // _CHUNK_SIZE))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_follow_parent) as pool:
        try:
            with _blocked_interrupts():
                written = pool.map(_write_image, jobs, chunksize=_CHUNK_SIZE)  # starts the processes
            yield from written
        except BrokenProcessPool:
            raise ChildProcessError(
                "a process that rendered galaxies was killed, perhaps because memory ran out; "
                "run the same command again to continue, with fewer workers"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _blocked_interrupts() -> Iterator[None]:
    """Deliver Ctrl-C when the block ends; processes started in it never receive it. The terminal sends it to all."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _write_image(job: tuple[Path, dict, str]) -> WrittenImage:
    path, row, framing = job
    content, moved_aside = render_jpeg(row, framing), None
    with with_resume_hint():
        if not path.is_file() or path.read_bytes() != content:
            if path.is_file() and path.stat().st_size:  # somebody changed it, and may want it
                moved_aside = _unused_name(path)
                path.rename(moved_aside)
            write_bytes(path, content)
    return WrittenImage(hashlib.sha256(content).hexdigest(), moved_aside and moved_aside.name)


def _unused_name(path: Path) -> Path:
    """An unused name beside an image that no survey reads."""
    number = 1
    while (unused := path.with_name(f"{path.name}.old{number}")).exists():
        number += 1
    return unused


def _follow_parent() -> None:
    """Leave interrupts to the parent, which ends the pool; exit if the parent is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def exit_with_parent() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=exit_with_parent, daemon=True).start()
