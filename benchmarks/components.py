"""Principal components of the shipped features: how much they explain, how sure, and how much the head put there.

    python benchmarks/components.py [--resamples 1000] [--seed 0]

The tutorial found 92, 97 and 98 % of the variance in one, two and three components of 256 galaxies. Here are the shares
of this network's, of all galaxies, held out, and the range that samples of 256 galaxies give; then the caveat in
numbers: the prediction is a weighted sum of the features, so a gradient of metallicity along the first component is in
part there by construction.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import pandas as pd

from galviz.analysis.alignment import head_alignment
from galviz.analysis.variance import bootstrap_explained_variance, held_out_explained_variance
from galviz.features.features import CONTROLS, FeaturesError, load_features
from galviz.network.card import read_card, shipped_card_path
from galviz.survey.survey import load_survey

TUTORIAL = (0.92, 0.97, 0.98)
SAMPLE = 256


def shares(values: np.ndarray, resamples: int, seed: int) -> pd.DataFrame:
    """Cumulative shares of the variance in one, two and three components: a row a number of components."""
    drawn = bootstrap_explained_variance(values, 3, sample_size=SAMPLE, n_resamples=resamples, seed=seed)
    table = pd.DataFrame(
        {
            "tutorial": TUTORIAL,
            "all galaxies": drawn.cumulative.estimate,
            "held out": held_out_explained_variance(values, 3, seed=seed).mean,
            f"median of {SAMPLE}": drawn.cumulative.median,
            "2.5 %": drawn.cumulative.low,
            "97.5 %": drawn.cumulative.high,
        },
        index=pd.Index([1, 2, 3], name="components"),
    )
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    try:
        surveys = {"trained": load_features()} | {name: load_features(control=name) for name in CONTROLS}
    except FeaturesError as error:
        parser.error(str(error))
    for name, found in surveys.items():
        print(f"\n{name}: cumulative share of the variance, {len(found.object_ids)} galaxies")
        table = shares(found.layers["features"], options.resamples, options.seed)
        print(table.to_string(float_format="{:.3f}".format))

    from galviz.network.state import read_weights

    weight = read_weights(shipped_card_path().parent / read_card().weights)["11.weight"].numpy()
    label = load_survey(verify=False).catalogue["metallicity"].to_numpy(float)
    found = head_alignment(surveys["trained"].layers["features"], weight, 3, label=label)
    print("\nthe head's weight vector and the first three components of the trained features")
    rows = {"cosine": found.cosines, "correlation with the prediction": found.prediction_correlations}
    print(pd.DataFrame(rows, index=["PC1", "PC2", "PC3"]).T.to_string(float_format="{:+.3f}".format))
    print(f"of the features' variance along the head: {found.head_variance_ratio:.3f}")
    print(f"of the head's length squared in the three: {found.weight_in_span:.3f}")
    print("shares once it is projected out: " + ", ".join(f"{share:.3f}" for share in found.remaining_variance_ratio))
    print(f"of the metallicity's gradient along the head's: {found.label_gradient_share:.3f}")
    r2, without = found.label_r2, found.label_r2_without_head
    print(f"R² of the metallicity from the three: {r2:.3f}, once the head is projected out: {without:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
