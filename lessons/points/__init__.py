"""The lesson on galaxies as points: images at their coordinates, and the extremes along a component."""
