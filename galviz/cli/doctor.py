"""``doctor``: checks of versions, memory, the shipped files and a pass through the network."""

import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from galviz import __version__

if TYPE_CHECKING:
    from packaging.requirements import Requirement

OK, MISSING, WRONG = "ok", "missing", "wrong"
_ROOT = Path(__file__).parents[2]
# torch and fastai take 0.9 GB; a network at work and a few sessions the rest.
_MEMORY_GB = 2.0
# The light app shows what is shipped, and computes nothing anew.
_MEMORY_LIGHT_GB = 0.5
_LIGHT_REQUIREMENTS = _ROOT / "deploy" / "cloud" / "requirements.txt"
_FOR_WHAT = dict.fromkeys(("torch", "torchvision", "fastai"), "to compute anything live") | {
    "psutil": "to check exercises",
    "tqdm": "by most commands",
    "watchfiles": "by check --watch",
}
_FOR_SIMULATING = ("galsim", "astropy", "scipy")
# Features are stored in float16, and processors round float32 differently.
_PREDICTION_WITHIN = 5e-3
# This many differing files are named; more are counted.
_NAMED = 100


@dataclass(frozen=True)
class Check:
    """The result of a check, one line of the table.

    Attributes
    ----------
    name : str
    state : str
        ``"ok"``, ``"missing"`` (an optional part that isn't there) or ``"wrong"``.
    found : str
        What was found.
    remedy : str
        What to do; empty if nothing needs to be done.
    """

    name: str
    state: str
    found: str
    remedy: str = ""


def examine() -> Iterator[Check]:
    """Check this installation, fast checks first; yields each result as it is there, and raises nothing."""
    yield check_python()
    yield from check_packages()
    for name, check in CHECKS.items():
        yield guarded(name, check)


def guarded(name: str, check: Callable[[], Check]) -> Check:
    """Run a check; an error becomes its result, because a failing check must not stop the others."""
    try:
        return check()
    except ModuleNotFoundError as error:
        return Check(name, MISSING, f"not checked: {error.name} is not installed", "pip install -r requirements.txt")
    except Exception as error:
        # what is raised at a boundary says itself what to do
        return Check(name, WRONG, str(error).splitlines()[0] if str(error) else type(error).__name__)


def check_python() -> Check:
    """The versions of Python and galviz."""
    found = f"{platform.python_version()} ({platform.system()}), galviz {__version__}"
    return Check("python", OK, found)


def check_packages() -> Iterator[Check]:
    """The versions of the packages in requirements.txt; those the light app doesn't need are optional."""
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError:
        yield Check("packaging", WRONG, "not installed, so the others can't be checked", "pip install packaging")
        return
    light = {Requirement(line).name for line in _lines(_LIGHT_REQUIREMENTS)}
    for line in _lines(_ROOT / "requirements.txt"):
        requirement = Requirement(line)
        yield _check_package(requirement, optional=requirement.name not in light)


def _lines(path: Path) -> list[str]:
    """The lines of a requirements file that ask for something."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _check_package(requirement: "Requirement", *, optional: bool) -> Check:
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        state = MISSING if optional else WRONG
        lost = f"; needed {_FOR_WHAT.get(requirement.name, 'by the full app')}" if optional else ""
        return Check(requirement.name, state, f"not installed{lost}", f'pip install "{requirement}"')
    # prereleases: a local build such as 2.14.1+cpu or a nightly is a version like others
    if not requirement.specifier.contains(found, prereleases=True):
        return Check(requirement.name, WRONG, f"{found}, not {requirement.specifier}", f'pip install "{requirement}"')
    return Check(requirement.name, OK, found)


def check_simulator() -> Check:
    """Whether new mock galaxies can be drawn."""
    found = []
    for name in _FOR_SIMULATING:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            remedy = 'pip install -e ".[simulate]"'
            return Check("simulator", MISSING, f"{name} is not installed; needed to draw new galaxies", remedy)
    return Check("simulator", OK, ", ".join(found))


def check_memory() -> Check:
    """Whether there is enough memory for the full or the light app."""
    try:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return Check("memory", OK, "unknown on this system")
    limit = Path("/sys/fs/cgroup/memory.max")  # a container's, where there is one
    if limit.exists() and (text := limit.read_text(encoding="ascii").strip()).isdigit():
        size = min(size, int(text))
    try:
        version("torch")
        needed, remedy = _MEMORY_GB, f"close other programs, or leave torch out: computing needs {_MEMORY_GB:g} GB"
    except PackageNotFoundError:
        needed, remedy = _MEMORY_LIGHT_GB, f"close other programs: the app needs {_MEMORY_LIGHT_GB:g} GB"
    if size < needed * 1e9:
        return Check("memory", WRONG, f"{size / 1e9:.1f} GB", remedy)
    return Check("memory", OK, f"{size / 1e9:.1f} GB")


def check_progress() -> Check:
    """Whether the file of a student's progress can be read."""
    from galviz.course.progress import progress_path, progress_problem, read_progress

    try:
        problem, known = progress_problem(), read_progress()
    except OSError as error:
        return Check("progress", WRONG, f"{error.filename}: {error.strerror}", "check the file and its permissions")
    if problem:
        remedy = "put another copy of it in its place, if you have one; nothing in it is ever overwritten"
        return Check("progress", WRONG, f"most lines of {progress_path()} can't be understood", remedy)
    n_passed = sum(key.endswith(".passed") for key in known)
    return Check("progress", OK, f"{n_passed} exercises passed" if known else "none yet")


