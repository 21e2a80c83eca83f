"""Training and validation loss by epoch, and the floor, with matplotlib."""

import matplotlib.pyplot as plt
import pandas as pd

from galviz.network.card import read_card
from galviz.survey.survey import load_survey

epochs = pd.DataFrame(list(read_card().training["epochs"]), columns=["epoch", "side_px", "train_rmse", "valid_rmse"])
epochs.index += 1
floor = load_survey().catalogue["metallicity_scatter_dex"].std()

fig, ax = plt.subplots()
for _, phase in epochs.groupby((epochs["epoch"] == 1).cumsum()):
    ax.plot(phase.index, phase["train_rmse"], "o--", color="C0", label="training set")
    ax.plot(phase.index, phase["valid_rmse"], "o-", color="C0", label="validation set")
    ax.annotate(f"{phase['side_px'].iloc[0]} px", (phase.index[0] - 0.2, phase["train_rmse"].iloc[0] + 0.006))
ax.axhline(floor, color="C1", label="random scatter")
ax.set(xlabel="epoch", ylabel="root-mean-square error [dex]", ylim=(0, 0.21))
ax.legend(handles=[ax.lines[0], ax.lines[1], ax.lines[-1]])
