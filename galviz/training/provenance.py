"""What a card says of how its network came to be: on which galaxies, with which versions, on which processor."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from galviz import __version__
from galviz.files.jsonfile import parse_json
from galviz.files.reading import read_regular
from galviz.files.shipped import check_shipped
from galviz.survey.catalogue import SIMULATION_NAME
from galviz.survey.survey import Survey


def describe_survey(survey: Survey) -> dict[str, Any]:
    """What a card says of a survey trained on: for a simulated one, the settings that make it again."""
    known: dict[str, Any] = {"sha256": survey.sha256, "galaxies": len(survey.object_ids)}
    if survey.scale != 1:
        known["scale"] = survey.scale
    simulation = survey.folder / SIMULATION_NAME
    if simulation.exists():
        content = read_regular(simulation, at_most=2**20)
        check_shipped(simulation, content)
        try:
            # Within what the card may be that will hold it.
            known["simulation"] = parse_json(content, max_depth=16)
        except ValueError as error:
            raise ValueError(
                f"{simulation} is no JSON ({error}). Simulate the survey again, or remove the file."
            ) from error
    return known


def versions() -> dict[str, str]:
    """Versions of what the weights depend on."""
    packages = ("torch", "fastai", "numpy", "pillow")
    return {"galviz": __version__, "python": platform.python_version()} | {name: version(name) for name in packages}


def processor() -> str:
    """The processor by name, its cores and the widest instructions that torch uses on it."""
    name = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
    return f"{name}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}"
