"""The lesson on the feature space: galaxies in the plane of two components, and what may be read from it."""
