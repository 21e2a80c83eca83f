"""Record what a training loop does: each batch that the network gets, each gradient, and each step of an optimiser.

The network is linear, so that the right training can be repeated in NumPy with the same batches.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

N_BATCH = 32


@dataclass(frozen=True)
class Case:
    """The arguments of one training.

    Attributes
    ----------
    n : int
        Number of galaxies.
    shape : tuple of int
        Shape of each galaxy's image.
    n_epochs, learning_rate, seed
        As in the exercise.
    starts_training : bool
        Whether the network is in training mode at the beginning.
    """

    n: int
    shape: tuple[int, ...]
    n_epochs: int
    learning_rate: float
    seed: int
    starts_training: bool = True

    @property
    def x(self) -> np.ndarray:
        """The images, shape (n, d), float32."""
        d = int(np.prod(self.shape))
        return np.random.default_rng(100 + self.n).normal(size=(self.n, d)).astype(np.float32)

    @property
    def y(self) -> np.ndarray:
        """The labels: a linear relation, noise, and errors that are larger and smaller than 1."""
        draw = np.random.default_rng(200 + self.n)
        return (self.x @ draw.uniform(0.5, 2, self.x.shape[1]) + draw.normal(0.7, 0.6, self.n)).astype(np.float32)

    @property
    def start(self) -> np.ndarray:
        """Weights and bias before the training."""
        return np.random.default_rng(300).normal(0, 0.3, self.x.shape[1] + 1).astype(np.float32)

    @property
    def n_batches(self) -> int:
        """Batches per epoch."""
        return -(-self.n // N_BATCH)


@dataclass
class Forward:
    """One call of the network.

    Attributes
    ----------
    rows : list of int or None
        Which galaxies; None if the inputs aren't rows of the images.
    is_original : bool
        False if it is a copy of the network.
    is_training : bool
    outputs : ndarray of shape (m,)
    gradient : ndarray of shape (m,) or None
        Of the loss with respect to the outputs; None if it wasn't computed.
    """

    rows: list[int] | None
    is_original: bool
    is_training: bool
    outputs: np.ndarray
    gradient: np.ndarray | None = None


@dataclass
class Step:
    """One step of an optimiser: its class, its identity, its settings and the gradients that it uses."""

    kind: str
    optimiser: int
    settings: dict[str, object]
    gradient: np.ndarray | None


@dataclass
class Log:
    """What happened in one training, in order."""

    case: Case
    forwards: list[Forward] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    result: object = None
    error: Exception | None = None
    final: np.ndarray | None = None
    ends_training: bool = False
    changed: str = ""
    uses_global: bool = False
    leaves_gradients_off: bool = False
    changes_dtype: bool = False
    is_frozen: bool = False

    @property
    def training(self) -> list[Forward]:
        """The calls whose gradients were computed."""
        return [forward for forward in self.forwards if forward.gradient is not None]


def record(fit: Callable[..., object], case: Case) -> Log:
    """Run a training, and record it.

    Errors of the student's function are recorded, too.
    """
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    log = Log(case)
    places = {row.tobytes(): place for place, row in enumerate(case.x)}

    class Linear(torch.nn.Module):
        """A weighted sum of the pixels."""

        def __init__(self) -> None:
            super().__init__()
            self.linear = torch.nn.Linear(case.x.shape[1], 1)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            outputs = self.linear(images.flatten(1))
            rows = [places.get(row.tobytes()) for row in images.detach().flatten(1).numpy()]
            forward = Forward(
                None if None in rows else rows,
                self is network,
                self.training and self.linear.training,
                outputs.detach().numpy().ravel().astype(float),
            )
            log.forwards.append(forward)
            if outputs.requires_grad:

                def keep(gradient: torch.Tensor) -> None:
                    forward.gradient = gradient.detach().numpy().ravel().astype(float)

                outputs.register_hook(keep)
            return outputs

    def on_step(optimiser: torch.optim.Optimizer, *_: object) -> None:
        gradients = [weight.grad for group in optimiser.param_groups for weight in group["params"]]
        known = bool(gradients) and all(gradient is not None for gradient in gradients)
        log.steps.append(
            Step(
                type(optimiser).__name__,
                id(optimiser),
                {name: value for name, value in optimiser.param_groups[0].items() if name != "params"},
                np.concatenate([gradient.numpy().ravel() for gradient in gradients]).astype(float) if known else None,
            )
        )
        kept.append(optimiser)  # so that no other optimiser gets its id

    kept: list[object] = []
    with torch.random.fork_rng(devices=[]):
        network = Linear()
    with torch.no_grad():
        network.linear.weight[:] = torch.tensor(case.start[:-1])
        network.linear.bias[:] = torch.tensor(case.start[-1:])
    network.train(case.starts_training)
    images, labels = torch.tensor(case.x.reshape(case.n, *case.shape)), torch.tensor(case.y)
    handle = register_optimizer_step_pre_hook(on_step)
    # Random numbers change the state, so that seeding with the seed of an earlier call is noticed, too.
    saved = random.getstate(), np.random.get_state(), torch.random.get_rng_state()  # noqa: NPY002
    _ = random.random(), np.random.random(), torch.rand(1)  # noqa: NPY002
    state = _global_state(torch)
    try:
        log.result = fit(network, images, labels, case.n_epochs, case.learning_rate, case.seed)
    except Exception as error:
        log.error = error
    finally:
        handle.remove()
    log.uses_global = state != _global_state(torch)
    random.setstate(saved[0])
    np.random.set_state(saved[1])  # noqa: NPY002
    torch.random.set_rng_state(saved[2])
    log.leaves_gradients_off = not torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    log.changes_dtype = torch.get_default_dtype() != torch.float32
    torch.set_default_dtype(torch.float32)
    parameters = [*network.parameters()]
    log.final = np.concatenate([weight.detach().numpy().ravel() for weight in parameters]).astype(float)
    log.is_frozen = not all(weight.requires_grad for weight in parameters)
    log.ends_training = any(module.training for module in network.modules())
    for name, values, before in (("images", images, case.x), ("labels", labels, case.y)):
        if values.shape[0] != len(before) or not np.array_equal(values.detach().numpy().reshape(before.shape), before):
            log.changed = name
    return log


def _global_state(torch: object) -> tuple[object, ...]:
    """The state of the global random generators."""
    return (
        random.getstate(),
        repr(np.random.get_state(legacy=False)),  # noqa: NPY002
        torch.random.get_rng_state().numpy().tobytes(),
    )


def right_gradient(case: Case, rows: list[int], outputs: np.ndarray) -> np.ndarray:
    """The gradient of the mean squared error with respect to the outputs."""
    return 2 * (outputs - case.y[rows]) / len(rows)


def weight_gradient(case: Case, forward: Forward) -> np.ndarray:
    """The gradient with respect to weights and bias, from that with respect to the outputs."""
    return np.append(forward.gradient @ case.x[forward.rows].astype(float), forward.gradient.sum())


def adam(case: Case, batches: list[list[int]]) -> np.ndarray:
    """Weights and bias after steps of Adam with the mean squared error, by its formulas."""
    columns = np.column_stack([case.x, np.ones(case.n)]).astype(float)
    weights = case.start.astype(float)
    momentum, scale = np.zeros_like(weights), np.zeros_like(weights)
    for count, rows in enumerate(batches, start=1):
        errors = columns[rows] @ weights - case.y[rows]
        gradient = 2 * columns[rows].T @ errors / len(rows)
        momentum = 0.9 * momentum + 0.1 * gradient
        scale = 0.999 * scale + 0.001 * gradient**2
        corrected = np.sqrt(scale / (1 - 0.999**count)) + 1e-8
        weights = weights - case.learning_rate * momentum / (1 - 0.9**count) / corrected
    return weights


def batch_losses(case: Case, forwards: list[Forward]) -> np.ndarray:
    """The mean squared error of each call."""
    return np.array([np.mean((forward.outputs - case.y[forward.rows]) ** 2) for forward in forwards])


def shuffled(log: Log) -> list[list[int]]:
    """The order of the galaxies in each epoch, if all batches are complete."""
    rows = [row for forward in log.training for row in forward.rows or []]
    return [rows[start : start + log.case.n] for start in range(0, len(rows), log.case.n)]
