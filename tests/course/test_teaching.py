"""docs/teaching.md: its plan adds up, its settings are settings, its table of files is the contract's."""

import re
import tomllib
from pathlib import Path

from galviz.course.contract import FILES
from galviz.course.limits import Limits
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.questions import read_questions
from galviz.course.settings import HOME, OPEN, RUN, SHOW, read_settings

LESSONS = load_lessons()

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")


def test_the_plan_adds_up():
    table = TEXT.partition("<!-- plan -->")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]
    titles = [title for title, _, _ in rows if not title.startswith("**")]
    assert titles == [entry.title for entry in LESSONS if entry.title in titles]
    assert len(titles) >= 12
    exercises = {entry.title: sum(task.minutes for task in read_questions(entry).tasks) for entry in LESSONS}
    minutes = {entry.title: entry.minutes for entry in LESSONS}
    total = None
    for title, page, exercise in rows:
        if title.startswith("**"):
            assert total in (None, (0, 0)), "the part before doesn't add up"
            total = (int(page.strip("*")), int(exercise.strip("*")))
            # Half a day is four hours, with a break.
            assert sum(total) <= 210
        else:
            assert (int(page), int(exercise)) == (minutes[title], exercises[title])
            total = (total[0] - int(page), total[1] - int(exercise))
    assert total == (0, 0)


def test_every_lesson_has_notes_for_instructors():
    headings = re.findall(r"^\*\*(.+?)\*\* (?:No p|P)rerequisite", TEXT, re.MULTILINE)
    titles = [title.rstrip(".") for title in headings]
    assert titles == [entry.title for entry in LESSONS if entry.title in titles]
    assert len(titles) >= 12


def test_the_example_settings_are_valid(tmp_path, monkeypatch):
    example = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1]
    (tmp_path / "course.toml").write_text(example, encoding="utf-8")
    (tmp_path / tomllib.loads(example)["survey"]).mkdir()
    monkeypatch.setenv("GALVIZ_COURSE", str(tmp_path / "course.toml"))
    monkeypatch.delenv("GALVIZ_EXERCISES", raising=False)
    settings = read_settings()
    assert settings.lessons == (find_lesson("galaxies"), find_lesson("images"), find_lesson("pca"))
    for choice in (HOME, RUN, SHOW, OPEN):
        assert f'"{choice}"' in TEXT


def test_the_files_of_a_lesson_are_those_of_the_contract():
    named = re.findall(r"^\| `([a-z_.]+)` \|", TEXT, re.MULTILINE)
    assert set(named) == set(FILES) - {"__init__.py"}


def test_the_limits_in_the_text_are_the_defaults():
    limits, text = Limits(), " ".join(TEXT.split())
    seconds = f"{limits.task_seconds:g} seconds of CPU time for each exercise, {limits.load_seconds:g} to run the file"
    assert f"with {seconds} from its top, {limits.import_seconds:g} to import packages" in text
    assert f"each may take {limits.wall_factor:g} times as long" in text
    assert f"and {limits.memory_mb / 1000:g} GB of memory beyond" in text


def test_the_readmes_first_exercise_exists():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = read_questions(LESSONS[0]).tasks[0]
    assert f"Open\n`work/{LESSONS[0].slug}.py` in an editor. Its first function, `{first.function}`," in readme
    assert f"python -m galviz check {first.id}\n" in readme
