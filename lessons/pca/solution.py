"""Solutions to the exercises of the lesson 'Principal components'."""

import numpy as np


def centre(values: np.ndarray) -> np.ndarray:
    """Subtract the mean of each column from it."""
    return values - np.mean(values, axis=0)


def principal_coordinates(values: np.ndarray, n_components: int) -> np.ndarray:
    """Compute the coordinates of galaxies along the first principal components."""
    centred = values - np.mean(values, axis=0)
    left, singular_values, _ = np.linalg.svd(centred, full_matrices=False)
    return (left * singular_values)[:, :n_components]


def whiten(coordinates: np.ndarray) -> np.ndarray:
    """Divide each column by its sample standard deviation, to make all axes equally wide."""
    deviations = np.std(coordinates, axis=0, ddof=1)
    deviations[deviations == 0] = 1  # a column of zeros stays 0
    return coordinates / deviations


def first_component(features: np.ndarray, predictions: np.ndarray) -> tuple[float, float]:
    """Compare the first principal component of the features with the predictions of the network."""
    left, singular_values, _ = np.linalg.svd(features - np.mean(features, axis=0), full_matrices=False)
    variances = singular_values**2  # times n − 1; this factor cancels
    # U is enough: multiplying a column by its singular value doesn't change a correlation.
    correlation = np.corrcoef(left[:, 0], predictions)[0, 1]
    # For the shipped network, the correlation is about 0.998: galaxies differ most along the direction that the network
    # predicts. The prediction is a weighted sum of the features, and the training changed the features until this sum
    # matched the metallicity. So PC1 isn't an independent discovery; look for other properties along PC2 and PC3.
    return float(variances[0] / variances.sum()), float(abs(correlation))
