"""Answers to the exercises on hooks: typical wrong ones with their hints, and right ones by other methods."""

from contextlib import ExitStack
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from galviz.course.bank import Bank

bank = Bank()


# hooks.1


@bank.wrong("hooks.1", "Call `detach()`")
def not_detached(maps):
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).numpy()


@bank.wrong("hooks.1", "You return a tensor;")
def a_tensor(maps):
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).detach()


@bank.wrong("hooks.1", "sum over all positions")
def summed(maps):
    return (maps.sum(dim=(2, 3)) if maps.ndim == 4 else maps).detach().numpy()


@bank.wrong("hooks.1", "You averaged over channels; average over height and width")
def over_the_channels(maps):
    return maps.mean(dim=1).detach().numpy()


@bank.wrong("hooks.1", "You averaged over galaxies; average over height and width")
def over_the_batch(maps):
    return maps.mean(dim=0).detach().numpy()


@bank.wrong("hooks.1", "the maximum of each map")
def largest(maps):
    return (maps.amax(dim=(2, 3)) if maps.ndim == 4 else maps).detach().numpy()


@bank.wrong("hooks.1", "which has no spatial axes")
def maps_alone(maps):
    return maps.mean(dim=(2, 3)).detach().numpy()


@bank.wrong("hooks.1", "with length 1")
def axes_kept(maps):
    return nn.functional.adaptive_avg_pool2d(maps, 1).detach().numpy()


@bank.wrong("hooks.1", "caller's own tensor")
def in_place(maps):
    maps.detach_()
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).numpy()


@bank.wrong("hooks.1", "tensor on a GPU")
def on_the_cpu_alone(maps):
    return maps.detach().flatten(2).mean(2).numpy() if maps.ndim > 2 else maps.detach().numpy()


@bank.wrong("hooks.1", "divided by a fixed 49")
def for_maps_of_seven_by_seven(maps):
    values = maps.detach().cpu().numpy()
    return values.sum(axis=(-2, -1)) / np.float32(7 * 7) if values.ndim == 4 else values


@bank.wrong("hooks.1", "left off for the whole program")
def gradients_off_for_good(maps):
    torch.set_grad_enabled(False)
    return maps.detach().cpu().reshape(*maps.shape[:2], -1).mean(dim=2).numpy()


@bank.wrong("hooks.1", "rounded (half precision)")
def in_half_precision(maps):
    values = maps.detach().cpu()
    return (values.mean(dim=(2, 3)) if values.ndim == 4 else values).half().float().numpy()


@bank.wrong("hooks.1", "For a single galaxy, too")
def squeezed_maps(maps):
    values = maps.detach().cpu()
    return (nn.functional.adaptive_avg_pool2d(values, 1).squeeze() if values.ndim == 4 else values).numpy()


@bank.right("hooks.1")
def in_numpy(maps):
    values = maps.detach().cpu().numpy()
    return values.reshape(*values.shape[:2], -1).mean(axis=2)


@bank.right("hooks.1")
def one_channel_at_a_time(maps):
    with torch.no_grad():
        rows = [[float(channel.mean()) for channel in galaxy] for galaxy in maps]
    return np.array(rows, dtype=np.float32)


@bank.right("hooks.1")
def by_force(maps):
    array = maps.numpy(force=True)
    return array.mean(axis=(2, 3)) if array.ndim == 4 else array


@bank.right("hooks.1")
def from_any_device(maps):
    maps = maps.detach().to(device="cpu") if maps.is_cuda or maps.device.type != "cpu" else maps.detach()
    return np.array(maps.flatten(2).mean(2).tolist() if maps.ndim == 4 else maps.tolist(), dtype=np.float32)


# hooks.2


def _record(network, layer, images, select):
    """Run a network, and return what `select` takes from the layer's input and output."""
    activations = []

    def hook(module, args, output):
        activations.append(select(args, output))

    handle = layer.register_forward_hook(hook)
    try:
        network(images)
    finally:
        handle.remove()
    return activations[0]


def _copy_output(args, output):
    return output.detach().clone()


@bank.wrong("hooks.2", "Your hook is still registered.")
def hook_not_removed(network, layer, images):
    activations = []
    layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone()))
    network(images)
    return activations[0]


@bank.wrong("hooks.2", "still registered when the network raises an error.")
def hook_not_removed_after_an_error(network, layer, images):
    activations = []
    handle = layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone()))
    network(images)
    handle.remove()
    return activations[0]


@bank.wrong("hooks.2", "isn't detached")
def not_detached_either(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.clone())


