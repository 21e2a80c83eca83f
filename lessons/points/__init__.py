"""The lesson on galaxies as points: pictures where the dots were, and the extremes along a component."""
