"""The callback of a training: seeds before each epoch, progress during it, record and checkpoint after it."""

import math
import random
import time
from collections.abc import Callable
from typing import Any

import torch
from fastai.callback.core import Callback
from fastai.torch_core import set_seed

from galviz.training.checkpoint import Progress, network_state, optimiser_state
from galviz.training.recipe import Recipe


class EpochCallback(Callback):
    """Seeds each epoch by its number, reports progress, and saves a record and a checkpoint after it.

    The seed makes an epoch reproducible: repeated after an interruption, it gives the same weights.

    Parameters
    ----------
    recipe : Recipe
    done : Progress
        Updated after each epoch.
    label_std : float
        Standard deviation of the training labels, in their unit.
    save : callable
        Called as save(done) after each epoch.
    progress : callable or None
        Called as progress(done, total), in training batches.
    report : callable or None
        Called with the record of each epoch.
    """

    order = 60  # after fastai's Recorder, before the callback that skips epochs

    def __init__(
        self,
        recipe: Recipe,
        done: Progress,
        label_std: float,
        save: Callable[[Progress], object],
        progress: Callable[[int, int], object] | None,
        report: Callable[[dict[str, Any]], object] | None,
    ) -> None:
        self.recipe, self.done, self.label_std = recipe, done, label_std
        self.save, self.progress, self.report = save, progress, report
        self.phase = recipe.phases[done.phase]
        self.first_epoch = done.epoch

    def __call__(self, event_name: str) -> None:
        """Call the method of an event. fastai's own implementation changes the exceptions raised there."""
        if event_name in ("before_epoch", "after_loss", "after_batch", "after_epoch"):
            getattr(self, event_name)()

    def before_epoch(self) -> None:
        """Seed what is random in the epoch: augmentation and the order of the galaxies."""
        seed = 1000 * self.recipe.seed + 100 * self.done.phase + self.epoch
        set_seed(seed % 2**32)
        self.learn.dls.train.rng = random.Random(seed)
        self.start_time, self.squared_errors = time.monotonic(), {True: [], False: []}

    def after_loss(self) -> None:
        """Store the squared errors of the label alone, in standard deviations."""
        self.squared_errors[self.training].append((self.pred.detach()[:, 0] - self.y[:, 0]) ** 2)

    def after_batch(self) -> None:
        """Report the number of batches done, of all epochs."""
        if self.training and self.progress:
            epochs_before = sum(phase.epochs for phase in self.recipe.phases[: self.done.phase]) + self.epoch
            n_epochs = sum(phase.epochs for phase in self.recipe.phases)
            self.progress(epochs_before * self.n_iter + self.iter + 1, n_epochs * self.n_iter)

    def after_epoch(self) -> None:
        """Save the epoch's record and the run's state."""
        if self.epoch < self.first_epoch:
            return
        train_rmse, valid_rmse = (
            self.label_std * float(torch.cat(self.squared_errors[training]).mean().sqrt()) for training in (True, False)
        )
        if not (math.isfinite(train_rmse) and math.isfinite(valid_rmse)):
            raise ValueError(
                f"The error is no longer a finite number in epoch {self.epoch + 1} of the {self.phase.name} phase. "
                "Remove this run's .checkpoint file, if there is one, and start again with a lower --lr."
            )
        record = {
            "phase": self.phase.name,
            "epoch": self.epoch + 1,
            "side_px": self.phase.side_px,
            "train_rmse": train_rmse,
            "valid_rmse": valid_rmse,
            "seconds": round(time.monotonic() - self.start_time, 1),
        }
        self.done.history.append(record)
        self.done.epoch = self.epoch + 1
        self.done.network = network_state(self.learn.model.network)
        self.done.optimiser = optimiser_state(self.learn.opt)
        self.save(self.done)
        if self.report:
            self.report(record)
