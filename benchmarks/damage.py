"""How much damage to JPEGs is found, and what looking for it costs.

    python benchmarks/damage.py [--survey FOLDER] [--n N] [--per-image M]

Image data of JPEGs are cut out, zeroed, overwritten or repeated at random places, and the files refused by
`galviz.survey.images.decode_rgb` are counted, beside those that Pillow alone refuses; those that pass although a pixel
of the network's crop differs by more than 16 levels of 255; and how many of these the audit flags, of all and of those
in which more than 1 % of the crop's pixels differ.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from galviz.audit.pictures import picture_findings
from galviz.network.crops import network_crop
from galviz.survey.damage import jpeg_damage
from galviz.survey.images import ImageError, decode_rgb
from galviz.survey.survey import mock_survey_folder

SIZES = (1, 4, 16, 64, 256)
VISIBLE, LARGE_SHARE = 16, 0.01
DAMAGE_KINDS = {"probable damage", "flat area", "nearly blank"}
Damage = Callable[[bytes, int, int, random.Random], bytes]
DAMAGES: dict[str, Damage] = {
    "cut out": lambda content, place, size, dice: content[:place] + content[place + size :],
    "zeroed": lambda content, place, size, dice: content[:place] + bytes(size) + content[place + size :],
    "overwritten": lambda content, place, size, dice: content[:place] + dice.randbytes(size) + content[place + size :],
    "repeated": lambda content, place, size, dice: content[: place + size] + content[place:],
}


def start_of_data(content: bytes) -> int:
    """Where the image data of the first scan begin."""
    scan = content.index(b"\xff\xda")
    return scan + 2 + int.from_bytes(content[scan + 2 : scan + 4], "big")


def decoded_by_pillow(content: bytes) -> Image.Image | None:
    """What Pillow alone makes of a file; None if it refuses it."""
    try:
        return Image.open(io.BytesIO(content)).convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return None


def changed_share(damaged: bytes, content: bytes) -> float:
    """The share of the network's pixels that differ visibly."""
    crops = [np.asarray(network_crop(decode_rgb(one), 144, 112), int) for one in (damaged, content)]
    return float((np.abs(crops[0] - crops[1]).max(axis=-1) > VISIBLE).mean())


def is_flagged(content: bytes) -> bool:
    """Whether the audit flags an image as damaged."""
    return any(kind in DAMAGE_KINDS for kind, _ in picture_findings(decode_rgb(content)))


def count(contents: Sequence[bytes], damage: Damage, size: int, per_image: int) -> Counter[str]:
    """Numbers of damaged files: all, refused by Pillow and by galviz, and of those that pass: visible and flagged."""
    dice, counts = random.Random(size), Counter()
    for content in contents:
        start, end = start_of_data(content), len(content) - 2 - size
        if end <= start:
            continue
        for _ in range(per_image):
            damaged = damage(content, dice.randrange(start, end), size, dice)
            counts["all"] += 1
            counts["pillow"] += decoded_by_pillow(damaged) is None
            try:
                share = changed_share(damaged, content)
            except ImageError:
                counts["galviz"] += 1
                continue
            if share > 0:
                flagged = is_flagged(damaged)
                counts.update({"visible": 1, "flagged": int(flagged)})
                if share > LARGE_SHARE:
                    counts.update({"large": 1, "large flagged": int(flagged)})
    return counts


def milliseconds(function: Callable[[bytes], object], contents: Sequence[bytes]) -> float:
    """Per file, the fastest of five passes."""
    passes = []
    for _ in range(5):
        began = time.perf_counter()
        for content in contents:
            function(content)
        passes.append(time.perf_counter() - began)
    return min(passes) / len(contents) * 1000


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--survey", type=Path, default=mock_survey_folder(), metavar="FOLDER")
    parser.add_argument("--n", type=int, default=200, help="how many images")
    parser.add_argument("--per-image", type=int, default=2, help="how often each is damaged in each way")
    options = parser.parse_args()
    paths = sorted((options.survey / "images").glob("*.jpg"))[: options.n]
    contents = [path.read_bytes() for path in paths]
    alarms = sum(jpeg_damage(content) is not None for content in contents)
    print(f"{len(contents)} sound JPEGs of {options.survey.name}: {alarms} false alarms")
    whole, check = milliseconds(decode_rgb, contents), milliseconds(jpeg_damage, contents)
    print(f"decoding takes {whole - check:.3f} ms per image, looking for damage {check:.3f} ms")
    flagged = sum(map(is_flagged, contents))
    print(f"the audit flags {flagged} of the sound images as damaged")
    print(f"\n{'damage':12} {'bytes':>6} {'Pillow':>8} {'galviz':>8}   passes and shows   flagged   of large ones")
    sums: Counter[str] = Counter()
    for name, damage in DAMAGES.items():
        for size in SIZES:
            counts = count(contents, damage, size, options.per_image)
            sums += counts
            print(f"{name:12} {size:6} {_shares(counts)}")
    print(f"{'all':12} {'':6} {_shares(sums)}")


def _shares(counts: Counter[str]) -> str:
    pillow, galviz, visible = (counts[name] / counts["all"] for name in ("pillow", "galviz", "visible"))
    flagged, large = f"{counts['flagged']}/{counts['visible']}", f"{counts['large flagged']}/{counts['large']}"
    return f"{pillow:8.1%} {galviz:8.1%} {visible:10.1%} {flagged:>16} {large:>12}"


if __name__ == "__main__":
    main()
