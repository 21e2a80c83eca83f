"""Which rows of some surveys are the same galaxy: those that share an id or an image."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from galviz.survey import Survey


def image_digest(survey: Survey, object_id: str) -> bytes:
    """Digest of an image's size and pixels: the same for a copy, however it was saved without loss."""
    image = survey.image(object_id)
    return hashlib.blake2b(image.tobytes(), digest_size=16, key=b"%d x %d" % image.size).digest()


def same_galaxy(object_ids: Sequence[str], digests: Sequence[bytes]) -> np.ndarray:
    """Number the galaxies that some rows are of.

    Rows with the same id are the same galaxy, and so are rows with the same image; also at one remove, as where a row
    shares its id with one row and its image with another.

    Parameters
    ----------
    object_ids : sequence of str
    digests : sequence of bytes
        Of each row's image.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        From 0, in the order in which the galaxies first appear.
    """
    n = len(object_ids)
    ids, images = pd.factorize(np.array(object_ids, dtype=object))[0], pd.factorize(np.array(digests, dtype=object))[0]
    # A graph of rows, ids and images, each row joined to its own; a galaxy is all that hangs together.
    rows, others = np.tile(np.arange(n), 2), np.concatenate([n + ids, 2 * n + images])
    graph = coo_array((np.ones(2 * n, dtype=np.int8), (rows, others)), shape=(3 * n, 3 * n))
    return pd.factorize(connected_components(graph, directed=False)[1][:n])[0]
