"""Solutions to the exercises of the lesson 'Training'."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # for editors only: this import doesn't run
    import torch


def batches(object_ids: list[str], batch_size: int) -> list[list[str]]:
    """Divide galaxies into the batches of an epoch."""
    # A slice may end after the last element, so the last batch needs no special case.
    return [object_ids[start : start + batch_size] for start in range(0, len(object_ids), batch_size)]


def gradient_step(
    weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float
) -> tuple[np.ndarray, float]:
    """Take one step of gradient descent, for a model that is a single weighted sum."""
    errors = x @ weight + bias - y  # shape (n,)
    weight_derivatives = 2 * x.T @ errors / len(y)  # shape (d,)
    bias_derivative = 2 * errors.mean()
    return weight - rate * weight_derivatives, bias - rate * bias_derivative


def split(object_ids: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
    """Divide galaxies at random into a training set and a validation set."""
    order = np.random.default_rng(seed).permutation(len(object_ids))
    shuffled = [object_ids[index] for index in order]
    n_validation = round(share * len(object_ids))
    return shuffled[n_validation:], shuffled[:n_validation]


def fit(
    network: "torch.nn.Module",
    images: "torch.Tensor",
    labels: "torch.Tensor",
    n_epochs: int,
    learning_rate: float,
    seed: int,
) -> list[float]:
    """Train a network."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
    network.train()
    epoch_losses = []
    for _ in range(n_epochs):
        batch_losses = []
        for batch in torch.randperm(len(images), generator=generator).split(32):
            predictions = network(images[batch]).squeeze(1)  # from (n, 1) to (n,)
            loss = ((predictions - labels[batch]) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            batch_losses.append(loss.item())
        epoch_losses.append(sum(batch_losses) / len(batch_losses))
    network.eval()
    return epoch_losses
