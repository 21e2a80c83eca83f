"""Find rows of the same galaxy: rows that share an id or an image, or whose images are near-copies.

Near-copies (saved again, resized, cropped, padded, brightened, rotated by 90 degrees or mirrored) under different ids
would otherwise be on both sides of the split, and the validation error would be too low. Copies that are stretched,
rotated by other angles or cropped by more than the fingerprints cover may be missed.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from galviz.survey.fingerprints import FINGERPRINT_SHAPE, fingerprint
from galviz.survey.near_duplicates import find_near_duplicates


@dataclass(frozen=True)
class Identities:
    """The galaxy that each row belongs to.

    Attributes
    ----------
    digests : list of bytes
        One per row, of its image: see `image_digest`.
    numbers : ndarray of int, shape (n_rows,)
        Equal for rows of the same galaxy.
    n_near_copies : int
        Number of further galaxies if only identical images counted as the same galaxy.
    """

    digests: list[bytes]
    numbers: np.ndarray
    n_near_copies: int


def identify_galaxies(object_ids: Sequence[str], read: Callable[[int], Image.Image]) -> Identities:
    """Find the rows that belong to the same galaxy.

    Parameters
    ----------
    object_ids : sequence of str
    read : callable
        Returns a row's RGB image by its position. Each image is read once, and once more per likely near-copy of it.

    Examples
    --------
    >>> images = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "red")]
    >>> identify_galaxies(["a", "b", "c"], images.__getitem__).numbers.tolist()
    [0, 1, 0]
    """
    digests, positions = [], {}
    # One array, because a list would have to be copied: 300,000 fingerprints have 1.6 GB.
    fingerprints = np.empty((len(object_ids), *FINGERPRINT_SHAPE), np.int8)
    for position in range(len(object_ids)):
        image = read(position)
        digests.append(image_digest(image))
        if digests[-1] not in positions:
            fingerprints[len(positions)] = fingerprint(image)
            positions[digests[-1]] = position
    first = list(positions.values())
    numbers = number_galaxies(object_ids, digests)
    different = fingerprints[: len(first)]
    pairs = find_near_duplicates(different, lambda position: read(first[position]), groups=numbers[first].tolist())
    merged = number_galaxies(object_ids, digests, [(first[one], first[other]) for one, other in pairs])
    return Identities(digests, merged, int(numbers.max(initial=-1) - merged.max(initial=-1)))


def image_digest(image: Image.Image) -> bytes:
    """Digest of an image's size and pixels, equal for all lossless copies.

    Examples
    --------
    >>> image = Image.new("RGB", (4, 4), "red")
    >>> image_digest(image) == image_digest(image.copy())
    True
    """
    return hashlib.blake2b(image.tobytes(), digest_size=16, key=b"%d x %d" % image.size).digest()


def number_galaxies(
    object_ids: Sequence[str], digests: Sequence[bytes], near_copies: Sequence[tuple[int, int]] = ()
) -> np.ndarray:
    """Number the galaxies that rows belong to.

    Rows with the same id, or with the same image, belong to the same galaxy; also indirectly, if a row shares its id
    with one row and its image with another.

    Parameters
    ----------
    object_ids : sequence of str
    digests : sequence of bytes
        One per row, of its image.
    near_copies : sequence of (int, int)
        Positions of further pairs of rows of the same galaxy.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        From 0, in the order in which the galaxies first appear.

    Examples
    --------
    >>> number_galaxies(["a", "b", "b", "c"], [b"1", b"1", b"2", b"3"]).tolist()
    [0, 0, 0, 1]
    """
    n = len(object_ids)
    ids, images = pd.factorize(np.array(object_ids, dtype=object))[0], pd.factorize(np.array(digests, dtype=object))[0]
    # A graph in which each row is connected to its id and its image; a galaxy is a connected component.
    ones, pair_others = np.array(near_copies, dtype=int).reshape(-1, 2).T
    rows = np.concatenate([np.tile(np.arange(n), 2), ones])
    others = np.concatenate([n + ids, 2 * n + images, pair_others])
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, others)), shape=(3 * n, 3 * n))
    return pd.factorize(connected_components(graph, directed=False)[1][:n])[0]
