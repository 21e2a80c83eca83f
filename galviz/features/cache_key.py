"""The key under which features are cached: their origin, which is everything that determines their values."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass

from galviz.network.card import ModelCard

# The version of the code from an image file to a row of features: decoding, cropping, normalising, pooling. Raise it
# with any change after which `extract` returns other values; tests/features/test_cache_key.py fails then.
COMPUTATION = "1"
# Its value for features computed by another program.
IMPORTED = "imported"
# The key in a provenance for hooks that changed the network's output.
HOOKS = "changed_by_hooks"


@dataclass(frozen=True)
class Origin:
    """What features were computed from. Equal origins mean equal values, up to float rounding.

    Attributes
    ----------
    survey_sha256 : str
        Checksum of the catalogue and all images, at the scale at which images are read.
    card_sha256 : str
        Checksum of the content of the model card.
    weights_sha256 : str
        Checksum of the weights.
    precision : str
        ``"float32"`` or ``"bfloat16"``.
    computation : str
        `COMPUTATION` of the galviz that computed them; empty in files of earlier versions.
    changed_by_hooks : str
        What changed the network's output during the pass; usually empty.

    Examples
    --------
    >>> origin = Origin("5b1e", "c0de", "77a0")
    >>> origin.difference(Origin("5b1e", "c0de", "9999"))
    'weights_sha256'
    """

    survey_sha256: str
    card_sha256: str
    weights_sha256: str
    precision: str = "float32"
    computation: str = COMPUTATION
    changed_by_hooks: str = ""

    @classmethod
    def expected(cls, survey_sha256: str, card: ModelCard, *, precision: str = "float32") -> "Origin":
        """The origin of features that this version would compute for a survey with the network of a card."""
        return cls(survey_sha256, card.sha256, card.weights_sha256, precision)

    @classmethod
    def recorded(cls, provenance: Mapping[str, str]) -> "Origin":
        """The origin in a provenance; missing entries are empty, and so differ from any expected origin."""
        return cls(**{name: provenance.get(name, "") for name in cls.__dataclass_fields__})

    @property
    def key(self) -> str:
        """Checksum of all attributes, in hexadecimal, for the name of a file or cache entry."""
        return hashlib.sha256("\n".join(astuple(self)).encode()).hexdigest()

    def difference(self, other: "Origin") -> str:
        """Name of the first attribute that differs from another origin; empty if they are equal."""
        others = asdict(other)
        return next((name for name, value in asdict(self).items() if value != others[name]), "")
