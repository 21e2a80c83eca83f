"""Bitwise comparison of tensors."""

import torch

__all__ = ["bitwise_equal", "view_bits"]


def bitwise_equal(left: object, right: object) -> bool:
    """Whether two tensors hold the same bits; objects that aren't tensors are compared by identity.

    Examples
    --------
    >>> bitwise_equal(torch.tensor(float("nan")), torch.tensor(float("nan")))
    True
    >>> bitwise_equal(torch.tensor(0.0), torch.tensor(-0.0))
    False
    """
    if not (isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor)):
        return left is right
    comparable = left.shape == right.shape and left.dtype == right.dtype and left.device == right.device
    return comparable and torch.equal(view_bits(left), view_bits(right))


def view_bits(values: torch.Tensor) -> torch.Tensor:
    """View the bits of a tensor as integers, in one dimension.

    Examples
    --------
    >>> view_bits(torch.tensor([[1.0], [2.0]])).tolist()
    [1065353216, 1073741824]
    """
    dtype = {1: torch.uint8, 2: torch.int16, 4: torch.int32}.get(values.element_size(), torch.int64)
    return values.detach().contiguous().view(-1).view(dtype)
