"""Fitting one phase with a Learner of fastai, and the errors of a network that was fitted."""

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
from galviz.training.epochs import EpochKeeper
from galviz.training.galaxies import Galaxy
from galviz.training.recipe import FINE_TUNING, HEAD_ALONE, Phase

__all__ = ["InPrecision", "errors_of", "fit", "loss", "settle"]

_CAUSES_WEIGHT = 0.5
# As fastai's `fine_tune`: the schedule of the head alone, and of all layers afterwards, the body at lr / 100.
_HEAD_ALONE_START = 0.99
_FINE_TUNING_START, _FINE_TUNING_DIV, _BODY_LR = 0.3, 5.0, 1 / 100


class InPrecision(nn.Module):
    """A network that computes in a precision and outputs float32."""

    def __init__(self, network: nn.Module, precision: str, head: str) -> None:
        super().__init__()
        self.network, self.precision, self.head = network, precision, head

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Send images of shape (n, 3, height, width) through the network."""
        return forward(self.network, x, self.precision, self.head).float()

    def body_and_head(self) -> list[list[nn.Parameter]]:
        """The parameters in two groups: those of the body and those of the head."""
        head = list(self.network.get_submodule(self.head).parameters())
        known = set(map(id, head))
        return [[values for values in self.network.parameters() if id(values) not in known], head]


def fit(
    network: nn.Module, head: str, dataloaders: DataLoaders, precision: str, phase: Phase, keeper: EpochKeeper
) -> None:
    """Train one phase by its one-cycle schedule, from the epoch that `keeper` has come to.

    Parameters
    ----------
    network : torch.nn.Module
    head : str
        Path of its head.
    dataloaders : DataLoaders
    precision : str
    phase : Phase
    keeper : EpochKeeper
    """
    network.to(dataloaders.device)
    groups = {} if phase.name not in (HEAD_ALONE, FINE_TUNING) else {"splitter": InPrecision.body_and_head}
    model = InPrecision(network, precision, head)
    learner = Learner(dataloaders, model, loss_func=loss, opt_func=ranger, cbs=keeper, **groups)
    learner.create_opt()
    if phase.name == HEAD_ALONE:
        learner.freeze()  # batch norm goes on learning, as in fastai
    if keeper.done.optimiser is not None:
        restore_optimiser(learner.opt, keeper.done.optimiser, dataloaders.device)
    schedule = {
        HEAD_ALONE: {"lr_max": slice(phase.lr), "pct_start": _HEAD_ALONE_START},
        FINE_TUNING: {
            "lr_max": slice(phase.lr * _BODY_LR, phase.lr),
            "pct_start": _FINE_TUNING_START,
            "div": _FINE_TUNING_DIV,
        },
    }.get(phase.name, {"lr_max": phase.lr})
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(phase.epochs, start_epoch=keeper.done.epoch, **schedule)


def loss(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Root-mean-square error of the label; where causes are predicted beside it, of all, the label counting most.

    Shapes (n, 1 + causes); each target is standardised.
    """
    errors = F.mse_loss(predictions, targets, reduction="none").mean(dim=0).sqrt()
    return errors[0] if len(errors) == 1 else errors[0] + _CAUSES_WEIGHT * errors[1:].mean()


def settle(head: nn.Linear, network: nn.Module, dataloaders: DataLoaders, galaxies: list[Galaxy]) -> None:
    """Shift the head's constant so that galaxies learnt from come out right on average, shown as they will be.

    While it learns, a network sees them turned and varied, and its batch norm goes by each batch: what it predicts of
    the bare image is off by a little, and always to the same side.
    """
    errors = errors_of(network, dataloaders.test_dl(galaxies, with_labels=True))
    with torch.no_grad():
        head.bias -= errors.mean()


@torch.no_grad()
def errors_of(network: nn.Module, batches: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Predicted minus true label, in standard deviations, over some batches; float32, shape (n_galaxies,)."""
    network.eval()
    device = next(network.parameters()).device
    errors = [network(x.to(device))[:, 0] - y.to(device)[:, 0] for x, y in batches]
    return torch.cat([error.as_subclass(torch.Tensor) for error in errors])
