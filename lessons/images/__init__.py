"""The lesson on preparing images: crop, augmentation and normalisation."""
