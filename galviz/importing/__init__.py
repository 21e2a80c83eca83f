"""Foreign tables and images -> a survey folder that `load_survey` reads: choose columns, match images, copy.

`plan_import` reads a source (a folder with a table and images, a table, a folder of images, a zip, an HDF5 file, FITS
cutouts) and returns an `ImportPlan` without writing anything; `write_import` writes the survey folder atomically. What
can't be decided from the source is an `ImportQuestion` that names the option to give. It may import ``survey``,
``files`` and ``errors``; astropy and h5py are imported inside functions.
"""
