"""The report of a project: text, figure, intervals, rubric and provenance on one page without other files."""

import base64
from pathlib import Path

from jinja2 import Environment
from markdown_it import MarkdownIt

from galviz.course.project import (
    ANALYSIS_NAME,
    REPORT_NAME,
    RUBRIC_NAME,
    TEMPLATE_FOLDER,
    Project,
    missing_parts,
)
from galviz.files.writing import write_text

_NOT_PROVENANCE = {"table", "quantity", "n_galaxies"}


def write_report(project: Project) -> Path:
    """Write the report of a project into its folder.

    A project that isn't complete gives a draft, which lists what is missing.

    Returns
    -------
    pathlib.Path
        The report; an existing one is replaced.

    Raises
    ------
    OSError
        If the rubric can't be read or the report can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from galviz.course.project import create_project, read_project
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_project(Path(folder) / "project")
    ...     "Draft" in write_report(read_project(Path(folder) / "project")).read_text(encoding="utf-8")
    True
    """
    # HTML in the text is shown as text: the report may be opened by somebody else.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    _, _, rubric = (project.folder / RUBRIC_NAME).read_text(encoding="utf-8").partition("\n")
    results = project.results
    html = Environment(autoescape=True).from_string((TEMPLATE_FOLDER / REPORT_NAME).read_text(encoding="utf-8"))
    text = html.render(
        title=project.title,
        missing=missing_parts(project),
        sections=[(heading, markdown.render(body)) for heading, body in project.sections.items()],
        results=results,
        rows=[_format_row(row) for row in results["table"]] if results else [],
        figure=base64.b64encode(project.figure).decode() if project.figure else "",
        rubric=markdown.render(rubric),
        analysis_name=ANALYSIS_NAME,
        analysis=project.analysis,
        provenance=[(name, value) for name, value in (results or {}).items() if name not in _NOT_PROVENANCE],
    )
    path = project.folder / REPORT_NAME
    write_text(path, text + "\n")
    return path


def _format_row(row: dict) -> dict[str, str]:
    """Format a row of the results for a reader."""
    difference, verdict = "–", "–"
    if row["difference"] is not None:
        low, high = row["difference_low"], row["difference_high"]
        difference = _format_interval(row["difference"], low, high)
        verdict = "includes 0" if low <= 0 <= high else "excludes 0"
    return {
        "name": str(row["representation"]),
        "r2": _format_interval(row["r2"], row["low"], row["high"]),
        "difference": difference,
        "verdict": verdict,
    }


def _format_interval(value: float | None, low: float | None, high: float | None) -> str:
    if None in (value, low, high):
        return "–"
    return f"{value:.2f} ({low:.2f} to {high:.2f})".replace("-", "−")
