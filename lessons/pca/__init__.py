"""The lesson on principal components: how many axes, of which layer, from how many galaxies."""
