"""The recipe of a training: the tutorial's by default, with optional warm-ups and fine-tuning."""

import json
from dataclasses import asdict, dataclass
from typing import Any

# Names of phases. Fine-tuning trains the head alone first, then all layers.
WARM_UP, TRAINING, HEAD_ALONE, FINE_TUNING = "warm-up", "training", "head", "fine-tuning"
# The defaults of fastai's `fine_tune`.
FINE_TUNING_LR, HEAD_EPOCHS = 2e-3, 1


@dataclass(frozen=True)
class WarmUp:
    """Epochs before the main training, in which the network predicts causes as well as the label.

    Attributes
    ----------
    epochs : int
    side_px : int
        The crops are shrunk to this side: progressive resizing, fastai's own trick.
    lr : float
        The highest learning rate of their one-cycle schedule.
    variation : float
        As in `Recipe`.

    Examples
    --------
    >>> WarmUp(epochs=5).side_px
    64
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
        Of the main training, at the full image size, in which the network predicts the label alone.
    lr : float
        The highest learning rate of its one-cycle schedule.
    variation : float
        Strength of the variation of light and sharpness in it, 0 for none; see `Variation`.
    warm_ups : tuple of WarmUp
        Phases before the main training, each with its own one-cycle schedule.
    causes : tuple of str
        Columns of the catalogue that the network also predicts in the warm-ups.
    batch_size : int
    seed : int
        Of the split, the initial weights, the order of the galaxies and their augmentation.
    valid_share : float
        Share of the galaxies held out for validation.
    shuffled_labels : bool
        Permute the labels across galaxies, for a control network that can learn nothing from the images.
    precision : str
        ``"float32"``, or ``"bfloat16"``, which is fast only on processors with instructions for it.
    pad_px, crop_px : int
        As in `ModelCard`.
    head_epochs : int
        For fine-tuning: epochs in which the head is trained alone, at `lr`. Then all layers are trained, the head at
        half of `lr` and the body at a hundredth of that. 0 if no network is fine-tuned.

    Examples
    --------
    >>> recipe = Recipe(epochs=3, warm_ups=(WarmUp(epochs=5),), causes=("inclination_deg",))
    >>> [(phase.name, phase.epochs, phase.side_px) for phase in recipe.phases]
    [('warm-up', 5, 64), ('training', 3, 112)]
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
        minima = {"epochs": 1, "batch_size": 2, "seed": 0, "crop_px": 32, "pad_px": 32, "head_epochs": 0}
        for name, minimum in minima.items():
            _check_whole(name, getattr(self, name), minimum)
        if self.seed >= 2**32:
            raise ValueError(f"seed must be less than 2**32, NumPy's limit; got {self.seed}.")
        _check_lr(self.lr)
        _check_variation(self.variation)
        if isinstance(self.causes, str) or len(set(self.causes)) < len(self.causes):
            raise ValueError(f"causes must be different names of columns; got {self.causes!r}.")
        if not (isinstance(self.valid_share, float) and 0 < self.valid_share < 1):
            raise ValueError(f"valid_share must lie between 0 and 1; got {self.valid_share!r}. 0.2 is usual.")
        if self.precision not in ("float32", "bfloat16"):
            raise ValueError(f"precision must be 'float32' or 'bfloat16'; got {self.precision!r}.")
        if not self.crop_px <= self.pad_px <= 4096:
            raise ValueError(
                f"crop_px must be at most pad_px, and pad_px at most 4096; got {self.crop_px} and {self.pad_px}."
            )
        if wide := [warm_up.side_px for warm_up in self.warm_ups if warm_up.side_px > self.crop_px]:
            raise ValueError(f"side_px of a warm-up must be at most crop_px, {self.crop_px}; got {wide[0]}.")
        if self.head_epochs and self.warm_ups:
            raise ValueError("warm_ups are for new networks, head_epochs for fine-tuning one. Leave one of them out.")
        if self.causes and not self.warm_ups:
            raise ValueError("causes are predicted in warm-ups, and there is none. Add a warm-up, or leave them out.")

    @property
    def phases(self) -> tuple["Phase", ...]:
        """The phases in order: warm-ups, if any, and the main training; or those of fine-tuning."""
        if self.head_epochs:
            head = Phase(HEAD_ALONE, self.head_epochs, self.crop_px, self.lr, self.variation, ())
            return head, Phase(FINE_TUNING, self.epochs, self.crop_px, self.lr / 2, self.variation, ())
        warm_ups = [
            Phase(WARM_UP, warm_up.epochs, warm_up.side_px, warm_up.lr, warm_up.variation, self.causes)
            for warm_up in self.warm_ups
        ]
        return (*warm_ups, Phase(TRAINING, self.epochs, self.crop_px, self.lr, self.variation, ()))

    def as_json(self) -> dict[str, Any]:
        """The recipe as dictionaries and lists, for JSON; ``head_epochs`` only if a network is fine-tuned."""
        content = json.loads(json.dumps(asdict(self)))
        if not self.head_epochs:
            del content["head_epochs"]
        return content


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
        Columns that are predicted as well as the label.
    """

    name: str
    epochs: int
    side_px: int
    lr: float
    variation: float
    causes: tuple[str, ...]


def _check_whole(name: str, value: object, minimum: int) -> None:
    if not (type(value) is int and value >= minimum):
        raise ValueError(f"{name} must be a whole number of at least {minimum}; got {value!r}.")


def _check_lr(value: float) -> None:
    if not (isinstance(value, float | int) and 0 < value <= 1):
        raise ValueError(f"lr must lie between 0 and 1; got {value!r}. 0.01 is usual.")


def _check_variation(value: float) -> None:
    if not (isinstance(value, float | int) and 0 <= value <= 3):
        raise ValueError(f"variation must lie between 0 and 3; got {value!r}.")
