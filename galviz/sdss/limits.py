"""How long and how hard to try: limits of time, size and number of requests, and a steady pace."""

import random
import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of time (s), size and number for requests to a server.

    Parameters
    ----------
    attempts : int
        How often an image is requested in one run, if the server is busy or its reply is broken.
    backoff_s, max_backoff_s : float
        Wait before the second attempt; it doubles for each further one, up to the maximum, and varies by half.
    max_retry_after_s : float
        The longest wait that a server may ask for with ``Retry-After``; if it asks for more, the fetch ends.
    connect_s, read_s, total_s : float
        Time to connect, between two bytes, and for a complete reply.
    query_s : float
        Time for the reply to the SQL query. SkyServer ends queries after 10 minutes.
    max_image_bytes : int
        Largest image.
    max_failures_in_a_row : int
        The fetch ends after this many images that failed without one in between that didn't.
    grace_s : float
        Time for requests to finish after Ctrl+C.

    Examples
    --------
    >>> Limits().attempts
    5
    """

    attempts: int = 5
    backoff_s: float = 1.0
    max_backoff_s: float = 60.0
    max_retry_after_s: float = 300.0
    connect_s: float = 10.0
    read_s: float = 30.0
    total_s: float = 60.0
    query_s: float = 660.0
    max_image_bytes: int = 8 * 2**20
    max_failures_in_a_row: int = 20
    grace_s: float = 5.0

    def backoff(self, attempt: int) -> float:
        """Seconds to wait after a failed attempt, counted from 1: exponential, with jitter.

        Examples
        --------
        >>> 2 <= Limits(backoff_s=1).backoff(3) <= 6
        True
        """
        return min(self.max_backoff_s, self.backoff_s * 2 ** (attempt - 1)) * random.uniform(0.5, 1.5)


class Stopped(Exception):
    """The fetch ends, so a thread must not start another request."""


class Pace:
    """Spaces the requests of all threads evenly, and lets all of them wait if the server asks for it.

    Parameters
    ----------
    per_second : float
        Requests per second.

    Examples
    --------
    >>> pace = Pace(1000)
    >>> pace.wait()
    >>> pace.stop()
    >>> pace.wait()
    Traceback (most recent call last):
    galviz.sdss.limits.Stopped
    """

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def wait(self) -> None:
        """Wait until the next request may start.

        Raises
        ------
        Stopped
            If `stop` was called.
        """
        while True:
            with self._lock:
                now = time.monotonic()
                delay = self._next - now
                if delay <= 0:
                    self._next = now + self._interval
            self.sleep(max(0.0, delay))
            if delay <= 0:
                return

    def sleep(self, seconds: float) -> None:
        """Wait, unless `stop` is called meanwhile, which raises `Stopped`."""
        if self._stopped.wait(seconds):
            raise Stopped

    def pause(self, seconds: float) -> None:
        """Start no request for some seconds."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    def stop(self) -> None:
        """End the waits of all threads."""
        self._stopped.set()
