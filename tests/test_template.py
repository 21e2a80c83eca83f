"""A lesson begun from the template: complete as it is, and everywhere in the course once the manifest has it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from galviz.course.contract import breaches
from galviz.course.lesson import Lesson
from galviz.course.template import copy_template, manifest_entry

ROOT = Path(__file__).parents[1]
SLUG = "lesson_of_a_test"  # which nobody's lesson has
ENTRY = Lesson("template", "A title", 10, 1, "A claim.", "do it")


def test_the_template_is_complete():
    assert breaches(ENTRY, set()) == []


@pytest.mark.parametrize(
    ("slug", "title", "said"),
    [
        ("Dust", "What dust does", "NAME must be a word of small letters"),
        ("what-dust", "What dust does", "NAME must be a word of small letters"),
        ("../dust", "What dust does", "NAME must be a word of small letters"),
        ("", "What dust does", "NAME must be a word of small letters"),
        ("template", "What dust does", "is taken"),
        ("hooks", "What dust does", "is taken"),
        ("glossary", "What dust does", "is taken"),
        (SLUG, "  ", "TITLE must be a line of text"),
        (SLUG, "one\ntwo", "TITLE must be a line of text"),
    ],
)
def test_a_name_that_can_t_be_one_is_refused(slug, title, said):
    with pytest.raises(ValueError, match=said):
        copy_template(slug, title, {"hooks"})
    assert not (ROOT / "lessons" / SLUG).exists()


def test_an_entry_is_python_whatever_the_title():
    title = 'What\'s "dust" to µ Cep?'
    (made,) = eval(f"({manifest_entry(SLUG, title).strip()})", {"Lesson": Lesson})
    assert (made.slug, made.title) == (SLUG, title)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the course with a lesson of one's own: begun by the command, its entry put into the manifest."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("galviz", "lessons", "panels", "instruments", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml", "README.md", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "data").symlink_to(ROOT / "data")
    said = run(folder, "-m", "galviz", "new-lesson", SLUG, "What dust does").stdout
    entry = said[said.index("    Lesson(") : said.index("    ),") + len("    ),")]
    manifest = folder / "lessons" / "__init__.py"
    text = manifest.read_text(encoding="utf-8")
    assert text.count("\n)\n") == 1
    manifest.write_text(text.replace("\n)\n", f"\n{entry}\n)\n"), encoding="utf-8")
    return folder


def run(folder, *arguments, status=0):
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.mark.full
def test_it_is_checked(project):
    run(project, "-m", "galviz", "start", SLUG)
    found = json.loads(run(project, "-m", "galviz", "check", SLUG, "--json", status=1).stdout)
    assert [(task["id"], task["state"]) for task in found["tasks"]] == [(f"{SLUG}.1", "not yet")]
    shutil.copy(project / "lessons" / SLUG / "solution.py", project / "work" / f"{SLUG}.py")
    assert re.search(rf"{SLUG}\.1 +passed", run(project, "-m", "galviz", "check", SLUG).stdout)


def test_it_keeps_the_contract(project):
    done = run(project, "-m", "pytest", "-q", "tests/test_exercises.py", "-k", SLUG, "-p", "no:cacheprovider")
    assert " passed" in done.stdout
    assert "failed" not in done.stdout


@pytest.mark.full
def test_it_is_a_notebook(project):
    done = run(project, "-m", "galviz", "notebooks", SLUG)
    notebook = json.loads((project / done.stdout.splitlines()[0]).read_text(encoding="utf-8"))
    assert any("What dust does" in "".join(cell["source"]) for cell in notebook["cells"])


def test_it_is_in_the_app(project):
    script = (
        "import sys\nfrom pathlib import Path\nsys.argv = ['app.py']\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file(Path('app.py').absolute(), default_timeout=60).run()\n"
        "assert not app.exception, app.exception\n"
        "print([link.proto.label for link in app.get('page_link')])\n"
        f"app.switch_page('lessons/{SLUG}/page.py').run()\n"
        "assert not app.exception, app.exception\n"
        "assert not app.error, app.error\n"
        "print(app.title[0].value, [header.value for header in app.header])\n"
    )
    said = run(project, "-c", script).stdout
    assert "What dust does" in said.splitlines()[0]
    assert said.splitlines()[1].startswith("What dust does ['Try it yourself', 'Limitations', 'Exercises', 'Quiz'")
