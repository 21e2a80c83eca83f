"""A Python script that reproduces a selection of galaxies outside the app."""

from galviz.survey.survey import Survey
from panels.chosen_survey import chosen_survey
from panels.exclusion import session_excluded
from panels.instrument import FeatureSpace

# Ids that a script lists itself; more are read from the CSV file that can be downloaded beside it.
MAX_LISTED = 100
CSV_NAME, EXCLUDE_NAME = "selected-galaxies.csv", "exclude.txt"
_IMPORTED = "my-survey"


def selection_script(space: FeatureSpace, layer: str, object_ids: list[str]) -> str:
    """Write a script that loads the survey and its features and computes the selection's principal components.

    Parameters
    ----------
    space : FeatureSpace
    layer : str
        One of `space.features`, or the path of another module.
    object_ids : list of str
        The selected galaxies.
    """
    lines = ["import galviz"]
    if len(object_ids) > MAX_LISTED:
        lines.append("import pandas as pd")
    options = "" if space.opened.shipped else _survey_options(space.opened.survey)
    if "read_exclusion" in options:
        lines.append("from galviz.survey.exclusion import read_exclusion")
    lines.append("")
    if options.startswith(repr(_IMPORTED)):
        lines.append(
            f"# Make this folder of the files that you have uploaded: python -m galviz import FILES --out {_IMPORTED}"
        )
    lines.append(f"survey = galviz.load_survey({options})")
    if space.source.file is not None:
        lines.append(f"features = galviz.load_features({space.source.file!r}, survey=survey)")
    elif space.opened.shipped and space.source.is_shipped and layer in space.features.layers:
        lines.append("features = galviz.load_features()")
    else:
        model = "" if space.source.model is None else repr(space.source.model)
        lines.append(f"features = galviz.extract(galviz.load_model({model}), survey, layers=({layer!r},))")
    if len(object_ids) > MAX_LISTED:
        reading = "dtype={'objID': str}, keep_default_na=False"
        lines.append(f"object_ids = pd.read_csv({CSV_NAME!r}, {reading})['objID'].tolist()")
    else:
        lines.append(f"object_ids = {object_ids!r}")
    lines += [
        "",
        f"values = features.layers[{layer!r}]",
        "pca = galviz.fit_pca(values, n_components=min(3, *values.shape))",
        "selected = survey.catalogue.loc[object_ids]",
        "coordinates = pca.coordinates[features.rows(object_ids)]",
        "print(selected)",
    ]
    return "\n".join(lines) + "\n"


def _survey_options(survey: Survey) -> str:
    """The arguments of `load_survey`; an upload is in a temporary folder, which means nothing outside the app."""
    chosen = chosen_survey()
    options = [repr(_IMPORTED if chosen.private else str(survey.folder))]
    if chosen.label is not None:
        options.append(f"label={chosen.label!r}")
    if survey.scale != 1:
        options.append(f"scale={survey.scale!r}")
    excluded = sorted({*chosen.excluded, *session_excluded(chosen.path)})
    if len(excluded) > MAX_LISTED:
        options.append(f"exclude=read_exclusion({EXCLUDE_NAME!r})")
    elif excluded:
        options.append(f"exclude={excluded!r}")
    return ", ".join(options)
