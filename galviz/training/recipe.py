"""How to train: the tutorial's recipe, and what may be added to it."""

import json
from dataclasses import asdict, dataclass
from typing import Any

# Names of phases. Fine-tuning trains the head alone first, then all layers.
WARM_UP, TRAINING, HEAD_ALONE, FINE_TUNING = "warm-up", "training", "head", "fine-tuning"
# As fastai's `fine_tune`, if nothing else is said.
FINE_TUNING_LR, HEAD_EPOCHS = 2e-3, 1


@dataclass(frozen=True)
class WarmUp:
    """Epochs before the training proper, that predict other causes beside the label.

    Attributes
    ----------
    epochs : int
    side_px : int
        The crops are shrunk to this side: progressive resizing, fastai's own trick.
    lr : float
        The highest learning rate of their one-cycle schedule.
    variation : float
        As in `Recipe`.
    """

    epochs: int
    side_px: int = 64
    lr: float = 1e-2
    variation: float = 0.0

    def __post_init__(self) -> None:
        _check_whole("epochs", self.epochs, 1)
        _check_whole("side_px", self.side_px, 32)
        _check_lr(self.lr)
        _check_variation(self.variation)


@dataclass(frozen=True)
class Recipe:
    """How to train. The defaults are the tutorial's.

    Attributes
    ----------
    epochs : int
        Of the training proper: at the full image size, predicting the label alone.
    lr : float
        The highest learning rate of their one-cycle schedule.
    variation : float
        How strongly light and sharpness are varied in them, 0 not at all; see `Variation`.
    warm_ups : tuple of WarmUp
        What comes before, each with a one-cycle schedule of its own.
    causes : tuple of str
        Columns of the catalogue that the warm-ups predict beside the label.
    batch_size : int
    seed : int
        Of the split, the first weights, the order of the galaxies and their augmentation.
    valid_share : float
        Share of the galaxies kept for validation.
    shuffled_labels : bool
        Deal the labels out at random, for a control that can learn nothing from the images.
    precision : str
        ``"float32"``, or ``"bfloat16"`` where the processor is made for it (and much slower where not).
    pad_px, crop_px : int
        As in `ModelCard`.
    head_epochs : int
        For fine-tuning: epochs in which the head learns alone, at `lr`, before all layers learn, the head at half of
        `lr` and the body at a hundredth of that. 0 if the network isn't fine-tuned.
    """

    epochs: int = 7
    lr: float = 1e-2
    variation: float = 0.0
    warm_ups: tuple[WarmUp, ...] = ()
    causes: tuple[str, ...] = ()
    batch_size: int = 128
    seed: int = 2020
    valid_share: float = 0.2
    shuffled_labels: bool = False
    precision: str = "float32"
    pad_px: int = 144
    crop_px: int = 112
    head_epochs: int = 0

    def __post_init__(self) -> None:
        least_of = {"epochs": 1, "batch_size": 2, "seed": 0, "crop_px": 32, "pad_px": 32, "head_epochs": 0}
        for name, least in least_of.items():
            _check_whole(name, getattr(self, name), least)
        if self.seed >= 2**32:
            raise ValueError(f"seed must be less than 2**32, as NumPy's must; got {self.seed}.")
        _check_lr(self.lr)
        _check_variation(self.variation)
        if isinstance(self.causes, str) or len(set(self.causes)) < len(self.causes):
            raise ValueError(f"causes must be names of columns, each once; got {self.causes!r}.")
        if not (isinstance(self.valid_share, float) and 0 < self.valid_share < 1):
            raise ValueError(f"valid_share must lie between 0 and 1; got {self.valid_share!r}. 0.2 is usual.")
        if self.precision not in ("float32", "bfloat16"):
            raise ValueError(f"precision must be 'float32' or 'bfloat16'; got {self.precision!r}.")
        if not self.crop_px <= self.pad_px <= 4096:
            raise ValueError(
                f"crop_px must be at most pad_px, and that at most 4096; got {self.crop_px} and {self.pad_px}."
            )
        if wide := [warm_up.side_px for warm_up in self.warm_ups if warm_up.side_px > self.crop_px]:
            raise ValueError(f"side_px of a warm-up must be at most crop_px, {self.crop_px}; got {wide[0]}.")
        if self.head_epochs and self.warm_ups:
            raise ValueError("warm_ups are for new networks, head_epochs for fine-tuning one. Leave one of them out.")
        if self.causes and not self.warm_ups:
            raise ValueError("causes are what a warm-up predicts, and there is none. Add one, or leave them out.")

    @property
    def phases(self) -> tuple["Phase", ...]:
        """What is done in turn: the warm-ups, if there are any, and the training proper; or fine-tuning."""
        if self.head_epochs:
            head = Phase(HEAD_ALONE, self.head_epochs, self.crop_px, self.lr, self.variation, ())
            return head, Phase(FINE_TUNING, self.epochs, self.crop_px, self.lr / 2, self.variation, ())
        before = [
            Phase(WARM_UP, each.epochs, each.side_px, each.lr, each.variation, self.causes) for each in self.warm_ups
        ]
        return (*before, Phase(TRAINING, self.epochs, self.crop_px, self.lr, self.variation, ()))

    def as_json(self) -> dict[str, Any]:
        """The recipe as JSON holds it: dictionaries and lists; ``head_epochs`` only if a network is fine-tuned."""
        content = json.loads(json.dumps(asdict(self)))
        return (
            content if self.head_epochs else {name: value for name, value in content.items() if name != "head_epochs"}
        )


@dataclass(frozen=True)
class Phase:
    """Epochs under one schedule.

    Attributes
    ----------
    name : str
        ``"warm-up"`` or ``"training"``; ``"head"`` or ``"fine-tuning"``.
    epochs, side_px, lr, variation
        As in `WarmUp`. In fine-tuning, `lr` is that of the head.
    causes : tuple of str
        What is predicted beside the label.
    """

    name: str
    epochs: int
    side_px: int
    lr: float
    variation: float
    causes: tuple[str, ...]


def _check_whole(name: str, value: object, least: int) -> None:
    if not (type(value) is int and value >= least):
        raise ValueError(f"{name} must be a whole number of at least {least}; got {value!r}.")


def _check_lr(value: float) -> None:
    if not (isinstance(value, float | int) and 0 < value <= 1):
        raise ValueError(f"lr must lie between 0 and 1; got {value!r}. 0.01 is usual.")


def _check_variation(value: float) -> None:
    if not (isinstance(value, float | int) and 0 <= value <= 3):
        raise ValueError(f"variation must lie between 0 and 3; got {value!r}.")
