"""Training one phase with fastai's Learner, and the errors of the trained network."""

import galviz.network.builders  # noqa: F401 (first: it imports fastai without its deprecation warnings)

# isort: split
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from fastai.callback.schedule import Learner  # this module gives it fit_one_cycle
from fastai.data.core import DataLoaders
from fastai.optimizer import ranger
from torch import nn

from galviz.network.forward import forward
from galviz.training.checkpoint import restore_optimiser
from galviz.training.epochs import EpochCallback
from galviz.training.recipe import FINE_TUNING, HEAD_ALONE, Phase

__all__ = ["PrecisionWrapper", "correct_bias", "fit", "loss", "prediction_errors"]

_CAUSES_WEIGHT = 0.5
# As in fastai's `fine_tune`: the head alone first, then all layers, the body at lr / 100.
_HEAD_ALONE_START = 0.99
_FINE_TUNING_START, _FINE_TUNING_DIV, _BODY_LR = 0.3, 5.0, 1 / 100


class PrecisionWrapper(nn.Module):
    """A network that computes in a given precision and outputs float32.

    Parameters
    ----------
    network : torch.nn.Module
    precision : str
        "float32" or "bfloat16".
    head : str
        Path of the network's head, which always computes in float32.

    Examples
    --------
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(12, 1))
    >>> PrecisionWrapper(network, "bfloat16", "1")(torch.rand(2, 3, 2, 2)).dtype
    torch.float32
    """

    def __init__(self, network: nn.Module, precision: str, head: str) -> None:
        super().__init__()
        self.network, self.precision, self.head = network, precision, head

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Send images of shape (n, 3, height, width) through the network."""
        return forward(self.network, x, self.precision, self.head).float()

    def body_and_head(self) -> list[list[nn.Parameter]]:
        """The parameters in two groups: those of the body and those of the head."""
        head = list(self.network.get_submodule(self.head).parameters())
        ids_of_head = set(map(id, head))
        return [[values for values in self.network.parameters() if id(values) not in ids_of_head], head]


def fit(
    network: nn.Module, head: str, dataloaders: DataLoaders, precision: str, phase: Phase, callback: EpochCallback
) -> None:
    """Train one phase with its one-cycle schedule, from the first epoch that isn't done.

    Parameters
    ----------
    network : torch.nn.Module
    head : str
        Path of its head.
    dataloaders : DataLoaders
    precision : str
        "float32" or "bfloat16".
    phase : Phase
    callback : EpochCallback
        Its `done` is the state of the run, updated after each epoch.

    Examples
    --------
    >>> from galviz.training.checkpoint import Progress
    >>> from galviz.training.recipe import Recipe
    >>> rows = [(torch.rand(3, 8, 8), torch.rand(1)) for _ in range(8)]
    >>> dataloaders = DataLoaders.from_dsets(rows, rows, bs=4, device="cpu", num_workers=0)
    >>> recipe, done = Recipe(epochs=2), Progress()
    >>> callback = EpochCallback(recipe, done, 0.2, save=lambda done: None, progress=None, report=None)
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(192, 1))
    >>> fit(network, "1", dataloaders, "float32", recipe.phases[0], callback)
    >>> [record["epoch"] for record in done.history]
    [1, 2]
    """
    network.to(dataloaders.device)
    groups = {} if phase.name not in (HEAD_ALONE, FINE_TUNING) else {"splitter": PrecisionWrapper.body_and_head}
    model = PrecisionWrapper(network, precision, head)
    learner = Learner(dataloaders, model, loss_func=loss, opt_func=ranger, cbs=callback, **groups)
    learner.create_opt()
    if phase.name == HEAD_ALONE:
        learner.freeze()  # batch norm is still trained, as in fastai
    if callback.done.optimiser is not None:
        restore_optimiser(learner.opt, callback.done.optimiser, dataloaders.device)
    schedule = {
        HEAD_ALONE: {"lr_max": slice(phase.lr), "pct_start": _HEAD_ALONE_START},
        FINE_TUNING: {
            "lr_max": slice(phase.lr * _BODY_LR, phase.lr),
            "pct_start": _FINE_TUNING_START,
            "div": _FINE_TUNING_DIV,
        },
    }.get(phase.name, {"lr_max": phase.lr})
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(phase.epochs, start_epoch=callback.done.epoch, **schedule)


def loss(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Root-mean-square error of the label, plus half of the mean RMSE of the causes if they are predicted too.

    Parameters
    ----------
    predictions, targets : torch.Tensor of shape (n, 1 + causes)
        Standardised.

    Examples
    --------
    >>> loss(torch.tensor([[3.0], [-3.0]]), torch.zeros(2, 1)).item()
    3.0
    """
    errors = F.mse_loss(predictions, targets, reduction="none").mean(dim=0).sqrt()
    return errors[0] if len(errors) == 1 else errors[0] + _CAUSES_WEIGHT * errors[1:].mean()


def correct_bias(network: nn.Module, head: nn.Linear, batches: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """Change the head's bias to make the mean error over some batches zero.

    In training a network receives augmented images, and its batch norm uses the statistics of each batch. Its
    predictions from the images themselves therefore have a small systematic error.

    Examples
    --------
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(12, 1))
    >>> batches = [(torch.rand(4, 3, 2, 2), torch.rand(4, 1))]
    >>> correct_bias(network, network[1], batches)
    >>> abs(prediction_errors(network, batches).mean().item()) < 1e-6
    True
    """
    errors = prediction_errors(network, batches)
    with torch.no_grad():
        head.bias -= errors.mean()


@torch.no_grad()
def prediction_errors(network: nn.Module, batches: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Predicted minus true label, in standard deviations, over some batches.

    Returns
    -------
    float32 torch.Tensor of shape (n_galaxies,)

    Examples
    --------
    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(3, 1))
    >>> images = torch.rand(2, 3, 1, 1)
    >>> prediction_errors(network, [(images, network(images) - 0.5)]).round(decimals=3)
    tensor([0.5000, 0.5000])
    """
    network.eval()
    device = next(network.parameters()).device
    errors = [network(x.to(device))[:, 0] - y.to(device)[:, 0] for x, y in batches]
    return torch.cat([error.as_subclass(torch.Tensor) for error in errors])
