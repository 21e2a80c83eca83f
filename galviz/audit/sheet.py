"""The contact sheet of an audit: pictures of what it found, also of damaged files as far as they can be decoded."""

import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from galviz.audit.findings import Audit, Finding, FindingGroup
from galviz.files.signatures import file_kind
from galviz.survey.image_folder import IMAGES_NAME
from galviz.survey.images import ImageError, decode_rgb, pixel_size, read_content
from galviz.survey.table import CATALOGUE_NAME

_DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, AttributeError)
# Findings about files and columns, without a picture.
_NO_PICTURE = {"catalogue", "missing image", "Git LFS pointer"}
_FORMATS = {"a JPEG image": "JPEG", "a PNG image": "PNG"}
_SIDE_PX, _GAP_PX, _LINE_PX, _COLUMNS = 128, 12, 15, 8
_TITLE_SIZE, _TEXT_SIZE, _MAX_CHARACTERS = 15, 11, 22
_GROUND, _PAPER, _INK, _FATAL_INK = (60, 60, 60), "white", "black", (170, 0, 0)


def contact_sheet(audit: Audit, *, per_kind: int = 2 * _COLUMNS) -> Image.Image:
    """Draw the pictures of an audit's findings, by kind.

    Parameters
    ----------
    audit : Audit
    per_kind : int
        At most this many pictures per kind and severity.

    Returns
    -------
    PIL.Image.Image
        RGB. Findings about columns and missing files have no picture.

    Raises
    ------
    ValueError
        If `per_kind` is less than 1.

    Examples
    --------
    >>> contact_sheet(Audit(Path("my-survey"), 5, ())).width
    1132
    """
    if per_kind < 1:
        raise ValueError(f"per_kind must be at least 1; got {per_kind}.")
    groups = [
        FindingGroup(group.kind, group.severity, tuple(findings))
        for group in audit.groups
        if group.kind not in _NO_PICTURE and (findings := [one for one in group.findings if one.object_id])
    ]
    row_px = _SIDE_PX + 2 * _LINE_PX + _GAP_PX
    heights = [3 * _LINE_PX + -(-min(len(group.findings), per_kind) // _COLUMNS) * row_px for group in groups]
    width = _GAP_PX + _COLUMNS * (_SIDE_PX + _GAP_PX)
    sheet = Image.new("RGB", (width, _GAP_PX + 2 * _LINE_PX + sum(heights)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    title = f"{audit.folder.name}: {audit.n_galaxies:,} galaxies audited"
    _write(draw, (_GAP_PX, _GAP_PX), title if groups else f"{title}, no pictures to look at", _TITLE_SIZE)
    top = _GAP_PX + 2 * _LINE_PX
    for group, height in zip(groups, heights, strict=True):
        _draw_group(sheet, top, audit, group, per_kind)
        top += height
    return sheet


def _draw_group(sheet: Image.Image, top: int, audit: Audit, group: FindingGroup, per_kind: int) -> None:
    draw, shown = ImageDraw.Draw(sheet), group.findings[:per_kind]
    n_more = len(group.findings) - len(shown)
    title = f"{group.severity}: {group.kind}, {len(group.findings):,}" + (
        f" (the first {len(shown)})" if n_more else ""
    )
    _write(draw, (_GAP_PX, top), title, _TITLE_SIZE, _FATAL_INK if group.severity == "fatal" else _INK)
    for number, finding in enumerate(shown):
        row, column = divmod(number, _COLUMNS)
        left = _GAP_PX + column * (_SIDE_PX + _GAP_PX)
        y = top + 2 * _LINE_PX + row * (_SIDE_PX + 2 * _LINE_PX + _GAP_PX)
        sheet.paste(thumbnail(audit, finding), (left, y))
        _write(draw, (left, y + _SIDE_PX + 2), _shortened(finding.object_id), _TEXT_SIZE)
        _write(draw, (left, y + _SIDE_PX + 2 + _LINE_PX), _shortened(finding.what, at_end=True), _TEXT_SIZE)


def thumbnail(audit: Audit, finding: Finding, side_px: int = _SIDE_PX) -> Image.Image:
    """Draw the picture of a finding, as far as its file can be decoded.

    Parameters
    ----------
    audit : Audit
    finding : Finding
    side_px : int
        Side of the square that the picture is fitted into.

    Returns
    -------
    PIL.Image.Image
        RGB; grey with a cross if nothing can be decoded.

    Examples
    --------
    >>> finding = Finding("missing image", "1", "images/1.jpg", "there is no image", "fatal")
    >>> thumbnail(Audit(Path("my-survey"), 1, [finding]), finding).size
    (128, 128)
    """
    ground = Image.new("RGB", (side_px, side_px), _GROUND)
    picture = _decode(audit, finding)
    if picture is None:
        draw = ImageDraw.Draw(ground)
        draw.line([(0, 0), (side_px, side_px)], fill="white")
        draw.line([(0, side_px), (side_px, 0)], fill="white")
        return ground
    fitted = ImageOps.contain(picture, (side_px, side_px))
    # A slit must stay visible.
    fitted = fitted.resize((max(fitted.width, 3), max(fitted.height, 3)))
    ground.paste(fitted, ((side_px - fitted.width) // 2, (side_px - fitted.height) // 2))
    return ground


def _decode(audit: Audit, finding: Finding) -> Image.Image | None:
    """Decode a finding's image, or what is left of it."""
    name = Path(finding.file).name
    if not finding.object_id:
        return None
    if finding.file == CATALOGUE_NAME:
        return audit.survey.image(finding.object_id) if audit.survey is not None else None
    try:
        content = read_content(audit.folder / IMAGES_NAME / name)
        try:
            return decode_rgb(content)
        except ImageError:
            pixel_size(content)  # refuses images that are too large to decode
        image = Image.open(io.BytesIO(content), formats=_formats(content))
        with suppress(*_DECODING_ERRORS):
            image.load()
        return image._new(image.im).convert("RGB")  # the part before the damage; `copy` would load it again
    except (ImageError, *_DECODING_ERRORS):
        return None


def _formats(content: bytes) -> Sequence[str]:
    """The format that a file has by its first bytes, so that Pillow tries no other reader."""
    return [_FORMATS[kind]] if (kind := file_kind(content)) in _FORMATS else []


def _shortened(text: str, *, at_end: bool = False) -> str:
    """A text that fits below a picture; ids differ at their ends."""
    text = " ".join("".join(letter if letter.isprintable() else "?" for letter in text).split())
    if len(text) <= _MAX_CHARACTERS:
        return text
    return f"{text[: _MAX_CHARACTERS - 1]}…" if at_end else f"…{text[1 - _MAX_CHARACTERS :]}"


def _write(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int, ink: str | tuple[int, int, int] = _INK
) -> None:
    # Pillow's own font has no multiplication sign.
    draw.text(place, text.replace("×", "x"), ink, ImageFont.load_default(size))
