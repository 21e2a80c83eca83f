"""The share of an image within a network's crop, and the share of padding in the crop."""

from collections.abc import Mapping
from dataclasses import dataclass

# A smaller share of an image than this is worth a warning. SDSS cutouts of 160 px have 49 %, those of 200 px 31 %.
_SMALL_SHARE = 0.3


@dataclass(frozen=True)
class Framing:
    """The part of an image that a network takes, if it pads to `pad_px` and crops to `crop_px`.

    Attributes
    ----------
    size_px : (int, int)
        Width and height of the image.
    pad_px, crop_px : int
        As on the network's card: see `galviz.network.crops.network_crop`.

    Examples
    --------
    >>> framing = Framing((160, 160), pad_px=144, crop_px=112)
    >>> framing.share_seen, framing.share_padding
    (0.49, 0.0)
    """

    size_px: tuple[int, int]
    pad_px: int
    crop_px: int

    @property
    def seen_px(self) -> tuple[int, int]:
        """Width and height of the part of the image within the crop."""
        side = min(self.pad_px, self.crop_px)
        width, height = self.size_px
        return min(width, side), min(height, side)

    @property
    def share_seen(self) -> float:
        """Share of the image's area within the crop, 0 to 1."""
        width, height = self.seen_px
        return width * height / (self.size_px[0] * self.size_px[1])

    @property
    def share_padding(self) -> float:
        """Share of the crop that is black padding, 0 to 1."""
        width, height = self.seen_px
        return 1 - width * height / self.crop_px**2

    def __str__(self) -> str:
        width, height = self.size_px
        seen_width, seen_height = self.seen_px
        text = f"the central {seen_width} × {seen_height} of {width} × {height} px"
        text += f" ({format_percent(self.share_seen)} of the image)"
        if self.share_padding:
            text += f", padded with black ({format_percent(self.share_padding)} of the crop is padding)"
        return text


def format_percent(share: float) -> str:
    """Format a share as a percentage that isn't rounded to 0 or 100 %.

    Examples
    --------
    >>> format_percent(0.49), format_percent(0.999)
    ('49 %', 'more than 99 %')
    """
    if 0 < share < 0.005:
        return "less than 1 %"
    return "more than 99 %" if 0.995 <= share < 1 else f"{share:.0%}".replace("%", " %")


def framing_warnings(
    sizes_px: Mapping[tuple[int, int], int], pad_px: int, crop_px: int, scale: float = 1.0, *, advise_scale: bool = True
) -> list[str]:
    """Warn about images that are much larger or smaller than the network's crop.

    Parameters
    ----------
    sizes_px : mapping of (int, int) to int
        Number of images of each width and height; see `Survey.image_sizes`.
    pad_px, crop_px : int
        As on the network's card.
    scale : float
        Factor by which the images were resampled to these sizes.
    advise_scale : bool
        Whether to explain the option ``--scale``.

    Returns
    -------
    list of str
        Sentences; empty if no image is much larger or smaller.

    Examples
    --------
    >>> framing_warnings({(160, 160): 1000}, pad_px=144, crop_px=112)
    []
    >>> framing_warnings({(64, 64): 1, (160, 160): 9}, pad_px=144, crop_px=112)[0][:47]
    "1 of 10 images is smaller than the network's cr"
    """
    framings = [Framing(size_px, pad_px, crop_px) for size_px in sizes_px]
    cut = [framing for framing in framings if framing.share_seen < _SMALL_SHARE]
    padded = [framing for framing in framings if framing.share_padding]
    warnings = []
    if cut:
        worst = min(cut, key=lambda framing: framing.share_seen)
        warnings.append(f"{_counted(cut, sizes_px)} much larger than the network's crop: {worst}.")
    if cut and advise_scale:
        fitting = scale * crop_px / min(worst.size_px)
        warnings.append(
            f"--scale {fitting:.3g} would fit the shorter side into the crop. galviz's own network was trained on "
            "pixels of 0.396 arcsec: if yours are smaller, use their size divided by 0.396 arcsec as --scale."
        )
    if padded:
        worst = max(padded, key=lambda framing: framing.share_padding)
        warnings.append(f"{_counted(padded, sizes_px)} smaller than the network's crop: {worst}.")
    return warnings


def _counted(framings: list[Framing], sizes_px: Mapping[tuple[int, int], int]) -> str:
    count, total = sum(sizes_px[framing.size_px] for framing in framings), sum(sizes_px.values())
    return f"{count:,} of {total:,} images {'is' if count == 1 else 'are'}"
