"""The lesson on domain shift: galaxies of the Hubble deep field, their distance to the training set, recalibration."""
