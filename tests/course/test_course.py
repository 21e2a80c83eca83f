"""A student's folder and progress, questions, the instructor's settings, and the commands `start` and `check`."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
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
    """A student's folder of their own for each test, and default settings."""
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("GALVIZ_COURSE", str(tmp_path / "course.toml"))
    (tmp_path / "course.toml").write_text("")
    monkeypatch.delenv("GALVIZ_EXERCISES", raising=False)
    return tmp_path / "work"


# The student's folder


def test_the_default_folder_is_work_and_git_ignores_it(monkeypatch):
    monkeypatch.delenv("GALVIZ_WORK")
    assert work_folder() == ROOT / "work"
    assert "work/" in (ROOT / ".gitignore").read_text().splitlines()


def test_start_never_overwrites_a_file(work):
    assert [(started.path, started.created) for started in start([PCA])] == [(work / "pca.py", True)]
    assert (work / "pca.py").read_bytes() == stub_path(PCA).read_bytes()
    (work / "pca.py").write_text("mine")
    assert not start([PCA])[0].created
    assert (work / "pca.py").read_text() == "mine"


def test_again_backs_up_the_previous_file(work):
    start([PCA])
    assert not start([PCA], again=True)[0].created  # nothing to bring back
    for number, content in ((1, "first"), (2, "second")):
        (work / "pca.py").write_text(content)
        (started,) = start([PCA], again=True)
        assert started.backup == work / f"pca-{number}.py"
    assert (work / "pca-1.py").read_text() == "first"
    assert (work / "pca-2.py").read_text() == "second"
    assert (work / "pca.py").read_bytes() == stub_path(PCA).read_bytes()


def test_on_a_full_disk_the_previous_file_keeps_its_name(work, monkeypatch):
    start([PCA])
    (work / "pca.py").write_text("mine")

    def fail(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    with pytest.raises(OSError, match=r"No space left on device.*pca\.py"):
        start([PCA], again=True)
    assert {path.name: path.read_text() for path in work.iterdir()} == {"pca.py": "mine"}


def test_an_unwritable_folder_is_reported(work, capsys):
    work.write_text("a file")
    assert main(["start", "pca"]) == 2
    assert str(work) in capsys.readouterr().err


# Progress


def test_progress_is_the_last_recorded_state(work):
    assert read_progress() == {}
    assert not work.exists()
    record({"pca.1": "failed", "pca.q1": 2})
    record({"pca.1": "passed"})
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1, "pca.q1": 2}
    record({"pca.1": "passed"})
    lines = progress_path().read_text().splitlines()
    assert [json.loads(line)["value"] for line in lines] == ["failed", 2, "passed"]


def test_a_passed_task_stays_marked_as_passed():
    record({"pca.1": "passed"})
    record({"pca.1": "failed"})
    assert read_progress() == {"pca.1": "failed", "pca.1.passed": 1}


def test_invalid_lines_are_skipped(work):
    record({"pca.1": "passed"})
    with progress_path().open("ab") as file:
        file.write(
            b'{"key": "pca.2"}\n[1]\n\xff\n{"key": 3, "value": 1}\n{"key": "x", "value": [1]}\n{"key": "pca.3", "va'
        )
    record({"pca.q1": 0})
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1, "pca.q1": 0}


def test_concurrent_threads_lose_no_event():
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: record({f"k{number}": number}), range(100)))
    assert read_progress() == {f"k{number}": number for number in range(100)}


# Questions


def write_questions(tmp_path, monkeypatch, text):
    monkeypatch.setattr("galviz.course.lesson.LESSONS_FOLDER", tmp_path)
    (tmp_path / "own").mkdir(exist_ok=True)
    (tmp_path / "own" / "questions.toml").write_text(text, encoding="utf-8")
    return Lesson("own", "Own", 10, 1, "Claim.", "do it")


SOUND = (stub_path(find_lesson("pca")).parent / "questions.toml").read_text(encoding="utf-8")


