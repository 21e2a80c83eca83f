"""The galaxies whose pictures are copies of each other, and placeholders: one picture for many galaxies.

What counts as a copy is what training keeps on one side of the split (`galviz.survey.duplicates`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from galviz.survey.duplicates import Identities

# A cutout under two or three ids is a mistake in a table; under more, it is the picture that a service returns for all.
MIN_PLACEHOLDERS = 5


def copy_findings(object_ids: Sequence[str], identities: Identities) -> list[tuple[str, str, str]]:
    """Find the pictures that several galaxies have.

    Parameters
    ----------
    object_ids : sequence of str
    identities : Identities
        See `galviz.survey.duplicates.identify_galaxies`.

    Returns
    -------
    list of (str, str, str)
        Kind (see `galviz.audit.findings.REMEDIES`), id and a clause. Of copies, all but the first galaxy are listed; of
        placeholders, all.

    Examples
    --------
    >>> identities = Identities([b"1", b"2", b"1"], np.array([0, 1, 0]), 0)
    >>> copy_findings(["a", "b", "c"], identities)
    [('same image', 'c', 'its picture is that of a')]
    """
    digests = pd.factorize(np.array(identities.digests, dtype=object))[0]
    n_same = np.bincount(digests)[digests] if len(digests) else digests
    first_of_image: dict[int, str] = {}
    first_of_galaxy: dict[int, str] = {}
    findings = []
    for object_id, digest, number, count in zip(
        object_ids, digests.tolist(), identities.numbers.tolist(), n_same.tolist(), strict=True
    ):
        same, copied = first_of_image.get(digest), first_of_galaxy.get(number)
        first_of_image.setdefault(digest, object_id)
        first_of_galaxy.setdefault(number, object_id)
        if count >= MIN_PLACEHOLDERS:
            findings.append(("placeholder", object_id, f"{count:,} galaxies have this picture"))
        elif same is not None:
            findings.append(("same image", object_id, f"its picture is that of {same}"))
        elif copied is not None:
            what = f"its picture is that of {copied}, saved again, resized, cropped, brightened, rotated or mirrored"
            findings.append(("near-copy", object_id, what))
    return findings
