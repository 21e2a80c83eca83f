"""What a function may leave changed: torch's settings, and the state of a network."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from galviz.course.judge import WrongAnswer, expect

# ruff: noqa: NPY002 -- the global generator is what a student's function may seed
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_GLOBAL_HOOKS = [
    getattr(nn.modules.module, name)
    for name in ("_global_forward_hooks", "_global_forward_pre_hooks", "_global_backward_hooks")
]


def _set_cudnn(name: str) -> Callable[[bool], None]:
    return lambda value: setattr(torch.backends.cudnn, name, value)


# Settings of torch that the whole program shares: how to read and to write them.
_SETTINGS = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype),
    "deterministic algorithms": (torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms),
    "number of threads": (torch.get_num_threads, torch.set_num_threads),
    "anomaly detection": (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    "precision of matrix products": (torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
    "`backends.cudnn.benchmark`": (lambda: torch.backends.cudnn.benchmark, _set_cudnn("benchmark")),
    "`backends.cudnn.deterministic`": (lambda: torch.backends.cudnn.deterministic, _set_cudnn("deterministic")),
}


@contextmanager
def default_settings() -> Iterator[None]:
    """Torch's default settings, whatever the student's file sets at its top; restored afterwards."""
    hooks, settings = [dict(registry) for registry in _GLOBAL_HOOKS], torch_settings()
    states = torch.random.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        with torch.inference_mode(False), torch.enable_grad():
            torch.set_default_dtype(torch.float32)
            torch.rand(1)  # the state isn't that of a common seed, so that a function that sets a seed is noticed
            yield
    finally:
        for registry, known in zip(_GLOBAL_HOOKS, hooks, strict=True):
            registry.clear()
            registry.update(known)
        for name, (get, put) in _SETTINGS.items():
            if get() != settings[name]:
                put(settings[name])
        torch.random.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])
        torch.set_grad_enabled(settings["grad"])


def torch_settings() -> dict[str, object]:
    """Settings of torch that the whole program shares, and the states of the random generators."""
    numpy_state = np.random.get_state()
    return {
        "grad": torch.is_grad_enabled(),
        "inference mode": torch.is_inference_mode_enabled(),
        **{name: get() for name, (get, _) in _SETTINGS.items()},
        "random states": {
            "torch": torch.random.get_rng_state().numpy().tobytes(),
            "NumPy": (numpy_state[1].tobytes(), *numpy_state[2:]),
            "Python": random.getstate(),
        },
    }


def check_settings(before: dict[str, object], when: str = "") -> None:
    """Reject a function that leaves a setting of torch changed."""
    after = torch_settings()
    expect(
        before["grad"] <= after["grad"],
        f"Gradient tracking is left off for the whole program{when}. Use `with torch.no_grad():` around your lines.",
    )
    expect(
        before["grad"] >= after["grad"],
        f"The caller has switched gradient tracking off, and your function leaves it on{when}. Don't set it to a fixed "
        "value at the end: `with torch.no_grad():` restores what it was.",
    )
    expect(
        before["inference mode"] == after["inference mode"],
        f"Inference mode is left changed for the whole program{when}. Use `with torch.inference_mode():` around your "
        "lines.",
    )
    for name, state in before["random states"].items():
        expect(
            after["random states"][name] == state,
            f"The state of {name}'s random generator has changed{when}. Nothing here needs a seed or random numbers.",
        )
    for name in _SETTINGS:
        expect(
            before[name] == after[name],
            f"You changed torch's {name} for the whole program{when}: it was {before[name]}, and is left at "
            f"{after[name]}. Leave it as it was.",
        )


def check_settings_of_the_caller(call: Callable[[], object]) -> None:
    """Call a function under settings that aren't the default ones, and reject it if it leaves them changed."""
    for change in (lambda: torch.set_grad_enabled(False), _choose_unusual_settings):
        with default_settings():
            change()
            before = torch_settings()
            try:
                call()
            except NotImplementedError:
                raise
            except Exception:  # a right function needn't work under all of these settings
                continue
            check_settings(before)


def _choose_unusual_settings() -> None:
    torch.set_default_dtype(torch.float64)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(torch.get_num_threads() + 1)


def state_of(network: nn.Module) -> dict[str, object]:
    """Everything about a network, and about settings that all networks share, that a function may leave changed."""
    modules = dict(network.named_modules())
    classes = {cls for module in modules.values() for cls in type(module).__mro__ if issubclass(cls, nn.Module)}
    parameters = dict(network.named_parameters())
    return {
        "modules": modules,
        "hooks": {(name, kind): list(getattr(module, kind)) for name, module in modules.items() for kind in HOOKS},
        "registries": {(name, kind): getattr(module, kind) for name, module in modules.items() for kind in HOOKS},
        "global hooks": [list(registry) for registry in _GLOBAL_HOOKS],
        "modes": {name: module.training for name, module in modules.items()},
        "attributes": {name: set(vars(module)) for name, module in modules.items()},
        "values": {name: _plain_values(module) for name, module in modules.items()},
        "methods": {cls: [vars(cls).get(name) for name in ("forward", "__call__")] for cls in classes},
        "parameters": parameters,
        "requires_grad": {name: weight.requires_grad for name, weight in parameters.items()},
        "gradients": {name: None if w.grad is None else w.grad.clone() for name, w in parameters.items()},
        "tensors": {name: tensor.clone() for name, tensor in network.state_dict().items()},
        "settings": torch_settings(),
    }


