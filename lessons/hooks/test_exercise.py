"""Tests of the exercises on hooks; each takes the student's function."""

from collections.abc import Callable
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_error, expect_unchanged

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class BrokenLayerError(Exception):
    """What a network raises in these tests."""


class Broken(nn.Module):
    """A layer that fails."""

    def forward(self, images):
        raise BrokenLayerError("This layer is broken, for the test.")


class OnGPUError(TypeError):
    """What NumPy asked for the numbers of a tensor on a GPU raises."""


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

    def to(self, *given, **named):
        where = [*given, *named.values()]
        if any(isinstance(each, str | torch.device) and torch.device(each).type == "cpu" for each in where):
            return self.cpu()
        return self


class Branches(nn.Module):
    """A network that is no sequence, and writes into what a layer answered."""

    def __init__(self):
        super().__init__()
        self.body = nn.ModuleDict({"flat": nn.Flatten(), "mix": nn.Linear(12, 12)})
        self.head = nn.Linear(12, 1)

    def forward(self, images):
        flat = self.body["flat"](images)
        mixed = self.body["mix"](flat)
        mixed += flat
        return self.head(mixed.mul_(0.5))


def seeded(make: Callable[[], nn.Module], seed: int) -> nn.Module:
    """A network whose numbers follow a seed, batch norm's statistics too, in eval mode; torch's generator is kept."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.uniform_(-0.5, 0.5)
                module.running_var.uniform_(0.3, 2)
    return network.eval()


def images_of(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_hooks_1(answer):
    maps = images_of(2, 3, 4, 5, seed=1) + 0.3
    _averaged(answer, maps)
    _averaged(answer, images_of(4, 2, 3, 3, seed=2), hint="Here there are 4 galaxies, 2 channels and 3 × 3 places.")
    _averaged(answer, images_of(3, 2, 4, 2, seed=3).requires_grad_() * 2)
    _averaged(answer, images_of(1, 1, 2, 3, seed=4), hint="Here there are one galaxy and one channel.")
    for given in (images_of(3, 5, seed=5), images_of(4, 4, seed=6).requires_grad_() * 2, images_of(1, 3, seed=7)):
        _averaged(answer, given, hint="Here the layer's answer has no places: the shape is (n, channels).")
    for given in (maps, images_of(3, 5, seed=8)):
        try:
            answer(given.clone().as_subclass(OnGPU))
        except OnGPUError:
            raise WrongAnswer(
                "NumPy can't read a tensor that lies on a GPU: `cpu` brings it to the CPU, or leaves it there."
            ) from None
        except Exception:  # the stand-in isn't all that a tensor on a GPU is
            continue


def _averaged(answer, maps, hint=""):
    """One call, compared with averages that are taken number by number."""
    before, record, places = maps.detach().clone(), maps.grad_fn, maps.ndim == 4
    try:
        found = answer(maps)
    except NotImplementedError:
        raise
    except Exception as error:
        _explain_record(error)
        if places:
            raise
        raise WrongAnswer(
            "An answer of shape (n, channels), such as the last layers give, has no places to average over. Yours "
            f"raises {type(error).__name__} there."
        ) from None
    expect(
        maps.grad_fn is record and maps.requires_grad == (record is not None),
        "Your function cuts the caller's own tensor from its record for gradients: make a detached one instead.",
    )
    expect_unchanged(before, maps, "maps")
    if isinstance(found, torch.Tensor):
        raise WrongAnswer(
            "What you return is a tensor still, with a record for gradients; a NumPy array is asked for."
            if found.requires_grad
            else "What you return is a tensor; a NumPy array is asked for."
        )
    if len(maps) == 1:
        shape = as_array(found).shape
        expect(
            shape == maps.shape[:2],
            f"Of a single galaxy, too, the shape is (n, channels), here {tuple(maps.shape[:2])}; yours is {shape}.",
        )
    expect(
        getattr(found, "dtype", None) != np.float16,
        "The array is of float16, which keeps three digits; float32 is asked for, as the network computes.",
    )
    values = before.numpy().astype(float)
    flat = values.reshape(*values.shape[:2], -1)
    expected = [[sum(channel) / len(channel) for channel in galaxy] for galaxy in flat.tolist()]
    expect_close(
        found,
        expected,
        _wrong_averages(values) if places else _wrong_rows(values),
        hint=hint,
        what="the array of averages" if places else "the array",
    )
    expect(
        isinstance(found, np.ndarray), f"What you return is of type {type(found).__name__}; a NumPy array is asked for."
    )
    expect(found.dtype == np.float32, f"The array is of {found.dtype}; float32 is asked for, as the network computes.")


def _wrong_averages(maps):
    n, channels, height, width = maps.shape
    flat = maps.reshape(n, channels, -1)
    names = ("galaxies", "channels", "rows", "columns")
    kept = [  # the axes that a mean was taken over
        ((1,), "You averaged over the channels: each channel keeps a number of its own, and the places go."),
        ((0,), "You averaged over the galaxies: each galaxy keeps its row, and the places go."),
        ((2,), "You averaged over the rows of each map alone: its columns are places too."),
        ((3,), "You averaged over the columns of each map alone: its rows are places too."),
        ((0, 1, 2, 3), "You took one mean of all numbers: each galaxy and each channel has one of its own."),
        ((1, 2, 3), "You averaged over the channels too: each channel keeps a number of its own."),
        ((0, 2, 3), "You averaged over the galaxies too: each galaxy keeps its row."),
        *(
            (axes, f"You averaged over {names[axes[0]]} and {names[axes[1]]}; the places are the last two axes.")
            for axes in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3))
        ),
    ]
    means = flat.mean(axis=2)
    return [
        (flat.sum(axis=2), "This is the sum over the places, which grows with the map's size; the mean is asked for."),
        *((maps.mean(axis=axes), hint) for axes, hint in kept),
        (flat.max(axis=2), "This is the largest number of each map; the mean is asked for."),
        (np.abs(flat).max(axis=2), "This is the largest size of each map; the mean is asked for."),
        (np.median(flat, axis=2), "This is the median of each map; the mean is asked for."),
        (
            np.sort(flat, axis=2)[:, :, (height * width - 1) // 2],
            "This is the median of each map (the lower of the middle two, as torch takes it); the mean is asked for.",
        ),
        (flat.min(axis=2), "This is the smallest number of each map; the mean is asked for."),
        (flat.std(axis=2), "This is the standard deviation of each map; the mean is asked for."),
        (np.abs(flat).mean(axis=2), "You averaged the sizes: negative numbers count as they are."),
        (np.maximum(flat, 0).mean(axis=2), "Negative numbers became 0 before the mean: they count as they are."),
        ((flat**2).mean(axis=2), "You averaged the squares; the numbers as they are are asked for."),
        (flat.sum(axis=2) / height, "You divided by the number of rows alone: the places are rows times columns."),
        (flat.sum(axis=2) / width, "You divided by the number of columns alone: the places are rows times columns."),
        (flat[:, :, 0], "This is each map's first place; the mean of all is asked for."),
        (maps[:, :, height // 2, width // 2], "This is the middle place of each map; the mean of all is asked for."),
        (means.T, "Rows and columns are exchanged: a galaxy a row, a channel a column."),
        (
            means[:, :, None, None],
            "The two axes of the places are still there, of length 1: the shape must be (n, channels).",
        ),
        (flat, "The places are in one row, and not averaged yet."),
        (maps.reshape(n, -1), "All numbers of a galaxy are in one row, and not averaged yet."),
        (maps, "These are the maps, and not averaged yet."),
    ]


def _wrong_rows(rows):
    averaged = "You averaged an answer of shape (n, channels): it has no places, so its numbers come back as they are."
    return [
        (rows.mean(), averaged),
        (rows.mean(axis=1), averaged),
        (rows.mean(axis=0), averaged),
        (rows.T, "Rows and columns are exchanged: a galaxy a row, a channel a column."),
        (rows[:, :, None, None], "An answer of shape (n, channels) has no places: don't add axes for them."),
    ]


def _explain_record(error):
    """A hint for NumPy asked for a tensor that has a record for gradients; the error isn't raised again here."""
    if isinstance(error, RuntimeError) and "requires grad" in str(error):
        raise WrongAnswer(
            "The tensor still hangs on the record for gradients, and NumPy can't take it so: `detach` cuts it off."
        ) from None


