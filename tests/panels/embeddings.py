"""Features of a survey folder: random ones, as another program would have computed them, and those of a page."""

import numpy as np

from galviz.features.cache import load_cached
from galviz.features.cache_key import Origin
from galviz.features.features import Features, save_features
from galviz.features.importing import import_features
from galviz.network.card import read_card
from galviz.survey.survey import load_survey


def write_features(folder, out, channels=16):
    """Write random features of all galaxies of `folder` to a file in the folder `out`; return its path."""
    survey = load_survey(folder)
    values = np.random.default_rng(8).normal(size=(len(survey.object_ids), channels)).astype(np.float16)
    np.savez(out / "embedding.npz", objID=np.array(survey.object_ids), z=values)
    features: Features = import_features(out / "embedding.npz", survey).features
    save_features(features, out / "embedding.parquet")
    return out / "embedding.parquet"


def cached_features(folder, card):
    """The features that a page has computed of the survey in a folder, with the network of a card."""
    survey, card = load_survey(folder), read_card(card)
    return load_cached(Origin.expected(survey.sha256, card), survey.object_ids, card.spec.layer_names)
