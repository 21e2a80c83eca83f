"""Predicted against true metallicity of 256 galaxies held out from the training, with matplotlib."""

import matplotlib.pyplot as plt
import pandas as pd

from galviz.analysis.metrics import prediction_errors
from galviz.features.features import load_features
from galviz.survey.sample import draw_sample
from galviz.survey.survey import load_survey

survey, features = load_survey(), load_features()
sample = draw_sample(survey.object_ids, 256)
predicted = pd.Series(features.predictions, index=features.object_ids)
results = pd.DataFrame({"true": survey.catalogue.loc[sample, "metallicity"], "predicted": predicted[sample]})
errors = prediction_errors(results["predicted"], results["true"])

fig, ax = plt.subplots()
ax.scatter(results["true"], results["predicted"], s=8, alpha=0.5)
ax.axline((8.8, 8.8), slope=1, color="C1")
ax.set(xlabel="true 12 + log10(O/H) [dex]", ylabel="predicted [dex]", aspect="equal")
ax.set_title(f"RMSE {errors.rmse:.3f} dex, NMAD {errors.nmad:.3f} dex, bias {errors.bias:+.3f} dex")
