"""Small sources for the tests of imports: a table with given lines, and images with given names."""

from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed=0, side_px=40, mode="RGB"):
    """A smooth spot on a noisy sky, different for each seed."""
    y, x = np.mgrid[:side_px, :side_px] - side_px / 2
    noise = np.random.default_rng(seed).normal(20, 4, (side_px, side_px, 3))
    light = 200 * np.exp(-(x**2 + y**2) / (20 + 5 * (seed % 7)))
    pixels = np.clip(noise + light[..., None], 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


def write_image(path, seed=0, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed, **options).save(path, "PNG" if path.suffix.lower() == ".png" else "JPEG", quality=90)


def make_source(folder: Path, lines=None, names=(), table="master.csv"):
    """Write the table's lines and one image per name; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if lines is not None:
        (folder / table).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    for seed, name in enumerate(names):
        write_image(folder / name, seed)
    return folder


def read_catalogue_lines(folder: Path):
    return (folder / "master.csv").read_text(encoding="utf-8").splitlines()
