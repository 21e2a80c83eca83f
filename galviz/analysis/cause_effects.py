"""How far a prediction moves if one cause of a galaxy is changed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd


class CauseEffect(NamedTuple):
    """How far labels move over a sweep: the range of the predictions and of the true label."""

    cause: str
    predicted: float
    true: float


def rank_causes(sweeps: Sequence[pd.DataFrame]) -> list[CauseEffect]:
    """Rank the causes of a galaxy by the range of the predictions over each sweep.

    Parameters
    ----------
    sweeps : sequence of DataFrame
        Columns ``cause``, ``true`` and ``predicted``, as from `Sweeps.sweep`.

    Returns
    -------
    list of CauseEffect
        The largest range of predictions first.

    Examples
    --------
    >>> sweep = pd.DataFrame({"cause": "redshift", "true": [8.9, 8.8], "predicted": [9.0, 8.75]})
    >>> rank_causes([sweep, sweep.assign(cause="seeing_arcsec", predicted=8.9)])[0]
    CauseEffect(cause='redshift', predicted=0.25, true=0.1)
    """
    effects = [
        CauseEffect(
            sweep["cause"].iloc[0],
            round(float(np.ptp(sweep["predicted"].to_numpy(float))), 6),
            round(float(np.ptp(sweep["true"].to_numpy(float))), 6),
        )
        for sweep in sweeps
    ]
    return sorted(effects, key=lambda effect: -effect.predicted)
