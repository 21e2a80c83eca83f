"""The course's machinery: a student's folder, their progress, the instructor's settings, `start` and `check`."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from galviz.cli import COMMANDS, main
from galviz.course.check import TaskResult, find_tasks, next_command
from galviz.course.commands import command, project_python
from galviz.course.lesson import Lesson
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.outcome import Outcome, TaskState
from galviz.course.progress import progress_path, read_progress, record
from galviz.course.questions import CourseError, read_questions
from galviz.course.settings import read_settings
from galviz.course.source import function_source, imports_source
from galviz.course.workspace import exercise_path, solution_path, start, stub_path, work_folder

LESSONS = load_lessons()

ROOT = Path(__file__).parents[2]
PCA = find_lesson("pca")


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """A student's folder of their own for each test, and no settings but the usual ones."""
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("GALVIZ_COURSE", str(tmp_path / "course.toml"))
    (tmp_path / "course.toml").write_text("")
    monkeypatch.delenv("GALVIZ_EXERCISES", raising=False)
    return tmp_path / "work"


# The student's folder


def test_the_usual_folder_is_work_and_git_ignores_it(monkeypatch):
    monkeypatch.delenv("GALVIZ_WORK")
    assert work_folder() == ROOT / "work"
    assert "work/" in (ROOT / ".gitignore").read_text().splitlines()


def test_stubs_are_copied_once_and_never_over_what_was_written(work):
    assert [(started.path, started.created) for started in start([PCA])] == [(work / "pca.py", True)]
    assert (work / "pca.py").read_bytes() == stub_path(PCA).read_bytes()
    (work / "pca.py").write_text("mine")
    assert not start([PCA])[0].created
    assert (work / "pca.py").read_text() == "mine"


def test_again_keeps_what_was_there(work):
    start([PCA])
    assert not start([PCA], again=True)[0].created  # nothing to bring back
    for number, content in ((1, "first"), (2, "second")):
        (work / "pca.py").write_text(content)
        (started,) = start([PCA], again=True)
        assert started.backup == work / f"pca-{number}.py"
    assert (work / "pca-1.py").read_text() == "first"
    assert (work / "pca-2.py").read_text() == "second"
    assert (work / "pca.py").read_bytes() == stub_path(PCA).read_bytes()


def test_a_folder_that_can_t_be_written_is_told(work, capsys):
    work.write_text("a file")
    assert main(["start", "pca"]) == 2
    assert str(work) in capsys.readouterr().err


# Progress


def test_progress_is_what_was_recorded_last(work):
    assert read_progress() == {}
    assert not work.exists()
    record({"pca.1": "failed", "pca.q1": 2})
    record({"pca.1": "passed"})
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1, "pca.q1": 2}
    record({"pca.1": "passed"})
    lines = progress_path().read_text().splitlines()
    assert [json.loads(line)["value"] for line in lines] == ["failed", 2, "passed"]


def test_what_has_passed_once_stays_passed():
    record({"pca.1": "passed"})
    record({"pca.1": "failed"})
    assert read_progress() == {"pca.1": "failed", "pca.1.passed": 1}


def test_lines_that_make_no_sense_are_passed_over(work):
    record({"pca.1": "passed"})
    with progress_path().open("ab") as file:
        file.write(
            b'{"key": "pca.2"}\n[1]\n\xff\n{"key": 3, "value": 1}\n{"key": "x", "value": [1]}\n{"key": "pca.3", "va'
        )
    record({"pca.q1": 0})
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1, "pca.q1": 0}


def test_writers_at_once_lose_nothing():
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: record({f"k{number}": number}), range(100)))
    assert read_progress() == {f"k{number}": number for number in range(100)}


# Questions


def written(tmp_path, monkeypatch, text):
    monkeypatch.setattr("galviz.course.lesson.LESSONS_FOLDER", tmp_path)
    (tmp_path / "own").mkdir(exist_ok=True)
    (tmp_path / "own" / "questions.toml").write_text(text, encoding="utf-8")
    return Lesson("own", "Own", 10, 1, "Claim.", "do it")


SOUND = (stub_path(find_lesson("pca")).parent / "questions.toml").read_text(encoding="utf-8")


