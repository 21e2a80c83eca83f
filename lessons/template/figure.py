"""The picture of the lesson, with matplotlib; notebooks run it, and the page shows it."""

import matplotlib.pyplot as plt

from galviz.survey.survey import load_survey

values = load_survey().catalogue["metallicity"]

fig, ax = plt.subplots()
ax.hist(values, bins=30)
ax.set(xlabel="12 + log10(O/H)", ylabel="galaxies")
