"""How close the mock galaxies come to real ones, as a table.

    python benchmarks/realism.py --real FOLDER [--mock FOLDER | --n 2000 --seed 11] [--sheets OUT]

Both surveys are in the petrosian framing (128 px cut to 5 Petrosian R90). For each statistic the table gives mean and
standard deviation of both, their differences, and the correlation with the metallicity; a random forest then tries to
tell mock from real by all of them, cross-validated. What a network would make of them is told by a ridge on colours and
statistics that is fitted to the mock galaxies and judged by the real ones: as it errs, so would a network. The real
survey is read from outside the project: no image of it is kept, only what this prints.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy import ndimage
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, RepeatedKFold, RepeatedStratifiedKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from galviz.network.crops import centre_crop

CENTRE = 63.5
MEANS_WITHIN_SD, SPREADS_WITHIN, CORRELATIONS_WITHIN, AUC_AT_MOST = 0.3, 0.25, 0.12, 0.80

ROW, COLUMN = np.mgrid[0:128, 0:128] - CENTRE
RADIUS = np.hypot(ROW, COLUMN)
ANNULI = [(0, 2), (2, 4), (4, 7), (7, 11), (11, 16), (16, 24)]
BACKGROUND = RADIUS > 52
LAPLACE = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]) / 4


def image_statistics(path: Path) -> dict[str, float]:
    """Statistics of one 128 px image; brightnesses in counts of 0 to 255, lengths in pixels.

    Parameters
    ----------
    path : Path
        A JPEG of 128 x 128 px, red, green, blue.

    Returns
    -------
    dict of str to float
    """
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=float)
    red, green, blue = (pixels[..., band].copy() for band in range(3))
    grey = pixels.mean(axis=2)
    background = np.median(pixels[BACKGROUND], axis=0)
    spread = 1.4826 * np.median(np.abs(pixels[BACKGROUND] - background), axis=0)
    aperture = RADIUS < 12
    bright = [band[aperture].mean() for band in (red, green, blue)]
    found = {
        "i/g colour": bright[0] / bright[2],
        "r/g colour": bright[1] / bright[2],
        "i/g, centre": red[RADIUS < 5].mean() / blue[RADIUS < 5].mean(),
        "i/g, outside": red[(RADIUS > 14) & (RADIUS < 22)].mean() / blue[(RADIUS > 14) & (RADIUS < 22)].mean(),
        "red brightness": bright[0],
        "green brightness": bright[1],
        "blue brightness": bright[2],
        "peak": ndimage.uniform_filter(grey, 3)[RADIUS < 8].max(),
    }
    found["concentration"] = grey[RADIUS < 6].mean() / grey[RADIUS < 20].mean()

    # second moments of what is above the noise within 40 px, around the light's own centre
    weight = np.clip(grey - np.median(grey[BACKGROUND]) - 6, 0, None) * (RADIUS < 40)
    total = weight.sum() or 1.0
    y0, x0 = (weight * ROW).sum() / total, (weight * COLUMN).sum() / total
    yy, xx = (weight * (ROW - y0) ** 2).sum() / total, (weight * (COLUMN - x0) ** 2).sum() / total
    xy = (weight * (ROW - y0) * (COLUMN - x0)).sum() / total
    mean, half = (yy + xx) / 2, np.hypot((yy - xx) / 2, xy)
    found["size"] = np.sqrt(mean)
    found["length"] = np.sqrt(mean + half)
    found["axis ratio"] = np.sqrt(max(mean - half, 0.0) / (mean + half)) if mean else np.nan
    turned = weight[::-1, ::-1]
    found["asymmetry"] = np.abs(weight - turned).sum() / (2 * total)
    found["off-centre light"] = np.hypot(y0, x0)

    for name, level, noise in zip("RGB", background, spread, strict=True):
        found[f"background level {name}"] = level
        found[f"background noise {name}"] = noise
    sky = grey[BACKGROUND]
    found["background 95th percentile"] = np.percentile(sky, 95)
    found["neighbour light"] = np.clip(grey[RADIUS > 40] - 25, 0, None).mean()
    found["redness of bright background"] = (red - blue)[BACKGROUND & (grey >= np.percentile(sky, 95))].mean()
    detail = np.abs(ndimage.convolve(grey, LAPLACE))
    found["fine detail, galaxy"] = detail[RADIUS < 25].mean()
    found["fine detail, background"] = detail[BACKGROUND].mean()
    coarse = grey - ndimage.gaussian_filter(grey, 3)
    found["coarse detail, galaxy"] = coarse[(RADIUS > 4) & (RADIUS < 25)].std() / grey[RADIUS < 25].mean()
    chroma = red - blue
    found["chroma detail, galaxy"] = (chroma - ndimage.gaussian_filter(chroma, 3))[(RADIUS < 25)].std()
    corner = grey[:24, :24] - np.median(grey[:24, :24])
    corner = np.clip(corner, -12, 12)
    found["background correlation, 1 px"] = (corner[:, 1:] * corner[:, :-1]).mean() / max((corner**2).mean(), 1e-9)
    found["background correlation, 3 px"] = (corner[:, 3:] * corner[:, :-3]).mean() / max((corner**2).mean(), 1e-9)
    found["JPEG bytes"] = path.stat().st_size
    return found


def star_widths(path: Path) -> list[float]:
    """Diameters (px) at half maximum of the bright, isolated spots in an image's outskirts: mostly stars.

    Their width against the frame tells the frame's size on the sky, which nothing else in the table does.
    """
    with Image.open(path) as image:
        grey = np.asarray(image.convert("RGB"), dtype=float).mean(axis=2)
    smooth = ndimage.gaussian_filter(grey, 1)
    peaks = (smooth == ndimage.maximum_filter(smooth, 9)) & (smooth > 45) & (RADIUS > 34)
    peaks[:6] = peaks[-6:] = peaks[:, :6] = peaks[:, -6:] = False
    widths = []
    for row, column in zip(*np.nonzero(peaks), strict=True):
        labels, _ = ndimage.label(grey > grey[row, column] / 2)
        area = (labels == labels[row, column]).sum() if labels[row, column] else 0
        if 0 < area < 900:
            widths.append(2 * np.sqrt(area / np.pi))
    return widths


def radial_colours(image: Image.Image) -> np.ndarray:
    """Mean red, green and blue in six rings of the central 128 px, and red and green over blue in each: shape (30,)."""
    pixels = np.asarray(centre_crop(image.convert("RGB"), 128), dtype=float)
    rings = np.array([pixels[(RADIUS >= low) & (RADIUS < high)].mean(axis=0) for low, high in ANNULI]) + 1
    return np.concatenate([rings.ravel(), (rings[:, 0] / rings[:, 2]), (rings[:, 1] / rings[:, 2])])


def colours_of_file(path: Path) -> np.ndarray:
    """Radial colours of an image file."""
    with Image.open(path) as image:
        return radial_colours(image)


def measure(folder: Path, label: str = "oh_p50") -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Statistics, radial colours and catalogue of a survey folder."""
    catalogue = pd.read_csv(folder / "master.csv", dtype={"objID": str})
    paths = [folder / "images" / f"{object_id}.jpg" for object_id in catalogue["objID"]]
    with ProcessPoolExecutor() as pool:
        statistics = pd.DataFrame(pool.map(image_statistics, paths, chunksize=50))
        colours = np.array(list(pool.map(colours_of_file, paths, chunksize=50)))
    statistics.insert(0, "label", catalogue[label].to_numpy(float))
    return statistics, colours, catalogue


