"""The lesson on the galaxies: their images, and the metallicity."""