def _make_sequence():
    return nn.Sequential(
        nn.Conv2d(3, 3, 3, padding=1),
        nn.BatchNorm2d(3),
        nn.ReLU(inplace=True),
        nn.Conv2d(3, 3, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(3, 1),
    )


def _make_broken():
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), Broken(), nn.Flatten())


def test_hooks_2(answer):
    everywhere, grad = nn.modules.module._global_forward_hooks, torch.is_grad_enabled()
    known = dict(everywhere)
    try:
        _test_catch(answer)
    finally:
        everywhere.clear()
        everywhere.update(known)
        torch.set_grad_enabled(grad)


def _test_catch(answer):
    network = seeded(_make_sequence, 1)
    first, second = images_of(5, 3, 6, 4, seed=2), images_of(5, 3, 6, 4, seed=3)
    expected = [_by_steps(network, images, 4) for images in (first, second)]
    found = _caught(answer, network, network[3], first, _wrong_catches(network, first, expected[0]), expected[0])
    kept = as_array(found).copy()
    again = _caught(
        answer,
        network,
        network[3],
        second,
        [
            (
                expected[0],
                "Called again with other images, it returns the answers to the first ones: begin anew each time.",
            )
        ],
        expected[1],
    )
    expect(
        np.array_equal(as_array(found), kept) and again is not found,
        "What the first call returned has changed with the second one: each call must return something of its own.",
    )
    branches, images = seeded(Branches, 4), images_of(3, 3, 2, 2, seed=5)
    mix = branches.body["mix"]
    mix.register_forward_hook(lambda module, came_in, went_out: None)
    flat = images.reshape(3, -1)
    with torch.no_grad():
        expected = flat @ mix.weight.T + mix.bias
        changed = (expected + flat) / 2
    overwritten = "This is what the network wrote over the layer's answer later on: keep a copy of it."
    heard = []
    branches.register_forward_hook(lambda module, came_in, went_out: heard.append(went_out.detach().clone()))
    _caught(answer, branches, mix, images, [(changed, overwritten), (expected + flat, overwritten)], expected)
    _called_once(heard, branches.head(changed).detach())
    broken = seeded(_make_broken, 6)
    broken[0].register_forward_hook(lambda module, came_in, went_out: None)
    before = _look(broken)
    for place, when in ((0, "an error"), (3, "an error before it comes to the layer")):
        error = expect_error(
            lambda layer=broken[place]: answer(broken, layer, images_of(2, 3, 5, 5, seed=7)),
            BrokenLayerError,
            "Here the network raises an error, and it must come through to the caller as it is.",
        )
        del error
        _as_before(before, broken, f" when the network raises {when}")