def compare(real: pd.DataFrame, mock: pd.DataFrame) -> pd.DataFrame:
    """The table: a row a statistic, with what must hold for it."""
    table = pd.DataFrame(
        {
            "real mean": real.mean(),
            "mock mean": mock.mean(),
            "shift/sd": (mock.mean() - real.mean()) / real.std(),
            "real sd": real.std(),
            "mock sd": mock.std(),
            "spread": mock.std() / real.std(),
            "real r": real.corrwith(real["label"]),
            "mock r": mock.corrwith(mock["label"]),
        }
    )
    table["r diff"] = table["mock r"] - table["real r"]
    table["holds"] = [
        " ".join(
            word
            for word, wrong in (
                ("mean", abs(row["shift/sd"]) > MEANS_WITHIN_SD),
                ("spread", abs(row["spread"] - 1) > SPREADS_WITHIN),
                ("r", abs(row["r diff"]) > CORRELATIONS_WITHIN),
            )
            if wrong
        )
        or "yes"
        for _, row in table.iterrows()
    ]
    return table


def tell_apart(
    real: pd.DataFrame, mock: pd.DataFrame, seed: int = 0, *, trees: int = 500
) -> tuple[float, float, pd.Series]:
    """AUC (mean, sd over repeats) of a forest that tells mock from real by the images' statistics, and what it uses."""
    size = min(len(real), len(mock))  # as many of each
    both = pd.concat([real, mock.iloc[:size]], ignore_index=True).drop(columns="label")
    which = np.repeat([0, 1], [len(real), size])
    forest = RandomForestClassifier(trees, min_samples_leaf=2, random_state=seed, n_jobs=-1)
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=3, random_state=seed)
    scores = cross_val_score(forest, both, which, cv=folds, scoring="roc_auc").reshape(3, 5).mean(axis=1)
    importance = pd.Series(forest.fit(both, which).feature_importances_, both.columns).sort_values(ascending=False)
    return scores.mean(), scores.std(), importance


