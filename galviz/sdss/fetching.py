"""Fetching a survey: the query, then the images, a few at a time; a fetch that ended early is continued."""

from __future__ import annotations

import multiprocessing
import operator
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from galviz.errors import listed
from galviz.files.lock import temporary_lock
from galviz.files.writing import remove_unfinished, with_resume_hint
from galviz.sdss import folder as saved
from galviz.sdss.images import Failure, Galaxy, fetch_image, image_scale, is_complete
from galviz.sdss.limits import Limits, Pace
from galviz.sdss.query import Catalogue, run_query
from galviz.sdss.request import SdssRequest
from galviz.sdss.session import new_session
from galviz.sdss.sql import COLUMNS
from galviz.survey.image_folder import IMAGES_NAME

if TYPE_CHECKING:
    import requests

_MAX_WORKERS, _MAX_RATE = 16, 1000


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
    if not 0 < rate <= _MAX_RATE:
        raise ValueError(f"rate must be more than 0 and at most {_MAX_RATE} requests per second, not {rate}.")
    folder, limits, note = Path(out), limits or Limits(), note or (lambda text: None)
    saved.check_folder(folder)
    busy = f"another process is fetching galaxies into {folder}; wait for it, or name another folder"
    with _folder(folder), temporary_lock(folder / saved.LOCK_NAME, busy), with_resume_hint():
        for place in (folder, folder / IMAGES_NAME):
            if place.is_dir():
                remove_unfinished(place)
        catalogue = _catalogue(folder, request, limits, note)
        known = {} if retry_failed else saved.read_failures(folder)
        fetch = _Fetch(folder, request, catalogue, workers, rate, limits)
        failures = fetch.run(known, progress or (lambda done, total: None))
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


class _Fetch:
    """The images of a catalogue, requested by several threads."""

    def __init__(
        self, folder: Path, request: SdssRequest, catalogue: Catalogue, workers: int, rate: float, limits: Limits
    ) -> None:
        self._folder, self._request, self._limits, self._workers = folder, request, limits, workers
        self._galaxies = _galaxies(catalogue, request)
        self._pace = Pace(rate)
        self._thread = threading.local()
        self._sessions: list[requests.Session] = []
        self._n_active, self._change = 0, threading.Condition()

    def run(self, known: dict[str, Failure], progress: Callable[[int, int], object]) -> dict[str, Failure]:
        """Fetch what is missing, and return the failures by objID."""
        images = self._folder / IMAGES_NAME
        images.mkdir(exist_ok=True)
        missing = []
        for galaxy in self._galaxies:
            if is_complete(saved.image_path(self._folder, galaxy.object_id)):
                known.pop(galaxy.object_id, None)
            elif galaxy.object_id not in known:
                missing.append(galaxy)
        done, total = len(self._galaxies) - len(missing), len(self._galaxies)
        progress(done, total)
        failures, in_a_row = dict(known), 0
        pool = ThreadPool(min(self._workers, max(1, len(missing))))
        try:
            for galaxy, failure in self._outcomes(pool, missing):
                done += 1
                if failure is None:
                    in_a_row = 0
                else:
                    in_a_row += 1
                    failures[galaxy.object_id] = failure
                    self._check_server(failure, in_a_row)
                progress(done, total)
        finally:
            self._stop(pool)
        return failures

    def _outcomes(self, pool: ThreadPool, galaxies: list[Galaxy]) -> Iterator[tuple[Galaxy, Failure | None]]:
        results = pool.imap_unordered(self._fetch_one, galaxies)
        while True:
            try:
                yield results.next(timeout=0.5)  # so that Ctrl+C is noticed on every system
            except StopIteration:
                return
            except multiprocessing.TimeoutError:
                continue

    def _fetch_one(self, galaxy: Galaxy) -> tuple[Galaxy, Failure | None]:
        """Fetch an image in a thread; a permanent failure is noted at once."""
        with self._change:
            self._n_active += 1
        try:
            failure = fetch_image(
                galaxy,
                self._request,
                saved.image_path(self._folder, galaxy.object_id),
                session=self._session,
                pace=self._pace,
                limits=self._limits,
            )
            if failure is not None and failure.permanent:
                saved.add_failure(self._folder, failure)
            return galaxy, failure
        finally:
            with self._change:
                self._n_active -= 1
                self._change.notify_all()

    def _session(self) -> requests.Session:
        """The session of this thread: a session isn't made for several."""
        if not hasattr(self._thread, "session"):
            limits = self._limits
            session = new_session(limits, total_s=limits.total_s, max_bytes=limits.max_image_bytes)
            self._thread.session = session
            self._sessions.append(session)
        return self._thread.session

    def _check_server(self, failure: Failure, in_a_row: int) -> None:
        """End the fetch if the server seems to be down, instead of sending thousands of requests in vain."""
        if in_a_row >= self._limits.max_failures_in_a_row:
            raise ValueError(
                f"The last {in_a_row} images from {self._request.server} all failed: {failure.reason}. The images so "
                "far are kept; run the same command again later to continue."
            )

    def _stop(self, pool: ThreadPool) -> None:
        """Start no further request, and give those under way time to finish, so that they aren't sent again."""
        self._pace.stop()
        with self._change:
            self._change.wait_for(lambda: self._n_active == 0, timeout=self._limits.grace_s)
        pool.terminate()
        for session in self._sessions:
            session.close()


def _galaxies(catalogue: Catalogue, request: SdssRequest) -> list[Galaxy]:
    galaxies = []
    for row in catalogue.rows:
        cells = dict(zip(catalogue.columns, row, strict=True))
        scale = image_scale(request, cells.get("petroR90_r", ""))
        galaxies.append(Galaxy(cells["objID"], float(cells["ra"]), float(cells["dec"]), scale))
    return galaxies
