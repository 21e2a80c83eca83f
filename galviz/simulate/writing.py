"""A survey folder of mock galaxies: drawn once, rendered on all cores, and taken up again where it was stopped."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import operator
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path

import pandas as pd

from galviz import __version__
from galviz.files.lock import exclusive_lock
from galviz.files.writing import clear_unfinished, saying_how_to_go_on, write_bytes, write_new
from galviz.simulate.causes import draw_causes
from galviz.simulate.record import add_to_record, finish_record, is_as_drawn, read_record
from galviz.simulate.rendering import check_framing, render_jpeg
from galviz.survey.catalogue import SIMULATION_NAME
from galviz.survey.imagefolder import IMAGES_NAME
from galviz.survey.table import CATALOGUE_NAME

_CHUNK = 8  # galaxies a worker takes at a time


def write_survey(
    out: str | os.PathLike[str],
    *,
    n: int,
    seed: int,
    framing: str = "fixed",
    variety: float = 1.0,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> None:
    """Write a survey folder: `images/<objID>.jpg`, then `master.csv`.

    The settings are kept as `simulation.json`. The folder is the same, byte for byte, whatever the number of workers
    and however often the run was stopped: an image is there whole or not at all, and the catalogue is written last.
    The images' checksums are kept as `simulation.sha256`. An image is drawn again only if it is missing or no longer as
    it was drawn; what it held instead is kept as `<objID>.jpg.old1`.

    Parameters
    ----------
    out : path-like
        A new or empty folder, or one that a run with the same settings has begun and is no longer writing to.
    n, seed, variety
        As for `draw_causes`.
    framing : str
        One of `FRAMINGS`, see `render`.
    workers : int, optional
        Processes; one for each core that this process may use by default.
        A script that uses several must guard its entry with ``if __name__ == "__main__":``, as always with processes.
    progress : callable, optional
        Called as progress(done, total), images that were there included. What it raises ends the run and comes through.

    Raises
    ------
    ValueError
        If a setting is out of range, `out` holds something else or a catalogue that was changed, or another process is
        writing there. Nothing is written then.
    OSError
        If a file can't be written, or a worker died. What is there is whole, and the same call goes on from it.
    """
    n, seed, variety = operator.index(n), operator.index(seed), float(variety)
    workers = _cores() if workers is None else operator.index(workers)
    check_framing(framing)
    if workers < 1:
        raise ValueError(f"workers must be at least 1 process, not {workers}.")
    causes = draw_causes(n, seed, variety=variety)
    folder = Path(out)
    settings = {"framing": framing, "galviz": __version__, "n": n, "seed": seed, "variety": variety}
    catalogue = causes.to_csv(lineterminator="\n").encode()
    with saying_how_to_go_on():
        _begin(folder, settings, catalogue)
    busy = f"another process is simulating galaxies in {folder}; wait for it, or name another folder"
    with exclusive_lock(folder / SIMULATION_NAME, busy):
        for place in (folder, folder / IMAGES_NAME):
            clear_unfinished(place)
        _draw(folder, causes, framing, workers, progress)
        if not (folder / CATALOGUE_NAME).exists():
            with saying_how_to_go_on():
                write_new(folder / CATALOGUE_NAME, catalogue)


def _draw(
    folder: Path,
    causes: pd.DataFrame,
    framing: str,
    workers: int,
    progress: Callable[[int, int], object] | None,
) -> None:
    """Render the galaxies that have no image yet, or another than the one that was drawn."""
    images, checksums = folder / IMAGES_NAME, read_record(folder)
    there = {
        object_id for object_id in causes.index if is_as_drawn(images / f"{object_id}.jpg", checksums.get(object_id))
    }
    missing = causes[~causes.index.isin(there)]
    done = len(causes) - len(missing)
    if progress:
        progress(done, len(causes))
    for object_id, sha256 in zip(missing.index, _render_all(images, missing, framing, workers), strict=True):
        checksums[object_id] = sha256
        with saying_how_to_go_on():
            add_to_record(folder, object_id, sha256)
        done += 1
        if progress:
            progress(done, len(causes))
    with saying_how_to_go_on():
        finish_record(folder, causes.index, checksums)


def _begin(folder: Path, settings: dict, catalogue: bytes) -> None:
    """Take a folder for a run, or up again; refuse one that holds anything else."""
    path = folder / SIMULATION_NAME
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a folder.")
    if path.is_file():
        _compare(folder, path, settings)
        _compare_catalogue(folder / CATALOGUE_NAME, catalogue)
    elif folder.is_dir() and any(not entry.name.startswith(f".{SIMULATION_NAME}.") for entry in folder.iterdir()):
        raise ValueError(f"{folder} isn't empty and no simulation was begun there; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with suppress(FileExistsError):  # from a second run that begins at this moment: one of them is told to wait
            write_new(path, (json.dumps(settings, indent=2) + "\n").encode())
    (folder / IMAGES_NAME).mkdir(exist_ok=True)


def _compare_catalogue(path: Path, content: bytes) -> None:
    """Refuse a catalogue that somebody has changed: it is theirs now."""
    if not path.is_symlink() and not path.exists():
        return
    if not path.is_file() or path.read_bytes() != content:
        raise ValueError(
            f"{path} isn't what this simulation writes: it was changed since, and is left alone, as is all of its "
            "folder. To draw the survey again, name another folder."
        )


def _compare(folder: Path, path: Path, settings: dict) -> None:
    try:
        begun = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} can't be read ({error}); name another folder.") from None
    if begun != settings:
        keys = settings.keys() | begun.keys() if isinstance(begun, dict) else settings.keys()
        differ = sorted(key for key in keys if not isinstance(begun, dict) or begun.get(key) != settings.get(key))
        was = ", ".join(f"{key} {begun.get(key)!r}" for key in differ) if isinstance(begun, dict) else repr(begun)
        now = ", ".join(f"{key} {settings.get(key)!r}" for key in differ)
        raise ValueError(
            f"{folder} was begun with {was}, not {now}; give the same settings to go on, or name another folder."
        )


def _render_all(images: Path, causes: pd.DataFrame, framing: str, workers: int) -> Iterator[str]:
    """Render and write each galaxy; yield the checksum of each image."""
    records = zip(causes.index, causes.to_dict("records"), strict=True)
    rows = [(str(images / f"{object_id}.jpg"), row, framing) for object_id, row in records]
    if workers == 1 or len(rows) <= _CHUNK:
        yield from map(_render_one, rows)
        return
    # "spawn": the same on every system, and nothing of this process's threads is copied
    context = multiprocessing.get_context("spawn")
    workers = min(workers, -(-len(rows) // _CHUNK))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_obey_parent) as pool:
        try:
            yield from pool.map(_render_one, rows, chunksize=_CHUNK)
        except BrokenProcessPool:
            raise ChildProcessError(
                "a process that rendered galaxies was ended from outside, perhaps for want of memory; "
                "run the same again to go on, with fewer workers"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def move_aside(path: Path) -> Path:
    """A free name beside an image, under which no survey reads it."""
    number = 1
    while (aside := path.with_name(f"{path.name}.old{number}")).exists():
        number += 1
    return aside


def _obey_parent() -> None:
    """Leave interrupts to the parent, which ends the pool; end with it if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _cores() -> int:
    """Cores that this process may use; on systems that don't tell, all there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _render_one(job: tuple[str, dict, str]) -> str:
    path, row, framing = Path(job[0]), job[1], job[2]
    content = render_jpeg(row, framing)
    with saying_how_to_go_on():
        if not path.is_file() or path.read_bytes() != content:
            if path.is_file() and path.stat().st_size:  # not as it was drawn; whoever changed it may want it
                path.rename(move_aside(path))
            write_bytes(path, content)
    return hashlib.sha256(content).hexdigest()
