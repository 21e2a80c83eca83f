"""The shipped galaxies of the Hubble eXtreme Deep Field, and controls: how far they lie from simulated galaxies.

The image comes with scikit-image. photutils finds its galaxies, and the shipped network computes their features.
Neither package is needed to read the file.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from galviz.analysis.novelty import Novelty, fit_novelty
from galviz.artefacts.artefact import Inputs, Progress, Provenance, WholeFileArtefact
from galviz.artefacts.serialisation import decode_arrays, encode_arrays

# Controls, in the order in which pages show them: images of held-out simulated galaxies, changed in one way each.
PETROSIAN, NOISE = "framed by size", "pure noise"
# Side of a galaxy's frame in units of its R90: the petrosian framing of `galviz.simulate.framing`.
FRAME_RADII = 4.45
_SOURCE_COLUMNS = ("x", "y", "flux", "r90", "threshold")
_SEED = 0


@dataclass(frozen=True, eq=False)
class HubbleField:
    """Sources of the deep field, features of its brightest galaxies, and controls.

    Attributes
    ----------
    sources : DataFrame
        All sources, from the brightest, as `galviz.analysis.detection.find_galaxies` gives them: ``x``, ``y`` and
        ``r90`` in pixels of the original image, ``flux`` and ``threshold``.
    chosen : ndarray of int, shape (n,)
        Rows of `sources` whose features are known: the brightest ones whose frame is within the image.
    features : ndarray of float32, shape (n, d)
        Of the network's last layer; read-only.
    predictions : ndarray of float32, shape (n,)
        In the label's unit.
    thumbnails : sequence of bytes, length n
        WebP.
    image_size : (int, int)
        Width and height of the original image.
    picture : bytes
        The image, reduced, as WebP.
    control_ids : list of str
        The held-out galaxies that were changed for the controls.
    controls : Mapping of str to DataFrame
        For each change, ``distance`` and ``predicted`` of each changed galaxy, in the order of `control_ids`.
    """

    sources: pd.DataFrame
    chosen: np.ndarray
    features: np.ndarray
    predictions: np.ndarray
    thumbnails: Sequence[bytes]
    image_size: tuple[int, int]
    picture: bytes
    control_ids: list[str]
    controls: Mapping[str, pd.DataFrame]

    def open_picture(self) -> Image.Image:
        """Decode the reduced image: RGB."""
        with Image.open(io.BytesIO(self.picture)) as image:
            return image.convert("RGB")


def split_survey(n_galaxies: int) -> tuple[np.ndarray, np.ndarray]:
    """Split the rows of a survey into two random halves: the reference, and the held-out galaxies.

    Returns
    -------
    reference, held_out : ndarray of int
        Always the same for a number of galaxies.

    Examples
    --------
    >>> reference, held_out = split_survey(5)
    >>> len(reference), len(held_out), sorted([*reference.tolist(), *held_out.tolist()])
    (2, 3, [0, 1, 2, 3, 4])
    """
    rows = np.random.default_rng(_SEED).permutation(n_galaxies)
    return rows[: n_galaxies // 2], rows[n_galaxies // 2 :]


def survey_novelty(features: np.ndarray) -> Novelty:
    """Measure distances from one half of a survey, calibrated on the other.

    Parameters
    ----------
    features : ndarray of shape (n, d)
        Of all galaxies, in the survey's order.

    Examples
    --------
    >>> survey_novelty(np.random.default_rng(0).normal(size=(40, 3))).n_reference
    20
    """
    reference, held_out = split_survey(len(features))
    return fit_novelty(features[reference], features[held_out])


class HubbleFieldArtefact(WholeFileArtefact[HubbleField]):
    """Galaxies of the deep field, with features and controls.

    Examples
    --------
    >>> field = HUBBLE_FIELD.load()
    >>> field.features.shape
    (128, 512)
    """

    name = "features/hubble-deep-field.safetensors"
    title = "The galaxies of the Hubble deep field"
    packages = ("torch", "fastai", "pillow")
    build_command = '`pip install -e ".[shift]"` and `python -m galviz build-data`'

    def make(self, inputs: Inputs, progress: Progress) -> HubbleField:
        """Find the galaxies, and compute features of them and of the controls."""
        from galviz.artefacts.hubble_making import make_field

        return make_field(inputs, progress)

    def encode(self, content: HubbleField, provenance: Provenance) -> bytes:
        """A safetensors file: numbers as float16 and float32, pictures as WebP."""
        arrays = {
            "sources": content.sources[list(_SOURCE_COLUMNS)].to_numpy(np.float32),
            "chosen": np.asarray(content.chosen, np.int32),
            "features": content.features.astype(np.float16),
            "predictions": content.predictions.astype(np.float32),
            "thumbnails": np.frombuffer(b"".join(content.thumbnails), np.uint8),
            "thumbnail_sizes": np.array([len(webp) for webp in content.thumbnails], np.int32),
            "picture": np.frombuffer(content.picture, np.uint8),
        }
        for name, table in content.controls.items():
            arrays[f"controls/{name}"] = table[["distance", "predicted"]].to_numpy(np.float32)
        metadata = {
            "image_size": content.image_size,
            "control_ids": content.control_ids,
            "controls": list(content.controls),
            **provenance.to_json(),
        }
        return encode_arrays(arrays, metadata)

    def decode(self, raw: bytes) -> tuple[HubbleField, Provenance]:
        """Parse the bytes of a file."""
        arrays, metadata = decode_arrays(raw)
        features = arrays["features"].astype(np.float32)
        features.setflags(write=False)
        ends = np.cumsum(arrays["thumbnail_sizes"])[:-1]
        field = HubbleField(
            sources=pd.DataFrame(arrays["sources"].astype(np.float64), columns=list(_SOURCE_COLUMNS)),
            chosen=arrays["chosen"],
            features=features,
            predictions=arrays["predictions"],
            thumbnails=[part.tobytes() for part in np.split(arrays["thumbnails"], ends)],
            image_size=tuple(metadata["image_size"]),
            picture=arrays["picture"].tobytes(),
            control_ids=metadata["control_ids"],
            controls={
                name: pd.DataFrame(arrays[f"controls/{name}"].astype(np.float64), columns=["distance", "predicted"])
                for name in metadata["controls"]
            },
        )
        return field, Provenance.from_json(metadata)


HUBBLE_FIELD = HubbleFieldArtefact()