@bank.wrong("hooks.2", "has overwritten the recorded tensor")
def no_copy(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach())


@bank.wrong("hooks.2", "final output of the network")
def final_output(network, layer, images):
    return network(images).detach()


@bank.wrong("hooks.2", "the layer's output for the images")
def the_layer_alone(network, layer, images):
    return layer(images).detach()


@bank.wrong("hooks.2", "the input of the layer")
def layer_input(network, layer, images):
    return _record(network, layer, images, lambda args, output: args[0].detach().clone())


@bank.wrong("hooks.2", "somebody else registered")
def all_hooks_cleared(network, layer, images):
    try:
        return _record(network, layer, images, _copy_output)
    finally:
        layer._forward_hooks.clear()


@bank.wrong("hooks.2", "Let it reach the caller")
def error_swallowed(network, layer, images):
    try:
        return _record(network, layer, images, _copy_output)
    except Exception:
        return None


@bank.wrong("hooks.2", "left off for the whole program")
def gradients_off(network, layer, images):
    torch.set_grad_enabled(False)
    return _record(network, layer, images, lambda args, output: output.clone())


@bank.wrong("hooks.2", "A value that a hook returns replaces")
def hook_that_returns(network, layer, images):
    activations = []

    def hook(module, args, output):
        activations.append(output.detach().clone())
        return output.relu()

    with layer.register_forward_hook(hook):
        network(images)
    return activations[0]


@bank.wrong("hooks.2", "`network.forward(images)`")
def forward_called(network, layer, images):
    activations = []
    with layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone())):
        network.forward(images)
    return activations[0]


@bank.wrong("hooks.2", "is called 2 times")
def called_twice(network, layer, images):
    network(images)
    return _record(network, layer, images, _copy_output)


@bank.wrong("hooks.2", "before it reaches the layer")
def removed_by_the_hook_itself(network, layer, images):
    activations = []

    def hook(module, args, output):
        activations.append(output.detach().clone())
        handle.remove()

    handle = layer.register_forward_hook(hook)
    network(images)
    return activations[0]


@bank.wrong("hooks.2", "one axis too many")
def list_made_an_array(network, layer, images):
    return np.array([_record(network, layer, images, lambda args, output: output.detach().numpy().copy())])


@bank.wrong("hooks.2", "gradient tracking on for `images`")
def images_tracked(network, layer, images):
    images.requires_grad = True
    return _record(network, layer, images, _copy_output)


@bank.wrong("hooks.2", "rounded (bfloat16)")
def in_bfloat16(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach().to(torch.bfloat16, copy=True)).float()


@bank.wrong("hooks.2", "`detach_` removes")
def detached_in_place(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach_().clone())


@bank.wrong("hooks.2", "This is the output of another layer")
def first_of_its_class(network, layer, images):
    same_class = [module for module in network.modules() if isinstance(module, type(layer))]
    return _record(network, same_class[0], images, _copy_output)


@bank.wrong("hooks.2", "the attribute `inplace`")
def inplace_switched_off(network, layer, images):
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return _record(network, layer, images, lambda args, output: output.detach())


@bank.wrong("hooks.2", "A module of the network was replaced")
def relu_replaced(network, layer, images):
    for name, module in list(network.named_children()):
        if isinstance(module, nn.ReLU):
            setattr(network, name, nn.ReLU().eval())
    return _record(network, layer, images, lambda args, output: output.detach())


@bank.wrong("hooks.2", "The state of torch's random generator")
def seeded_for_safety(network, layer, images):
    torch.manual_seed(0)
    return _record(network, layer, images, _copy_output)


@bank.wrong("hooks.2", "your hook wasn't called")
def registered_too_late(network, layer, images):
    activations = []
    network(images)
    with layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone())):
        return activations[0]


@bank.wrong("hooks.2", "has the dtype float64")
def in_double_precision(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach().double())


@bank.wrong("hooks.2", "Called again with other images")
def list_shared_by_all_calls(network, layer, images, activations=[]):  # noqa: B006
    with layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone())):
        network(images)
    return activations[0]


@bank.right("hooks.2")
def with_a_stack(network, layer, images):
    activations = {}

    def hook(module, args, output):
        activations["layer"] = np.array(output.detach().cpu().numpy())

    with ExitStack() as stack:
        stack.callback(layer.register_forward_hook(hook).remove)
        network(images)
    return activations["layer"]


