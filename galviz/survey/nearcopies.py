"""Which images are nearly the same picture: saved again, resized, cropped, padded, brightened, turned or mirrored.

Fingerprints are compared in three steps, each of fewer pairs and more closely: by the few components in which they vary
most, as a whole, and, with the images read again, in colour on a finer grid. benchmarks/copies.py measures how far
copies and different galaxies are from the limits.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from galviz.survey.fingerprints import GRID_PX, ZOOMS, colour_structure, fingerprint, orientations

# Least correlations. In the components with most variance, at three zooms: 96 of 100 copies have 0.9 and more, and 3 of
# 10,000 pairs of different galaxies as much as this.
_N_COARSE, _COARSE_ZOOMS, LEAST_COARSE = 32, (0, 2, 4, 6, 8), 0.85
# Of the fingerprints, and of the structure in colour. Of 200 million pairs of different galaxies none has more than
# 0.58 in colour; copies saved as JPEG of quality 50 have 0.69 and more. See benchmarks/README.md.
LEAST_CORRELATION, LEAST_IN_COLOUR = 0.75, 0.65
_FINE_PX = 40
# Between two zooms, and by how much the centres of two copies may differ; in shorter sides.
_NEAR_ZOOMS = (0.978, 1.0, 1.022)
_SHIFTS = ((0.0, 0.0), (0.008, 0.0), (-0.008, 0.0), (0.0, 0.008), (0.0, -0.008))
_BLOCK = 2048


def find_near_copies(
    fingerprints: Sequence[np.ndarray],
    read: Callable[[int], Image.Image],
    *,
    groups: Sequence[int] | None = None,
) -> list[tuple[int, int]]:
    """Find which images are nearly the same picture.

    Memory grows with the number of images, time with its square.

    Parameters
    ----------
    fingerprints : sequence of ndarray
        By `galviz.survey.fingerprints.fingerprint`.
    read : callable
        Gives the image at a position. Called for the few that may be copies.
    groups : sequence of int, optional
        Equal for images that are known to belong together; they aren't compared.

    Returns
    -------
    list of (int, int)
        Pairs of positions, the lower first; sorted. Of copies that belong together by other pairs, not every pair.
    """
    group = list(range(len(fingerprints)) if groups is None else groups)
    leader = {number: number for number in group}

    def find(number: int) -> int:
        while leader[number] != number:
            leader[number] = number = leader[leader[number]]
        return number

    pairs = []
    for one, other, *how in similar_pairs(fingerprints):
        first, second = find(group[one]), find(group[other])
        if first != second and correlation_in_colour(read(one), read(other), *how) >= LEAST_IN_COLOUR:
            leader[second] = first
            pairs.append((one, other))
    return sorted(pairs)


def are_near_copies(one: Image.Image, other: Image.Image) -> bool:
    """Whether two RGB images are nearly the same picture."""
    images = one, other
    return bool(find_near_copies(list(map(fingerprint, images)), images.__getitem__))


def similar_pairs(
    fingerprints: Sequence[np.ndarray], least: float = LEAST_CORRELATION
) -> list[tuple[int, int, int, int, float]]:
    """Find the pairs of images whose fingerprints correlate.

    Returns
    -------
    list of (int, int, int, int, float)
        Position of both images, the lower first; which of `ZOOMS` the first is compared at, or the second if it is
        negative (-1 for the first of them); which of the `orientations` the other one is in; the correlation. The
        highest correlations come first.
    """
    if len(fingerprints) < 2:
        return []
    grids = np.stack(fingerprints)
    candidates = _candidates(grids)
    pairs = []
    for start in range(0, len(candidates), _BLOCK):
        block = candidates[start : start + _BLOCK]
        ones, others = grids[block[:, 0]].astype(np.float32), grids[block[:, 1]].astype(np.float32)
        # Axis 1 counts directions, orientations and zooms: the first image zoomed, then the second.
        correlations = np.concatenate([_correlations(ones, others), _correlations(others, ones)], axis=1)
        best = correlations.argmax(axis=1)
        highest = correlations.max(axis=1)
        backwards, orientation, zoom = np.unravel_index(best, (2, 8, len(ZOOMS)))
        zoom = np.where(backwards, -1 - zoom, zoom)
        columns = zip(*block.T.tolist(), zoom.tolist(), orientation.tolist(), highest.tolist(), strict=True)
        pairs += [pair for pair in columns if pair[-1] >= least]
    return sorted(pairs, key=lambda pair: (-pair[-1], pair))


def correlation_in_colour(
    one: Image.Image, other: Image.Image, zoom: int, orientation: int, correlation: float = 1.0
) -> float:
    """Correlation of two images in colour on a finer grid; `zoom` and `orientation` are as of `similar_pairs`."""
    zoomed, whole = (one, other) if zoom >= 0 else (other, one)
    size = ZOOMS[zoom if zoom >= 0 else -1 - zoom]
    second = orientations(colour_structure(whole, [1.0], side_px=_FINE_PX), (1, 2))[orientation].ravel()
    best = -1.0
    # Nearly all copies fit at once; the neighbourhood is searched for the others.
    for zooms, shifts in (((size,), _SHIFTS[:1]), ([near * size for near in _NEAR_ZOOMS], _SHIFTS)):
        first = colour_structure(zoomed, zooms, shifts=shifts, side_px=_FINE_PX)
        best = max(best, float((first.reshape(len(first), -1) @ second).max()))
        if best >= LEAST_IN_COLOUR:
            break
    return best


def _correlations(zoomed: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Correlations of pairs of fingerprints, of the second in each orientation; shape (n_pairs, 8 × n_zooms)."""
    turned = np.stack(orientations(whole[:, 0]), axis=1).reshape(len(whole), 8, -1)
    return np.matmul(turned, zoomed.reshape(*zoomed.shape[:2], -1).swapaxes(1, 2)).reshape(len(whole), -1)


def _candidates(grids: np.ndarray) -> np.ndarray:
    """Pairs of images alike in the components with most variance; sorted, shape (n_pairs, 2), the lower one first."""
    step = -(-len(grids) // _BLOCK)
    sample = np.concatenate(orientations(grids[::step, 0].astype(np.float32))).reshape(-1, GRID_PX**2)
    # Orthonormal axes, those with most variance last. The sample holds all orientations, so none is preferred.
    axes = np.linalg.eigh(sample.T @ sample)[1][:, -_N_COARSE:]

    def coarse(some: np.ndarray) -> np.ndarray:
        projected = some.reshape(len(some), -1).astype(np.float32) @ axes
        return projected / np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-6)

    n = len(grids)
    zoomed = [coarse(grids[:, zoom]) for zoom in _COARSE_ZOOMS]
    whole = [coarse(turned) for turned in orientations(grids[:, 0])]
    keys = [np.empty(0, np.int64)]
    for start in range(0, n, _BLOCK):
        for other_start in range(0, n, _BLOCK):
            best = None
            for some in zoomed:
                for turned in whole:
                    found = some[start : start + _BLOCK] @ turned[other_start : other_start + _BLOCK].T
                    best = found if best is None else np.maximum(best, found, out=best)
            rows, columns = np.nonzero(best >= LEAST_COARSE)
            rows, columns = rows + start, columns + other_start
            different = rows != columns
            rows, columns = rows[different], columns[different]
            keys.append(np.unique(np.minimum(rows, columns) * n + np.maximum(rows, columns)))
    return np.stack(np.divmod(np.unique(np.concatenate(keys)), n), axis=1)