def check_shipped_files() -> Check:
    """Whether every file under ``data/`` is as it was shipped."""
    from galviz.files.manifest import ACCEPT, MANIFEST_NAME, RESTORE, UNKNOWN, find_differences, read_manifest

    count, differences = len(read_manifest()), find_differences()
    if not differences:
        return Check("shipped files", OK, f"all {count:,} files under data/ are as they were shipped")
    named = [str(difference) for difference in differences]
    found = f"{len(named)} under data/ {'is' if len(named) == 1 else 'are'} not as shipped: {', '.join(named[:_NAMED])}"
    if len(named) > _NAMED:
        found += f" … and {len(named) - _NAMED} more, which `sha256sum -c {MANIFEST_NAME}` in data/ lists"
    remedies = []
    if any(difference.what != UNKNOWN for difference in differences):
        remedies.append(f"get back what came with galviz: {RESTORE}; or, if you changed it on purpose: {ACCEPT}")
    if any(difference.what == UNKNOWN for difference in differences):
        remedies.append("move out of data/ what isn't shipped")
    return Check("shipped files", WRONG, found, "; ".join(remedies))


def check_survey() -> Check:
    """Whether the mock survey can be read."""
    from galviz.survey.survey import SurveyError, load_survey, mock_survey_folder

    try:
        survey = load_survey()
    except SurveyError as error:
        return Check("survey", WRONG, f"{error.summary}. The first: {error.details[0]}")
    return Check(
        "survey", OK, f"{len(survey.object_ids)} galaxies in {mock_survey_folder().name}, sha256 {survey.sha256[:12]}…"
    )


def check_weights() -> Check:
    """Whether the shipped weights are those of the card."""
    from galviz.network.card import file_sha256, read_card, shipped_card_path

    card = read_card()
    if file_sha256(shipped_card_path().parent / card.weights) != card.weights_sha256:
        return Check("weights", WRONG, f"{card.weights} is not the file its card speaks of", "get both files again")
    rmse = f"{card.training['valid_rmse']:.4f} {card.unit}"
    return Check("weights", OK, f"{card.name} ({card.spec.builder}), validation RMSE {rmse}")


def check_features() -> Check:
    """Whether every artefact was made from the shipped survey and network."""
    from galviz.artefacts.registry import ARTEFACTS
    from galviz.features.features import CONTROLS
    from galviz.files.manifest import RESTORE
    from galviz.network.card import read_card
    from galviz.survey.survey import load_survey

    survey, card = load_survey(verify=False), read_card()
    stale = [artefact.name for artefact in ARTEFACTS if not artefact.is_current(survey, card)]
    if stale:
        remedy = f"{RESTORE}; or make them again: python -m galviz build-data"
        return Check("features", WRONG, f"missing, changed or of other data: {', '.join(stale)}", remedy)
    return Check("features", OK, f"of this survey and this network, controls too ({', '.join(CONTROLS)})")


def check_network() -> Check:
    """Whether the network predicts what the shipped features hold, and how fast it is."""
    from galviz.features.extraction import extract
    from galviz.features.features import load_features
    from galviz.network.activations import choose_device
    from galviz.network.model import load_model
    from galviz.survey.survey import load_survey

    survey, network = load_survey(verify=False), load_model()
    began = time.perf_counter()
    object_ids = survey.object_ids[:64]
    found = extract(network, survey, object_ids)
    seconds = time.perf_counter() - began
    shipped = load_features().select(object_ids)
    difference = float(abs(found.predictions - shipped.predictions).max())
    speed = f"{len(object_ids) / seconds:.0f} galaxies/s on {choose_device()}"
    if difference > _PREDICTION_WITHIN:
        remedy = "reinstall torch, or run build-data and look at what changed"
        return Check("network", WRONG, f"predictions differ from the shipped ones by {difference:.4f}; {speed}", remedy)
    return Check("network", OK, f"{speed}; predictions as shipped, to {difference:.0e}")


CHECKS = {
    "simulator": check_simulator,
    "memory": check_memory,
    "progress": check_progress,
    "shipped files": check_shipped_files,
    "survey": check_survey,
    "weights": check_weights,
    "features": check_features,
    "network": check_network,
}
