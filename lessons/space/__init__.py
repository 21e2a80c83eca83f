"""The lesson on the feature space: a plot of two components, and what the head causes by construction."""