def test_questions_are_read(tmp_path, monkeypatch):
    questions = read_questions(write_questions(tmp_path, monkeypatch, SOUND))
    assert [task.id for task in questions.tasks] == ["own.1", "own.2", "own.3", "own.4"]
    assert [task.test for task in questions.tasks] == [f"test_own_{number}" for number in range(1, 5)]
    assert {task.slug for task in questions.tasks} == {"own"}
    assert [question.key for question in questions.quiz] == ["own.q1", "own.q2", "own.q3", "own.q4"]
    assert questions.opening.key == "own.opening"
    assert questions.opening.answers[questions.opening.right].right


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[opening]", "[opnening]", "unknown key 'opnening'; known are opening, quiz, tasks"),
        ('function = "centre"\n', "", "task own.1 must have a function"),
        ("minutes = 5", "minutes = '5'", "task own.1 must have a minutes"),
        ("minutes = 5", "minutes = true", r"task own.1 must have a minutes \(int\); got True"),
        ("minutes = 5", "minutes = 0", "task own.1 must have minutes of at least 1; got 0"),
        ("difficulty = 1", "difficulty = true", r"task own.1 must have a difficulty \(int\); got True"),
        ("difficulty = 1", "difficulty = 4", "difficulty of 1 to 3; got 4"),
        ('function = "centre"', 'function = " "', r"task own.1 must have a function \(str\); got ' '"),
        ("difficulty = 1", "dificulty = 1", "unknown key 'dificulty'"),
        ("right = true", "right = false", "own.opening must have one answer that says `right = true`"),
        (
            'text = "About three, because many features vary together."',
            'text = ""',
            "answer 2 of own.opening must have text",
        ),
        (
            'text = "About three, because many features vary together."',
            'text = " "',
            "answer 2 of own.opening must have text; got ' '",
        ),
        ("[[tasks]]", "[[tasks", "is not TOML"),
        ("[opening]", "[[opening]]", r"must have an \[opening\]"),
        ("[opening]", f"deep = {'[' * 3000}{']' * 3000}\n[opening]", "is not TOML"),
    ],
)
def test_invalid_questions_are_reported(tmp_path, monkeypatch, old, new, message):
    assert old in SOUND
    entry = write_questions(tmp_path, monkeypatch, SOUND.replace(old, new, 1))
    with pytest.raises(CourseError, match=message) as error:
        read_questions(entry)
    assert "questions.toml" in str(error.value)


def test_missing_questions_are_reported(tmp_path, monkeypatch):
    entry = write_questions(tmp_path, monkeypatch, "")
    with pytest.raises(CourseError, match=r"questions\.toml is empty"):
        read_questions(entry)
    (entry.folder / "questions.toml").unlink()
    with pytest.raises(CourseError, match=r"questions\.toml is missing"):
        read_questions(entry)


def test_tasks_are_found_by_lesson_and_id():
    ids = [task.id for _, tasks in find_tasks(LESSONS, "pca") for task in tasks]
    assert ids == ["pca.1", "pca.2", "pca.3", "pca.4"]
    assert [task.id for _, tasks in find_tasks(LESSONS, "pca.2") for task in tasks] == ["pca.2"]
    assert [entry for entry, _ in find_tasks(LESSONS)] == list(LESSONS)
    for name in ("pca.5", "pca.", "pca.x", "pca.1.1"):
        with pytest.raises(
            ValueError, match=f"there is no exercise '{name}'; those of the lesson pca are pca.1, pca.2"
        ):
            find_tasks(LESSONS, name)
    with pytest.raises(ValueError, match="there is no lesson 'stars'; there are galaxies"):
        find_tasks(LESSONS, "stars")


def test_there_are_about_twenty_five_exercises():
    assert sum(len(tasks) for _, tasks in find_tasks(LESSONS)) >= 25


# Settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lesson = ['pca']", r"sets 'lesson', which is no setting \(is 'lessons' meant\?\)"),
        ("lessons = ['hoks']", r"names 'hoks', no lesson \(is 'hooks' meant\?\)"),
        ("lessons = []", "lessons must be a list of names"),
        ("lessons = 'pca'", "lessons must be a list of names"),
        ("solutions = 'shut'", 'solutions must be "open" or "closed"; got \'shut\''),
        ("exercises = true", 'exercises must be "home" or "run" or "show"; got True'),
        ("survey = 3", "survey must be the name of a folder"),
        ("survey = 'nowhere'", "survey names 'nowhere', and there is no such folder"),
        ("lessons = [", "is not TOML"),
        (f"lessons = {'[' * 3000}{']' * 3000}", "is not TOML"),
        ("\ufeffsolutions = 'shut'", "solutions must be"),
    ],
)
def test_invalid_settings_are_reported(tmp_path, capsys, text, message):
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=message) as error:
        read_settings()
    assert "course.toml" in str(error.value)
    assert main(["check"]) == 2
    assert str(error.value) in capsys.readouterr().err


def test_settings_in_a_fifo_are_reported_at_once(tmp_path):
    (tmp_path / "course.toml").unlink(missing_ok=True)
    os.mkfifo(tmp_path / "course.toml")
    with pytest.raises(CourseError, match="is a named pipe"):
        read_settings()


def test_settings_choose_lessons_in_the_courses_order(tmp_path, capsys):
    (tmp_path / "own").mkdir()
    (tmp_path / "course.toml").write_text(
        "lessons = ['pca', 'galaxies']\nsolutions = 'closed'\nexercises = 'show'\nsurvey = 'own'\n"
    )
    settings = read_settings()
    assert [entry.slug for entry in settings.lessons] == ["galaxies", "pca"]
    assert (settings.solutions, settings.exercises, settings.survey) == ("closed", "show", str(tmp_path / "own"))
    assert main(["start"]) == 0
    assert sorted(path.name for path in work_folder().iterdir()) == ["galaxies.py", "pca.py"]
    capsys.readouterr()
    assert main(["check", "hooks"]) == 2
    assert "there is no lesson 'hooks'; there are galaxies, pca" in capsys.readouterr().err
    assert main(["check", "pca.1", "--solution"]) == 1
    assert "course.toml" in capsys.readouterr().err
    assert main(["notebooks", "pca", "--solved", "--out", str(tmp_path / "nb")]) == 1


def test_default_settings_without_a_file(tmp_path, monkeypatch):
    (tmp_path / "course.toml").unlink()
    with pytest.raises(CourseError, match="which GALVIZ_COURSE names, isn't there"):
        read_settings()
    monkeypatch.delenv("GALVIZ_COURSE")
    settings = read_settings()
    assert settings.lessons == LESSONS
    assert (settings.solutions, settings.exercises, settings.survey) == ("open", "home", None)
    monkeypatch.setenv("GALVIZ_EXERCISES", "show")
    assert read_settings().exercises == "show"
    monkeypatch.setenv("GALVIZ_EXERCISES", "yes")
    with pytest.raises(CourseError, match="GALVIZ_EXERCISES must be home or run or show"):
        read_settings()


# start and check, from a shell


def test_start_reports_each_file(capsys):
    assert main(["start", "pca"]) == 0
    output = capsys.readouterr().out
    assert str(exercise_path("pca")) in output
    assert "python -m galviz check pca" in output
    assert main(["start", "pca"]) == 0
    assert str(exercise_path("pca")) in capsys.readouterr().out
    exercise_path("pca").write_text("mine")
    assert main(["start", "pca", "--again"]) == 0
    assert "pca-1.py" in capsys.readouterr().out
    assert main(["start", "stars"]) == 2


