"""Threads that fetch images, a few at a time, and end cleanly."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.sdss import folder as saved
from galviz.sdss.failures import add_failure
from galviz.sdss.images import Failure, Galaxy, fetch_image
from galviz.sdss.limits import Limits, Pace
from galviz.sdss.request import SdssRequest
from galviz.sdss.session import new_session
from galviz.sdss.verification import is_complete
from galviz.survey.image_folder import IMAGES_NAME

if TYPE_CHECKING:
    import requests


class ImageFetch:
    """The threads that fetch the images of a catalogue.

    Parameters
    ----------
    folder : pathlib.Path
        The survey folder.
    request : SdssRequest
    workers : int
        Number of threads.
    rate : float
        Requests per second of all threads.
    limits : Limits

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     fetch = ImageFetch(Path(folder), SdssRequest(n=1), workers=1, rate=5, limits=Limits())
    ...     fetch.run([], {}, progress=print)
    0 0
    {}
    """

    def __init__(self, folder: Path, request: SdssRequest, *, workers: int, rate: float, limits: Limits) -> None:
        self._folder, self._request, self._limits, self._workers = folder, request, limits, workers
        self._pace = Pace(rate)
        self._thread = threading.local()
        self._sessions: list[requests.Session] = []
        self._n_active, self._change = 0, threading.Condition()

    def run(
        self, galaxies: Sequence[Galaxy], known: Mapping[str, Failure], progress: Callable[[int, int], object]
    ) -> dict[str, Failure]:
        """Fetch the images that are missing; call it once.

        Parameters
        ----------
        galaxies : sequence of Galaxy
        known : mapping
            Failures of earlier runs, by objID; these images aren't requested.
        progress : callable
            Called as progress(done, total).

        Returns
        -------
        dict
            All failures, by objID.

        Raises
        ------
        ValueError
            If the server is down or asks to stop.
        OSError
            If a file can't be written.
        """
        images = self._folder / IMAGES_NAME
        images.mkdir(exist_ok=True)
        missing, failures, in_a_row = [], {}, 0
        done, total = 0, len(galaxies)
        progress(done, total)
        for galaxy in galaxies:
            object_id = galaxy.object_id
            if not is_complete(saved.image_path(self._folder, object_id)):
                if object_id not in known:
                    missing.append(galaxy)
                    continue
                failures[object_id] = known[object_id]
            done += 1
            progress(done, total)
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
                add_failure(self._folder, failure)
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
