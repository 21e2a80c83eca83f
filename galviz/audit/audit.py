"""Audit a survey: refused images, suspicious pictures, copies and values."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image

from galviz.audit.catalogue import catalogue_findings
from galviz.audit.copies import copy_findings
from galviz.audit.findings import FATAL, OF_VALUES, REMEDIES, SUSPICIOUS, Audit, Finding
from galviz.audit.pictures import colour_findings, picture_findings, redness
from galviz.survey.cutouts import is_grey
from galviz.survey.duplicates import identify_galaxies
from galviz.survey.image_folder import IMAGES_NAME, ImageFolder
from galviz.survey.problem import Kind, Problem
from galviz.survey.survey import Survey, SurveyError, load_images, load_survey, mock_survey_folder
from galviz.survey.table import CATALOGUE_NAME

Progress = Callable[[int, int], object]


def audit_folder(
    folder: str | os.PathLike[str] | None = None,
    label: str | None = None,
    *,
    exclude: Sequence[str] = (),
    progress: Progress | None = None,
) -> Audit:
    r"""Audit a survey folder, also if `load_survey` refuses some of its images.

    Parameters
    ----------
    folder, label, exclude
        See `galviz.survey.survey.load_survey`. Excluded galaxies aren't audited.
    progress : callable, optional
        Called as ``progress(done, total)``; each image counts twice, when it is validated and when it is audited. An
        exception that it raises cancels the audit.

    Returns
    -------
    Audit
        If master.csv has invalid rows, its values aren't audited; if it can't be read, its problems are the only
        findings.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "master.csv").write_text("objID,oh_p50\n1,8.5\n")
    ...     Path(folder, "images").mkdir()
    ...     Image.new("RGB", (1, 3000)).save(Path(folder, "images", "1.png"))
    ...     audit = audit_folder(folder)
    >>> print(audit.groups[0].kind, audit.groups[0].remedy, sep=": ")
    extreme shape: cut out the galaxy again, or exclude it
    """
    validated = None if progress is None else lambda done, total: progress(done, 2 * total)
    refused: tuple[Problem, ...] = ()
    survey = None
    try:
        # The images' pixels are audited as the files have them: damage shows along the blocks of a JPEG.
        survey = load_survey(folder, label, exclude=exclude, progress=validated)
    except SurveyError as error:
        refused = error.details
    root = mock_survey_folder() if folder is None else Path(folder)
    if survey is None:
        survey = _load_others(root, label, exclude, refused)
    findings = [_refusal(problem) for problem in refused]
    of_catalogue = [problem for problem in refused if not _is_of_image(problem)]
    broken = {problem.object_id for problem in refused if _is_of_image(problem)}
    if survey is None:
        return Audit(root.absolute(), 0 if of_catalogue else len(broken), findings)
    audited = audit_survey(survey, progress=_second_half(progress))
    return Audit(audited.folder, audited.n_galaxies + len(broken), [*findings, *audited.details], survey)


def _load_others(root: Path, label: str | None, exclude: Sequence[str], refused: Sequence[Problem]) -> Survey | None:
    """The galaxies whose image isn't refused; if rows of master.csv are, only their images. None if that can't be."""
    broken = dict.fromkeys(problem.object_id for problem in refused if _is_of_image(problem))
    left_out = [*exclude, *broken]
    if not all(broken):  # for example, there is no folder of images
        return None
    with suppress(SurveyError):  # no galaxy is left, or the ids can't be read
        if all(_is_of_image(problem) for problem in refused):
            return load_survey(root, label, exclude=left_out, verify=False)
        return load_images(root, exclude=left_out)
    return None


def audit_survey(survey: Survey, *, progress: Progress | None = None) -> Audit:
    """Audit the galaxies of a survey that could be loaded.

    Parameters
    ----------
    survey : Survey
        With a `scale` of 1, so that damage to JPEGs can be detected.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of images. An exception that it raises cancels the audit.

    Returns
    -------
    Audit
        All of its findings are suspicious, unless an image was refused only now.

    Examples
    --------
    >>> survey = load_survey()
    >>> first_two = load_survey(exclude=survey.object_ids[2:])
    >>> audit_survey(first_two).details
    ()
    """
    object_ids = survey.object_ids
    names = ImageFolder(survey.folder / IMAGES_NAME, object_ids)
    files = {object_id: f"{IMAGES_NAME}/{names.name_for(object_id)}" for object_id in object_ids}
    usual_px = _usual_size(survey)
    findings: list[Finding] = []
    audited: set[int] = set()
    reds: dict[str, float | None] = {}

    def read(position: int) -> Image.Image:
        """Read an image for the comparison; the first time, its own findings are collected."""
        object_id = object_ids[position]
        image = survey.image(object_id)
        if position not in audited:
            audited.add(position)
            reds[object_id] = None if is_grey(image) else redness(image)
            for kind, what in picture_findings(image, usual_px):
                findings.append(Finding(kind, object_id, files[object_id], what))
            if progress is not None:
                progress(len(audited), len(object_ids))
        return image

    identities = identify_galaxies(object_ids, read)
    findings += [
        Finding("unusual colour", object_id, files.get(object_id, f"{IMAGES_NAME}/"), what)
        for object_id, what in colour_findings(reds)
    ]
    for kind, object_id, what in [*copy_findings(object_ids, identities), *catalogue_findings(survey)]:
        is_of_image = kind not in OF_VALUES
        findings.append(Finding(kind, object_id, files[object_id] if is_of_image else CATALOGUE_NAME, what, SUSPICIOUS))
    return Audit(survey.folder, len(object_ids), findings, survey)


def _second_half(progress: Progress | None) -> Progress | None:
    return None if progress is None else lambda done, total: progress(total + done, 2 * total)


def _is_of_image(problem: Problem) -> bool:
    return problem.file.startswith(f"{IMAGES_NAME}/")


def _refusal(problem: Problem) -> Finding:
    """Convert a problem that `load_survey` reports."""
    what = f"{problem.problem}; {problem.remedy}"
    if problem.row is not None and not _is_of_image(problem):
        what = f"row {problem.row}: {what}"
    kind = problem.kind if problem.kind in REMEDIES else Kind.UNUSABLE_IMAGE
    return Finding(str(kind) if _is_of_image(problem) else "catalogue", problem.object_id, problem.file, what, FATAL)


def _usual_size(survey: Survey) -> tuple[int, int] | None:
    """The size of most images; None if there is none."""
    size_px, count = next(iter(survey.image_sizes.items()))
    return size_px if 2 * count > len(survey.object_ids) else None
