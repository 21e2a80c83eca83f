"""The folder of a fetch: what is written when, so that a killed fetch continues where it was.

``sdss-query.csv`` is the query's result. ``sdss.json``, written after it, holds the request, its SQL, the credit, and
the result's checksum: with it the query counts as done. Then come ``images/<objID>.jpg``, each complete or not there.
``failures.csv`` gets a line for each galaxy whose image the server doesn't have, as soon as that is known. At the end
it is written anew, and then ``master.csv``. None of them depends on the time or on the order of the replies.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from galviz import __version__
from galviz.files.jsonfile import parse_json
from galviz.files.moving import move_to_free_name
from galviz.files.reading import read_regular
from galviz.files.writing import write_bytes
from galviz.sdss.failures import FAILURE_COLUMNS, FAILURES_NAME, failure_row
from galviz.sdss.images import Failure, image_scale
from galviz.sdss.reply import Catalogue, format_csv
from galviz.sdss.request import PETROSIAN_RADII, SdssRequest
from galviz.sdss.sql import build_query
from galviz.survey.image_folder import IMAGES_NAME
from galviz.survey.table import CATALOGUE_NAME

SETTINGS_NAME, QUERY_NAME, LOCK_NAME = "sdss.json", "sdss-query.csv", ".sdss.lock"
SCALE_COLUMN = "image_arcsec_per_px"
_CREDIT = (
    "Images and spectra: Sloan Digital Sky Survey (www.sdss.org). Metallicities, stellar masses and star-formation "
    "rates: MPA-JHU catalogue."
)
_CITE = (
    "SDSS: York et al. 2000, AJ 120, 1579; for the data release and the acknowledgement: www.sdss.org/collaboration",
    "colour images: Lupton et al. 2004, PASP 116, 133",
    "MPA-JHU: Kauffmann et al. 2003, MNRAS 341, 33; Brinchmann et al. 2004, MNRAS 351, 1151",
    "metallicity: Tremonti et al. 2004, ApJ 613, 898",
    "astroquery: Ginsburg et al. 2019, AJ 157, 98",
)


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than a fetch.

    Raises
    ------
    ValueError
        If it is a file, or has files but no fetch.

    Examples
    --------
    >>> check_folder(Path(__file__).parent)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: ... isn't empty and holds no fetch from SDSS; name another folder.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a folder.")
    if not folder.is_dir() or (folder / SETTINGS_NAME).is_file():
        return
    others = {entry.name for entry in folder.iterdir()} - {LOCK_NAME, QUERY_NAME}
    # A fetch that was killed before its query was done has left only temporary files.
    if any(not (name.startswith((f".{SETTINGS_NAME}.", f".{QUERY_NAME}."))) for name in others):
        raise ValueError(f"{folder} isn't empty and holds no fetch from SDSS; name another folder.")


def read_catalogue(folder: Path, request: SdssRequest) -> Catalogue | None:
    """Read the result of an earlier run's query.

    Returns
    -------
    Catalogue or None
        None if there was no earlier run, or it ended before its query was done.

    Raises
    ------
    ValueError
        If the earlier run had another request, or its files were changed.

    Examples
    --------
    >>> print(read_catalogue(Path("nowhere"), SdssRequest(n=1)))
    None
    """
    path = folder / SETTINGS_NAME
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return None
    try:
        saved = parse_json(content)
        before, checksum = saved["request"], saved["query_sha256"]
        changed = {name for name, value in request.settings().items() if before.get(name, value) != value}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{path} can't be read; name another folder.") from None
    if changed:
        old, new = (
            ", ".join(f"{name} {values.get(name)!r}" for name in sorted(changed))
            for values in (before, request.settings())
        )
        raise ValueError(
            f"{folder} was begun with {old}, not {new}; give the same options to continue, or name another folder."
        )
    try:
        table = read_regular(folder / QUERY_NAME)
    except FileNotFoundError:
        table = b""
    if sha256(table).hexdigest() != checksum:
        raise ValueError(f"{folder / QUERY_NAME} was changed or is missing; name another folder to fetch again.")
    columns, *rows = csv.reader(io.StringIO(table.decode(), newline=""))
    return Catalogue(tuple(columns), tuple(map(tuple, rows)))


def save_catalogue(folder: Path, request: SdssRequest, catalogue: Catalogue) -> None:
    """Save the result of the query, and then the request and the provenance.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> request = SdssRequest(n=1)
    >>> with TemporaryDirectory() as folder:
    ...     save_catalogue(Path(folder), request, Catalogue(("objID",), (("1",),)))
    ...     read_catalogue(Path(folder), request).rows
    (('1',),)
    """
    table = catalogue.to_csv().encode()
    write_bytes(folder / QUERY_NAME, table)
    content = json.dumps(_provenance(request, sha256(table).hexdigest()), indent=2, ensure_ascii=False) + "\n"
    write_bytes(folder / SETTINGS_NAME, content.encode())


def _provenance(request: SdssRequest, query_sha256: str) -> dict[str, Any]:
    scale = f"{PETROSIAN_RADII} × petroR90_r per image side" if request.petrosian else "the same for all galaxies"
    return {
        "source": f"SDSS data release {request.release}, SkyServer at {request.server}",
        "request": request.settings(),
        "sql": build_query(request),
        "query_sha256": query_sha256,
        "images": f"{request.image_url}, {request.size_px} px, scale in arcsec per pixel: {scale}",
        "credit": _CREDIT,
        "cite": list(_CITE),
        "galviz": __version__,
    }


def finish(folder: Path, request: SdssRequest, catalogue: Catalogue, failures: Mapping[str, Failure]) -> Path | None:
    r"""Write failures.csv and then master.csv, both in the order of the query, unless they are up to date.

    Returns
    -------
    pathlib.Path or None
        Where a master.csv with other content than a fetch writes was kept; None if there was none.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = finish(Path(folder), SdssRequest(n=1), Catalogue(("objID", "ra"), (("1", "9.5"),)), {})
    ...     Path(folder, "master.csv").read_text()
    'objID,ra\n1,9.5\n'
    """
    failed = [failure_row(failures[row[0]]) for row in catalogue.rows if row[0] in failures]
    _write_if_changed(folder / FAILURES_NAME, format_csv(FAILURE_COLUMNS, failed))
    with_image = [row for row in catalogue.rows if row[0] not in failures]
    columns, table = add_scales(request, catalogue.columns, with_image)
    path = folder / CATALOGUE_NAME
    moved = None
    if path.exists() and not _is_part(path, *add_scales(request, catalogue.columns, catalogue.rows)):
        moved = move_to_free_name(path, path)
    _write_if_changed(path, format_csv(columns, table))
    return moved


def add_scales(
    request: SdssRequest, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Add the scale of each image as a column, if the images have different ones.

    Examples
    --------
    >>> request = SdssRequest(n=1, petrosian=True, size_px=100)
    >>> add_scales(request, ("objID", "petroR90_r"), [("1", "4.0")])
    (('objID', 'petroR90_r', 'image_arcsec_per_px'), [('1', '4.0', '0.2')])
    """
    if not request.petrosian:
        return columns, list(rows)
    radii = (dict(zip(columns, row, strict=True)).get("petroR90_r", "") for row in rows)
    scales = (image_scale(request, radius) for radius in radii)
    return (*columns, SCALE_COLUMN), [(*row, str(scale or "")) for row, scale in zip(rows, scales, strict=True)]


def _is_part(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> bool:
    """Whether a catalogue has only lines that a fetch writes, so that nothing is lost if it is replaced."""
    return set(read_regular(path).split(b"\n")) <= set(format_csv(columns, rows).encode().split(b"\n"))


def _write_if_changed(path: Path, text: str) -> None:
    content = text.encode()
    if not path.is_file() or path.read_bytes() != content:
        write_bytes(path, content)


def image_path(folder: Path, object_id: str) -> Path:
    """The file of a galaxy's image.

    Examples
    --------
    >>> image_path(Path("survey"), "17").as_posix()
    'survey/images/17.jpg'
    """
    return folder / IMAGES_NAME / f"{object_id}.jpg"
