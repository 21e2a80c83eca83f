"""How the app's caches tell features and surveys apart: by the checksums of what they were made from."""

from functools import partial

import streamlit as st

from galviz.features.features import Features
from galviz.features.origin import Origin
from galviz.survey.survey import Survey

_HASH_FUNCS = {
    Features: lambda features: Origin.recorded(features.provenance).key,
    Origin: lambda origin: origin.key,
    Survey: lambda survey: survey.sha256,
}

# As Streamlit's decorators. Hashing all the numbers of an array of features would take longer than most results do.
cache_data = partial(st.cache_data, hash_funcs=_HASH_FUNCS)
cache_resource = partial(st.cache_resource, hash_funcs=_HASH_FUNCS)
