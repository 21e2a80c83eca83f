"""The state of Python, NumPy and PyTorch in which a test runs, whatever a student's file has changed before."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

# ruff: noqa: NPY002 -- the global generator is what students' code may use
# No seed that a student would choose: the state after `seed(0)` must differ from it.
_SEED = 1_973_584_206


@contextmanager
def known_state() -> Iterator[Callable[[], str]]:
    """Seed the global random generators and reset NumPy's and PyTorch's settings; restore all of it at the end.

    Yields
    ------
    callable
        Returns a hint if a setting of PyTorch isn't as it was at the beginning, and an empty text otherwise.

    Examples
    --------
    >>> import numpy as np
    >>> with known_state() as left_state:
    ...     number, left = np.random.random(), left_state()
    >>> with known_state():
    ...     np.random.random() == number
    True
    >>> left
    ''
    """
    import numpy as np  # it starts threads, and a worker must enter its sandbox before

    torch = sys.modules.get("torch")
    saved = random.getstate(), np.random.get_state(), np.geterr()
    saved_torch = _torch_state(torch) if torch else None
    random.seed(_SEED)
    np.random.seed(_SEED)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    if torch:
        _reset_torch(torch)
    before = _torch_settings(torch) if torch else {}
    try:
        yield lambda: _changed_setting(before)
    finally:
        random.setstate(saved[0])
        np.random.set_state(saved[1])
        np.seterr(**saved[2])
        if torch:
            _restore_torch(torch, saved_torch)


def _torch_settings(torch: ModuleType) -> dict[str, object]:
    """Settings that a function must not leave changed, by name."""
    return {
        "gradients": torch.is_grad_enabled(),
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
    }


_HINTS = {
    "gradients": (
        "Your function leaves gradient tracking switched {off} for the rest of the program: switch it off for a few "
        "lines only, with `with torch.no_grad():`."
    ),
    "dtype": (
        "Your function leaves PyTorch's default dtype changed, for the rest of the program: pass `dtype=…` where you "
        "create a tensor."
    ),
    "device": "Your function leaves PyTorch's default device changed, for the rest of the program: pass `device=…`.",
    "threads": "Your function leaves PyTorch's number of threads changed, for the rest of the program.",
    "deterministic": (
        "Your function leaves `torch.use_deterministic_algorithms` switched, for the rest of the program: leave this "
        "setting as it is."
    ),
    "anomaly": (
        "Your function leaves PyTorch's anomaly detection switched (`set_detect_anomaly`), for the rest of the "
        "program: leave it as it is."
    ),
}


def _changed_setting(before: dict[str, object]) -> str:
    torch = sys.modules.get("torch")
    if not torch:
        return ""
    after = _torch_settings(torch)
    # If a test was the first to import PyTorch, its settings were the default ones.
    before = before or {"gradients": True, "dtype": torch.float32}
    for name, value in before.items():
        if after[name] != value:
            return _HINTS[name].format(off="on" if after["gradients"] else "off")
    return ""


def _torch_state(torch: ModuleType) -> tuple[dict[str, object], object]:
    return _torch_settings(torch), torch.random.get_rng_state()


def _reset_torch(torch: ModuleType) -> None:
    torch.set_grad_enabled(True)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)
    torch.random.default_generator.manual_seed(_SEED)


def _restore_torch(torch: ModuleType, state: tuple[dict[str, object], object]) -> None:
    settings, generator_state = state
    torch.set_grad_enabled(settings["gradients"])
    torch.set_default_dtype(settings["dtype"])
    device = settings["device"]
    torch.set_default_device(None if device == torch.device("cpu") else device)
    if torch.get_num_threads() != settings["threads"]:
        torch.set_num_threads(settings["threads"])
    torch.use_deterministic_algorithms(settings["deterministic"])
    torch.autograd.set_detect_anomaly(settings["anomaly"])
    torch.random.set_rng_state(generator_state)
