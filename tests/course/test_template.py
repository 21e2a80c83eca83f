"""A new lesson from the template is complete, and part of the course once it is in the manifest."""

import ast
import json
import random
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from galviz.course.contract import lesson_problems
from galviz.course.lesson import Lesson
from galviz.course.template import copy_template, manifest_entry

ROOT = Path(__file__).parents[2]
SLUG = "lesson_of_a_test"  # no lesson has this name
ENTRY = Lesson("template", "A title", 10, 1, "A claim.", "do it")


def test_the_template_is_complete():
    assert lesson_problems(ENTRY) == []


@pytest.mark.parametrize(
    ("slug", "title", "message"),
    [
        ("Dust", "What dust does", "NAME must be a word of small letters"),
        ("what-dust", "What dust does", "NAME must be a word of small letters"),
        ("../dust", "What dust does", "NAME must be a word of small letters"),
        ("", "What dust does", "NAME must be a word of small letters"),
        ("template", "What dust does", "is taken"),
        ("hooks", "What dust does", "is taken"),
        ("glossary", "What dust does", "is taken"),
        ("con", "What dust does", "is taken"),
        (SLUG, "  ", "TITLE must be a line of text"),
        ("class", "What dust does", "NAME must be a word of small letters"),
        *(
            (SLUG, title, "TITLE must be a line of text")
            for title in ("one\ntwo", "a\tb", "\0", "a\x7f", "\u2028", "\ud800")
        ),
    ],
)
def test_invalid_names_and_titles_are_refused(slug, title, message):
    with pytest.raises(ValueError, match=message):
        copy_template(slug, title, {"hooks"})
    assert not (ROOT / "lessons" / SLUG).exists()


def test_a_manifest_entry_with_any_title_is_valid_toml():
    title = 'What\'s "dust" to µ Cep?'
    (entry,) = tomllib.loads(manifest_entry(SLUG, title))["lesson"]
    assert (entry["slug"], entry["title"]) == (SLUG, title)


def titles():
    """Titles that are hard to quote in Python, and random printable ones."""
    yield from (
        "a'b",
        'a"b',
        'a""" + b',
        "a\\",
        "a\\\\",
        "\\N{x}",
        "\\x",
        "{0} {title} %s %",
        "#",
        "Σ₂ 𝛼 🌌 👩‍🚀 e\u0301",
        "a\u00a0b",
        '"',
    )
    characters = random.Random(7)
    for _ in range(30):
        title = "".join(chr(characters.randrange(0x11000)) for _ in range(5))
        title = "".join(character for character in title if character.isprintable())
        yield title + "".join(characters.choices("ab'\"\\ {}%\N{SNOWMAN}", k=5)) + "a"


def test_a_lesson_with_any_title_is_valid_python(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "lessons" / "template", tmp_path / "template")
    monkeypatch.setattr("galviz.course.template.LESSONS_FOLDER", tmp_path)
    for title in titles():
        folder = copy_template(SLUG, title, set())
        for path in folder.glob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if path.name == "__init__.py":
                assert ast.get_docstring(tree, clean=False) == f"The lesson '{title}'."
        (entry,) = tomllib.loads(manifest_entry(SLUG, title))["lesson"]
        assert entry["title"] == title
        shutil.rmtree(folder)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_copy_that_ends_early_leaves_no_files(tmp_path, monkeypatch, error):
    shutil.copytree(ROOT / "lessons" / "template", tmp_path / "template")
    monkeypatch.setattr("galviz.course.template.LESSONS_FOLDER", tmp_path)

    def full(path, text):
        if path.name == "page.py":
            raise error
        path.write_text(text, encoding="utf-8")

    monkeypatch.setattr("galviz.course.template.write_text", full)
    with pytest.raises(type(error)):
        copy_template(SLUG, "Dust", set())
    assert [path.name for path in tmp_path.iterdir()] == ["template"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the course with a lesson of one's own: begun by the command, its entry put into the manifest."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("galviz", "lessons", "panels", "instruments", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml", "README.md", "requirements.txt"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "data").symlink_to(ROOT / "data")
    output = run(folder, "-m", "galviz", "new-lesson", SLUG, "What dust does").stdout
    entry = output[output.index("[[lesson]]") : output.index("\n\nThen edit")]
    with (folder / "lessons" / "manifest.toml").open("a", encoding="utf-8") as manifest:
        manifest.write(f"\n{entry}\n")
    return folder


def run(folder, *arguments, status=0):
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.mark.full
def test_a_new_lesson_is_checked(project):
    run(project, "-m", "galviz", "start", SLUG)
    result = json.loads(run(project, "-m", "galviz", "check", SLUG, "--json", status=1).stdout)
    assert [(task["id"], task["state"]) for task in result["tasks"]] == [(f"{SLUG}.1", "not yet")]
    shutil.copy(project / "lessons" / SLUG / "solution.py", project / "work" / f"{SLUG}.py")
    assert re.search(rf"{SLUG}\.1 +passed", run(project, "-m", "galviz", "check", SLUG).stdout)


@pytest.mark.slow
def test_a_new_lesson_keeps_the_contract(project):
    done = run(project, "-m", "pytest", "-q", "tests/course/test_exercises.py", "-k", SLUG, "-p", "no:cacheprovider")
    assert " passed" in done.stdout
    assert "failed" not in done.stdout


@pytest.mark.full
def test_a_new_lesson_becomes_a_notebook(project):
    done = run(project, "-m", "galviz", "notebooks", SLUG)
    notebook = json.loads((project / done.stdout.splitlines()[0]).read_text(encoding="utf-8"))
    assert any("What dust does" in "".join(cell["source"]) for cell in notebook["cells"])


@pytest.mark.slow
def test_a_new_lesson_is_in_the_app(project):
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
    labels, headers = run(project, "-c", script).stdout.splitlines()
    assert "What dust does" in labels
    assert headers == "What dust does ['One idea']"
