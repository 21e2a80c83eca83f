"""Whether features extracted by several threads at once equal those of a single thread.

    python benchmarks/threads.py [--threads 8] [--extractions 200] [--galaxies 12] [--image-size 64]

All threads share four networks: the shipped xresnet34, a ResNet-18 of torchvision, a ViT-tiny of timm and a module
built here; the latter three have random weights. Each extraction takes one of them, two galaxies of the mock survey and
a random choice of layers. The features and predictions are compared bit for bit with those that a single thread
extracted before. The exit status is 1 if any differs.
"""

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import nn

import galviz
from galviz.features.features import Features
from galviz.network.suggestion import suggest_spec

_BATCH = 2


def small_survey(folder: Path, n_galaxies: int) -> galviz.Survey:
    """The first galaxies of the mock survey, in a folder of their own."""
    shipped = galviz.load_survey()
    (folder / "images").mkdir()
    for object_id in shipped.object_ids[:n_galaxies]:
        (source,) = (shipped.folder / "images").glob(f"{object_id}.*")
        shutil.copy(source, folder / "images")
    rows = (shipped.folder / "master.csv").read_text(encoding="utf-8").splitlines()
    (folder / "master.csv").write_text("\n".join(rows[: n_galaxies + 1]) + "\n", encoding="utf-8")
    return galviz.load_survey(folder)


def custom_network(image_size: int) -> nn.Module:
    torch.manual_seed(0)
    module = nn.Sequential(
        *(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(inplace=True), nn.Conv2d(16, 32, 3, stride=2)),
        *(nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 1)),
    )
    spec = galviz.NetworkSpec(layers={"early": "0", "late": "3", "features": "6"}, head="7")
    return galviz.wrap(module, spec, crop_px=image_size)


def build_networks(image_size: int) -> dict[str, nn.Module]:
    """The networks by name, each with named layers and its label."""
    networks = {"xresnet34 (shipped)": galviz.load_model()}
    options = {
        "torchvision:resnet18": {"num_classes": 1},
        "timm:vit_tiny_patch16_224": {"num_classes": 1, "img_size": image_size},
    }
    for builder, settings in options.items():
        spec = suggest_spec(builder, settings, crop_px=image_size)
        networks[builder] = galviz.wrap(galviz.build_network(spec, seed=0), spec, crop_px=image_size)
    networks["custom module"] = custom_network(image_size)
    return networks


def differs(features: Features, expected: Features) -> bool:
    """Whether any layer or prediction differs by a bit from the single-threaded one."""
    layers = any(values.tobytes() != expected.layers[name].tobytes() for name, values in features.layers.items())
    return layers or features.predictions.tobytes() != expected.predictions.tobytes()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--extractions", type=int, default=200, help="per thread")
    parser.add_argument("--galaxies", type=int, default=12)
    parser.add_argument("--image-size", type=int, default=64, help="in px; the shipped network takes 112")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        survey = small_survey(Path(folder), options.galaxies)
        networks = build_networks(options.image_size)
        batches = [survey.object_ids[i : i + _BATCH] for i in range(0, options.galaxies, _BATCH)]
        expected = {
            (name, number): galviz.extract(network, survey, batch, layers=network.layer_names)
            for name, network in networks.items()
            for number, batch in enumerate(batches)
        }
        counts, different, lock = Counter(), Counter(), threading.Lock()

        def extract_many(seed: int) -> None:
            choice = random.Random(seed)
            for _ in range(options.extractions):
                name, number = choice.choice(list(networks)), choice.randrange(len(batches))
                layers = choice.sample(names := networks[name].layer_names, choice.randint(1, len(names)))
                features = galviz.extract(networks[name], survey, batches[number], layers=layers)
                with lock:
                    counts[name] += 1
                    different[name] += differs(features, expected[name, number])

        start = time.perf_counter()
        with ThreadPoolExecutor(options.threads) as pool:
            list(pool.map(extract_many, range(options.threads)))
        seconds = time.perf_counter() - start
    for name in networks:
        values = np.concatenate([expected[name, number].predictions for number in range(len(batches))])
        print(f"{name:28} {counts[name]:5} extractions, {different[name]} differ; {len(set(values))} predictions")
    total = f"{options.threads} threads × {options.extractions} = {sum(counts.values())} extractions"
    print(f"{total} in {seconds:.0f} s: {sum(different.values())} differ from the single-threaded ones")
    return int(sum(different.values()) > 0)


if __name__ == "__main__":
    sys.exit(main())