def test_questions_are_read(tmp_path, monkeypatch):
    found = read_questions(written(tmp_path, monkeypatch, SOUND))
    assert [task.id for task in found.tasks] == ["own.1", "own.2", "own.3"]
    assert [task.test for task in found.tasks] == ["test_own_1", "test_own_2", "test_own_3"]
    assert {task.slug for task in found.tasks} == {"own"}
    assert [question.key for question in found.quiz] == ["own.q1", "own.q2", "own.q3", "own.q4"]
    assert found.opening.key == "own.opening"
    assert found.opening.answers[found.opening.right].right


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[opening]", "[opnening]", "unknown key 'opnening'; known are opening, quiz, tasks"),
        ('function = "centre"\n', "", "task own.1 must have a function"),
        ("minutes = 5", "minutes = '5'", "task own.1 must have a minutes"),
        ("difficulty = 1", "difficulty = 4", "difficulty of 1 to 3; got 4"),
        ("difficulty = 1", "dificulty = 1", "unknown key 'dificulty'"),
        ("right = true", "right = false", "own.opening must have one answer that says `right = true`"),
        ('text = "Three or so."', 'text = ""', "answer 2 of own.opening must have text"),
        ("[[tasks]]", "[[tasks", "is not TOML"),
        ("[opening]", "[[opening]]", r"must have an \[opening\]"),
        ("[opening]", f"deep = {'[' * 3000}{']' * 3000}\n[opening]", "is not TOML"),
    ],
)
def test_what_is_wrong_with_questions_is_told(tmp_path, monkeypatch, old, new, said):
    assert old in SOUND
    entry = written(tmp_path, monkeypatch, SOUND.replace(old, new, 1))
    with pytest.raises(CourseError, match=said) as told:
        read_questions(entry)
    assert "questions.toml" in str(told.value)


def test_missing_questions_are_told(tmp_path, monkeypatch):
    entry = written(tmp_path, monkeypatch, "")
    with pytest.raises(CourseError, match=r"questions\.toml is empty"):
        read_questions(entry)
    (entry.folder / "questions.toml").unlink()
    with pytest.raises(CourseError, match=r"questions\.toml is missing"):
        read_questions(entry)


def test_tasks_are_found_by_lesson_and_id():
    assert [task.id for _, tasks in find_tasks(LESSONS, "pca") for task in tasks] == ["pca.1", "pca.2", "pca.3"]
    assert [task.id for _, tasks in find_tasks(LESSONS, "pca.2") for task in tasks] == ["pca.2"]
    assert [entry for entry, _ in find_tasks(LESSONS)] == list(LESSONS)
    for asked in ("pca.4", "pca.", "pca.x", "pca.1.1"):
        with pytest.raises(
            ValueError, match=f"there is no exercise '{asked}'; those of the lesson pca are pca.1, pca.2"
        ):
            find_tasks(LESSONS, asked)
    with pytest.raises(ValueError, match="there is no lesson 'stars'; there are galaxies"):
        find_tasks(LESSONS, "stars")


def test_there_are_about_twenty_five_exercises():
    assert sum(len(tasks) for _, tasks in find_tasks(LESSONS)) >= 25


# Settings


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lesson = ['pca']", r"sets 'lesson', which is no setting \(is 'lessons' meant\?\)"),
        ("lessons = ['hoks']", r"names 'hoks', no lesson \(is 'hooks' meant\?\)"),
        ("lessons = []", "lessons must be a list of names"),
        ("lessons = 'pca'", "lessons must be a list of names"),
        ("solutions = 'shut'", 'solutions must be "open" or "closed"; got \'shut\''),
        ("exercises = true", 'exercises must be "home" or "run" or "show"; got True'),
        ("survey = 3", "survey must be the name of a folder"),
        ("survey = 'nowhere'", "survey names 'nowhere', and there is no folder"),
        ("lessons = [", "is not TOML"),
        (f"lessons = {'[' * 3000}{']' * 3000}", "is not TOML"),
        ("\ufeffsolutions = 'shut'", "solutions must be"),
    ],
)
def test_settings_that_can_t_be_are_told(tmp_path, capsys, text, said):
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=said) as told:
        read_settings()
    assert "course.toml" in str(told.value)
    assert main(["check"]) == 2
    assert str(told.value) in capsys.readouterr().err


def test_settings_that_are_a_fifo_are_told_at_once(tmp_path):
    (tmp_path / "course.toml").unlink(missing_ok=True)
    os.mkfifo(tmp_path / "course.toml")
    with pytest.raises(CourseError, match="is a named pipe"):
        read_settings()


