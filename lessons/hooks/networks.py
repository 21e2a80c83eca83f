"""Networks for the tests of the exercises on hooks, and the shipped one."""

from collections.abc import Callable
from functools import cache

import torch
from torch import nn

from lessons.hooks.state_checks import HOOKS


class BrokenLayerError(Exception):
    """What a network raises in these tests."""


class Broken(nn.Module):
    """A layer that fails."""

    def forward(self, images):
        raise BrokenLayerError("This layer is broken, for the test.")


class OnGPUError(TypeError):
    """What NumPy raises for a tensor on a GPU."""


class OnGPU(torch.Tensor):
    """Stands in for a tensor on a GPU, where there may be none: NumPy can't read it before it is on the CPU."""

    is_cuda = True
    device = torch.device("cuda:0")

    def numpy(self, *, force=False):
        if force:
            return self.detach().cpu().numpy()
        raise OnGPUError

    def __array__(self, *_, **__):
        raise OnGPUError

    def cpu(self, *_, **__):
        return self.as_subclass(torch.Tensor)

    def to(self, *args, **kwargs):
        targets = [*args, *kwargs.values()]
        if any(isinstance(target, str | torch.device) and torch.device(target).type == "cpu" for target in targets):
            return self.cpu()
        return self


class Branches(nn.Module):
    """A network that isn't a sequence, and overwrites a layer's output in place."""

    def __init__(self):
        super().__init__()
        self.body = nn.ModuleDict({"flat": nn.Flatten(), "mix": nn.Linear(12, 12)})
        self.head = nn.Linear(12, 1)

    def forward(self, images):
        flat = self.body["flat"](images)
        mixed = self.body["mix"](flat)
        mixed += flat
        return self.head(mixed.mul_(0.5))


class Jitter(nn.Module):
    """A layer of a class of its own, whose output depends on its mode."""

    def forward(self, values):
        return values + values.roll(1, dims=0) if self.training else values


class OwnClasses(nn.Module):
    """A network whose own forward method, and parts of several classes, depend on the mode."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), Jitter())
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout1d(0.4)
        self.head = nn.Linear(4, 1)

    def forward(self, images):
        values = self.drop(self.norm(self.body(images).mean(dim=(2, 3))))
        return self.head(values * 1.5 if self.training else values)


def seeded(make: Callable[[], nn.Module], seed: int) -> nn.Module:
    """A network in eval mode with random weights and batch norm statistics; torch's generator stays as it is."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                module.running_mean.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.3, 2)
    # As if it was being trained, except for the last weight: a function must not change either.
    for weight in network.parameters():
        weight.grad = weight.detach().sin()
    weight.grad = None
    weight.requires_grad = False
    return network.eval()


def images_of(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def make_broken():
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), Broken(), nn.Flatten())


def load_shipped_network():
    """The shipped network and its card, new for each test, because a student's function may leave it changed."""
    from galviz.network.model import load_model

    network = load_model()
    return network, network.card


@cache
def shipped_galaxies():
    """Images of ten shipped galaxies, and the shipped features of all."""
    from galviz.features.features import load_features
    from galviz.network.card import read_card
    from galviz.network.forward import preprocess
    from galviz.survey.survey import load_survey

    survey, data = load_survey(), load_features()
    return preprocess([survey.image(object_id) for object_id in data.object_ids[:10]], read_card()), data


def hooks_of(network):
    return [list(getattr(module, kind)) for module in network.modules() for kind in HOOKS]
