"""Doctor's checks of Python, packages, memory and the student's progress file."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from galviz import __version__
from galviz.cli.check_result import MISSING, OK, WRONG, Check

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_ROOT = Path(__file__).parents[2]
# torch and fastai take 0.9 GB, a computing network and a few sessions the rest.
_MEMORY_GB = 2.0
# The light app shows the shipped results and computes no new ones.
_MEMORY_LIGHT_GB = 0.5
_LIGHT_REQUIREMENTS = _ROOT / "deploy" / "cloud" / "requirements.txt"
_PURPOSES = dict.fromkeys(("torch", "torchvision", "fastai"), "for live computation") | {
    "psutil": "for checking exercises",
    "tqdm": "by most commands",
    "watchfiles": "by check --watch",
}
_SIMULATION_PACKAGES = ("galsim", "astropy", "scipy")


def _check_python() -> Check:
    """Report the versions of Python and galviz."""
    versions = f"{platform.python_version()} ({platform.system()}), galviz {__version__}"
    return Check("python", OK, versions)


def check_packages() -> Iterator[Check]:
    """Check the versions of the packages in requirements.txt; those that the light app doesn't need are optional.

    Examples
    --------
    >>> [check.state for check in check_packages() if check.name == "pandas"]
    ['ok']
    """
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        yield Check(
            "packaging", WRONG, "not installed, so the other packages can't be checked", "pip install packaging"
        )
        return
    light = {Requirement(line).name for line in _lines(_LIGHT_REQUIREMENTS)}
    for line in _lines(_ROOT / "requirements.txt"):
        requirement = Requirement(line)
        yield _check_package(requirement, optional=requirement.name not in light)


def _lines(path: Path) -> list[str]:
    """The requirements in a file, without comments."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _check_package(requirement: "Requirement", *, optional: bool) -> Check:
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        state = MISSING if optional else WRONG
        purpose = f"; needed {_PURPOSES.get(requirement.name, 'by the full app')}" if optional else ""
        return Check(requirement.name, state, f"not installed{purpose}", f'pip install "{requirement}"')
    # Prereleases include nightly builds, and local ones such as 2.14.1+cpu.
    if not requirement.specifier.contains(installed, prereleases=True):
        remedy = f'pip install "{requirement}"'
        return Check(requirement.name, WRONG, f"{installed}, not {requirement.specifier}", remedy)
    return Check(requirement.name, OK, installed)


def _check_simulator() -> Check:
    """Check that mock galaxies can be simulated."""
    versions = []
    for name in _SIMULATION_PACKAGES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            remedy = 'pip install -e ".[simulate]"'
            return Check("simulator", MISSING, f"{name} is not installed; needed to simulate galaxies", remedy)
    return Check("simulator", OK, ", ".join(versions))


def _check_memory() -> Check:
    """Check that there is enough memory for the full or the light app."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return Check("memory", OK, "unknown on this system")
    limit = Path("/sys/fs/cgroup/memory.max")  # the limit of a container
    if limit.exists() and (text := limit.read_text(encoding="ascii").strip()).isdigit():
        size = min(size, int(text))
    try:
        version("torch")
        needed, remedy = (
            _MEMORY_GB,
            f"close other programs, or uninstall torch: live computation needs {_MEMORY_GB:g} GB",
        )
    except PackageNotFoundError:
        needed, remedy = _MEMORY_LIGHT_GB, f"close other programs: the app needs {_MEMORY_LIGHT_GB:g} GB"
    if size < needed * 1e9:
        return Check("memory", WRONG, f"{size / 1e9:.1f} GB", remedy)
    return Check("memory", OK, f"{size / 1e9:.1f} GB")


def _check_progress() -> Check:
    """Check that the file with a student's progress can be read."""
    from galviz.course.progress import progress_path, progress_problem, read_progress

    try:
        problem, progress = progress_problem(), read_progress()
    except OSError as error:
        return Check("progress", WRONG, f"{error.filename}: {error.strerror}", "check the file and its permissions")
    if problem:
        remedy = "restore it from a copy, if you have one; galviz never overwrites its lines"
        return Check("progress", WRONG, f"most lines of {progress_path()} can't be parsed", remedy)
    n_passed = sum(key.endswith(".passed") for key in progress)
    return Check("progress", OK, f"{n_passed} exercises passed" if progress else "none yet")


SYSTEM_CHECKS = {
    "python": _check_python,
    "simulator": _check_simulator,
    "memory": _check_memory,
    "progress": _check_progress,
}
