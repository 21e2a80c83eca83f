"""What the metallicity of mock galaxies can be told from: colour, structure, hidden causes, nothing.

    python benchmarks/label.py [--mock FOLDER | --n 2000 --seed 11]

Cross-validated RMSE and share of the label's variance, step by step: radial colours of the images alone; then with what
a careful eye could see of the structure (the known causes: bulge, arms, bar, disorder, inclination, sizes …); then with
mass, star formation and size themselves. What is left is the label's own scatter, which is known. The images are in the
petrosian framing, as in `benchmarks/realism.py`, whose radial colours these are.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from realism import measure, scaled_ridge
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from galviz.simulate import LABEL_SCATTER_DEX, write_survey

STRUCTURE = (
    "bulge_fraction bulge_sersic_n bulge_radius_scales disc_sersic_n disc_thickness disc_colour_gradient "
    "half_light_radius_arcsec petrosian_r90_arcsec inclination_deg arm_number arm_pitch_deg arm_strength "
    "arm_raggedness bar_strength bar_length_scales clumpiness irregularity merger dust_lane_strength"
).split()
HIDDEN = "log_mass_msun log_sfr_msun_yr size_offset_dex redshift".split()


def rmse_of(columns: np.ndarray, label: np.ndarray, model: object, seed: int) -> float:
    """Cross-validated RMSE (dex) of the label from some columns, in five shuffled folds."""
    folds = KFold(5, shuffle=True, random_state=seed)
    return float(np.sqrt(np.mean((cross_val_predict(model, columns, label, cv=folds) - label) ** 2)))


def explain(colours: np.ndarray, catalogue: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """The table: a row a set of columns, each holding those before it."""
    label = catalogue["oh_p50"].to_numpy(float)
    ridge = scaled_ridge()
    forest = ExtraTreesRegressor(500, min_samples_leaf=2, max_features=0.5, random_state=seed, n_jobs=-1)
    structure = np.hstack([colours, catalogue[STRUCTURE].to_numpy(float)])
    hidden = np.hstack([structure, catalogue[HIDDEN].to_numpy(float)])
    # the squares let a linear model follow the bend of the mass-metallicity relation
    squares = StandardScaler().fit_transform(hidden)
    squares = np.hstack([squares, squares**2])
    known = (catalogue["oh_p50"] - catalogue["metallicity_scatter_dex"]).to_numpy(float)
    rows = {
        "nothing (the mean)": float(label.std()),
        "radial colours, ridge": rmse_of(colours, label, ridge, seed),
        "radial colours, forest": rmse_of(colours, label, forest, seed),
        "+ structure, better of both": min(rmse_of(structure, label, model, seed) for model in (ridge, forest)),
        "+ mass, star formation, size": rmse_of(squares, label, ridge, seed),
        "the relations themselves": float(np.sqrt(np.mean((known - label) ** 2))),
    }
    table = pd.DataFrame({"RMSE dex": rows})
    table["share of variance"] = 1 - (table["RMSE dex"] / label.std()) ** 2
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mock", type=Path, help="survey folder of mock galaxies, petrosian framing (else made)")
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.mock or Path(scratch) / "mock"
        if options.mock is None:
            write_survey(folder, n=options.n, seed=options.seed, framing="petrosian")
        _, colours, catalogue = measure(folder)
    table = explain(colours, catalogue)
    print(f"{len(catalogue)} mock galaxies\n")
    print(table.to_string(float_format="{:.3f}".format))
    share = table["share of variance"]
    in_colour = share[["radial colours, ridge", "radial colours, forest"]].max()
    in_structure = share["+ structure, better of both"] - in_colour
    scatter = (LABEL_SCATTER_DEX / catalogue["oh_p50"].std()) ** 2
    print(
        f"\nvariance of the label: {in_colour:.0%} in colour, {in_structure:.0%} more in structure, "
        f"{scatter:.0%} in the scatter that nothing shows, {1 - in_colour - in_structure - scatter:.0%} in causes that "
        "neither tells fully (mass, star formation)"
    )


if __name__ == "__main__":
    sys.exit(main())
