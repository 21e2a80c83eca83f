"""A cached function that counts its calls, for the test of the caches: pages of AppTest import it."""

from panels.caching import cache_data

_calls = []


@cache_data(max_entries=8, show_spinner=False)
def count(value: int) -> int:
    """Return how often it has been called."""
    _calls.append(value)
    return len(_calls)