@bank.right("hooks.2")
def on_a_copy(network, layer, images):
    network_copy, layer_copy = deepcopy([network, layer])
    activations = []
    layer_copy.register_forward_hook(lambda module, args, output: activations.append(torch.tensor(output.tolist())))
    network_copy(images)
    return activations[0]


@bank.right("hooks.2")
def in_inference_mode(network, layer, images):
    with torch.inference_mode():
        return _record(network, layer, images, _copy_output)


@bank.right("hooks.2")
def without_gradients_of_the_images(network, layer, images):
    return _record(network, layer, images.detach().clone(), lambda args, output: output.data.clone())


# hooks.3


def _in_eval(network, predict):
    """Call `predict` with all modules in eval mode, and restore their modes."""
    modes = [(module, module.training) for module in network.modules()]
    try:
        network.eval()
        return predict()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "predictions in training mode")
def in_training_mode(network, images):
    with torch.no_grad():
        return network(images)[:, 0]


@bank.wrong("hooks.3", "left in eval mode. Restore")
def left_in_eval_mode(network, images):
    network.eval()
    with torch.no_grad():
        return network(images)[:, 0]


@bank.wrong("hooks.3", "left in training mode. Restore")
def always_to_training(network, images):
    network.eval()
    try:
        with torch.no_grad():
            return network(images)[:, 0]
    finally:
        network.train()


@bank.wrong("hooks.3", "A part of the network was in eval mode")
def one_mode_for_all(network, images):
    mode = network.training
    network.eval()
    try:
        with torch.no_grad():
            return network(images)[:, 0]
    finally:
        network.train(mode)


@bank.wrong("hooks.3", "when the network raises an error")
def not_restored_after_an_error(network, images):
    modes = {module: module.training for module in network.modules()}
    network.eval()
    with torch.no_grad():
        predictions = network(images)[:, 0]
    for module, training in modes.items():
        module.training = training
    return predictions


@bank.wrong("hooks.3", "belong to an autograd graph")
def with_a_graph(network, images):
    return _in_eval(network, lambda: network(images)[:, 0])


@bank.wrong("hooks.3", "a table with one column")
def a_column(network, images):
    return _in_eval(network, lambda: network(images).detach())


@bank.wrong("hooks.3", "For a single image, too")
def squeezed(network, images):
    return _in_eval(network, lambda: network(images).detach().squeeze())


@bank.wrong("hooks.3", "stayed so during the prediction")
def only_if_the_network_trains(network, images):
    modes = [(module, module.training) for module in network.modules()]
    if network.training:
        network.eval()
    try:
        return network(images)[:, 0].detach()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "A module inside a part of the network")
def children_with_all_inside(network, images):
    own, modes = network.training, [(child, child.training) for child in network.children()]
    network.eval()
    try:
        with torch.no_grad():
            return network(images)[:, 0]
    finally:
        network.training = own
        for child, mode in modes:
            child.train(mode)


@bank.wrong("hooks.3", "the network itself (OwnClasses) was in training mode")
def parts_alone(network, images):
    modes = [(module, module.training) for module in network.modules() if module is not network]
    try:
        for module, _ in modes:
            module.training = False
        return network(images)[:, 0].detach()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "(Jitter) was in training mode")
def modules_of_torch_alone(network, images):
    known = [
        module for module in network.modules() if type(module).__module__.startswith("torch.") or module is network
    ]
    modes = [(module, module.training) for module in known]
    try:
        for module in known:
            module.training = False
        return network(images)[:, 0].detach()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "the attribute `p`")
def dropout_disabled(network, images):
    for module in network.modules():
        if isinstance(module, nn.Dropout | nn.Dropout1d):
            module.p = 0
    return _in_eval(network, lambda: network(images)[:, 0].detach())


@bank.wrong("hooks.3", "the attribute `momentum`")
def momentum_disabled(network, images):
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum = 0.0
    return _in_eval(network, lambda: network(images)[:, 0].detach())


@bank.wrong("hooks.3", "weights, or batch norm's statistics")
def weights_in_double_precision(network, images):
    return _in_eval(network, lambda: network.double()(images.double())[:, 0].detach())


@bank.right("hooks.3")
def with_a_copy(network, images):
    with torch.inference_mode():
        return deepcopy(network).eval()(images).squeeze(1).numpy()


@bank.right("hooks.3")
def parents_before_children(network, images):
    modes = {name: module.training for name, module in network.named_modules()}
    try:
        return [float(prediction.detach()) for prediction in network.eval()(images).flatten()]
    finally:
        for name, module in network.named_modules():
            module.train(modes[name])