def _called_once(heard, expected):
    """Refuse a network that wasn't called just once, or that answered something else than it does without the hook."""
    expect(
        bool(heard),
        "A hook that someone else had registered on the network itself isn't called: write `network(images)`, not "
        "`network.forward(images)`, and not its layers one by one.",
    )
    expect(len(heard) == 1, f"The network is called {len(heard)} times; once is asked for.")
    expect(
        heard[0].shape == expected.shape and bool(torch.allclose(heard[0], expected, rtol=1e-4, atol=1e-5)),
        "While you listened, the network answered something else: what a hook returns takes the place of the layer's "
        "answer, so let it return nothing.",
    )


def _by_steps(network, images, count):
    """What the first modules of a sequence make of images."""
    with torch.no_grad():
        values = images.clone()
        for module in network[:count]:
            values = module(values)
        return values.clone()


def _caught(answer, network, layer, images, mistakes, expected):
    """One call, looked at from all sides."""
    before, given = _look(network), images.clone()
    try:
        found = answer(network, layer, given)
    except RuntimeError as error:
        _explain_record(error)
        raise
    expect(
        found is not None,
        "What you return is None. Does the function end with `return`? And does the hook put what it is given where it "
        "can still be found once the hook has ended?",
    )
    if isinstance(found, list | tuple) and len(found) == 1 and hasattr(found[0], "shape"):
        raise WrongAnswer("You return a list with the answer in it; the answer itself is asked for.")
    expect(
        not isinstance(found, torch.Tensor) or not found.requires_grad,
        "What you return isn't detached: it hangs on the record for gradients, which keeps the whole pass in memory.",
    )
    expect_close(found, expected, mistakes, what="the layer's answer")
    expect(
        isinstance(found, torch.Tensor | np.ndarray),
        f"What you return is of type {type(found).__name__}; a tensor or an array is asked for.",
    )
    kind = str(found.dtype).removeprefix("torch.")
    expect(kind == "float32", f"What you return is of {kind}; float32 is asked for, as the network computes.")
    expect_unchanged(images, given, "images")
    _as_before(before, network, "")
    return found


