"""The student's project: a folder with a text, an analysis and its results, and what is still missing in it.

project.md     the text: claim, data, method, controls, result, limitations
analysis.py    computes results.json and figure.png
rubric.md      how the report is judged
report.html    all of it on one page (`galviz.course.projectreport`)
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from galviz import __version__
from galviz.course.lesson import LESSONS_FOLDER
from galviz.course.workspace import work_folder
from galviz.files.reading import read_regular
from galviz.files.writing import temporary_name, write_text

TEMPLATE_FOLDER = LESSONS_FOLDER / "project"
TEXT_NAME, ANALYSIS_NAME, RUBRIC_NAME = "project.md", "analysis.py", "rubric.md"
RESULTS_NAME, FIGURE_NAME, REPORT_NAME = "results.json", "figure.png", "report.html"
SECTIONS = ("Claim", "Data", "Method", "Controls", "Result", "Limitations")
_TODO = "TODO"
_MIN_LIMITATIONS = 3
_MAX_BYTES = 20_000_000
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_RESULT_FIELDS = {"table": list, "quantity": str, "n_galaxies": int, "analysis_sha256": str}
_ROW_FIELDS = ("representation", "r2", "low", "high", "difference", "difference_low", "difference_high")


class ProjectError(ValueError):
    """A project's folder lacks a file, or a file can't be read; the message says which and what to do."""


@dataclass(frozen=True)
class Project:
    """A project as it was read from its folder.

    Attributes
    ----------
    folder : pathlib.Path
    title : str
    sections : dict of str to str
        Markdown text by heading, without comments, in the order of project.md.
    results : dict or None
        The content of results.json; None if the analysis hasn't been run.
    figure : bytes or None
        The content of figure.png.
    analysis : str
        The code of analysis.py.
    """

    folder: Path
    title: str
    sections: dict[str, str]
    results: dict | None
    figure: bytes | None
    analysis: str


def project_folder() -> Path:
    """Path of the student's project, whether it exists or not.

    Examples
    --------
    >>> project_folder().name
    'project'
    """
    return work_folder() / "project"


def create_project(folder: Path) -> None:
    """Copy the template to a new folder.

    Raises
    ------
    ProjectError
        If the folder exists.
    OSError
        If the files can't be written; no folder is created in part.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as parent:
    ...     create_project(Path(parent) / "project")
    ...     sorted(path.name for path in Path(parent, "project").iterdir())
    ['analysis.py', 'project.md', 'rubric.md']
    """
    if folder.exists():
        raise ProjectError(f"{folder} exists. Give another folder, or rename that one.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(folder)
    try:
        temporary.mkdir()
        for name in (TEXT_NAME, ANALYSIS_NAME, RUBRIC_NAME):
            shutil.copyfile(TEMPLATE_FOLDER / name, temporary / name)
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def run_analysis(folder: Path) -> int:
    """Run a project's analysis in a process of its own; return its exit status. It prints to the terminal.

    Raises
    ------
    ProjectError
        If there is no analysis.py.
    """
    path = folder / ANALYSIS_NAME
    if not path.is_file():
        raise ProjectError(f"There is no {ANALYSIS_NAME} in {folder}. Give the folder of a project.")
    paths = [str(LESSONS_FOLDER.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "MPLBACKEND": "Agg"}
    return subprocess.run([sys.executable, str(path.absolute())], env=environment, check=False).returncode


def save_results(
    folder: Path, table: pd.DataFrame, *, quantity: str, n_galaxies: int, **provenance: str | int | float | None
) -> None:
    """Save the results of an analysis, with the checksum of the code that computed them.

    Parameters
    ----------
    folder : pathlib.Path
        The project's folder.
    table : DataFrame
        As `galviz.analysis.claims.compare_with_controls` returns it.
    quantity : str
    n_galaxies : int
    **provenance
        What else identifies the analysis, such as the seed and checksums of survey and weights.

    Raises
    ------
    ValueError
        If the table lacks a column.
    OSError
        If the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from galviz.analysis.claims import compare_with_controls
    >>> features = np.random.default_rng(0).normal(size=(50, 2))
    >>> table = compare_with_controls(features, {"first column": features[:, :1]}, features[:, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_project(Path(folder) / "project")
    ...     save_results(Path(folder) / "project", table, quantity="width", n_galaxies=50, seed=0)
    ...     list(read_project(Path(folder) / "project").results)
    ['quantity', 'n_galaxies', 'seed', 'galviz', 'analysis_sha256', 'table']
    """
    rows = table.reset_index()
    if missing := [name for name in _ROW_FIELDS if name not in rows]:
        raise ValueError(f"table must have the column {missing[0]!r}; use the table of compare_with_controls.")
    content = {
        "quantity": quantity,
        "n_galaxies": n_galaxies,
        **provenance,
        "galviz": __version__,
        "analysis_sha256": _sha256(folder / ANALYSIS_NAME),
        "table": json.loads(rows[list(_ROW_FIELDS)].to_json(orient="records", double_precision=6)),
    }
    write_text(folder / RESULTS_NAME, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_project(folder: Path) -> Project:
    """Read a project's files.

    Raises
    ------
    ProjectError
        If project.md or analysis.py is missing, or a file is invalid.
    """
    text, analysis = _read(folder / TEXT_NAME), _read(folder / ANALYSIS_NAME)
    head, *parts = re.split(r"^## +", _COMMENT.sub("", text), flags=re.MULTILINE)
    title = next((line[2:].strip() for line in head.splitlines() if line.startswith("# ")), "")
    sections = {}
    for part in parts:
        heading, _, body = part.partition("\n")
        sections[heading.strip()] = body.strip()
    results = None
    if (folder / RESULTS_NAME).exists():
        results = _parse_results(_read(folder / RESULTS_NAME), folder / RESULTS_NAME)
    figure = (folder / FIGURE_NAME).read_bytes() if (folder / FIGURE_NAME).is_file() else None
    return Project(folder, title, sections, results, figure, analysis)


def missing_parts(project: Project) -> list[str]:
    """List what a project still lacks, one sentence per part; empty if it is complete.

    What a program can check: that each section is written, that the claim has a number, that results are those of the
    present analysis, with controls and intervals, and that there are three limitations. Whether the claim is good, it
    can't: that is what the rubric is for.
    """
    problems = []
    if not project.title or _TODO in project.title:
        problems.append("The title is missing.")
    for name in SECTIONS:
        body = project.sections.get(name, "")
        if not body or _TODO in body:
            problems.append(f"The section {name!r} isn't written yet.")
    claim = project.sections.get("Claim", "")
    if claim and _TODO not in claim and not re.search(r"\d", claim):
        problems.append("The claim has no number. State how large the effect must be for the claim to hold.")
    limitations = project.sections.get("Limitations", "")
    items = re.findall(r"^ {0,3}(?:[-*+]|\d+[.)]) +\S", limitations, re.MULTILINE)
    if limitations and _TODO not in limitations and len(items) < _MIN_LIMITATIONS:
        problems.append(f"There are {len(items)} limitations in a list. Give at least {_MIN_LIMITATIONS}.")
    if project.results is None:
        return [*problems, f"There is no {RESULTS_NAME}: run the analysis."]
    if project.results["analysis_sha256"] != _sha256(project.folder / ANALYSIS_NAME):
        problems.append(f"{ANALYSIS_NAME} has changed since the results were computed: run it again.")
    if sum(row["difference"] is not None for row in project.results["table"]) < 1:
        problems.append("The results have no control. Compare the network's features with at least one.")
    if project.figure is None:
        problems.append(f"There is no {FIGURE_NAME}: save the figure in the project's folder.")
    return problems


def _read(path: Path) -> str:
    if not path.is_file():
        raise ProjectError(f"There is no {path.name} in {path.parent}. Give the folder of a project.")
    try:
        return read_regular(path, max_bytes=_MAX_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProjectError(f"{path} can't be read: {error}.") from None


def _parse_results(text: str, path: Path) -> dict:
    remedy = "run the analysis again, which writes it"
    try:
        results = json.loads(text)
    except (ValueError, RecursionError):
        raise ProjectError(f"{path} isn't valid JSON; {remedy}.") from None
    for name, kind in _RESULT_FIELDS.items():
        if not isinstance(results, dict) or not isinstance(results.get(name), kind):
            raise ProjectError(f"{path} must have {name!r}, a {kind.__name__}; {remedy}.")
    for row in results["table"]:
        numbers = [row.get(name) for name in _ROW_FIELDS[1:]] if isinstance(row, dict) else [()]
        if not all(number is None or isinstance(number, int | float) for number in numbers):
            raise ProjectError(f"{path} has an invalid row in its table; {remedy}.")
    return results


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