def test_check_prints_states_hints_and_the_next_command(capsys):
    assert main(["check", "pca"]) == 1
    output = capsys.readouterr().out
    assert output.count("not started") == 4
    assert "0 of 4" in output
    assert output.endswith(f"{command('start pca')}\n")
    assert read_progress() == {}
    start([PCA])
    solved = solution_path(PCA).read_text()
    wrong = solved.replace("return values - np.mean(values, axis=0)\n", "print('here')\n    return values\n", 1)
    exercise_path("pca").write_text(
        wrong.replace(function_source(solution_path(PCA), "whiten"), function_source(stub_path(PCA), "whiten"))
    )
    assert main(["check", "pca"]) == 1
    output = capsys.readouterr().out
    assert printed_states(output) == {"pca.1": "failed", "pca.2": "passed", "pca.3": "not yet", "pca.4": "passed"}
    assert "forgot to centre?" in output  # the hint
    assert "| here" in output  # what the function prints
    assert "2 of 4" in output
    assert "`centre`" in output
    assert output.endswith(f"{command('check pca.1')}\n")
    states = {"pca.1": "failed", "pca.2": "passed", "pca.3": "not yet", "pca.4": "passed"}
    assert read_progress() == {**states, "pca.2.passed": 1, "pca.4.passed": 1}
    assert main(["check", "pca.2"]) == 0
    output = capsys.readouterr().out
    assert "1 of 1" in output
    assert output.endswith(f"{command('start galaxies')}\n")
    (work_folder() / "progress.jsonl").unlink()
    (work_folder() / "progress.jsonl").mkdir()
    assert main(["check", "pca.2"]) == 2


def printed_states(output):
    """State per task id, from the lines that `check` prints."""
    return dict(re.findall(r"^  (\w+\.\d+) +(passed|failed|not yet|not started)  ", output, re.MULTILINE))


def test_results_are_printed_if_progress_cannot_be_saved(capsys, monkeypatch):
    def full(changes):
        raise OSError(28, "No space left on device", "progress.jsonl")

    start([PCA])
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    monkeypatch.setattr("galviz.course.progress.record", full)
    assert main(["check", "pca"]) == 0
    output = capsys.readouterr()
    assert "4 of 4" in output.out
    assert "No space left on device: progress.jsonl" in output.err


def test_the_next_step_goes_through_the_course():
    results = [task_result("pca.1", "passed")]
    all_passed = {f"{task.id}.passed": 1 for _, tasks in find_tasks(LESSONS) for task in tasks}
    assert next_command(results, LESSONS, {}) == command("start galaxies")
    assert next_command(results, LESSONS, all_passed) is None
    del all_passed["space.2.passed"]
    assert next_command(results, LESSONS, all_passed) == command("start space")
    start([find_lesson("space")])
    assert next_command(results, LESSONS, all_passed) == command("check space.2")
    assert next_command([task_result("pca.1", "failed")], LESSONS, all_passed) == command("check pca.1")


def task_result(task_id, state):
    (task,) = find_tasks(LESSONS, task_id)[0][1]
    return TaskResult(find_lesson(task.slug), task, Outcome(task_id, state, ""))


# Commands, as they are typed


