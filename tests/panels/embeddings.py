"""Random features of a survey folder, as another program would have computed them."""

import numpy as np

from galviz.features.features import Features, save_features
from galviz.features.importing import import_features
from galviz.survey.survey import load_survey


def write_features(folder, out, channels=16):
    """Write random features of all galaxies of `folder` to a file in the folder `out`; return its path."""
    survey = load_survey(folder)
    values = np.random.default_rng(8).normal(size=(len(survey.object_ids), channels)).astype(np.float16)
    np.savez(out / "embedding.npz", objID=np.array(survey.object_ids), z=values)
    features: Features = import_features(out / "embedding.npz", survey).features
    save_features(features, out / "embedding.parquet")
    return out / "embedding.parquet"
