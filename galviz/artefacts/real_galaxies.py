"""The shipped results on 400 real galaxies: errors of the network and of baselines, and the distance to mock galaxies.

The file has aggregates only. The galaxies themselves aren't part of galviz, so `build-data` can't compute it;
`benchmarks/real.py` does, and `benchmarks/README.md` describes the protocol and its limitations.
"""

import json
import os
from pathlib import Path

from galviz.artefacts.artefact import ArtefactError
from galviz.artefacts.real_results import RealGalaxies
from galviz.artefacts.records import from_json, to_json
from galviz.artefacts.serialisation import UNREADABLE
from galviz.errors import listed
from galviz.files.jsonfile import parse_json
from galviz.files.manifest import data_path
from galviz.files.shipped import ShippedFileError, read_verified
from galviz.files.writing import write_bytes
from galviz.network.card import read_card

NAME = "figures/real-galaxies.json"
COMMAND = (
    "python benchmarks/real.py --survey FOLDER --folds 5 --fine-tune output/fine-tuning "
    "--json data/figures/real-galaxies.json"
)
# No number describes fewer galaxies, so that none can be traced back to a galaxy.
LEAST_GALAXIES = 20
_FORMAT = "galviz real galaxies 1"
_DIGITS = 4


def load_real_galaxies(path: str | os.PathLike[str] | None = None) -> RealGalaxies:
    """Read the results on real galaxies, by default the shipped ones.

    Raises
    ------
    ArtefactError
        If there is no such file, it is damaged or of another kind, it is the shipped file and was changed, or the
        network that it describes isn't the shipped one.

    Examples
    --------
    >>> results = load_real_galaxies()
    >>> results.survey.n_galaxies, results.network.name
    (400, 'xresnet34-1')
    """
    file = data_path(NAME) if path is None else Path(path)
    try:
        results = _decode(read_verified(file))
    except ShippedFileError as error:
        raise ArtefactError(str(error)) from error
    except UNREADABLE as error:
        problem = f"The results on real galaxies {file} can't be read ({error})"
        raise ArtefactError(f"{problem}; make them again with `{COMMAND}`.") from error
    card = read_card()
    found = results.network.weights_sha256
    if found != card.weights_sha256:
        raise ArtefactError(
            f"The results on real galaxies {file} belong to other weights ({found[:12]}) than the shipped network's "
            f"({card.weights_sha256[:12]}); make them again with `{COMMAND}`."
        )
    return results


def save_real_galaxies(results: RealGalaxies, path: str | os.PathLike[str]) -> None:
    """Write results, whole or not at all; equal results give equal bytes.

    Raises
    ------
    ValueError
        If a number isn't finite, or describes fewer than 20 galaxies.
    OSError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_real_galaxies(load_real_galaxies(), f"{folder}/results.json")
    ...     load_real_galaxies(f"{folder}/results.json") == load_real_galaxies()
    True
    """
    content = {"format": _FORMAT, **to_json(results, digits=_DIGITS)}
    raw = (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    _decode(raw)  # what is written can be read
    write_bytes(path, raw)


def _decode(raw: bytes) -> RealGalaxies:
    """Parse and validate; raises one of `UNREADABLE` for anything else."""
    content = parse_json(raw)
    if not isinstance(content, dict) or content.pop("format", None) != _FORMAT:
        raise ValueError(f"its format isn't {_FORMAT!r}")
    results = from_json(RealGalaxies, content)
    _check(results)
    return results


def _check(results: RealGalaxies) -> None:
    """Check what pages rely on: names that are referred to exist, and no number describes only a few galaxies."""
    names, distance = [method.name for method in results.methods], results.distance
    if len(set(names)) < len(names):
        raise ValueError("two methods have the same name")
    used = {name for quartile in distance.quartiles for name in quartile.rmse} | {*distance.error_correlation}
    used |= {name for difference in results.differences for name in (difference.better, difference.worse)}
    used |= {point.name for point in results.learning_curve}
    if unknown := sorted(used.difference(names)):
        raise ValueError(f"there is no method {listed(unknown)}")
    counts = [method.n_tested for method in results.methods]
    counts += [part.n for part in (*distance.quartiles, *distance.groups)]
    if not counts or min(counts) < LEAST_GALAXIES:
        raise ValueError(f"every number must describe {LEAST_GALAXIES} galaxies or more")