@pytest.mark.parametrize(
    ("prefix", "activated", "python"),
    [
        (ROOT / ".venv", None, str(Path(".venv", "bin", "python"))),
        (ROOT / ".venv", ROOT / ".venv", "python"),
        (ROOT / ".venv", ROOT / "other", str(Path(".venv", "bin", "python"))),
        (Path("/usr"), None, "python"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the folders of a venv have other names there")
def test_a_command_names_this_python(monkeypatch, prefix, activated, python):
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    if activated is not None:
        monkeypatch.setenv("VIRTUAL_ENV", str(activated))
    assert command("check pca") == f"{python} -m galviz check pca"


def test_a_missing_package_points_to_the_python_of_the_venv(monkeypatch, tmp_path, capsys):
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


def test_check_prints_json(capsys):
    start([PCA])
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    assert main(["check", "pca", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["passed"], result["total"], result["next"]) == (4, 4, command("start galaxies"))
    assert result["tasks"][0] | {"seconds": 0} == {
        "id": "pca.1",
        "lesson": "pca",
        "title": "Centre the features",
        "file": str(exercise_path("pca")),
        "function": "centre",
        "state": "passed",
        "message": "",
        "seconds": 0,
        "printed": "",
        "failing_call": "",
    }
    assert main(["check", "pca.1", "--json", "--watch"]) == 2


def test_a_failed_check_prints_an_input_to_try(capsys):
    start([PCA])
    solved = solution_path(PCA).read_text()
    exercise_path("pca").write_text(solved.replace("np.mean(values, axis=0)", "np.mean(values)", 1))
    assert main(["check", "pca.1", "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)["tasks"][0]["failing_call"]
    assert main(["check", "pca.1"]) == 1
    assert printed.splitlines()[0] in capsys.readouterr().out
    values = eval(printed, {"np": np, "centre": lambda values: values})
    assert not np.allclose(values - values.mean(), values - values.mean(axis=0))
    # Both signs of a component are right, so another result than the solution's may be.
    exercise_path("pca").write_text(solved.replace("(left * singular_values)", "(2 * left * singular_values)", 1))
    assert main(["check", "pca.2", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["tasks"][0]["failing_call"] == ""


def test_an_exercise_that_needs_a_missing_package_is_unavailable(capsys, monkeypatch):
    """Nothing is said of the student's code, nothing is recorded, and the next command is of another exercise."""
    start(load_lessons())
    missing = {"torch"}
    monkeypatch.setattr("galviz.course.check.find_spec", lambda name: None if name in missing else "installed")
    assert main(["check", "hooks.2"]) == 1
    output = capsys.readouterr().out
    assert "unavailable" in output
    assert "`torch`" in output
    assert "0 of 1 passed. Next: " in output
    assert "Well done" not in output
    assert read_progress() == {}
    missing.add("psutil")
    assert main(["check", "pca.1", "--json"]) == 1
    (task,) = json.loads(capsys.readouterr().out)["tasks"]
    assert (task["state"], read_progress()) == ("unavailable", {})
    assert "`psutil`" in task["message"]


def test_hints_are_printed_one_at_a_time(capsys):
    hints = read_questions(PCA).tasks[1].hints
    for number, hint in enumerate(hints, start=1):
        assert main(["check", "pca.2", "--hint", *([str(number)] if number > 1 else [])]) == 0
        output = capsys.readouterr().out
        assert hint in output
        assert not any(other in output for other in hints if other != hint)
        step = f" --hint {number + 1}" if number < len(hints) else ""
        assert output.endswith(f"{command('check pca.2')}{step}\n")
    for arguments in (["pca.2", "--hint", "0"], ["pca.2", "--hint", "9"], ["pca", "--hint"], ["--hint"]):
        assert main(["check", *arguments]) == 2
    assert main(["check", "pca.2", "--hint", "--solution"]) == 2


def test_an_example_is_printed_that_can_be_run(capsys, monkeypatch):
    start([PCA])
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    monkeypatch.syspath_prepend(work_folder())
    monkeypatch.delitem(sys.modules, "pca", raising=False)
    assert main(["check", "pca.1", "--example"]) == 0
    output = capsys.readouterr().out
    namespace = {}
    exec(output.rpartition("\ncentre(")[0], namespace)
    call = re.search(r"^centre\(.*\)$", output, re.MULTILINE).group()
    result = "\n".join(line[2:] for line in output.partition(call)[2].strip().splitlines())
    assert repr(eval(call, namespace)) == result
    monkeypatch.delitem(sys.modules, "pca")
    assert main(["check", "--example"]) == 2


def test_solutions_are_shown_on_request(capsys):
    assert main(["check", "pca.3", "--solution"]) == 0
    output = capsys.readouterr().out
    assert output.startswith("# pca.3")
    assert "def whiten(" in output
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


def test_a_state_is_saved_and_printed_as_its_text(tmp_path):
    assert [f"{state}" for state in TaskState] == ["not started", "unavailable", "not yet", "failed", "passed"]
    record({"pca.1": TaskState.FAILED})
    record({"pca.1": TaskState.PASSED})
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1}
    lines = progress_path().read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["value"] for line in lines] == ["failed", "passed"]
