"""Near-duplicates: images that are copies of each other, recompressed, resized, cropped, padded, brightened or rotated.

Fingerprints are compared in three steps, with fewer pairs and more detail in each: by their first principal components,
as a whole, and in colour on a finer grid, for which the images are read again. benchmarks/copies.py measures how far
copies and different galaxies are from the thresholds.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image
from scipy.cluster.hierarchy import DisjointSet

from galviz.survey.fingerprints import ZOOMS, colour_structure, orientations, unit_grids
from galviz.survey.similar_fingerprints import candidate_pairs

# Minimum correlations of fingerprints and of colour structure. In colour, none of 200 million pairs of different
# galaxies has more than 0.58; copies saved as JPEG of quality 50 have at least 0.69. See benchmarks/README.md.
MIN_CORRELATION, MIN_COLOUR_CORRELATION = 0.75, 0.65
_FINE_PX = 40
# Zooms between those of the fingerprints, and possible offsets between the centres of two copies, in shorter sides.
_NEAR_ZOOMS = (0.978, 1.0, 1.022)
_SHIFTS = ((0.0, 0.0), (0.008, 0.0), (-0.008, 0.0), (0.0, 0.008), (0.0, -0.008))
# Pairs compared at a time, which limits the memory.
_BLOCK_SIZE = 2048


def find_near_duplicates(
    fingerprints: Sequence[np.ndarray],
    read_image: Callable[[int], Image.Image],
    *,
    groups: Sequence[int] | None = None,
) -> list[tuple[int, int]]:
    """Find pairs of images that are near-duplicates.

    Time and memory grow with the number of images: see `galviz.survey.similar_fingerprints`.

    Parameters
    ----------
    fingerprints : sequence of ndarray
        From `galviz.survey.fingerprints.fingerprint`.
    read_image : callable
        Returns the image at a position. Called only for pairs with similar fingerprints.
    groups : sequence of int, optional
        Group of each image. Images of the same group aren't compared.

    Returns
    -------
    list of (int, int)
        Pairs of positions, the lower first; sorted. If several images are copies of each other, the pairs connect them,
        but not every pair is listed.

    Examples
    --------
    >>> from galviz.survey.fingerprints import fingerprint
    >>> from galviz.survey.survey import load_survey
    >>> survey = load_survey()
    >>> images = [survey.image(object_id) for object_id in survey.object_ids[:3]]
    >>> images.append(images[1].resize((120, 120)))
    >>> find_near_duplicates([fingerprint(image) for image in images], images.__getitem__)
    [(1, 3)]
    """
    connected = DisjointSet(range(len(fingerprints)) if groups is None else groups)
    group = list(range(len(fingerprints)) if groups is None else groups)
    pairs = []
    for one, other, *alignment in similar_pairs(fingerprints):
        if connected.connected(group[one], group[other]):
            continue
        if correlation_in_colour(read_image(one), read_image(other), *alignment) >= MIN_COLOUR_CORRELATION:
            connected.merge(group[one], group[other])
            pairs.append((one, other))
    return sorted(pairs)


def similar_pairs(
    fingerprints: Sequence[np.ndarray], min_correlation: float = MIN_CORRELATION
) -> list[tuple[int, int, int, int, float]]:
    """Find the pairs of images whose fingerprints correlate.

    Returns
    -------
    list of (int, int, int, int, float)
        Positions of both images, the lower first; index into `ZOOMS` for the first image, or ``-1 - index`` for the
        second; index into the `orientations` of the other one; the correlation. Highest correlations first.

    Examples
    --------
    >>> from galviz.survey.fingerprints import fingerprint
    >>> from galviz.survey.survey import load_survey
    >>> survey = load_survey()
    >>> image = survey.image(survey.object_ids[0])
    >>> images = [image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    >>> ((one, other, zoom, orientation, correlation),) = similar_pairs([fingerprint(image) for image in images])
    >>> one, other, round(correlation, 1)
    (0, 1, 1.0)
    """
    if len(fingerprints) < 2:
        return []
    grids = np.asarray(fingerprints)
    candidates = candidate_pairs(grids)
    pairs = []
    for start in range(0, len(candidates), _BLOCK_SIZE):
        block = candidates[start : start + _BLOCK_SIZE]
        ones, others = unit_grids(grids[block[:, 0]]), unit_grids(grids[block[:, 1]])
        # Axis 1: which image is zoomed, orientation, zoom.
        correlations = np.concatenate([_correlations(ones, others), _correlations(others, ones)], axis=1)
        best = correlations.argmax(axis=1)
        highest = correlations.max(axis=1)
        second_zoomed, orientation, zoom = np.unravel_index(best, (2, 8, len(ZOOMS)))
        zoom = np.where(second_zoomed, -1 - zoom, zoom)
        columns = zip(*block.T.tolist(), zoom.tolist(), orientation.tolist(), highest.tolist(), strict=True)
        pairs += [pair for pair in columns if pair[-1] >= min_correlation]
    return sorted(pairs, key=lambda pair: (-pair[-1], pair))


def correlation_in_colour(
    one: Image.Image, other: Image.Image, zoom: int, orientation: int, correlation: float = 1.0
) -> float:
    """Correlation of two images in colour on a finer grid; `zoom` and `orientation` are those of `similar_pairs`.

    Examples
    --------
    >>> noise = Image.fromarray(np.random.default_rng(0).integers(0, 99, (100, 100, 3), dtype=np.uint8))
    >>> round(correlation_in_colour(noise, noise, zoom=0, orientation=0), 2)
    1.0
    """
    zoomed, whole = (one, other) if zoom >= 0 else (other, one)
    size = ZOOMS[zoom if zoom >= 0 else -1 - zoom]
    second = orientations(colour_structure(whole, [1.0], side_px=_FINE_PX), (1, 2))[orientation].ravel()
    best = -1.0
    # Nearly all copies match at this zoom without a shift; for the others, nearby zooms and shifts are tried.
    for zooms, shifts in (((size,), _SHIFTS[:1]), ([near * size for near in _NEAR_ZOOMS], _SHIFTS)):
        first = colour_structure(zoomed, zooms, shifts=shifts, side_px=_FINE_PX)
        best = max(best, float((first.reshape(len(first), -1) @ second).max()))
        if best >= MIN_COLOUR_CORRELATION:
            break
    return best


def _correlations(zoomed: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Correlations of pairs of fingerprints, the second in each orientation; shape (n_pairs, 8 × n_zooms)."""
    oriented = np.stack(orientations(whole[:, 0]), axis=1).reshape(len(whole), 8, -1)
    return np.matmul(oriented, zoomed.reshape(*zoomed.shape[:2], -1).swapaxes(1, 2)).reshape(len(whole), -1)
