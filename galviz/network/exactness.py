"""Settings of torch that reduce the precision of float32: TF32 (10 bits of the mantissa) or bfloat16 (7 bits).

They apply to the whole process, and other threads may rely on them, so they are reported and not changed. The exception
is TF32 in convolutions on NVIDIA GPUs, which is torch's default and not the user's choice: it is off while a forward
pass runs, which makes the results of other threads more precise.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

# The backends of convolutions and linear layers, by type of device.
_SETTINGS = {
    "cpu": ("mkldnn.conv", "mkldnn.matmul"),
    "cuda": ("cudnn.conv", "cuda.matmul"),
}
_EXACT = ("none", "ieee")  # "none" is the default; that of cuDNN reads "tf32"
_lock = threading.Lock()
_n_passes = 0
_was_on = False


def inexact_settings(device: torch.device) -> list[str]:
    """List the current settings that reduce the precision of float32 on a device, as Python code that sets them.

    Examples
    --------
    >>> inexact_settings(torch.device("cpu"))
    []
    """
    settings = []
    for name in _SETTINGS.get(device.type, ()):
        library, operation = name.split(".")
        precision = getattr(getattr(torch.backends, library), operation).fp32_precision
        if precision not in _EXACT:
            settings.append(f'torch.backends.{name}.fp32_precision = "{precision}"')
    return settings


@contextmanager
def without_default_tf32(device: torch.device) -> Iterator[None]:
    """Turn off TF32 in cuDNN's convolutions within the block, if the device is an NVIDIA GPU.

    Blocks of several threads may overlap: the first one turns TF32 off, the last one turns it on again.

    Examples
    --------
    >>> with without_default_tf32(torch.device("cpu")):
    ...     inexact_settings(torch.device("cpu"))
    []
    """
    if device.type != "cuda":
        yield
        return
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    global _n_passes, _was_on
    with _lock:
        if _n_passes == 0:
            _was_on = torch.backends.cudnn.conv.fp32_precision == "tf32"
            if _was_on:
                torch.backends.cudnn.allow_tf32 = False
        _n_passes += 1


def _end() -> None:
    global _n_passes
    with _lock:
        _n_passes -= 1
        if _n_passes == 0 and _was_on:
            torch.backends.cudnn.allow_tf32 = True