def test_settings_choose_lessons_in_the_courses_order(tmp_path, capsys):
    (tmp_path / "own").mkdir()
    (tmp_path / "course.toml").write_text(
        "lessons = ['pca', 'galaxies']\nsolutions = 'closed'\nexercises = 'show'\nsurvey = 'own'\n"
    )
    found = read_settings()
    assert [entry.slug for entry in found.lessons] == ["galaxies", "pca"]
    assert (found.solutions, found.exercises, found.survey) == ("closed", "show", str(tmp_path / "own"))
    assert main(["start"]) == 0
    assert sorted(path.name for path in work_folder().iterdir()) == ["galaxies.py", "pca.py"]
    capsys.readouterr()
    assert main(["check", "hooks"]) == 2
    assert "there is no lesson 'hooks'; there are galaxies, pca" in capsys.readouterr().err
    assert main(["check", "pca.1", "--solution"]) == 1
    assert "has closed the solutions" in capsys.readouterr().err
    assert main(["notebooks", "pca", "--solved", "--out", str(tmp_path / "nb")]) == 1


def test_settings_are_the_usual_ones_without_a_file(tmp_path, monkeypatch):
    (tmp_path / "course.toml").unlink()
    with pytest.raises(CourseError, match="which GALVIZ_COURSE names, isn't there"):
        read_settings()
    monkeypatch.delenv("GALVIZ_COURSE")
    found = read_settings()
    assert found.lessons == LESSONS
    assert (found.solutions, found.exercises, found.survey) == ("open", "home", None)
    monkeypatch.setenv("GALVIZ_EXERCISES", "show")
    assert read_settings().exercises == "show"
    monkeypatch.setenv("GALVIZ_EXERCISES", "yes")
    with pytest.raises(CourseError, match="GALVIZ_EXERCISES must be home or run or show"):
        read_settings()


# start and check, from a shell


def test_start_says_what_it_did(capsys):
    assert main(["start", "pca"]) == 0
    said = capsys.readouterr().out
    assert str(exercise_path("pca")) in said
    assert "python -m galviz check pca" in said
    assert main(["start", "pca"]) == 0
    assert "exists and wasn't changed" in capsys.readouterr().out
    exercise_path("pca").write_text("mine")
    assert main(["start", "pca", "--again"]) == 0
    assert "your previous file is now pca-1.py" in capsys.readouterr().out
    assert main(["start", "stars"]) == 2


def test_check_tells_states_the_hint_and_the_next_command(capsys):
    assert main(["check", "pca"]) == 1
    said = capsys.readouterr().out
    assert said.count("not started") == 3
    assert f"-> pca.py isn't there: `{command('start pca')}` puts it into work." in said
    assert f"0 of 3 passed. Next: {command('start pca')}" in said
    assert read_progress() == {}
    start([PCA])
    solved = solution_path(PCA).read_text()
    stub = stub_path(PCA).read_text()
    wrong = solved.replace("return values - np.mean(values, axis=0)\n", "print('here')\n    return values\n", 1)
    exercise_path("pca").write_text(
        wrong.replace(function_source(solution_path(PCA), "whiten"), function_source(stub_path(PCA), "whiten"))
    )
    assert stub
    assert main(["check", "pca"]) == 1
    said = capsys.readouterr().out
    assert "pca.1         failed       Centre the features" in said
    assert "-> These are the values as they were: forgot to centre?" in said
    assert "| here" in said
    assert "pca.2         passed" in said
    assert "pca.3         not yet" in said
    assert "1 of 3 passed. Fix `centre` in" in said
    assert f"then run: {command('check pca.1')}" in said
    assert read_progress() == {"pca.1": "failed", "pca.2": "passed", "pca.2.passed": 1, "pca.3": "not yet"}
    assert main(["check", "pca.2"]) == 0
    said = capsys.readouterr().out
    assert "1 of 1 passed. Well done. Next: " in said
    assert said.endswith(" -m galviz start galaxies\n")
    (work_folder() / "progress.jsonl").unlink()
    (work_folder() / "progress.jsonl").mkdir()
    assert main(["check", "pca.2"]) == 2


def test_what_can_t_be_remembered_is_told_all_the_same(capsys, monkeypatch):
    def full(changes):
        raise OSError(28, "No space left on device", "progress.jsonl")

    start([PCA])
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    monkeypatch.setattr("galviz.course.progress.record", full)
    assert main(["check", "pca"]) == 0
    said = capsys.readouterr()
    assert "3 of 3 passed." in said.out
    assert "progress can't be saved: No space left on device: progress.jsonl" in said.err


