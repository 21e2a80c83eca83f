"""`lesson_problems` reports each missing, invalid or inconsistent part of a lesson."""

import shutil
from pathlib import Path

import pytest

from galviz.course.contract import lesson_problems
from galviz.course.lesson import LESSONS_FOLDER, Lesson

ENTRY = Lesson("template", "A title", 10, 1, "A claim.", "do it")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the template, to break."""
    shutil.copytree(LESSONS_FOLDER / "template", tmp_path / "template")
    monkeypatch.setattr("galviz.course.lesson.LESSONS_FOLDER", tmp_path)
    assert lesson_problems(ENTRY) == []
    return tmp_path / "template"


@pytest.mark.parametrize(
    "name",
    ["page.py", "text.md", "questions.toml", "exercise.py", "solution.py", "test_exercise.py", "bank.py", "figure.py"],
)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    assert lesson_problems(ENTRY) == [f"{folder / name} is missing."]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("text.md", "## limits", "## limit", "template/text.md has no section '## limits'."),
        ("exercise.py", "def mean(", "def average(", "template/exercise.py has no `mean`, which template.1 asks for."),
        ("exercise.py", "def mean(", "def other() -> None:\n    pass\n\n\ndef mean(", "no task asks for `other`."),
        ("exercise.py", '"template.1"', '"template.2"', "`mean` must raise NotImplementedError('template.1')."),
        ("exercise.py", "raise NotImpl", "return NotImpl", "`mean` must raise NotImplementedError('template.1')."),
        ("solution.py", "def mean(", "def average(", "template/solution.py has no `mean` (template.1)."),
        ("test_exercise.py", "test_template_1", "test_template_2", "has no `test_template_1` (template.1)."),
        ("bank.py", '@bank.wrong("template.1", "the sum")\n', "", "has 3 wrong answers to template.1; 4 are needed."),
        ("bank.py", '@bank.right("template.1")\n', "", "has 0 right answers to template.1; 1 are needed."),
        ("questions.toml", "[[quiz]]", "[[quizz]]", "is not TOML"),
        ("questions.toml", 'text = "The answer that most people expect."', 'text = "$x^2$."', "is a formula alone"),
        ("questions.toml", "right = true", "right = false", "must have one answer that says `right = true`."),
    ],
)
def test_inconsistent_files_are_reported(folder, name, old, new, message):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    problems = lesson_problems(ENTRY)
    assert any(message in sentence for sentence in problems), problems


def test_a_missing_docstring_is_reported(folder):
    path = folder / "exercise.py"
    head, _, _ = path.read_text(encoding="utf-8").partition("def mean(")
    path.write_text(head + 'def mean(values):\n    raise NotImplementedError("template.1")\n', encoding="utf-8")
    assert lesson_problems(ENTRY) == ["template/exercise.py: `mean` needs a docstring, the text of template.1."]


def test_a_short_quiz_is_reported(folder):
    path = folder / "questions.toml"
    path.write_text(path.read_text(encoding="utf-8").rpartition("[[quiz]]")[0], encoding="utf-8")
    assert lesson_problems(ENTRY) == ["The quiz of template has 2 questions; 3 to 5 are right."]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"claim": "no stop"}, "the claim is a sentence"),
        ({"afterwards": "do it."}, "without a full stop."),
        ({"afterwards": ""}, "without a full stop."),
    ],
)
def test_invalid_manifest_entries_are_reported(folder, change, message):
    entry = Lesson(**{**ENTRY.__dict__, **change})
    (sentence,) = lesson_problems(entry)
    assert message in sentence


def test_the_folder_of_the_lessons_is_the_repositorys():
    assert Path(__file__).parents[2] / "lessons" == LESSONS_FOLDER
