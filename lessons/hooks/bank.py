"""Answers to the exercises on hooks: typical wrong ones with their hints, right ones written otherwise."""

from contextlib import ExitStack
from copy import deepcopy

import numpy as np
import torch
from torch import nn

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("hooks.1", "`detach` cuts it off")
def not_detached(maps):
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).numpy()


@bank.wrong("hooks.1", "is a tensor")
def a_tensor(maps):
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).detach()


@bank.wrong("hooks.1", "sum over the places")
def summed(maps):
    return (maps.sum(dim=(2, 3)) if maps.ndim == 4 else maps).detach().numpy()


@bank.wrong("hooks.1", "over the channels")
def over_the_channels(maps):
    return maps.mean(dim=1).detach().numpy()


@bank.wrong("hooks.1", "over the galaxies")
def over_the_batch(maps):
    return maps.mean(dim=0).detach().numpy()


@bank.wrong("hooks.1", "the largest number")
def largest(maps):
    return (maps.amax(dim=(2, 3)) if maps.ndim == 4 else maps).detach().numpy()


@bank.wrong("hooks.1", "has no places")
def maps_alone(maps):
    return maps.mean(dim=(2, 3)).detach().numpy()


@bank.wrong("hooks.1", "of length 1")
def axes_kept(maps):
    return nn.functional.adaptive_avg_pool2d(maps, 1).detach().numpy()


@bank.wrong("hooks.1", "own tensor")
def in_place(maps):
    maps.detach_()
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).numpy()


@bank.right("hooks.1")
def in_numpy(maps):
    values = maps.detach().cpu().numpy()
    return values.reshape(*values.shape[:2], -1).mean(axis=2)


@bank.right("hooks.1")
def a_channel_at_a_time(maps):
    with torch.no_grad():
        rows = [[float(channel.mean()) for channel in galaxy] for galaxy in maps]
    return np.array(rows, dtype=np.float32)


@bank.wrong("hooks.2", "left behind: it will")
def hook_left_behind(network, layer, images):
    kept = []
    layer.register_forward_hook(lambda module, came_in, went_out: kept.append(went_out.detach().clone()))
    network(images)
    return kept[0]


@bank.wrong("hooks.2", "left behind when the network raises")
def hook_left_behind_by_an_error(network, layer, images):
    kept = []
    handle = layer.register_forward_hook(lambda module, came_in, went_out: kept.append(went_out.detach().clone()))
    network(images)
    handle.remove()
    return kept[0]


@bank.wrong("hooks.2", "isn't detached")
def not_detached_either(network, layer, images):
    return _through(network, layer, images, lambda came_in, went_out: went_out.clone())


@bank.wrong("hooks.2", "has written over it")
def no_copy(network, layer, images):
    return _through(network, layer, images, lambda came_in, went_out: went_out.detach())


@bank.wrong("hooks.2", "the network answers in the end")
def the_network_s_answer(network, layer, images):
    return network(images).detach()


@bank.wrong("hooks.2", "the layer's answer to the images")
def the_layer_alone(network, layer, images):
    return layer(images).detach()


@bank.wrong("hooks.2", "what came into the layer")
def what_came_in(network, layer, images):
    return _through(network, layer, images, lambda came_in, went_out: came_in[0].detach().clone())


@bank.wrong("hooks.2", "someone else had registered")
def everybody_s_hooks(network, layer, images):
    try:
        return _through(network, layer, images, lambda came_in, went_out: went_out.detach().clone())
    finally:
        layer._forward_hooks.clear()


@bank.wrong("hooks.2", "must come through")
def error_swallowed(network, layer, images):
    try:
        return _through(network, layer, images, lambda came_in, went_out: went_out.detach().clone())
    except Exception:
        return None


@bank.wrong("hooks.2", "for the whole program")
def gradients_off(network, layer, images):
    torch.set_grad_enabled(False)
    return _through(network, layer, images, lambda came_in, went_out: went_out.clone())


@bank.right("hooks.2")
def with_a_stack(network, layer, images):
    kept = {}

    def keep(module, came_in, went_out):
        kept["answer"] = np.array(went_out.detach().cpu().numpy())

    with ExitStack() as stack:
        stack.callback(layer.register_forward_hook(keep).remove)
        network(images)
    return kept["answer"]


@bank.right("hooks.2")
def on_a_copy(network, layer, images):
    both = deepcopy([network, layer])
    kept = []
    both[1].register_forward_hook(lambda module, came_in, went_out: kept.append(torch.tensor(went_out.tolist())))
    both[0](images)
    return kept[0]


