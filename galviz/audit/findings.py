"""Findings of an audit, grouped by kind."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from galviz.survey.survey import Survey

FATAL, SUSPICIOUS = "fatal", "suspicious"
_N_EXAMPLES = 5

# Each kind of finding, in the order in which reports list them, and what to do about it.
REMEDIES = {
    "catalogue": "correct master.csv: its values are audited once it is valid",
    "missing image": "add the image, or exclude the galaxy",
    "Git LFS pointer": "run git lfs pull",
    "damaged image": "download the image again, or exclude the galaxy",
    "blank image": "download the image again, or exclude the galaxy",
    "extreme shape": "cut out the galaxy again, or exclude it",
    "unusable image": "see the sentence of each image, or exclude the galaxy",
    "probable damage": "look at the picture: if a part is shifted or has another colour, download it again",
    "flat area": "look at the picture: if a part of one colour isn't sky, download it again",
    "unusual colour": "look at the picture: if its colours or its brightness are wrong, make it again",
    "nearly blank": "look at the picture: if there is no galaxy, exclude it",
    "placeholder": "exclude these galaxies if the picture says that there is no image",
    "same image": "check which id the image belongs to; training keeps copies on one side of the split",
    "near-copy": "check whether both rows are one galaxy; training keeps copies on one side of the split",
    "off-centre": "look at the picture: if the galaxy isn't in the middle, check its coordinates",
    "label outlier": "check the value: exclude the galaxy only if it is an error, not because it is rare",
    "constant label": "check whether this is the label's column, and whether the value stands for a missing one",
    "sentinel value": "leave a cell empty if nothing was measured",
}
# Kinds of findings about values in master.csv, not about pictures.
OF_VALUES = ("label outlier", "constant label", "sentinel value")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may be wrong with a galaxy or a column.

    Attributes
    ----------
    kind : str
        A key of `REMEDIES`.
    object_id : str
        Empty if it is about a column or a whole file.
    file : str
        Path within the survey folder.
    what : str
        A clause without a full stop.
    severity : str
        ``"fatal"`` if `load_survey` refuses it, else ``"suspicious"``.

    Examples
    --------
    >>> print(Finding("off-centre", "123", "images/123.jpg", "the brightest object is 60 px from the centre"))
    images/123.jpg: the brightest object is 60 px from the centre
    """

    kind: str
    object_id: str
    file: str
    what: str
    severity: str = SUSPICIOUS

    def __str__(self) -> str:
        place = self.file if not self.object_id or self.object_id in self.file else f"{self.file}, {self.object_id}"
        return f"{place}: {self.what}"


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one kind and severity.

    Attributes
    ----------
    kind, severity : str
    findings : tuple of Finding
    """

    kind: str
    severity: str
    findings: tuple[Finding, ...]

    @property
    def examples(self) -> tuple[Finding, ...]:
        """The first five."""
        return self.findings[:_N_EXAMPLES]

    @property
    def remedy(self) -> str:
        """What to do, a clause."""
        return REMEDIES[self.kind]


@dataclass(frozen=True)
class Audit:
    """The findings of an audit.

    Attributes
    ----------
    folder : pathlib.Path
        The survey folder.
    n_galaxies : int
        Number of galaxies that were audited, including those whose image is refused; 0 if master.csv can't be read.
    details : tuple of Finding
        By kind, in the order of `REMEDIES`; within a kind in the catalogue's order.
    survey : Survey or None
        The galaxies that aren't refused; None if there are none.

    Examples
    --------
    >>> finding = Finding("blank image", "1", "images/1.jpg", "it is uniformly black", FATAL)
    >>> audit = Audit(Path("my-survey"), 2, [finding])
    >>> audit.is_fatal, audit.table["kind"].tolist(), audit.object_ids(FATAL)
    (True, ['blank image'], ['1'])
    """

    folder: Path
    n_galaxies: int
    details: Iterable[Finding]
    survey: Survey | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        order = {kind: place for place, kind in enumerate(REMEDIES)}
        details = tuple(sorted(self.details, key=lambda finding: (order[finding.kind], finding.severity)))
        object.__setattr__(self, "details", details)

    @property
    def is_fatal(self) -> bool:
        """Whether `load_survey` refuses the folder."""
        return any(finding.severity == FATAL for finding in self.details)

    @cached_property
    def groups(self) -> tuple[FindingGroup, ...]:
        """The findings by kind and severity, fatal ones first."""
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in sorted(self.details, key=lambda finding: finding.severity != FATAL):
            groups.setdefault((finding.kind, finding.severity), []).append(finding)
        return tuple(FindingGroup(*key, tuple(findings)) for key, findings in groups.items())

    @property
    def table(self) -> pd.DataFrame:
        """One row per finding; columns ``kind``, ``objID``, ``file``, ``what`` and ``severity`` (str)."""
        names = {"kind": "kind", "objID": "object_id", "file": "file", "what": "what", "severity": "severity"}
        columns = {column: [getattr(finding, name) for finding in self.details] for column, name in names.items()}
        return pd.DataFrame(columns, dtype="str")

    def object_ids(self, severity: str) -> list[str]:
        """The galaxies that have a finding of this severity, each once; without those whose row is invalid.

        `load_survey` refuses an invalid row also if its galaxy is excluded.
        """
        ids = (one.object_id for one in self.details if one.severity == severity and one.kind != "catalogue")
        return list(dict.fromkeys(filter(None, ids)))

    def exclusion(self, chosen: Iterable[str] | None = None) -> str:
        """Format a list of galaxies to exclude, which `galviz.survey.exclusion.read_exclusion` reads.

        Parameters
        ----------
        chosen : iterable of str, optional
            The ids to exclude. By default those with a fatal finding; galaxies with a suspicious one are then listed
            as comments.

        Examples
        --------
        >>> finding = Finding("off-centre", "1", "images/1.jpg", "the brightest object is far from the centre")
        >>> print(Audit(Path("my-survey"), 2, [finding]).exclusion(["1"]).splitlines()[-1])
        1  # off-centre: the brightest object is far from the centre
        """
        reasons: dict[str, Finding] = {}
        for finding in sorted(self.details, key=lambda finding: finding.severity != FATAL):
            if finding.object_id:
                reasons.setdefault(finding.object_id, finding)
        is_default = chosen is None
        excluded = set(self.object_ids(FATAL) if is_default else chosen)
        lines = ["# Galaxies to exclude: one id per line, comments after a number sign."]
        lines += [_line(object_id, reasons.get(object_id)) for object_id in reasons if object_id in excluded]
        lines += sorted(excluded - set(reasons))
        others = [f"# {_line(object_id, reasons[object_id])}" for object_id in reasons if object_id not in excluded]
        if is_default and others:
            lines += ["# Suspicious galaxies: remove the number sign before an id to exclude it too.", *others]
        return "\n".join(lines) + "\n"


def _line(object_id: str, finding: Finding | None) -> str:
    return object_id if finding is None else f"{object_id}  # {finding.kind}: {' '.join(finding.what.split())}"
