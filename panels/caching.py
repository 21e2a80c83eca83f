"""Streamlit's caches, with features, model cards and surveys identified by their checksums."""

from functools import partial

import streamlit as st

from galviz.features.cache_key import Origin
from galviz.features.features import Features
from galviz.network.card import ModelCard
from galviz.survey.survey import Survey

_HASH_FUNCS = {
    # Files of one origin may hold different values, such as those of another program, or changed ones.
    Features: lambda features: (Origin.recorded(features.provenance).key, features.content_sha256),
    ModelCard: lambda card: card.sha256,
    Origin: lambda origin: origin.key,
    Survey: lambda survey: survey.sha256,
    # Thousands of objIDs, of which Streamlit would hash each on its own, for a tenth of a second. repr is unambiguous.
    list: repr,
}

# Hashing all values of the features would take longer than most computations.
cache_data = partial(st.cache_data, hash_funcs=_HASH_FUNCS)
cache_resource = partial(st.cache_resource, hash_funcs=_HASH_FUNCS)
