"""Features computed for a user's survey, kept in the user's cache folder: beside nothing of theirs, and made once."""

import os
import sys
from pathlib import Path

from galviz.features import Features, FeaturesError, load_features, save_features
from galviz.survey import Survey

FOLDER_VARIABLE = "GALVIZ_CACHE"


def kept_folder() -> Path:
    """Where they are kept: the folder that ``GALVIZ_CACHE`` names, or galviz's own in the system's place for caches."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "galviz"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "galviz"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "galviz"


def kept_path(survey_sha256: str, weights_sha256: str) -> Path:
    """The file of one survey's features by one network."""
    return kept_folder() / f"{survey_sha256[:16]}-{weights_sha256[:16]}.parquet"


def load_kept(survey: Survey, weights_sha256: str) -> Features | None:
    """Features of a survey by a network, if they were kept; None if not, or if the file is of others or broken."""
    path = kept_path(survey.sha256, weights_sha256)
    try:
        return load_features(path, survey=survey, weights_sha256=weights_sha256)
    except FeaturesError:
        return None


def keep(features: Features) -> Path:
    """Write features where `load_kept` finds them, whole or not at all.

    Raises
    ------
    OSError
        If the folder or the file can't be written.
    """
    provenance = features.provenance
    path = kept_path(provenance["survey_sha256"], provenance["weights_sha256"])
    path.parent.mkdir(parents=True, exist_ok=True)
    save_features(features, path)
    return path
