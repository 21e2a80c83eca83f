"""In the light app, FITS and HDF5 files get a sentence with the extra that reads them."""

import sys

import pytest

from galviz.importing.fits_images import find_fits_galaxies
from galviz.importing.hdf5 import read_hdf5


def test_each_sentence_names_the_extra(tmp_path, monkeypatch):
    for package, read, extra in (("astropy", find_fits_galaxies, "fits"), ("h5py", read_hdf5, "hdf5")):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(ModuleNotFoundError, match=rf'{package}, .*pip install -e "\.\[{extra}\]"'):
            read(tmp_path)