def _through(network, layer, images, take):
    kept = []

    def keep(module, came_in, went_out):
        kept.append(take(came_in, went_out))

    handle = layer.register_forward_hook(keep)
    try:
        network(images)
    finally:
        handle.remove()
    return kept[0]


@bank.wrong("hooks.3", "predictions in training mode")
def in_training_mode(network, images):
    with torch.no_grad():
        return network(images)[:, 0]


@bank.wrong("hooks.3", "left in eval mode: put it back")
def left_in_eval_mode(network, images):
    network.eval()
    with torch.no_grad():
        return network(images)[:, 0]


@bank.wrong("hooks.3", "left in training mode: put it back")
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
def not_put_back_after_an_error(network, images):
    modes = {module: module.training for module in network.modules()}
    network.eval()
    with torch.no_grad():
        predictions = network(images)[:, 0]
    for module, training in modes.items():
        module.training = training
    return predictions


@bank.wrong("hooks.3", "keep a record for gradients")
def with_a_record(network, images):
    return _in_eval(network, lambda: network(images)[:, 0])


@bank.wrong("hooks.3", "a table of one column")
def a_column(network, images):
    return _in_eval(network, lambda: network(images).detach())


@bank.wrong("hooks.3", "Of a single image")
def squeezed(network, images):
    return _in_eval(network, lambda: network(images).detach().squeeze())


@bank.wrong("hooks.3", "has stayed so during the prediction")
def asks_the_network_alone(network, images):
    modes = [(module, module.training) for module in network.modules()]
    if network.training:
        network.eval()
    try:
        return network(images)[:, 0].detach()
    finally:
        for module, training in modes:
            module.training = training


@bank.right("hooks.3")
def of_a_copy(network, images):
    with torch.inference_mode():
        return deepcopy(network).eval()(images).squeeze(1).numpy()


@bank.right("hooks.3")
def parents_before_children(network, images):
    modes = {name: module.training for name, module in network.named_modules()}
    try:
        return [float(one.detach()) for one in network.eval()(images).flatten()]
    finally:
        for name, module in network.named_modules():
            module.train(modes[name])


def _in_eval(network, predict):
    modes = [(module, module.training) for module in network.modules()]
    try:
        network.eval()
        return predict()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.1", "lies on a GPU")
def on_the_cpu_alone(maps):
    return maps.detach().flatten(2).mean(2).numpy() if maps.ndim > 2 else maps.detach().numpy()


@bank.wrong("hooks.2", "what a hook returns takes the place")
def hook_that_returns(network, layer, images):
    answers = []

    def hook(module, came_in, went_out):
        answers.append(went_out.detach().clone())
        return went_out.relu()

    with layer.register_forward_hook(hook):
        network(images)
    return answers[0]


@bank.wrong("hooks.2", "not `network.forward(images)`")
def past_the_call(network, layer, images):
    answers = []
    with layer.register_forward_hook(lambda module, came_in, went_out: answers.append(went_out.detach().clone())):
        network.forward(images)
    return answers[0]


@bank.wrong("hooks.2", "is called 2 times")
def called_twice(network, layer, images):
    network(images)
    answers = []
    with layer.register_forward_hook(lambda module, came_in, went_out: answers.append(went_out.detach().clone())):
        network(images)
    return answers[0]


@bank.wrong("hooks.3", "A part within a part of the network")
def children_with_all_within(network, images):
    own, modes = network.training, [(child, child.training) for child in network.children()]
    network.eval()
    try:
        with torch.no_grad():
            return network(images)[:, 0]
    finally:
        network.training = own
        for child, mode in modes:
            child.train(mode)


@bank.right("hooks.1")
def by_force(maps):
    array = maps.numpy(force=True)
    return array.mean(axis=(2, 3)) if array.ndim == 4 else array


@bank.right("hooks.1")
def where_it_lies(maps):
    maps = maps.detach().to(device="cpu") if maps.is_cuda or maps.device.type != "cpu" else maps.detach()
    return np.array(maps.flatten(2).mean(2).tolist() if maps.ndim == 4 else maps.tolist(), dtype=np.float32)


@bank.wrong("hooks.2", "before it comes to the layer")
def removed_by_the_hook_itself(network, layer, images):
    answers = []

    def hook(module, came_in, went_out):
        answers.append(went_out.detach().clone())
        handle.remove()

    handle = layer.register_forward_hook(hook)
    network(images)
    return answers[0]
