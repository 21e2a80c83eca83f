"""Which fingerprints may be those of copies: a search whose time and memory grow with the number of images.

Fingerprints are compared by their principal components, at several zooms and in all orientations. The images are
divided into cells of similar ones, and each is compared with those in the cells nearest to it. Up to 10,240 images,
these are all cells.
"""

from itertools import pairwise

import numpy as np

from galviz.survey.fingerprints import orientations, unit_grids

# At least this correlation of the principal components at one of these zooms. 99 of 100 copies have it, and 1 of
# 100,000 pairs of different galaxies.
_N_COMPONENTS, _COARSE_ZOOMS, _MIN_CORRELATION = 96, (0, 2, 4, 6, 8), 0.80
_N_SAMPLE = 2048  # images from which the principal axes are computed
# Images per cell, cells in which an image is looked for at each zoom and orientation, and steps that find the cells. Of
# 1,200 copies in 112 cells, the nearest 8 contain 99.5 % and the nearest 16 all but one.
CELL_SIZE, N_CELLS, _N_STEPS = 512, 20, 3
# Of an image's candidates, the most similar ones: thousands of near-copies of one picture are connected all the same.
_MAX_CANDIDATES = 64
# Images that are looked for at a time, which limits the memory.
BLOCK_SIZE = 256


def candidate_pairs(fingerprints: np.ndarray) -> np.ndarray:
    """Find pairs of images that may be copies.

    Parameters
    ----------
    fingerprints : ndarray of int8, shape (n, n_zooms, 24, 24)
        See `galviz.survey.fingerprints.fingerprint`. Those without structure are in no pair.

    Returns
    -------
    ndarray of int64, shape (n_pairs, 2)
        Positions, the lower first; sorted.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> one, other = random.integers(-127, 128, (2, 9, 24, 24), dtype=np.int8)
    >>> candidate_pairs(np.stack([one, other, one[:, ::-1]])).tolist()
    [[0, 2]]
    """
    has_structure = np.flatnonzero([grids[0].any() for grids in fingerprints])
    n = len(has_structure)
    if n < 2:
        return np.empty((0, 2), np.int64)
    axes = _principal_axes(fingerprints[has_structure[:: -(-n // _N_SAMPLE)], 0])
    blocks = [has_structure[start : start + BLOCK_SIZE] for start in range(0, n, BLOCK_SIZE)]
    whole = np.concatenate([_project(fingerprints[block, 0], axes) for block in blocks])
    centres = _find_centres(whole)
    cell = _nearest_cell(whole, centres)
    by_cell = np.argsort(cell, kind="stable")
    whole, bounds = whole[by_cell], np.searchsorted(cell[by_cell], np.arange(len(centres) + 1))
    keys = [np.empty(0, np.int64)]
    for block in blocks:
        queries = _queries(fingerprints[block], axes)
        ones, others = _most_similar(queries, whole, centres, bounds)
        ones, others = block[ones], has_structure[by_cell[others]]
        keys.append((np.minimum(ones, others) * len(fingerprints) + np.maximum(ones, others))[ones != others])
    return np.stack(np.divmod(np.unique(np.concatenate(keys)), len(fingerprints)), axis=1)


def _principal_axes(grids: np.ndarray) -> np.ndarray:
    """The axes with most variance, shape (24 × 24, n_components). All orientations count, so that none is preferred."""
    sample = np.concatenate(orientations(unit_grids(grids))).reshape(-1, grids[0].size)
    return np.linalg.eigh(sample.T @ sample)[1][:, -_N_COMPONENTS:].astype(np.float32)


def _project(grids: np.ndarray, axes: np.ndarray) -> np.ndarray:
    return _normalise(grids.reshape(len(grids), -1).astype(np.float32) @ axes)


def _normalise(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-6)


def _queries(fingerprints: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Each image at each zoom and in each orientation; shape (n, 5 × 8, n_components)."""
    grids = (oriented for zoom in _COARSE_ZOOMS for oriented in orientations(fingerprints[:, zoom]))
    return np.stack([_project(oriented, axes) for oriented in grids], axis=1)


def _find_centres(whole: np.ndarray) -> np.ndarray:
    """Centres of the cells, by k-means on the unit sphere from evenly spaced images."""
    count = -(-len(whole) // CELL_SIZE)
    centres = whole[np.linspace(0, len(whole) - 1, count).astype(int)]
    for _ in range(_N_STEPS):
        cell = _nearest_cell(whole, centres)
        sums = np.zeros_like(centres)
        np.add.at(sums, cell, whole)
        is_empty = np.bincount(cell, minlength=count) == 0
        centres = np.where(is_empty[:, None], centres, _normalise(sums))
    return centres


def _nearest_cell(whole: np.ndarray, centres: np.ndarray) -> np.ndarray:
    blocks = (whole[start : start + BLOCK_SIZE] for start in range(0, len(whole), BLOCK_SIZE))
    return np.concatenate([(block @ centres.T).argmax(axis=1) for block in blocks])


def _most_similar(
    queries: np.ndarray, whole: np.ndarray, centres: np.ndarray, bounds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The images of a block that are similar to one in the cells near it: positions in the block, and in `whole`."""
    n, n_variants, _ = queries.shape
    flat = queries.reshape(n * n_variants, -1)
    is_near = np.ones((len(flat), len(centres)), dtype=bool)
    if len(centres) > N_CELLS:
        far = np.argpartition(flat @ centres.T, -N_CELLS, axis=1)[:, :-N_CELLS]
        np.put_along_axis(is_near, far, values=False, axis=1)
    keys, similarities = [], []
    for cell, (start, end) in enumerate(pairwise(bounds.tolist())):
        rows = np.flatnonzero(is_near[:, cell])
        similarity = flat[rows] @ whole[start:end].T
        above = np.nonzero(similarity >= _MIN_CORRELATION)
        keys.append(rows[above[0]] // n_variants * len(whole) + start + above[1])
        similarities.append(similarity[above])
    keys, similarities = np.concatenate(keys), np.concatenate(similarities)
    highest_first = np.argsort(-similarities, kind="stable")
    # The highest similarity of each pair, and then the pairs of each image in this order.
    pairs, first = np.unique(keys[highest_first], return_index=True)
    pairs = pairs[np.lexsort((first, pairs // len(whole)))]
    ones, others = np.divmod(pairs, len(whole))
    rank = np.arange(len(ones)) - np.searchsorted(ones, ones)
    return ones[rank < _MAX_CANDIDATES], others[rank < _MAX_CANDIDATES]
