"""Perceptual hashes (ImageHash) as a test for near-duplicates, beside galviz's fingerprints.

    pip install ImageHash
    OMP_NUM_THREADS=1 python benchmarks/hashes.py --survey FOLDER --survey data/mock-survey

For each hash: the time to compute it and to compare all pairs, how many pairs of different galaxies are as close as
copies, and how many of the altered copies of benchmarks/copies.py are found at two limits of the Hamming distance: 10 %
of the bits, and the largest at which no pair of different galaxies is taken for copies.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from copies import ALTERATIONS, are_found, compare
from PIL import Image

from galviz.survey.survey import Survey, load_survey

_SHARE, _LARGE = 0.1, 20_000
Hash = Callable[[Image.Image], np.ndarray]


def hashes() -> dict[str, Hash]:
    """The hashes by name; each returns its bits."""
    import imagehash

    return {
        f"{name} {size * size} bits": lambda image, hash_of=hash_of, size=size: hash_of(image, size).hash.ravel()
        for name, hash_of in (("pHash", imagehash.phash), ("dHash", imagehash.dhash))
        for size in (8, 16)
    }


def distances(bits: np.ndarray) -> np.ndarray:
    """Hamming distances of all pairs, shape (n, n)."""
    bits = bits.astype(np.float32)
    ones = bits.sum(axis=1)
    return ones[:, None] + ones - 2 * bits @ bits.T


def seconds_for(bits: np.ndarray, n: int) -> float:
    """Time to compare `n` hashes, in blocks."""
    many = np.resize(bits, (n, bits.shape[1])).astype(np.float32)
    began = time.perf_counter()
    for start in range(0, n, 2048):
        np.count_nonzero(many[start : start + 2048] @ many.T > bits.shape[1])
    return time.perf_counter() - began


def measure(survey: Survey, n_altered: int) -> None:
    """Print the figures of a survey."""
    images = [survey.image(object_id) for object_id in survey.object_ids]
    altered = images[:: max(1, len(images) // n_altered)]
    n_pairs = len(images) * (len(images) - 1) // 2
    print(f"\n{survey.folder.name}: {len(images):,} images, {n_pairs:,} pairs of different galaxies")
    alterations = ALTERATIONS.values()
    columns = {"fingerprints": [are_found(compare(altered, list(map(alter, altered)))) for alter in alterations]}
    for name, hash_of in hashes().items():
        hash_of(images[0])  # imports what it needs
        began = time.perf_counter()
        bits = np.stack(list(map(hash_of, images)))
        each_ms = (time.perf_counter() - began) / len(images) * 1e3
        different = distances(bits)[np.triu_indices(len(bits), 1)]
        limits = _SHARE * bits.shape[1], different.min() - 1
        taken = (different <= limits[0]).sum()
        print(
            f"  {name:15} {each_ms:.2f} ms per image, {seconds_for(bits, _LARGE):.0f} s to compare {_LARGE:,}; "
            f"at 10 % of the bits {taken:,} pairs are taken for copies; closest pair {different.min():.0f} bits"
        )
        own = np.stack(list(map(hash_of, altered)))
        copies = [np.stack([hash_of(alter(image)) for image in altered]) for alter in alterations]
        for label, limit in zip(("10 %", "none false"), limits, strict=True):
            columns[f"{name}, {label}"] = [(own != copy).sum(axis=1) <= limit for copy in copies]
    print("\n  found:", *(f"    {number}: {name}" for number, name in enumerate(columns)), sep="\n")
    print(f"\n  {'':36}" + "".join(f"{number:6}" for number in range(len(columns))))
    for row, name in enumerate(ALTERATIONS):
        print(f"  {name:36}" + "".join(f"{np.mean(found[row]):6.0%}" for found in columns.values()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of each survey."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--survey", type=Path, action="append", metavar="FOLDER", help="may be repeated")
    parser.add_argument("--altered", type=int, default=150, metavar="N", help="how many images to alter")
    options = parser.parse_args(arguments)
    for folder in options.survey or [None]:
        measure(load_survey(folder), options.altered)
    return 0


if __name__ == "__main__":
    sys.exit(main())
