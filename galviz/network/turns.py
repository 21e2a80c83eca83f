"""Forward passes on one network take turns, because one pass uses all cores."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from torch import nn

__all__ = ["pass_lock"]


@dataclass(eq=False)
class _Turn:
    """The lock of a network's passes, and the thread that holds it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    owner: int | None = None


_turns: WeakKeyDictionary[nn.Module, _Turn] = WeakKeyDictionary()
_lock = threading.Lock()


def _forget_turns() -> None:
    """Forget all locks in a forked process, where the threads that held them don't exist."""
    global _lock
    _lock = threading.Lock()
    _turns.clear()


if hasattr(os, "register_at_fork"):  # Windows never forks
    os.register_at_fork(after_in_child=_forget_turns)


@contextmanager
def pass_lock(network: nn.Module) -> Iterator[None]:
    """Lock a network for one forward pass, because one pass uses all cores.

    Raises
    ------
    RuntimeError
        If this thread is in a pass of this network already: it would wait for itself.

    Examples
    --------
    >>> with pass_lock(nn.ReLU()):
    ...     pass
    """
    with _lock:
        turn = _turns.setdefault(network, _Turn())
    if turn.lock.locked() and turn.owner == threading.get_ident():
        raise RuntimeError(
            "network is in the middle of a forward pass; a hook on it must not run it through galviz again. Do that "
            "after the pass, or with another network."
        )
    with turn.lock:
        turn.owner = threading.get_ident()
        try:
            yield
        finally:
            turn.owner = None
