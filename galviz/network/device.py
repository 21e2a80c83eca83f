"""The device on which a network computes."""

import torch

__all__ = ["choose_device"]


def choose_device(device: str | torch.device | None = None) -> torch.device:
    """Choose a device: the requested one, or by default CUDA if available, then Apple's MPS, then the CPU.

    Raises
    ------
    ValueError
        If torch has no such device, or it isn't available.

    Examples
    --------
    >>> choose_device("cpu")
    device(type='cpu')
    """
    if device is None:
        mps = torch.backends.mps.is_available()
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if mps else "cpu")
    try:
        chosen = torch.device(device)
        if chosen.type not in ("cpu", "cuda", "mps"):
            raise TypeError(chosen.type)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError, TypeError) as error:
        message = f"device must be available to torch, such as 'cpu'; got {device!r}. Omit it to have one chosen."
        raise ValueError(message) from error
    return chosen
