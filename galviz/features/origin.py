"""What determines the numbers in features: the one key by which computed features are found again."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass

from galviz.network.card import ModelCard

# The version of the code between an image file and a row of features: decoding, cropping, normalising, pooling. Raise
# it with any change after which `extract` returns other numbers; tests/features/test_origin.py notices one.
COMPUTATION = "1"
# The same of features that another program has computed.
IMPORTED = "imported"
# In a provenance, the hooks that changed the network's output.
HOOKS = "changed_by_hooks"


@dataclass(frozen=True)
class Origin:
    """What features were computed from, and how. Equal origins mean equal numbers, save for float rounding.

    Attributes
    ----------
    survey_sha256 : str
        Of the catalogue and every image, at the scale at which the images are read.
    card_sha256 : str
        Of everything the model card says: how images are cropped and normalised, which layers there are.
    weights_sha256 : str
        Of the weights.
    precision : str
        ``"float32"`` or ``"bfloat16"``.
    computation : str
        `COMPUTATION` of the galviz that computed them; empty for features written before it was recorded.
    changed_by_hooks : str
        What changed the network's output during the pass; usually empty.
    """

    survey_sha256: str
    card_sha256: str
    weights_sha256: str
    precision: str = "float32"
    computation: str = COMPUTATION
    changed_by_hooks: str = ""

    @classmethod
    def expected(cls, survey_sha256: str, card: ModelCard, *, precision: str = "float32") -> "Origin":
        """The origin of features that this galviz would compute for a survey with a card's network."""
        return cls(survey_sha256, card.sha256, card.weights_sha256, precision)

    @classmethod
    def recorded(cls, provenance: Mapping[str, str]) -> "Origin":
        """The origin that features carry; what they do not say is empty, and so equals no expected one."""
        return cls(**{name: provenance.get(name, "") for name in cls.__dataclass_fields__})

    @property
    def key(self) -> str:
        """A checksum of all of it, in hexadecimal: a name for a file or a cache entry."""
        return hashlib.sha256("\n".join(astuple(self)).encode()).hexdigest()

    def difference(self, other: "Origin") -> str:
        """Name the first thing that differs from another origin; empty if they are equal."""
        theirs = asdict(other)
        return next((name for name, value in asdict(self).items() if value != theirs[name]), "")
