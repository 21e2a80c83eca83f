"""Settings of torch by which float32 is computed in less: TF32 (10 bits of the mantissa) or bfloat16 (7 bits).

They hold for the whole process, so they can't be changed for one pass while other threads rely on them. What somebody
has set is therefore reported. The exception is TF32 in convolutions on NVIDIA GPUs, which is torch's default and so
nobody's choice: it is off while any pass runs. Other threads are then computed more exactly, not less.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

# By type of device, what computes convolutions and linear layers there.
_SETTINGS = {
    "cpu": ("mkldnn.conv", "mkldnn.matmul"),
    "cuda": ("cudnn.conv", "cuda.matmul"),
}
_EXACT = ("none", "ieee")  # what hasn't been set is exact, but for cuDNN's, which then reads "tf32"
_lock = threading.Lock()
_n_passes = 0
_was_on = False


def inexact_settings(device: torch.device) -> list[str]:
    """Settings by which float32 isn't float32 on a device now, as Python that sets them.

    Examples
    --------
    >>> inexact_settings(torch.device("cpu"))
    []
    """
    found = []
    for name in _SETTINGS.get(device.type, ()):
        library, operation = name.split(".")
        precision = getattr(getattr(torch.backends, library), operation).fp32_precision
        if precision not in _EXACT:
            found.append(f'torch.backends.{name}.fp32_precision = "{precision}"')
    return found


@contextmanager
def without_default_tf32(device: torch.device) -> Iterator[None]:
    """Have cuDNN compute float32 convolutions in float32 for the length of the block, if the device is a GPU of NVIDIA.

    Blocks may overlap in several threads: the first one to begin switches TF32 off, the last one to end switches it on.
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
