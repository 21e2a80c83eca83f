"""A missing or damaged course file is named on the page that needs it; the other pages still work."""

import os
import shutil

import pytest

from galviz.course.coursefile import CourseError, read_course_file, read_python
from galviz.course.lesson import LESSONS_FOLDER
from panels.page_loader import draw_page

PCA, HOME = "lessons/pca", "instruments/home"


def fifo(path):
    path.unlink()
    os.mkfifo(path)


def folder(path):
    path.unlink()
    path.mkdir()


DAMAGE = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b"\n"),
    "folder": folder,
    "fifo": fifo,
    "utf-16": lambda path: path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16"),
    "null": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
}


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """A copy of the lessons' files, to damage: what pages read is read from there."""
    copy = tmp_path / "lessons"
    shutil.copytree(LESSONS_FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("galviz.course.lesson.LESSONS_FOLDER", copy)
    monkeypatch.setattr("panels.glossary.GLOSSARY_FILE", copy / "glossary.md")
    monkeypatch.setattr("panels.page_loader.LESSONS_FOLDER", copy)
    return copy


def error_message(app):
    """Message of a page that explains an error; it has no traceback and shows nothing of the page it replaces."""
    assert not app.exception
    assert [title.value for title in app.title] == ["A file that galviz needs can't be read"]
    (error,) = app.error
    return error.value


# Reading


@pytest.mark.parametrize("kind", DAMAGE)
def test_an_unreadable_file_is_named(tmp_path, kind):
    path = tmp_path / "text.md"
    path.write_text("## é\n\ntext", encoding="utf-8-sig")
    assert read_course_file(path) == "## é\n\ntext"
    DAMAGE[kind](path)
    with pytest.raises(CourseError, match=r"text\.md .*; .*docs/teaching\.md"):
        read_course_file(path)


@pytest.mark.parametrize("text", ["def f(:", "(" * 10_000, "x = '", "-" * 200_000 + "1"])
def test_invalid_python_is_explained(tmp_path, text):
    path = tmp_path / "exercise.py"
    path.write_text(text)
    with pytest.raises(CourseError, match=r"exercise\.py isn't valid Python"):
        read_python(path)


def test_the_message_about_a_shipped_file_has_the_command_that_restores_it():
    with pytest.raises(CourseError, match=r"restore it with `git checkout -- lessons/pca/nothing\.md`"):
        read_course_file(LESSONS_FOLDER / "pca" / "nothing.md")


# Pages


def test_a_damaged_file_is_explained_and_closes_no_other_page(run_app, lessons):
    files = [lessons / "pca" / name for name in ("text.md", "exercise.py", "figure.py", "questions.toml", "page.py")]
    contents = [file.read_bytes() for file in files]
    app, exercises = run_app(page=f"{lessons}/pca"), run_app(page=f"{lessons}/pca", step="exercises")
    for file, content in zip(files, contents, strict=True):
        DAMAGE["utf-16"](file)
        page = exercises if file.name == "exercise.py" else app
        assert f"{file} is not UTF-8 text" in error_message(page.run())
        file.write_bytes(content)
    for file in files:
        DAMAGE["utf-16"](file)
    for page, title in (("lessons/hooks", "Hooks"), (HOME, "What has a neural network learnt about galaxies?")):
        app = run_app(page=page.replace("lessons", str(lessons)))
        assert not app.exception
        assert not app.error
        assert [element.value for element in app.title] == [title]


# Each with the step of the page that is opened.
INCOMPLETE = [
    ("text.md", "## idea", "## ideas", "1", "has no text in a section '## idea'"),
    ("text.md", "## limits", "## limit", "3", "has no text in a section '## limits'"),
    ("exercise.py", "def centre(", "def center(", "exercises", "has no function 'centre'"),
    ("exercise.py", "def centre(", "centre = 1\n\n\ndef center(", "exercises", "has no function 'centre'"),
    ("exercise.py", '    """', '    f"""', "exercises", "has no docstring in 'centre'"),
    ("figure.py", "import", "imp ort", "1", "figure.py isn't valid Python"),
    ("page.py", "    show_lesson(", "    print(", "1", "has no function `page` that calls `show_lesson`"),
    ("page.py", "def page(", "def pages(", "1", "has no function `page` that calls `show_lesson`"),
    ("page.py", "def _show_cloud(", "def _show_clout(", "1", "is incomplete or wrong in line"),
    ("page.py", "st.metric(", "st.metric(undefined, ", "1", "is incomplete or wrong in line"),
    ("page.py", "st.metric(", "st.metre(", "1", "is incomplete or wrong in line"),
    ("page.py", "lessons.pca.by_hand", "lessons.pca.by_foot", "1", "can't be imported: No module named"),
    ("page.py", "import pca_by_svd", "import pca_by_sad", "1", "can't be imported: cannot import name"),
]


def test_an_incomplete_file_is_explained(run_app, lessons):
    apps = {step: run_app(page=f"{lessons}/pca", step=step) for step in ("1", "3", "exercises")}
    assert not any(app.error for app in apps.values())
    for name, old, new, step, message in INCOMPLETE:
        file = lessons / "pca" / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert message in error_message(apps[step].run())
        file.write_text(text, encoding="utf-8")
    assert not any(app.run().error for app in apps.values())


def test_an_error_in_a_page_s_computation_is_not_explained_as_damage(tmp_path):
    page = tmp_path / "page.py"
    page.write_text("def page():\n    None.values\n")
    with pytest.raises(AttributeError, match="values"):
        draw_page(page)


def test_a_missing_page_leaves_the_others_as_they_are(run_app, lessons):
    (lessons / "pca" / "page.py").unlink()
    app = run_app(page=HOME)
    assert not app.exception
    assert "7. Principal components" not in [link.proto.label for link in app.get("page_link")]
    missing = f"(not available: {lessons / 'pca' / 'page.py'} is missing)"
    assert f"7. Principal components {missing}" in [caption.value for caption in app.caption]
    app = run_app(page=f"{lessons}/hooks", step="quiz")
    assert not app.exception
    assert f"Next: Principal components {missing}" in [caption.value for caption in app.caption]


def test_without_a_glossary_lessons_are_shown_without_links(run_app, lessons):
    glossary = lessons / "glossary.md"
    content, app = glossary.read_bytes(), run_app(page=f"{lessons}/pca", step=3)
    for kind in ("missing", "utf-16", "empty"):
        DAMAGE[kind](glossary)
        app.run()
        assert not app.exception
        assert not app.error
        assert "glossary" in app.warning[0].value
        assert "Limitations" in [header.value for header in app.subheader]
        glossary.write_bytes(content)
        assert not app.run().warning
    DAMAGE["missing"](glossary)
    assert "glossary.md" in error_message(app.switch_page("instruments/glossary/page.py").run())
