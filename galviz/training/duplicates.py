"""Which rows of some surveys are the same galaxy: those that share an id or an image, or whose images nearly do.

Near-copies (saved again, resized, cropped, padded, brightened, turned by 90 degrees or mirrored) would otherwise be on
both sides of the split under other ids, and the validation error would be too low. Those that are stretched, turned by
other angles or cropped by more than the fingerprints cover aren't all found.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from galviz.survey.fingerprints import fingerprint
from galviz.survey.nearcopies import find_near_copies


@dataclass(frozen=True)
class Identities:
    """Which galaxy each of some rows is of.

    Attributes
    ----------
    digests : list of bytes
        Of each row's image: see `image_digest`.
    numbers : ndarray of int, shape (n_rows,)
        Equal for rows of the same galaxy.
    n_near_copies : int
        How many galaxies more there would be if images had to be the same in every pixel.
    """

    digests: list[bytes]
    numbers: np.ndarray
    n_near_copies: int


def identify(object_ids: Sequence[str], read: Callable[[int], Image.Image]) -> Identities:
    """Find which of some rows are the same galaxy.

    Parameters
    ----------
    object_ids : sequence of str
    read : callable
        Gives a row's RGB image by its position. Each image is read once, and once more for each likely near-copy of it.
    """
    digests, fingerprints, places = [], [], {}
    for place in range(len(object_ids)):
        image = read(place)
        digests.append(image_digest(image))
        if digests[-1] not in places:
            places[digests[-1]] = place
            fingerprints.append(fingerprint(image))
    first = list(places.values())
    numbers = same_galaxy(object_ids, digests)
    pairs = find_near_copies(fingerprints, lambda position: read(first[position]), groups=numbers[first].tolist())
    joined = same_galaxy(object_ids, digests, [(first[one], first[other]) for one, other in pairs])
    return Identities(digests, joined, int(numbers.max(initial=-1) - joined.max(initial=-1)))


def image_digest(image: Image.Image) -> bytes:
    """Digest of an image's size and pixels: the same for a copy, however it was saved without loss."""
    return hashlib.blake2b(image.tobytes(), digest_size=16, key=b"%d x %d" % image.size).digest()


def same_galaxy(
    object_ids: Sequence[str], digests: Sequence[bytes], near_copies: Sequence[tuple[int, int]] = ()
) -> np.ndarray:
    """Number the galaxies that some rows are of.

    Rows with the same id are the same galaxy, and so are rows with the same image; also at one remove, as where a row
    shares its id with one row and its image with another.

    Parameters
    ----------
    object_ids : sequence of str
    digests : sequence of bytes
        Of each row's image.
    near_copies : sequence of (int, int)
        Positions of further pairs of rows that are the same galaxy.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        From 0, in the order in which the galaxies first appear.
    """
    n = len(object_ids)
    ids, images = pd.factorize(np.array(object_ids, dtype=object))[0], pd.factorize(np.array(digests, dtype=object))[0]
    # A graph of rows, ids and images, each row joined to its own; a galaxy is all that hangs together.
    ones, pair_others = np.array(near_copies, dtype=int).reshape(-1, 2).T
    rows = np.concatenate([np.tile(np.arange(n), 2), ones])
    others = np.concatenate([n + ids, 2 * n + images, pair_others])
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, others)), shape=(3 * n, 3 * n))
    return pd.factorize(connected_components(graph, directed=False)[1][:n])[0]
