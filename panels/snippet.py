"""A Python script that reproduces a selection of galaxies outside the app."""

from panels.arguments import read_arguments
from panels.instrument import FeatureSpace

# Ids that a script lists itself; more are read from the CSV file that can be downloaded beside it.
MAX_LISTED = 100
CSV_NAME = "selected-galaxies.csv"


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
    arguments, lines = read_arguments(), ["import galviz"]
    if len(object_ids) > MAX_LISTED:
        lines.append("import pandas as pd")
    options = ""
    if not space.opened.shipped:
        options = repr(str(space.opened.survey.folder))
        options += f", label={arguments.label!r}" if arguments.label is not None else ""
        options += f", scale={arguments.scale!r}" if arguments.scale != 1 else ""
    lines += ["", f"survey = galviz.load_survey({options})"]
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
