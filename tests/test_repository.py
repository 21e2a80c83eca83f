"""The repository itself: the README's commands, the requirements, and what may not be in a tracked file."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from galviz.course.manifest import load_lessons

LESSONS = load_lessons()

ROOT = Path(__file__).parents[1]
LARGEST_TREE_BYTES = 67_000_000
# The distribution of each package whose import name differs.
DISTRIBUTIONS = {
    "lazy_loader": "lazy-loader",
    "markdown_it": "markdown-it-py",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
}
# Imported lazily, where an extra brings it.
OF_EXTRAS = {
    *("umap-learn", "nbformat", "timm", "astropy", "h5py", "astroquery", "requests", "urllib3"),
    *("photutils", "scikit-image"),
}
OWN_PACKAGES = {"galviz", "lessons", "panels", "instruments", "app"}


def tracked_files():
    """What git tracks or would track; in a copy without git, everything but the usual folders of tools."""
    git = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if (ROOT / ".git").exists():
        names = subprocess.run(git, capture_output=True, check=True).stdout.decode().split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    hidden = {".git", ".venv", ".venv-light", "output", "build", "__pycache__", ".pytest_cache", ".ruff_cache"}
    return [
        file
        for file in ROOT.rglob("*")
        if file.is_file() and not hidden & set(file.relative_to(ROOT).parts) and ".egg-info" not in str(file)
    ]


def text_files():
    """Path and bytes of each tracked file that is text."""
    contents = ((file, file.read_bytes()) for file in tracked_files())
    return [(file.relative_to(ROOT).as_posix(), content) for file, content in contents if b"\0" not in content]


def readme_commands(name):
    """The Unix and the Windows line that follow a marker in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    after = readme.partition(f"<!-- command: {name} -->")[2]
    blocks = re.findall(r"```(bash|powershell)\n(.*?)```", after, flags=re.DOTALL)[:2]
    assert [language for language, _ in blocks] == ["bash", "powershell"]
    return [block.rstrip("\n") for _, block in blocks]


@pytest.mark.parametrize(
    ("name", "install", "run"),
    [
        ("app", "-r requirements.txt", "-m streamlit run app.py"),
        ("tests", '-e ".[test]"', "-m pytest -n auto --maxprocesses 4 --dist worksteal"),
    ],
)
def test_readme_commands_are_one_line_each_and_agree(name, install, run):
    unix, windows = readme_commands(name)
    python = ".venv/bin/python"
    assert unix == f"python3 -m venv .venv && {python} -m pip install {install} && {python} {run}"
    assert windows == unix.replace("python3", "py").replace(" && ", "; ").replace(python, r".venv\Scripts\python")


def test_readme_names_only_files_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", readme)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_texts_name_only_tests_and_modules_that_exist():
    """Headers of the lessons' files name the tests of their numbers; docs/architecture.md names modules."""
    named = [
        f"{name}: {path}"
        for name, content in text_files()
        if not name.startswith("tests/")
        for path in re.findall(r"(?:tests|lessons)/[\w/]+\.py", content.decode())
        if not (ROOT / path).exists()
    ]
    assert named == []
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Where is")[2]
    cells = re.findall(r"\| ([`\w/., ]+\.py[`\w/., ]*) \|", table)
    assert len(cells) > 8
    for cell in cells:
        first, *others = re.findall(r"[\w/]+\.py", cell)
        paths = [first, *(f"{first.rpartition('/')[0]}/{other}" for other in others)]
        assert [path for path in paths if not any((ROOT / place / path).exists() for place in ("galviz", ""))] == []


@pytest.mark.parametrize("slug", [lesson.slug for lesson in LESSONS])
def test_where_numbers_are_checked_the_lesson_is_named(slug):
    for name in ("text.md", "questions.toml"):
        begin = (ROOT / "lessons" / slug / name).read_text(encoding="utf-8")[:300]
        for path in re.findall(r"tests/\w+\.py", begin):
            assert f'"{slug}"' in (ROOT / path).read_text(encoding="utf-8"), f"{path} does not mention {slug}"


def test_readme_lists_the_lessons_in_their_order():
    """Those that come with galviz; a lesson of one's own needs no line there."""
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    listed = readme.partition("Thirteen lessons lead up to it and beyond: ")[2].partition(". A lesson goes")[0]
    titles = listed.replace(" and *", ", *").replace("*", "").split(", ")
    assert len(titles) == 13
    assert titles == [lesson.title for lesson in LESSONS if lesson.title in titles]


def test_ci_finds_the_readme_command():
    """The awk line of .ci/run and this file read the same command."""
    if sys.platform == "win32":
        return
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    line = next(line for line in script.splitlines() if line.startswith("command="))
    process = subprocess.run(
        ["bash", "-c", f'{line}; echo "$command"'], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert process.stdout.strip() == readme_commands("tests")[0]


def requirement_names():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[<>=!~\[; ]", line)[0] for line in lines if line and not line.startswith("#")}


def test_requirements_hold_what_the_app_imports():
    sources = [ROOT / "app.py"]
    for area in sorted(OWN_PACKAGES - {"app"}):
        sources += sorted((ROOT / area).rglob("*.py"))
    imported = set()
    for source in sources:
        shown = source.name in ("analysis.py", "bank.py", "conftest.py", "figure.py") or source.name.startswith("test_")
        if "simulate" in source.relative_to(ROOT).parts or shown:
            continue  # the simulator has an extra of its own; the others the app only shows, if at all
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(node.module.split(".")[0])
    needed = {DISTRIBUTIONS.get(name, name) for name in imported - set(sys.stdlib_module_names) - OWN_PACKAGES}
    needed -= OF_EXTRAS
    assert needed <= requirement_names(), f"not in requirements.txt: {needed - requirement_names()}"
    assert requirement_names() == needed


def test_each_requirement_has_a_lower_bound_and_no_upper():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[a-z0-9-]+>=\d+(\.\d+)*", line) for line in lines if not line.startswith("#"))


def test_the_test_extra_brings_the_simulator():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "galviz[simulate]" in project["optional-dependencies"]["test"]
    assert project["requires-python"] == ">=3.11"


def test_tracked_tree_is_small():
    assert sum(file.stat().st_size for file in tracked_files()) <= LARGEST_TREE_BYTES


def test_no_file_names_a_path_of_this_machine_or_a_registry_host():
    # Put together here, so that this file does not name them itself.
    folders = ["/".join(["", *parts]) for parts in (("work", ""), ("root", ""), ("opt", "wheels"), ("opt", "pypi"))]
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"))]
    machine = [str(path) for path in (ROOT, Path.home()) if len(path.parts) > 2]
    named = [
        f"{name} names {forbidden}"
        for name, content in text_files()
        for forbidden in (*folders, *hosts, *machine)
        if forbidden.encode() in content
    ]
    assert named == []


def test_text_is_utf8_with_unix_line_ends():
    for name, content in text_files():
        content.decode("utf-8")
        assert b"\r" not in content, f"{name} has carriage returns"
        assert not content or content.endswith(b"\n"), f"{name} doesn't end with a line end"


def test_no_page_makes_its_own_html():
    name = "_".join(["unsafe", "allow", "html"])
    assert [file for file, content in text_files() if file.endswith(".py") and name.encode() in content] == []
