"""Writing a survey folder of mock galaxies; an interrupted run is continued by the same call."""

from __future__ import annotations

import json
import operator
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd

from galviz import __version__
from galviz.files.jsonfile import parse_json
from galviz.files.lock import exclusive_lock
from galviz.files.writing import remove_unfinished, with_resume_hint, write_new
from galviz.simulate.causes import draw_causes
from galviz.simulate.framing import check_framing
from galviz.simulate.record import add_to_record, finish_record, is_unchanged, read_record
from galviz.simulate.workers import available_cores, write_images
from galviz.survey.catalogue_file import SIMULATION_NAME
from galviz.survey.image_folder import IMAGES_NAME
from galviz.survey.table import CATALOGUE_NAME


def write_survey(
    out: str | os.PathLike[str],
    *,
    n: int,
    seed: int,
    framing: str = "fixed",
    variety: float = 1.0,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    note: Callable[[str], object] | None = None,
) -> None:
    """Write a survey folder of mock galaxies: `images/<objID>.jpg`, then `master.csv`.

    The settings are saved as `simulation.json`, the images' checksums as `simulation.sha256`. The folder is the same,
    byte for byte, for any number of workers and interruptions: an image is written completely or not at all, and the
    catalogue is written last. An image is drawn again only if it is missing or was changed; a changed one is kept as
    `<objID>.jpg.old1`.

    Parameters
    ----------
    out : path-like
        A new or empty folder, or one that an earlier run with the same settings has begun.
    n, seed, variety
        As for `draw_causes`.
    framing : str
        One of `FRAMINGS`, see `render`.
    workers : int, optional
        Number of processes; by default one per core that this process may use. A script that uses several must guard
        its entry with ``if __name__ == "__main__":``, as always with processes.
    progress : callable, optional
        Called as progress(done, total), counting images of an earlier run. An exception that it raises ends the run.
    note : callable, optional
        Called at the end with a sentence about the changed images that were kept under another name, if there are any.
        By default it is a warning.

    Raises
    ------
    ValueError
        If a setting is out of range, `out` holds other files or a changed catalogue, or another process is writing
        there. Nothing is written then.
    OSError
        If a file can't be written, or a worker was killed. All files are complete, and the same call continues.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_survey(folder, n=1, seed=1)
    ...     print(sorted(path.name for path in Path(folder).iterdir()))
    ['images', 'master.csv', 'simulation.json', 'simulation.sha256']
    """
    n, seed, variety = operator.index(n), operator.index(seed), float(variety)
    workers = available_cores() if workers is None else operator.index(workers)
    check_framing(framing)
    if workers < 1:
        raise ValueError(f"workers must be at least 1 process, not {workers}.")
    causes = draw_causes(n, seed, variety=variety)
    folder = Path(out)
    settings = {"framing": framing, "galviz": __version__, "n": n, "seed": seed, "variety": variety}
    catalogue = causes.to_csv(lineterminator="\n").encode()
    with with_resume_hint():
        _prepare_folder(folder, settings, catalogue)
    busy = f"another process is simulating galaxies in {folder}; wait for it, or name another folder"
    with exclusive_lock(folder / SIMULATION_NAME, busy):
        for place in (folder, folder / IMAGES_NAME):
            remove_unfinished(place)
        moved_aside: list[str] = []
        try:
            _write_missing_images(folder, causes, framing, workers, progress, moved_aside)
        finally:
            if moved_aside:
                (note or warnings.warn)(_describe_moved(folder / IMAGES_NAME, moved_aside))
        if not (folder / CATALOGUE_NAME).exists():
            with with_resume_hint():
                write_new(folder / CATALOGUE_NAME, catalogue)


def _write_missing_images(
    folder: Path,
    causes: pd.DataFrame,
    framing: str,
    workers: int,
    progress: Callable[[int, int], object] | None,
    moved_aside: list[str],
) -> None:
    """Render the galaxies whose image is missing or changed; names of changed images go to `moved_aside`."""
    images, checksums = folder / IMAGES_NAME, read_record(folder)
    is_missing = [not is_unchanged(images / f"{object_id}.jpg", checksums.get(object_id)) for object_id in causes.index]
    missing = causes[is_missing]
    done = len(causes) - len(missing)
    if progress:
        progress(done, len(causes))
    for object_id, image in zip(missing.index, write_images(images, missing, framing, workers), strict=True):
        if image.moved_aside:
            moved_aside.append(image.moved_aside)
        checksums[object_id] = image.sha256
        with with_resume_hint():
            add_to_record(folder, object_id, image.sha256)
        done += 1
        if progress:
            progress(done, len(causes))
    with with_resume_hint():
        finish_record(folder, causes.index, checksums)


def _describe_moved(images: Path, names: list[str]) -> str:
    plural = "s" if len(names) > 1 else ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return (
        f"{len(names)} image{plural} in {images} differed from this simulation and had to be rendered again; the "
        f"previous content is kept as {', '.join(names[:3])}{more}."
    )


def _prepare_folder(folder: Path, settings: dict, catalogue: bytes) -> None:
    """Create the folder, or check that an earlier run with the same settings has begun it."""
    path = folder / SIMULATION_NAME
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a folder.")
    if path.is_file():
        _check_settings(folder, path, settings)
        _check_catalogue(folder / CATALOGUE_NAME, catalogue)
    elif folder.is_dir() and any(not entry.name.startswith(f".{SIMULATION_NAME}.") for entry in folder.iterdir()):
        raise ValueError(f"{folder} isn't empty and holds no simulation; name another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with suppress(FileExistsError):  # from a second run that begins at this moment: the lock stops one of them
            write_new(path, (json.dumps(settings, indent=2) + "\n").encode())
    (folder / IMAGES_NAME).mkdir(exist_ok=True)


def _check_catalogue(path: Path, content: bytes) -> None:
    """Refuse a catalogue that somebody has changed."""
    if not path.is_symlink() and not path.exists():
        return
    if not path.is_file() or path.read_bytes() != content:
        raise ValueError(
            f"{path} isn't what this simulation writes: it was changed since, and nothing in its folder is touched. "
            "To draw the survey again, name another folder."
        )


def _check_settings(folder: Path, path: Path, settings: dict) -> None:
    """Refuse a simulation that was begun with other settings."""
    try:
        previous = parse_json(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} can't be read ({error}); name another folder.") from None
    if previous == settings:
        return
    if not isinstance(previous, dict):
        raise ValueError(f"{path} can't be read (it holds no settings); name another folder.")
    names = sorted(name for name in settings.keys() | previous.keys() if previous.get(name) != settings.get(name))
    before, now = (", ".join(f"{name} {values.get(name)!r}" for name in names) for values in (previous, settings))
    raise ValueError(
        f"{folder} was begun with {before}, not {now}; give the same settings to continue, or name another folder."
    )
