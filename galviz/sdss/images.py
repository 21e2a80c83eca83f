"""The image of one galaxy: requested from SkyServer's image service, and written if it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.files.writing import write_bytes
from galviz.sdss.limits import Limits, Pace
from galviz.sdss.query import check_status
from galviz.sdss.request import PETROSIAN_RADII, SCALE_ARCSEC, SdssRequest
from galviz.sdss.session import ReplyError
from galviz.sdss.verification import check_image

if TYPE_CHECKING:
    import requests


class BusyServerError(ValueError):
    """The server asks to wait longer than a fetch does; the message says how long."""


@dataclass(frozen=True)
class Galaxy:
    """A galaxy whose image is requested.

    Attributes
    ----------
    object_id : str
    ra_deg, dec_deg : float
        Centre of the image (J2000).
    scale : float or None
        Arcsec per pixel; None if the galaxy has no Petrosian radius that could set it.

    Examples
    --------
    >>> Galaxy("1237648704043942146", 146.71, -1.04, 0.396).object_id
    '1237648704043942146'
    """

    object_id: str
    ra_deg: float
    dec_deg: float
    scale: float | None


@dataclass(frozen=True)
class Failure:
    """Why a galaxy has no image.

    Attributes
    ----------
    object_id : str
    reason : str
        A clause without a full stop.
    permanent : bool
        Whether the server doesn't have the image, so that it isn't requested again.
    """

    object_id: str
    reason: str
    permanent: bool


def image_scale(request: SdssRequest, petro_r90_arcsec: str | float) -> float | None:
    """Arcsec per pixel of a galaxy's image.

    Parameters
    ----------
    request : SdssRequest
    petro_r90_arcsec : float or str
        Radius that holds 90 % of the Petrosian flux in r; used only if the request is for images of that scale.

    Returns
    -------
    float or None
        Rounded to 6 decimals and within the limits of the image service; None without a valid radius.

    Examples
    --------
    >>> image_scale(SdssRequest(n=1), 8.0), image_scale(SdssRequest(n=1, petrosian=True), 8.0)
    (0.396, 0.25)
    """
    if not request.petrosian:
        return float(request.scale)
    try:
        radius_arcsec = float(petro_r90_arcsec)
    except ValueError:
        return None
    if not 0 < radius_arcsec < float("inf"):
        return None
    scale = PETROSIAN_RADII * radius_arcsec / request.size_px
    return round(min(max(scale, SCALE_ARCSEC[0]), SCALE_ARCSEC[1]), 6)


def fetch_image(
    galaxy: Galaxy,
    request: SdssRequest,
    path: Path,
    *,
    session: Callable[[], requests.Session],
    pace: Pace,
    limits: Limits,
) -> Failure | None:
    """Request the image of a galaxy until it is there, and write it.

    Parameters
    ----------
    galaxy : Galaxy
    request : SdssRequest
    path : pathlib.Path
        The image's file.
    session : callable
        Returns the session of this thread.
    pace : Pace
    limits : Limits

    Returns
    -------
    Failure or None
        None if the image was written.

    Raises
    ------
    Stopped
        If the fetch ends meanwhile.
    BusyServerError
        If the server asks to wait too long, or refuses all requests.
    OSError
        If the file can't be written.

    Examples
    --------
    >>> galaxy = Galaxy("1", 146.71, -1.04, None)
    >>> request, limits = SdssRequest(n=1, petrosian=True), Limits()
    >>> fetch_image(galaxy, request, Path("1.jpg"), session=None, pace=Pace(1), limits=limits).reason
    'it has no Petrosian radius (petroR90_r), which the scale of its image depends on'
    """
    if galaxy.scale is None:
        reason = "it has no Petrosian radius (petroR90_r), which the scale of its image depends on"
        return Failure(galaxy.object_id, reason, permanent=True)
    parameters = {
        "ra": f"{galaxy.ra_deg:.7f}",
        "dec": f"{galaxy.dec_deg:.7f}",
        "scale": f"{galaxy.scale:g}",
        "width": str(request.size_px),
        "height": str(request.size_px),
    }
    attempt = 1
    while True:
        pace.wait()
        try:
            response = session().request("GET", request.image_url, params=parameters)
            content = response.content
            _check_reply(response)
            check_image(content, request.size_px)
        except ReplyError as error:
            if error.retry_after_s > limits.max_retry_after_s:
                raise BusyServerError(
                    f"{request.server} asks to wait {error.retry_after_s:.0f} s ({error}). Run the same command again "
                    "after that; it continues."
                ) from error
            if not error.retry or attempt >= limits.attempts:
                return Failure(galaxy.object_id, str(error), error.permanent)
            pace.pause(error.retry_after_s)  # all threads, because the server counts the requests of a client
            pace.sleep(max(limits.backoff(attempt), error.retry_after_s))
            attempt += 1
        else:
            write_bytes(path, content)
            return None


def _check_reply(response: requests.Response) -> None:
    """Check the status. Outside the survey's footprint, SkyServer replies 404 with a black frame."""
    status = response.status_code
    if status in (401, 403):
        raise BusyServerError(
            f"The server refuses the request for an image (HTTP {status}). Perhaps it has blocked this computer after "
            "many requests: wait some hours, then run the same command again with a lower --rate."
        )
    if status in (404, 410):
        outside = "footprint" in (response.reason or "").lower()
        reason = "outside the SDSS footprint" if outside else "no imaging there"
        raise ReplyError(f"{reason} (HTTP {status})", retry=False, permanent=True)
    if status == 400:
        raise ReplyError("the server refuses the position or the size (HTTP 400)", retry=False, permanent=True)
    check_status(response)
