"""The lesson on what components mean: correlations with known causes, linear probes, and controls for both."""
