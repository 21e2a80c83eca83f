"""Streamlit's caches, with features, model cards and surveys identified by their checksums."""

from collections.abc import Callable
from functools import partial, wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from galviz.features.cache_key import Origin
from galviz.features.features import Features
from galviz.network.card import ModelCard
from galviz.survey.survey import Survey
from panels.own_survey import has_uploaded

P, T = ParamSpec("P"), TypeVar("T")

_HASH_FUNCS = {
    # Files of one origin may hold different values, such as those of another program, or changed ones.
    Features: lambda features: (Origin.recorded(features.provenance).key, features.content_sha256),
    ModelCard: lambda card: card.sha256,
    Origin: lambda origin: origin.key,
    Survey: lambda survey: survey.sha256,
    # Thousands of objIDs, of which Streamlit would hash each on its own, for a tenth of a second. repr is unambiguous.
    list: repr,
}


def _cache(cache: Callable[..., Callable], **options: object) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorate a function with one cache for all sessions, and one of its own for a session with an upload.

    What is computed from an upload is then gone with its session, and no other session sees it.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        # Hashing all values of the features would take longer than most computations.
        shared = cache(**options, hash_funcs=_HASH_FUNCS)(function)
        private = cache(**options, hash_funcs=_HASH_FUNCS, scope="session")(function)

        @wraps(function)
        def cached(*args: P.args, **kwargs: P.kwargs) -> T:
            return (private if has_uploaded() else shared)(*args, **kwargs)

        return cached

    return decorate


cache_data = partial(_cache, st.cache_data)
cache_resource = partial(_cache, st.cache_resource)
