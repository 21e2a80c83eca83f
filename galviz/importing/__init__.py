"""What people have -> the images and columns of a survey folder: FITS cutouts, HDF5 files, zip archives.

In: files that nobody has checked. Out: pictures that `galviz.survey` reads, or one sentence for what can't be used. It
may import `galviz.survey`, `galviz.files` and `galviz.errors`. astropy and h5py are imported inside functions.
"""
