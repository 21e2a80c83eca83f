"""Tensors compared bit for bit."""

import torch

__all__ = ["bitwise_equal", "view_bits"]


def bitwise_equal(left: object, right: object) -> bool:
    """Whether two tensors hold the same bits: NaN equals itself, and 0 isn't -0. Of anything else whether it is one."""
    if not (isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor)):
        return left is right
    alike = left.shape == right.shape and left.dtype == right.dtype and left.device == right.device
    return alike and torch.equal(view_bits(left), view_bits(right))


def view_bits(values: torch.Tensor) -> torch.Tensor:
    """The bits of a tensor as integers, in one dimension."""
    wide = {1: torch.uint8, 2: torch.int16, 4: torch.int32}.get(values.element_size(), torch.int64)
    return values.detach().contiguous().view(-1).view(wide)
