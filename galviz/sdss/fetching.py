"""Fetching a survey: the query, then the images, a few at a time; a fetch that ended early is continued."""

from __future__ import annotations

import operator
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from galviz.errors import listed
from galviz.files.lock import temporary_lock
from galviz.files.writing import remove_unfinished, with_resume_hint
from galviz.sdss import folder as saved
from galviz.sdss.failures import read_failures
from galviz.sdss.images import Failure, Galaxy, image_scale
from galviz.sdss.limits import Limits
from galviz.sdss.query import run_query
from galviz.sdss.reply import Catalogue
from galviz.sdss.request import SdssRequest
from galviz.sdss.sql import COLUMNS
from galviz.sdss.workers import ImageFetch
from galviz.survey.image_folder import IMAGES_NAME

_MAX_WORKERS, _RATES = 16, (0.001, 1000)  # requests per second


@dataclass(frozen=True)
class FetchResult:
    """What a fetch has got.

    Attributes
    ----------
    n_galaxies : int
        Galaxies in master.csv, each with an image.
    failures : tuple of Failure
        Galaxies without an image, in the query's order.

    Examples
    --------
    >>> FetchResult(3, (Failure("17", "the reply is empty", permanent=False),)).n_to_repeat
    1
    """

    n_galaxies: int
    failures: tuple[Failure, ...]

    @property
    def n_to_repeat(self) -> int:
        """Number of failures that another run requests again."""
        return sum(not failure.permanent for failure in self.failures)


def fetch_survey(
    out: str | os.PathLike[str],
    request: SdssRequest,
    *,
    workers: int = 4,
    rate: float = 5.0,
    retry_failed: bool = False,
    limits: Limits | None = None,
    progress: Callable[[int, int], object] | None = None,
    note: Callable[[str], object] | None = None,
) -> FetchResult:
    """Fetch galaxies from SDSS into a survey folder.

    A fetch that was interrupted or killed is continued by the same call. An image that is there isn't requested again,
    nor one that the server doesn't have. The only requests that are repeated are those that were not yet answered when
    the fetch was killed, at most one per worker. However often it was interrupted, the folder is the same, byte for
    byte, as long as the server's replies are.

    Parameters
    ----------
    out : path-like
        A new or empty folder, or one that an earlier fetch with the same request has begun.
    request : SdssRequest
    workers : int
        Number of images that are requested at a time, 1 to 16.
    rate : float
        Largest number of requests per second, all workers together.
    retry_failed : bool
        Request also the images that the server didn't have in an earlier run.
    limits : Limits, optional
    progress : callable, optional
        Called as progress(done, total) with numbers of galaxies. An exception that it raises ends the fetch.
    note : callable, optional
        Called with sentences about what happens.

    Returns
    -------
    FetchResult

    Raises
    ------
    ModuleNotFoundError
        If astroquery isn't installed, and the query wasn't done before.
    ValueError
        If an argument is out of range, the folder holds something else, another process fetches into it, or the server
        can't be reached, refuses the query or has no image at all.
    OSError
        If a file can't be written. All files are complete, and the same call continues.

    Examples
    --------
    >>> fetch_survey("survey", SdssRequest(n=100), workers=100)
    Traceback (most recent call last):
    ValueError: workers must be 1 to 16, not 100.
    """
    if not 1 <= operator.index(workers) <= _MAX_WORKERS:
        raise ValueError(f"workers must be 1 to {_MAX_WORKERS}, not {workers}.")
    if not _RATES[0] <= rate <= _RATES[1]:
        raise ValueError(f"rate must be {_RATES[0]} to {_RATES[1]} requests per second, not {rate}.")
    folder, limits, note = Path(out), limits or Limits(), note or (lambda text: None)
    saved.check_folder(folder)
    busy = f"another process is fetching galaxies into {folder}; wait for it, or name another folder"
    with _folder(folder), temporary_lock(folder / saved.LOCK_NAME, busy), with_resume_hint():
        for place in (folder, folder / IMAGES_NAME):
            if place.is_dir():
                remove_unfinished(place)
        catalogue = _catalogue(folder, request, limits, note)
        known = {} if retry_failed else read_failures(folder)
        fetch = ImageFetch(folder, request, workers=workers, rate=rate, limits=limits)
        failures = fetch.run(_galaxies(catalogue, request), known, progress or (lambda done, total: None))
        n_galaxies = len(catalogue.rows) - len(failures)
        if n_galaxies == 0:
            reasons = next(iter(failures.values())).reason
            raise ValueError(f"None of the {len(failures)} galaxies has an image: {reasons}.")
        if (moved := saved.finish(folder, request, catalogue, failures)) is not None:
            note(f"master.csv had other content than this fetch writes; it is kept as {moved}.")
    ordered = (failures[row[0]] for row in catalogue.rows if row[0] in failures)
    return FetchResult(n_galaxies, tuple(ordered))


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """Create the folder, and remove it if it is still empty after an error, such as a query that was refused."""
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if is_new:
            with suppress(OSError):  # it isn't empty
                folder.rmdir()


def _catalogue(folder: Path, request: SdssRequest, limits: Limits, note: Callable[[str], object]) -> Catalogue:
    """The result of the query: saved by an earlier run, or requested now and saved."""
    catalogue = saved.read_catalogue(folder, request)
    if catalogue is None:
        host = urlsplit(request.server).hostname
        note(f"Querying {host} for {request.n:,} galaxies; this can take some minutes.")
        catalogue = run_query(request, limits, time.sleep)
        if not catalogue.rows:
            raise ValueError("No galaxy fulfils the conditions; widen --sky or --where.")
        if len(catalogue.rows) + catalogue.n_duplicates < request.n:
            note(f"Only {len(catalogue.rows):,} galaxies fulfil the conditions.")
        if lacking := COLUMNS.keys() - set(catalogue.columns):
            note(f"The server's table lacks {listed(sorted(lacking))}.")
        if catalogue.n_duplicates:
            note(f"{catalogue.n_duplicates:,} rows are left out: the same galaxy with another spectrum.")
        saved.save_catalogue(folder, request, catalogue)
    return catalogue


def _galaxies(catalogue: Catalogue, request: SdssRequest) -> list[Galaxy]:
    galaxies = []
    for row in catalogue.rows:
        cells = dict(zip(catalogue.columns, row, strict=True))
        scale = image_scale(request, cells.get("petroR90_r", ""))
        galaxies.append(Galaxy(cells["objID"], float(cells["ra"]), float(cells["dec"]), scale))
    return galaxies