def _wrong_catches(network, images, expected):
    """What typical mistakes catch in place of the answer of network[3]."""
    with torch.no_grad():
        came_in, behind = _by_steps(network, images, 3), expected.clamp(min=0)
        alone, last = network[3](images), network(images.clone())
        in_training = deepcopy(network).train()[:4](images.clone())
    return [
        (
            behind,
            "The layer behind has written over it: a ReLU in place set all that was negative to 0. Keep a copy, one "
            "that the hook doesn't return: what it returns takes the answer's place.",
        ),
        (last, "This is what the network answers in the end; the layer's own answer is asked for."),
        (last[:, 0], "This is what the network answers in the end; the layer's own answer is asked for."),
        (alone, "This is the layer's answer to the images; in the network it is given what the layers before it made."),
        (came_in, "This is what came into the layer; what went out of it is asked for."),
        (came_in[None], "This is what came into the layer; what went out of it is asked for."),
        (in_training, "This is the answer in training mode; leave the network in eval mode, as it is."),
        (
            in_training.clamp(min=0),
            "This is the answer in training mode, and the layer behind has written over it: leave "
            "the network in eval mode, and keep a copy.",
        ),
        (expected.mean(dim=(2, 3)), "You averaged over the places; all of the layer's answer is asked for."),
        (
            behind.mean(dim=(2, 3)),
            "You averaged over the places, and the layer behind has written over it; all of the "
            "layer's own answer is asked for.",
        ),
        (expected[0], "This is the answer to the first image alone."),
        (expected[:1], "This is the answer to the first image alone."),
        (expected[-1], "This is the answer to the last image alone."),
        (expected.flatten(1), "You put each image's numbers into one row; the layer's own shape is asked for."),
        (images, "These are the images as they were."),
    ]


def _look(network):
    """What there is to be seen of a network, and of what all networks share."""
    modules = dict(network.named_modules())
    return {
        "hooks": {(name, kind): list(getattr(module, kind)) for name, module in modules.items() for kind in _HOOKS},
        "everywhere": list(nn.modules.module._global_forward_hooks),
        "modes": {name: module.training for name, module in modules.items()},
        "own": {name: set(vars(module)) for name, module in modules.items()},
        "asks": {name: each.requires_grad for name, each in network.named_parameters()},
        "tensors": {name: each.clone() for name, each in network.state_dict().items()},
        "grad": torch.is_grad_enabled(),
    }


def _as_before(before, network, when):
    """Refuse a network, or something that all share, that isn't as it was."""
    now = _look(network)
    for place, hooks in before["hooks"].items():
        found = now["hooks"].get(place, [])
        expect(
            set(found) <= set(hooks),
            f"A hook is left behind{when}: it will be called for ever after, by whoever uses the network.",
        )
        expect(
            set(hooks) <= set(found),
            f"A hook that someone else had registered is gone{when}: remove your own alone.",
        )
    expect(
        now["everywhere"] == before["everywhere"],
        f"A hook for all modules is left behind{when}: it is called by every network from now on.",
    )
    _same_modes(before, now, when)
    expect(
        all(before["own"][name] == now["own"].get(name) for name in before["own"]),
        f"A module has another set of attributes than before{when}, such as a `forward` of yours: leave all as it was.",
    )
    expect(
        all(torch.equal(each, now["tensors"][name]) for name, each in before["tensors"].items()),
        f"The network's weights or batch norm's statistics have changed{when}: in training mode each pass moves them.",
    )
    expect(
        before["asks"] == now["asks"] and all(each.grad is None for each in network.parameters()),
        f"The weights' `requires_grad` or `grad` is another than before{when}: leave all as it was.",
    )
    expect(
        before["grad"] == now["grad"],
        f"Gradients are switched off for the whole program{when}: do it for your own lines alone.",
    )


