"""How far copies of an image are from different galaxies, and what comparing all pairs costs.

    python benchmarks/copies.py [--survey FOLDER ...] [--altered 150]

For each survey (by default the shipped mock survey) all its images are compared with each other, and some of them with
altered copies of themselves. An image and its copy must be found to be the same picture; two images of the survey must
not. The exit status is 1 if two are. Printed are the seconds it took, too.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from galviz.survey.fingerprints import fingerprint
from galviz.survey.near_duplicates import (
    MIN_COLOUR_CORRELATION,
    MIN_CORRELATION,
    correlation_in_colour,
    find_near_duplicates,
    similar_pairs,
)
from galviz.survey.survey import Survey, load_survey

Turn = Image.Transpose
# Below it pairs aren't compared in colour here; the program itself begins at MIN_CORRELATION.
_SHOWN_FROM = 0.65


def saved(image: Image.Image, quality: int) -> Image.Image:
    """An image as it is once saved as JPEG."""
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality)
    return Image.open(content).convert("RGB")


def resized(image: Image.Image, factor: float) -> Image.Image:
    return image.resize([round(side * factor) for side in image.size], Image.Resampling.LANCZOS)


def cropped(image: Image.Image, left: int, top: int, right: int, bottom: int) -> Image.Image:
    """An image without some pixels at its edges; with black ones more, where a number is negative."""
    return image.crop((left, top, image.width - right, image.height - bottom))


def central(image: Image.Image, share: float) -> Image.Image:
    left, top = (round(side * (1 - share) / 2) for side in image.size)
    return cropped(image, left, top, left, top)


def brightened(image: Image.Image, factor: float, levels: float = 0) -> Image.Image:
    changed = np.asarray(image, float) * factor + levels
    return Image.fromarray(changed.clip(0, 255).round().astype(np.uint8))


ALTERATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG of quality 95": lambda image: saved(image, 95),
    "JPEG of quality 75": lambda image: saved(image, 75),
    "JPEG of quality 50": lambda image: saved(image, 50),
    "JPEG of quality 30": lambda image: saved(image, 30),
    "resized by 0.95": lambda image: resized(image, 0.95),
    "resized by 0.5": lambda image: resized(image, 0.5),
    "resized by 1.5": lambda image: resized(image, 1.5),
    "margin of 8 px": lambda image: cropped(image, -8, -8, -8, -8),
    "margin of 16 px": lambda image: cropped(image, -16, -16, -16, -16),
    "4 px cut off all round": lambda image: cropped(image, 4, 4, 4, 4),
    "8 px cut off all round": lambda image: cropped(image, 8, 8, 8, 8),
    "central 80 % of each side": lambda image: central(image, 0.8),
    "central 70 % of each side": lambda image: central(image, 0.7),
    "6 px cut off on two sides": lambda image: cropped(image, 6, 6, 0, 0),
    "turned by 90 degrees": lambda image: image.transpose(Turn.ROTATE_90),
    "turned by 180 degrees": lambda image: image.transpose(Turn.ROTATE_180),
    "mirrored": lambda image: image.transpose(Turn.FLIP_LEFT_RIGHT),
    "transposed": lambda image: image.transpose(Turn.TRANSPOSE),
    "25 % brighter": lambda image: brightened(image, 1.25),
    "10 % darker": lambda image: brightened(image, 0.9),
    "8 levels brighter": lambda image: brightened(image, 1, 8),
    "resized, cut, turned, JPEG 80": lambda image: saved(
        brightened(cropped(resized(image, 0.95), 3, 3, 3, 3), 1.08, 3).transpose(Turn.ROTATE_270), 80
    ),
    "resized, margin, mirrored, JPEG 60": lambda image: saved(
        cropped(resized(image, 0.95), -6, -6, -6, -6).transpose(Turn.FLIP_TOP_BOTTOM), 60
    ),
}


def compare(ones: Sequence[Image.Image], others: Sequence[Image.Image]) -> np.ndarray:
    """Correlations of pairs of images, of their fingerprints and in colour; -1 if they aren't compared so far."""
    fingerprints = [fingerprint(image) for image in (*ones, *others)]
    found = np.full((len(ones), 2), -1.0)
    for one, other, *how in similar_pairs(fingerprints, -1):
        if other == one + len(ones):
            found[one] = how[-1], correlation_in_colour(ones[one], others[one], *how)
    return found


def are_found(correlations: np.ndarray) -> np.ndarray:
    """Which rows of `compare` are copies by the limits that hold."""
    return (correlations >= (MIN_CORRELATION, MIN_COLOUR_CORRELATION)).all(axis=1)


def measure(survey: Survey, n_altered: int) -> int:
    """Print the figures of a survey; returns how many of its pairs are taken for copies."""
    ids = survey.object_ids

    def read(place: int) -> Image.Image:
        return survey.image(ids[place])

    began = time.perf_counter()
    fingerprints = [fingerprint(read(place)) for place in range(len(ids))]
    described = time.perf_counter()
    false = find_near_duplicates(fingerprints, read)
    compared = time.perf_counter()
    n_pairs = len(ids) * (len(ids) - 1) // 2
    print(f"\n{survey.folder.name}: {len(ids):,} images, {n_pairs:,} pairs of different galaxies")
    without = sum(not each.any() for each in fingerprints)
    print(f"  {described - began:.0f} s to read and describe, {compared - described:.0f} s to compare all pairs")
    print(f"  {without} images have too little structure to be compared")
    close = similar_pairs(fingerprints, _SHOWN_FROM)
    highest = ", ".join(f"{pair[-1]:.2f}" for pair in close[:5])
    in_colour = [correlation_in_colour(read(one), read(other), *how) for one, other, *how in close]
    highest_in_colour = ", ".join(f"{correlation:.2f}" for correlation in sorted(in_colour, reverse=True)[:5])
    print(f"  the highest correlations of fingerprints: {highest or f'below {_SHOWN_FROM}'}")
    print(f"  in colour, of the {len(close)} pairs above {_SHOWN_FROM}: {highest_in_colour}")
    print(f"  taken for copies: {len(false)} {[(ids[one], ids[other]) for one, other in false[:5]] or ''}")

    sample = range(0, len(ids), max(1, len(ids) // n_altered))
    print(f"  {'altered copies':36} {'found':>9}   fingerprints (least, 2 %)   in colour (least, 2 %)")
    for name, alter in ALTERATIONS.items():
        images = list(map(read, sample))
        found = compare(images, list(map(alter, images)))
        (least, in_colour), (low, low_in_colour) = found.min(axis=0), np.quantile(found, 0.02, axis=0)
        counted = f"{are_found(found).sum()}/{len(found)}"
        print(f"  {name:36} {counted:>9} {least:18.2f} {low:7.2f} {in_colour:17.2f} {low_in_colour:7.2f}")
    return len(false)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each survey."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--survey", type=Path, action="append", metavar="FOLDER", help="may be repeated")
    parser.add_argument("--altered", type=int, default=150, metavar="N", help="how many images to alter")
    options = parser.parse_args(arguments)
    print(f"copies correlate by {MIN_CORRELATION} and more, and in colour by {MIN_COLOUR_CORRELATION}")
    n_false = [measure(load_survey(folder), options.altered) for folder in options.survey or [None]]
    return int(any(n_false))


if __name__ == "__main__":
    sys.exit(main())
