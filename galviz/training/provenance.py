"""The provenance of a network for its card: galaxies, package versions and processor."""

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
from galviz.survey.catalogue_file import SIMULATION_NAME
from galviz.survey.survey import Survey


def describe_survey(survey: Survey) -> dict[str, Any]:
    """Describe a training survey for the card; for a simulated one, with the settings that reproduce it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> survey = SimpleNamespace(folder=Path("none"), sha256="0" * 64, object_ids=["1", "2"], scale=1)
    >>> describe_survey(survey)["galaxies"]
    2
    """
    description: dict[str, Any] = {"sha256": survey.sha256, "galaxies": len(survey.object_ids)}
    if survey.scale != 1:
        description["scale"] = survey.scale
    simulation = survey.folder / SIMULATION_NAME
    if simulation.exists():
        content = read_regular(simulation, max_bytes=2**20)
        check_shipped(simulation, content)
        try:
            # The card that will hold it has the same limit.
            description["simulation"] = parse_json(content, max_depth=16)
        except ValueError as error:
            raise ValueError(
                f"{simulation} is not valid JSON ({error}). Simulate the survey again, or remove the file."
            ) from error
    return description


def package_versions() -> dict[str, str]:
    """Versions of Python and of the packages that the weights depend on.

    Examples
    --------
    >>> list(package_versions())
    ['galviz', 'python', 'torch', 'fastai', 'numpy', 'pillow']
    """
    packages = ("torch", "fastai", "numpy", "pillow")
    return {"galviz": __version__, "python": platform.python_version()} | {name: version(name) for name in packages}


def describe_processor() -> str:
    """Name of the processor, its number of cores and the widest instructions that torch uses on it.

    Examples
    --------
    >>> " cores, " in describe_processor()
    True
    """
    name = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
    return f"{name}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}"
