"""Tables and pictures of the page on domain shift."""

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from galviz.artefacts.hubble import FRAME_RADII, HubbleField
from galviz.artefacts.interval import Interval
from galviz.artefacts.real_results import RealGalaxies

FOUND, FRAMED = "#ffd84d", "#ff7a45"
_UNCHANGED = "unchanged"


def draw_sources(field: HubbleField, threshold: float, *, frames: bool) -> tuple[Image.Image, int]:
    """Mark the sources of the deep field that stand out by a threshold.

    Parameters
    ----------
    field : HubbleField
    threshold : float
        In standard deviations of the background.
    frames : bool
        Whether to draw the frames of the chosen galaxies.

    Returns
    -------
    picture : PIL.Image.Image
    count : int
        Number of marked sources.

    Examples
    --------
    >>> from galviz.artefacts.hubble import HUBBLE_FIELD
    >>> picture, count = draw_sources(HUBBLE_FIELD.load(), 2.0, frames=False)
    >>> picture.size, count > 900
    ((700, 610), True)
    """
    picture = field.open_picture()
    scale, canvas = picture.width / field.image_size[0], ImageDraw.Draw(picture)
    marked = field.sources[field.sources["threshold"] >= threshold]
    for x, y, radius in (scale * (marked[["x", "y", "r90"]] + [0.5, 0.5, 0])).to_numpy():
        canvas.ellipse([x - radius, y - radius, x + radius, y + radius], outline=FOUND)
    if frames:
        for x, y, half in (scale * (field.sources.loc[field.chosen, ["x", "y", "r90"]] + [0.5, 0.5, 0])).to_numpy():
            half *= FRAME_RADII / 2
            canvas.rectangle([x - half, y - half, x + half, y + half], outline=FRAMED)
    return picture, len(marked)


def compare_controls(
    field: HubbleField, limit: float, labels: pd.Series, unchanged: tuple[np.ndarray, np.ndarray]
) -> pd.DataFrame:
    """Tabulate how far each control lies from the reference, and how wrong its predictions are.

    Parameters
    ----------
    field : HubbleField
    limit : float
        The distance beyond which a galaxy is unusual.
    labels : Series
        True label by objID.
    unchanged : (ndarray, ndarray)
        Distances and predictions of the same galaxies before the change.

    Returns
    -------
    DataFrame, index the change
        ``median`` distance, ``beyond``, the share beyond the limit, ``rmse`` and ``bias`` of the predictions.

    Examples
    --------
    >>> from galviz.artefacts.hubble import HUBBLE_FIELD
    >>> field = HUBBLE_FIELD.load()
    >>> labels = pd.Series(8.8, index=field.control_ids)
    >>> compare_controls(field, 27.0, labels, (np.ones(200), labels.to_numpy()))["rmse"].iloc[0].item()
    0.0
    """
    true = labels.loc[field.control_ids].to_numpy(float)
    tables = {_UNCHANGED: pd.DataFrame(dict(zip(("distance", "predicted"), unchanged, strict=True))), **field.controls}
    rows = {}
    for name, table in tables.items():
        errors = table["predicted"].to_numpy() - true
        rows[name] = {
            "median": float(table["distance"].median()),
            "beyond": float((table["distance"] > limit).mean()),
            "rmse": float(np.sqrt(np.mean(errors**2))),
            "bias": float(errors.mean()),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def methods_table(results: RealGalaxies) -> pd.DataFrame:
    """Tabulate the errors of all methods on real galaxies, in words.

    Examples
    --------
    >>> from galviz.artefacts.real_galaxies import load_real_galaxies
    >>> list(methods_table(load_real_galaxies()).columns)
    ['RMSE [dex]', 'bias [dex]', 'real labels', 'tested on']
    """
    rows = {
        method.title: {
            "RMSE [dex]": _with_interval(method.rmse),
            "bias [dex]": f"{method.bias.value:+.3f}".replace("-", "−"),
            "real labels": f"{method.n_fitted}",
            "tested on": f"{method.n_tested}",
        }
        for method in results.methods
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def learning_curve_table(results: RealGalaxies) -> pd.DataFrame:
    """Tabulate the error of each method that is fitted to a few labelled galaxies, by their number.

    Examples
    --------
    >>> from galviz.artefacts.real_galaxies import load_real_galaxies
    >>> learning_curve_table(load_real_galaxies()).index.name
    'labels'
    """
    titles = {method.name: method.title for method in results.methods}
    cells: dict[int, dict[str, str]] = {}
    for point in results.learning_curve:
        cells.setdefault(point.n_labels, {})[titles[point.name]] = _with_interval(point.rmse)
    return pd.DataFrame.from_dict(cells, orient="index").sort_index().fillna("–").rename_axis("labels")


def fine_tuning_words(results: RealGalaxies) -> str:
    """Describe how the network was fine-tuned on real galaxies, and compare it with the ridge for the same galaxies.

    Examples
    --------
    >>> from galviz.artefacts.real_galaxies import load_real_galaxies
    >>> fine_tuning_words(load_real_galaxies()).partition(": ")[0]
    '*Fine-tuned*'
    """
    tuned, protocol = results.method("fine-tuned"), results.protocol["fine_tuning"]
    *others, last = (name.removeprefix("lr ") for name in protocol["held_out_rmse"])
    rmse = results.difference("fine-tuned", "ridge-features").rmse
    difference = f"{rmse.value:+.3f} dex [{rmse.low:+.3f}, {rmse.high:+.3f}]".replace("-", "−")
    return (
        "*Fine-tuned*: the training of all layers continues on the galaxies of the other folds. The learning rates "
        f"{', '.join(others)} and {last} were tried in the first fold; {protocol['recipe']['lr']} had the smallest "
        "error on galaxies held out of its training galaxies, and is used in all folds. RMSE of the ridge on features "
        f"minus that of the fine-tuned network, for the same {tuned.n_tested} galaxies: {difference}."
    )


def _with_interval(number: Interval) -> str:
    return f"{number.value:.3f} [{number.low:.3f}, {number.high:.3f}]"
