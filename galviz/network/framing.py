"""How much of an image a network sees, and how much of what it sees is padding."""

from collections.abc import Mapping
from dataclasses import dataclass

# Below this share of an image, most of it is lost to the network. SDSS cutouts of 160 px have 49 %, of 200 px 31 %.
LITTLE = 0.3


@dataclass(frozen=True)
class Framing:
    """What a network that pads to `pad_px` and crops to `crop_px` sees of an image.

    Attributes
    ----------
    size_px : (int, int)
        Width and height of the image.
    pad_px, crop_px : int
        As on the network's card: see `galviz.network.crops.network_crop`.
    """

    size_px: tuple[int, int]
    pad_px: int
    crop_px: int

    @property
    def seen_px(self) -> tuple[int, int]:
        """Width and height of the part of the image that the network sees."""
        side = min(self.pad_px, self.crop_px)
        width, height = self.size_px
        return min(width, side), min(height, side)

    @property
    def share_seen(self) -> float:
        """The share of the image's area that the network sees, 0 to 1."""
        width, height = self.seen_px
        return width * height / (self.size_px[0] * self.size_px[1])

    @property
    def share_padding(self) -> float:
        """The share of the network's crop that is black padding, 0 to 1."""
        width, height = self.seen_px
        return 1 - width * height / self.crop_px**2

    def __str__(self) -> str:
        width, height = self.size_px
        wide, high = self.seen_px
        said = f"the central {wide} × {high} of {width} × {height} px ({format_percent(self.share_seen)} of the image)"
        if self.share_padding:
            said += f", with black around it ({format_percent(self.share_padding)} of what it sees is padding)"
        return said


def format_percent(share: float) -> str:
    """A share as a percentage that doesn't round to none or all of it."""
    if 0 < share < 0.005:
        return "less than 1 %"
    return "more than 99 %" if 0.995 <= share < 1 else f"{share:.0%}".replace("%", " %")


def framing_warnings(
    sizes_px: Mapping[tuple[int, int], int], pad_px: int, crop_px: int, scale: float = 1.0
) -> list[str]:
    """Say what to know before trusting predictions; nothing if all images are about as large as the network's crop.

    Parameters
    ----------
    sizes_px : mapping of (int, int) to int
        How many images have each width and height; see `Survey.image_sizes`.
    pad_px, crop_px : int
        As on the network's card.
    scale : float
        By which the images were resampled to have these sizes.

    Returns
    -------
    list of str
        Sentences.
    """
    framings = [Framing(size_px, pad_px, crop_px) for size_px in sizes_px]
    cut = [framing for framing in framings if framing.share_seen < LITTLE]
    padded = [framing for framing in framings if framing.share_padding]
    said = []
    if cut:
        worst = min(cut, key=lambda framing: framing.share_seen)
        fitting = scale * crop_px / min(worst.size_px)
        said.append(f"{_counted(cut, sizes_px)} much larger than what the network sees: {worst}.")
        said.append(
            f"--scale {fitting:.3g} would show it all of the shorter side. Mind the scale: galviz's own network was "
            "trained on pixels of 0.396 arcsec. If yours are smaller, their size divided by 0.396 arcsec is the right "
            "--scale."
        )
    if padded:
        worst = max(padded, key=lambda framing: framing.share_padding)
        said.append(f"{_counted(padded, sizes_px)} smaller than what the network sees: {worst}.")
    return said


def _counted(framings: list[Framing], sizes_px: Mapping[tuple[int, int], int]) -> str:
    count, total = sum(sizes_px[framing.size_px] for framing in framings), sum(sizes_px.values())
    return f"{count:,} of {total:,} images {'is' if count == 1 else 'are'}"