def scaled_ridge() -> Pipeline:
    """Ridge regression on standardised columns, its penalty chosen from a fixed grid."""
    return make_pipeline(StandardScaler(), RidgeCV(np.logspace(-3, 4, 15)))


def colour_forest(seed: int) -> RandomForestRegressor:
    """A forest that suits thirty radial colours of a few hundred galaxies or more."""
    return RandomForestRegressor(300, min_samples_leaf=3, max_features=0.33, random_state=seed, n_jobs=-1)


def label_from_colours(colours: np.ndarray, label: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Cross-validated RMSE (dex) of the label from radial colours."""
    found = {"mean": float(label.std())}
    for name, model in (("ridge", scaled_ridge()), ("random forest", colour_forest(seed))):
        folds = RepeatedKFold(n_splits=5, n_repeats=1, random_state=seed)
        predicted = cross_val_predict(model, colours, label, cv=list(folds.split(colours)))
        found[name] = float(np.sqrt(np.mean((predicted - label) ** 2)))
    return found


def log_statistics(*surveys: pd.DataFrame) -> list[pd.DataFrame]:
    """Statistics of surveys without the label, medians where there is none; logarithms of what is above zero in all."""
    filled = [survey.drop(columns="label").fillna(survey.median()) for survey in surveys]
    positive = pd.concat(filled).gt(0).all()
    return [survey.apply(lambda column: np.log(column) if positive[column.name] else column) for survey in filled]


def at_given_colours(statistics: pd.DataFrame, colours: np.ndarray, seed: int = 0) -> pd.Series:
    """Correlation of the label with each statistic, each less what a ridge on log radial colours makes of it."""
    folds, logarithms_of_colours = KFold(10, shuffle=True, random_state=seed), np.log(colours)

    def rest(column: pd.Series) -> np.ndarray:
        return column - cross_val_predict(scaled_ridge(), logarithms_of_colours, column, cv=folds)

    label = rest(statistics["label"])
    (logarithms,) = log_statistics(statistics)
    return logarithms.apply(lambda column: np.corrcoef(label, rest(column))[0, 1])


def carried_over(
    real: pd.DataFrame, real_colours: np.ndarray, mock: pd.DataFrame, mock_colours: np.ndarray
) -> tuple[float, pd.Series]:
    """What a ridge on log colours and statistics, fitted to mock galaxies, makes of real ones.

    Returns
    -------
    r : float
        Correlation of predicted and true labels of the real galaxies.
    errors : Series
        Correlation of predicted less true label with each statistic of the real galaxies: 0 where the mock galaxies
        teach rightly what it says of the label.
    """
    of_real, of_mock = log_statistics(real, mock)
    model = scaled_ridge().fit(np.hstack([np.log(mock_colours), of_mock]), mock["label"])
    predicted = model.predict(np.hstack([np.log(real_colours), of_real]))
    errors = of_real.corrwith(predicted - real["label"])
    return float(np.corrcoef(predicted, real["label"])[0, 1]), errors


def contact_sheet(folder: Path, catalogue: pd.DataFrame, out: Path, *, columns: int = 12, rows: int = 8) -> None:
    """A grid of galaxies sorted by metallicity, lowest at the top left."""
    order = catalogue.sort_values("oh_p50")["objID"].to_numpy()
    chosen = order[np.linspace(0, len(order) - 1, columns * rows).astype(int)]
    sheet = Image.new("RGB", (columns * 130, rows * 130), "white")
    for position, object_id in enumerate(chosen):
        with Image.open(folder / "images" / f"{object_id}.jpg") as image:
            sheet.paste(image.convert("RGB"), (position % columns * 130, position // columns * 130))
    sheet.save(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, required=True, help="survey folder of real galaxies, 128 px")
    parser.add_argument("--mock", type=Path, help="survey folder of mock galaxies, petrosian framing (else made)")
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--sheets", type=Path, help="folder for both contact sheets")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        folder = options.mock
        if folder is None:
            from galviz.simulate import write_survey

            folder = Path(scratch) / "mock"
            write_survey(folder, n=options.n, seed=options.seed, framing="petrosian")
        real, real_colours, real_catalogue = measure(options.real)
        mock, mock_colours, mock_catalogue = measure(folder)
        pd.set_option("display.width", 200, "display.max_rows", 100, "display.max_columns", 20)
        print(f"{len(real)} real and {len(mock)} mock galaxies\n")
        print(compare(real, mock).to_string(float_format=partial("{:.2f}".format)))
        print(
            "\nspots around the galaxies (mostly stars): number a frame; quartiles of their width at half maximum, px"
        )
        for name, place, catalogue in (("real", options.real, real_catalogue), ("mock", folder, mock_catalogue)):
            paths = [place / "images" / f"{object_id}.jpg" for object_id in catalogue["objID"]]
            widths = [width for path in paths for width in star_widths(path)]
            quartiles = np.quantile(widths, [0.25, 0.5, 0.75]) if widths else np.full(3, np.nan)
            print(f"  {name}: {len(widths) / len(paths):.2f}; " + ", ".join(f"{width:.1f}" for width in quartiles))
        mean, deviation, importance = tell_apart(real, mock)
        print(f"\nforest, mock from real: AUC {mean:.3f} +- {deviation:.3f} (at most {AUC_AT_MOST}); it goes by")
        print(importance.head(8).to_string(float_format="{:.3f}".format))
        print("\nlabel from radial colours, cross-validated RMSE in dex")
        for name, colours, statistics in (("real", real_colours, real), ("mock", mock_colours, mock)):
            scores = label_from_colours(colours, statistics["label"].to_numpy())
            print(f"  {name}: " + ", ".join(f"{key} {value:.3f}" for key, value in scores.items()))
        r, errors = carried_over(real, real_colours, mock, mock_colours)
        beyond = pd.DataFrame(
            {
                "real, given colours": at_given_colours(real, real_colours),
                "mock, given colours": at_given_colours(mock, mock_colours),
                "errors on real": errors,
            }
        )
        print("\ncorrelation with the label at given radial colours; and of statistics with errors on real galaxies of")
        print(f"a ridge on colours and statistics fitted to the mock ones (its r with the real label: {r:.3f})")
        print(beyond.to_string(float_format="{:.2f}".format))
        if options.sheets:
            options.sheets.mkdir(parents=True, exist_ok=True)
            contact_sheet(options.real, real_catalogue, options.sheets / "real.png")
            contact_sheet(folder, mock_catalogue, options.sheets / "mock.png")


if __name__ == "__main__":
    sys.exit(main())