def test_the_next_step_goes_through_the_course():
    found = [checked_as("pca.1", "passed")]
    everything = {f"{task.id}.passed": 1 for _, tasks in find_tasks(LESSONS) for task in tasks}
    assert next_command(found, LESSONS, {}) == command("start galaxies")
    assert next_command(found, LESSONS, everything) is None
    del everything["space.2.passed"]
    assert next_command(found, LESSONS, everything) == command("start space")
    start([find_lesson("space")])
    assert next_command(found, LESSONS, everything) == command("check space.2")
    assert next_command([checked_as("pca.1", "failed")], LESSONS, everything) == command("check pca.1")


def checked_as(task_id, state):
    (task,) = find_tasks(LESSONS, task_id)[0][1]
    return TaskResult(find_lesson(task.slug), task, Outcome(task_id, state, ""))


# Commands, as they are typed


@pytest.mark.parametrize(
    ("prefix", "activated", "said"),
    [
        (ROOT / ".venv", None, str(Path(".venv", "bin", "python"))),
        (ROOT / ".venv", ROOT / ".venv", "python"),
        (ROOT / ".venv", ROOT / "other", str(Path(".venv", "bin", "python"))),
        (Path("/usr"), None, "python"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the folders of a venv have other names there")
def test_a_command_names_this_python(monkeypatch, prefix, activated, said):
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    if activated is not None:
        monkeypatch.setenv("VIRTUAL_ENV", str(activated))
    assert command("check pca") == f"{said} -m galviz check pca"


def test_another_python_is_pointed_at(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("galviz.course.commands.LESSONS_FOLDER", tmp_path / "lessons")
    assert project_python() is None
    name = Path(".venv", "Scripts" if sys.platform == "win32" else "bin", "python")
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    assert project_python() == str(name)

    def lacks(options):
        raise ModuleNotFoundError("No module named 'psutil'", name="psutil")

    monkeypatch.setitem(COMMANDS, "start", replace(COMMANDS["start"], run=lacks))
    assert main(["start"]) == 2
    assert f"psutil is not installed in this Python; run the one of .venv: {name} -m galviz" in capsys.readouterr().err
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    assert project_python() is None
    assert main(["start"]) == 2
    assert (
        "psutil is not installed, which this command needs: pip install -r requirements.txt" in capsys.readouterr().err
    )


def test_check_for_a_script(capsys):
    start([PCA])
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    assert main(["check", "pca", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["passed"], found["total"], found["next"]) == (3, 3, command("start galaxies"))
    assert found["tasks"][0] | {"seconds": 0} == {
        "id": "pca.1",
        "lesson": "pca",
        "title": "Centre the features",
        "file": str(exercise_path("pca")),
        "function": "centre",
        "state": "passed",
        "message": "",
        "seconds": 0,
        "printed": "",
    }
    assert main(["check", "pca.1", "--json", "--watch"]) == 2


def test_solutions_are_shown_on_request(capsys):
    assert main(["check", "pca.3", "--solution"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("# pca.3  Whiten the axes\ndef whiten(")
    assert main(["check", "--solution"]) == 2


def test_watch_checks_again_at_each_save(tmp_path):
    start([PCA])
    command = [sys.executable, "-u", "-m", "galviz", "check", "pca.1", "--watch"]
    # A shell's background jobs ignore SIGINT, and so would this process.
    default_handler = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=default_handler)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()

    def wait_for(text):
        for _ in range(300):
            if any(text in line for line in lines):
                return
            time.sleep(0.1)
        raise AssertionError(lines)

    try:
        wait_for("pca.1         not yet")
        exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
        wait_for("pca.1         passed")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1}


# Source


def test_a_functions_source_is_found_without_running_it(tmp_path):
    path = tmp_path / "some.py"
    path.write_text(
        "import os\nfrom a import (\n    b,\n)\nraise SystemExit\n\n\n@b\ndef f():\n    return 1\n\n\n"
        "class G:\n    x = 2\n"
    )
    assert function_source(path, "f") == "@b\ndef f():\n    return 1"
    assert function_source(path, "G") == "class G:\n    x = 2"
    assert imports_source(path) == "import os\nfrom a import (\n    b,\n)"
    with pytest.raises(ValueError, match="has no function 'h'"):
        function_source(path, "h")


# States of a task


def test_a_state_is_its_text_wherever_it_is_kept_or_printed(tmp_path):
    assert [f"{state}" for state in TaskState] == ["not started", "not yet", "failed", "passed"]
    record({"pca.1": TaskState.FAILED})
    record({"pca.1": TaskState.PASSED})
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1}
    lines = progress_path().read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["value"] for line in lines] == ["failed", "passed"]