def _plain_values(module: nn.Module) -> dict[str, object]:
    """Public attributes of a module that are numbers, texts and the like, without its mode."""
    plain = (bool, int, float, str, tuple, type(None))
    values = vars(module).items()
    return {name: value for name, value in values if isinstance(value, plain) and name[0] != "_" and name != "training"}


def check_state(before: dict[str, dict], network: nn.Module, when: str) -> None:
    """Reject a function that leaves a network, or settings that all networks share, changed."""
    after = state_of(network)
    for place, hooks in before["hooks"].items():
        now = after["hooks"].get(place, [])
        expect(
            set(now) <= set(hooks),
            f"Your hook is still registered{when}. It will run in every later pass, whoever calls the network. Remove "
            "it.",
        )
        expect(set(hooks) <= set(now), f"A hook that somebody else registered is gone{when}. Remove only your own.")
    expect(
        after["global hooks"] == before["global hooks"],
        f"A global hook is still registered{when}. It runs for every module of every network: remove it.",
    )
    expect(
        list(before["modules"]) == list(after["modules"])
        and all(module is after["modules"][name] for name, module in before["modules"].items()),
        f"A module of the network was replaced{when}. Leave the network as it was.",
    )
    for (name, kind), registry in before["registries"].items():
        expect(
            after["registries"][name, kind] is registry,
            f"You replaced `{kind}` of {described(name, before['modules'][name])} by a new dictionary{when}. The "
            "handles of other hooks belong to the old one. Remove your own hook by its handle, and nothing else.",
        )
    _check_modes(before["modes"], after["modes"], when)
    expect(
        before["attributes"] == after["attributes"] and before["methods"] == after["methods"],
        f"A module has other attributes or methods than before{when}, such as your own `forward`. Leave it as it was.",
    )
    _check_values(before, after, when)
    _check_tensors(before, after, when)
    check_settings(before["settings"], when)


def _check_tensors(before: dict[str, dict], after: dict[str, dict], when: str) -> None:
    """Reject a function that leaves weights, their gradients or other tensors of a network changed."""
    _compare_dtypes(before["tensors"], after["tensors"], when)
    expect(
        all(torch.equal(tensor, after["tensors"][name]) for name, tensor in before["tensors"].items()),
        f"The network's weights, or batch norm's statistics, have changed{when}. Leave them as they were. (A pass in "
        "training mode updates the statistics.)",
    )
    expect(
        all(weight is after["parameters"].get(name) for name, weight in before["parameters"].items()),
        f"You replaced weights of the network by new tensors{when}. Others, such as an optimiser, still refer to the "
        "old ones. Leave them as they were.",
    )
    expect(
        before["requires_grad"] == after["requires_grad"],
        f"`requires_grad` of the weights has changed{when}. It is up to the caller which weights are trained. For a "
        "pass without gradient tracking, use `with torch.no_grad():`.",
    )
    expect(
        all(_is_same(gradient, after["gradients"][name]) for name, gradient in before["gradients"].items()),
        f"The weights' gradients, `grad`, have changed{when}. The caller may need them: `zero_grad()` deletes them, "
        "and `backward()` adds to them. Leave them as they were.",
    )


def check_dtypes(before: dict[str, dict], network: nn.Module) -> None:
    """Reject a function that leaves weights in another dtype; results can differ because of that."""
    _compare_dtypes(before["tensors"], network.state_dict(), "")


def _compare_dtypes(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor], when: str) -> None:
    for name, tensor in before.items():
        was, now = (str(dtype).removeprefix("torch.") for dtype in (tensor.dtype, after[name].dtype))
        expect(
            was == now,
            f"The network's weights are left as {now}{when}; they were {was}. A method such as `double()` or `half()` "
            "converts the network itself. Leave it as it was.",
        )


def _is_same(one: torch.Tensor | None, other: torch.Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.dtype == other.dtype and torch.equal(one, other)


def _check_values(before: dict[str, dict], after: dict[str, dict], when: str) -> None:
    for name, values in before["values"].items():
        for key, value in values.items():
            now = after["values"][name].get(key)
            expect(
                now == value,
                f"You changed the attribute `{key}` of {described(name, before['modules'][name])}: it was {value} and "
                f"is left at {now}{when}. Leave the network as it was.",
            )


def described(name: str, module: nn.Module) -> str:
    """A module in a sentence, by its name and class."""
    kind = type(module).__name__
    return f"the module {name!r} ({kind})" if name else f"the network itself ({kind})"


def _check_modes(before: dict[str, bool], after: dict[str, bool], when: str) -> None:
    changed = [name for name, training in before.items() if after[name] != training]
    if not changed:
        return
    was = "training" if before[changed[0]] else "eval"
    now = "eval" if was == "training" else "training"
    expect(
        not all("." in name for name in changed),
        f"A module inside a part of the network was in {was} mode and is left in {now} mode{when}. `children()` lists "
        "the outer parts only, and `train` on a part also changes the modules inside it.",
    )
    everything = set(before.values()) == {was == "training"} and len(changed) == len(before)
    raise WrongAnswer(
        f"The whole network was in {was} mode and is left in {now} mode{when}. Restore its mode."
        if everything
        else f"A part of the network was in {was} mode and is left in {now} mode{when}. Each module has its own mode: "
        "restore every one."
    )
