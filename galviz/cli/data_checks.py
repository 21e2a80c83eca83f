"""Doctor's checks of the shipped files and of the network's predictions."""

import time

from galviz.cli.check_result import OK, WRONG, Check

# Processors round float32 differently.
_PREDICTION_TOLERANCE = 5e-3
# At most this many differing files are named.
_MAX_NAMED = 100


def _check_shipped_files() -> Check:
    """Compare every file under ``data/`` with its checksum."""
    from galviz.files.manifest import ACCEPT, MANIFEST_NAME, NOT_SHIPPED, RESTORE, find_differences, read_manifest

    count, differences = len(read_manifest()), find_differences()
    if not differences:
        return Check("shipped files", OK, f"all {count:,} files under data/ match their checksums")
    names = [str(difference) for difference in differences]
    differ = "file differs" if len(names) == 1 else "files differ"
    result = f"{len(names)} {differ} from the shipped ones under data/: {', '.join(names[:_MAX_NAMED])}"
    if len(names) > _MAX_NAMED:
        result += f" … and {len(names) - _MAX_NAMED} more; `sha256sum -c {MANIFEST_NAME}` in data/ lists them"
    remedies = []
    if any(difference.kind != NOT_SHIPPED for difference in differences):
        remedies.append(f"restore the shipped files: {RESTORE}; or accept deliberate changes: {ACCEPT}")
    if any(difference.kind == NOT_SHIPPED for difference in differences):
        remedies.append("move your own files out of data/")
    return Check("shipped files", WRONG, result, "; ".join(remedies))


def _check_survey() -> Check:
    """Check that the mock survey can be read."""
    from galviz.survey.survey import SurveyError, load_survey, mock_survey_folder

    try:
        survey = load_survey()
    except SurveyError as error:
        return Check("survey", WRONG, f"{error.summary}. The first: {error.first}")
    return Check(
        "survey", OK, f"{len(survey.object_ids)} galaxies in {mock_survey_folder().name}, sha256 {survey.sha256[:12]}…"
    )


def _check_weights() -> Check:
    """Compare the shipped weights with the card's checksum."""
    from galviz.network.card import file_sha256, read_card, shipped_card_path

    card = read_card()
    if file_sha256(shipped_card_path().parent / card.weights) != card.weights_sha256:
        return Check(
            "weights",
            WRONG,
            f"{card.weights} doesn't match its card's checksum",
            "restore both files: git checkout -- data",
        )
    rmse = f"{card.training['valid_rmse']:.4f} {card.unit}"
    return Check("weights", OK, f"{card.name} ({card.spec.builder}), validation RMSE {rmse}")


def _check_features() -> Check:
    """Check that every artefact was computed from the shipped survey and network."""
    from galviz.artefacts.registry import ARTEFACTS
    from galviz.features.features import CONTROLS
    from galviz.files.manifest import RESTORE
    from galviz.network.card import read_card
    from galviz.survey.survey import load_survey

    survey, card = load_survey(verify=False), read_card()
    stale = [artefact.name for artefact in ARTEFACTS if not artefact.is_current(survey, card)]
    if stale:
        remedy = f"{RESTORE}; or compute them again: python -m galviz build-data"
        return Check("features", WRONG, f"missing, changed or from other data: {', '.join(stale)}", remedy)
    return Check(
        "features", OK, f"from this survey and network, including the control networks ({', '.join(CONTROLS)})"
    )


def _check_network() -> Check:
    """Compare predictions with the shipped ones, and measure the speed."""
    from galviz.features.extraction import extract
    from galviz.features.features import load_features
    from galviz.network.device import choose_device
    from galviz.network.model import load_model
    from galviz.survey.survey import load_survey

    survey, network = load_survey(verify=False), load_model()
    start = time.perf_counter()
    object_ids = survey.object_ids[:64]
    features = extract(network, survey, object_ids)
    seconds = time.perf_counter() - start
    shipped = load_features().select(object_ids)
    difference = float(abs(features.predictions - shipped.predictions).max())
    speed = f"{len(object_ids) / seconds:.0f} galaxies/s on {choose_device()}"
    if difference > _PREDICTION_TOLERANCE:
        remedy = "reinstall torch, or run build-data and inspect the changes"
        return Check("network", WRONG, f"predictions differ from the shipped ones by {difference:.4f}; {speed}", remedy)
    return Check("network", OK, f"{speed}; predictions equal the shipped ones to {difference:.0e}")


DATA_CHECKS = {
    "shipped files": _check_shipped_files,
    "survey": _check_survey,
    "weights": _check_weights,
    "features": _check_features,
    "network": _check_network,
}