def _same_modes(before, now, when):
    changed = [name for name, training in before["modes"].items() if now["modes"][name] != training]
    if not changed:
        return
    was = "training" if before["modes"][changed[0]] else "eval"
    is_now = "eval" if was == "training" else "training"
    expect(
        not all("." in name for name in changed),
        f"A part within a part of the network was in {was} mode and is left in {is_now} mode{when}: `children()` are "
        "the outer parts alone, and `train` on a part changes all that is within it.",
    )
    raise WrongAnswer(
        f"The whole network was in {was} mode and is left in {is_now} mode{when}: put it back as it was."
        if set(before["modes"].values()) == {was == "training"} and len(changed) == len(before["modes"])
        else f"A part of the network was in {was} mode and is left in {is_now} mode{when}: each module has a mode of "
        "its own, and must be put back into that one."
    )


def _make_regression():
    return nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.BatchNorm2d(4),
        nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4)),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 1),
    )


def _make_with_dropout():
    return nn.Sequential(nn.Flatten(), nn.Linear(12, 40), nn.Dropout(0.5), nn.ReLU(), nn.Linear(40, 1))


def _make_broken_regression():
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.1), Broken())


def test_hooks_3(answer):
    grad = torch.is_grad_enabled()
    try:
        _test_predictions(answer)
    finally:
        torch.set_grad_enabled(grad)


def _test_predictions(answer):
    images = images_of(6, 3, 5, 5, seed=1)
    _predicted(answer, seeded(_make_regression, 2).train(), images, "")
    _predicted(answer, seeded(_make_regression, 3), images, "")
    for training, part in ((True, slice(1, 3)), (False, slice(2, 3))):
        network = seeded(_make_regression, 4).train(training)
        for module in network[part]:
            module.train(not training)
        _predicted(answer, network, images, "")
        # A part of a part.
        network = seeded(_make_regression, 4).train(training)
        network[2][1].train(not training)
        _predicted(answer, network, images, "")
    _predicted(answer, seeded(_make_with_dropout, 5).train(), images_of(7, 3, 2, 2, seed=6), "")
    _predicted(answer, seeded(_make_regression, 7).train(), images[:1], "Here there is a single image. ")
    for training in (True, False):
        network = seeded(_make_broken_regression, 8).train(training)
        network[1].train(not training)
        before = _look(network)
        error = expect_error(
            lambda network=network: answer(network, images),
            BrokenLayerError,
            "Here the network raises an error, and it must come through to the caller as it is.",
        )
        del error
        _as_before(before, network, " when the network raises an error")


def _predicted(answer, network, images, here):
    """One call, looked at from all sides."""
    before, given, n = _look(network), images.clone(), len(images)
    with torch.no_grad():
        expected = deepcopy(network).eval()(images)[:, 0]
        as_it_was = deepcopy(network)(images)[:, 0] if n > 1 else expected
        all_training = deepcopy(network).train()(images)[:, 0] if n > 1 else expected
    try:
        found = answer(network, given)
    except RuntimeError as error:
        _explain_record(error)
        raise
    each = list(found) if isinstance(found, list | tuple) else [found]
    expect(
        not any(isinstance(one, torch.Tensor) and one.requires_grad for one in each),
        "The predictions keep a record for gradients, which nobody needs here and which fills the memory.",
    )
    array = as_array(found, what="the predictions")
    training = (
        "These are predictions in training mode: batch norm compares a galaxy with the others of its batch there."
    )
    expect(
        array.shape != (n, 1) or n == 1 or not np.allclose(array[:, 0], expected, rtol=1e-4, atol=1e-6),
        f"The predictions have the shape {n} × 1, a table of one column; the shape (n,) is asked for.",
    )
    if array.shape == (n, 1) and n > 1:
        array = array[:, 0]
    expect(
        n > 1 or array.shape == (1,),
        f"Of a single image, too, the predictions have the shape (n,), here (1,); yours have {tuple(array.shape)}.",
    )
    expect_close(
        array,
        expected,
        [
            (all_training, training),
            (
                as_it_was,
                training
                if all(before["modes"].values())
                else "A part of the network was in training mode and has stayed so during the prediction: each module "
                "has a mode of its own.",
            ),
        ],
        hint=f"{here}Was all of the network in eval mode?",
        what="the predictions",
    )
    expect(
        np.shape(as_array(found)) == (n,),
        f"The predictions have the shape {np.shape(as_array(found))}; the shape (n,) is asked for.",
    )
    expect_unchanged(images, given, "images")
    _as_before(before, network, "")
