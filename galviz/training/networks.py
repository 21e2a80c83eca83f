"""The networks of a training: one per phase, built anew or with the weights of the phase, or the network, before it."""

import os
from dataclasses import dataclass, replace

import torch
from fastai.torch_core import set_seed
from torch import nn

from galviz.network.builders import build_network, find_builder
from galviz.network.card import ModelCard
from galviz.network.head import unscale_head
from galviz.network.layers import LayerOutput, inspect_layers
from galviz.network.model import load_model
from galviz.network.spec import NetworkSpec
from galviz.network.suggestion import suggest_spec
from galviz.training.recipe import Phase, Recipe

__all__ = ["Start", "check_spec", "make_network", "read_start"]


@dataclass(frozen=True, eq=False)
class Start:
    """A trained network that another training begins with.

    Attributes
    ----------
    card : ModelCard
    spec : NetworkSpec
        Of the network to train: with a head of one output.
    state : dict of str to torch.Tensor
        Its tensors; if it has a head, that predicts in the unit of its label.
    """

    card: ModelCard
    spec: NetworkSpec
    state: dict[str, torch.Tensor]

    def tensors_for(self, label: str, label_mean: float, label_std: float) -> dict[str, torch.Tensor]:
        """The tensors to begin with: of the head only if it predicts the same label, for standardised targets then."""
        head = f"{self.spec.head}."
        body = {name: values for name, values in self.state.items() if not name.startswith(head)}
        if self.card.label != label:
            return body
        scale = replace(self.card, label_mean=label_mean, label_std=label_std)
        names = [f"{head}weight", f"{head}bias"]
        values = unscale_head(*(self.state[name].numpy() for name in names), scale)
        return body | dict(zip(names, map(torch.from_numpy, values), strict=True))


def read_start(path: str | os.PathLike[str]) -> Start:
    """Load the network that a training begins with; an encoder gets a head.

    Raises
    ------
    CardError
        If it can't be loaded.
    ValueError
        If it has no place for a head.
    """
    network = load_model(path)
    card, spec = network.card, network.card.spec
    options = {**spec.options, find_builder(spec.builder).n_outputs: 1}
    if spec.head is None:
        spec = suggest_spec(spec.builder, options, crop_px=card.crop_px)
    return Start(card, replace(spec, options=options), network.state_dict())


def check_spec(spec: NetworkSpec, recipe: Recipe) -> dict[str, LayerOutput]:
    """What the layers of a network output, if it can be trained by a recipe; ValueError if it can't."""
    network = build_network(spec, seed=0).eval()
    layers, n_outputs = inspect_layers(network, spec, recipe.crop_px)
    if n_outputs != 1 or network.get_submodule(spec.head).bias is None:
        raise ValueError(
            f"spec must have a head of one output and with a bias to be trained; got {spec.head!r} with {n_outputs} "
            "outputs. Set the number of outputs in its options; causes to predict too stand in the recipe."
        )
    for side in {phase.side_px for phase in recipe.phases} - {recipe.crop_px}:
        inspect_layers(network, spec, side)  # which says so if it can't take smaller images
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        output = network.train()(torch.zeros(2, 3, recipe.crop_px, recipe.crop_px))
    if not isinstance(output, torch.Tensor):
        raise ValueError(
            f"{spec.builder} has more than one output in training mode, which galviz can't train. Choose another."
        )
    return layers


def make_network(
    spec: NetworkSpec,
    phase: Phase,
    previous: nn.Module | None,
    seed: int,
    tensors: dict[str, torch.Tensor] | None = None,
) -> nn.Module:
    """A network for a phase.

    Parameters
    ----------
    spec : NetworkSpec
    phase : Phase
    previous : torch.nn.Module or None
        That of the phase before: its body and the first rows of its head go on.
    seed : int
        Of random weights. The bias of a new head is 0, the mean of the standardised labels.
    tensors : dict of str to torch.Tensor, optional
        What the first phase begins with, see `Start.tensors_for`; the rest is random.
    """
    set_seed(seed)
    n_out = 1 + len(phase.causes)
    outputs = find_builder(spec.builder).n_outputs
    network = build_network(replace(spec, options={**spec.options, outputs: n_out}))
    if previous is None:
        nn.init.zeros_(network.get_submodule(spec.head).bias)
        if tensors:
            network.load_state_dict(network.state_dict() | tensors)
        return network
    state = previous.state_dict()
    for name in ("weight", "bias"):
        state[f"{spec.head}.{name}"] = state[f"{spec.head}.{name}"][:n_out]
    network.load_state_dict(state)
    return network
