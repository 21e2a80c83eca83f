"""start, check, notebooks and new-lesson."""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.command import BAD_INPUT, DONE, NOT_WELL, Command, fail, output_folder

if TYPE_CHECKING:
    from galviz.course.check import TaskResult
    from galviz.course.lesson import Lesson
    from galviz.course.questions import Task
    from galviz.course.workspace import WrittenFile


def _start_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="such as hooks; all of them by default")
    parser.add_argument(
        "--again", action="store_true", help="copy the stubs once more; your file is kept under another name"
    )


def _start(options: argparse.Namespace) -> int:
    from galviz.course.check import find_tasks
    from galviz.course.commands import command
    from galviz.course.settings import read_settings
    from galviz.course.workspace import start

    offered = read_settings().lessons
    chosen = [lesson for name in options.lessons for lesson, _ in find_tasks(offered, name)] or offered
    for started in start(dict.fromkeys(chosen), again=options.again):
        _print_started(started, "the stubs")
    print(f"Open one in your editor, write a function, then run: {command(f'check {chosen[0].slug}')}")
    return DONE


def _print_started(started: "WrittenFile", what: str) -> None:
    if started.backup:
        print(f"{_shown(started.path)}: {what}; what was there is {started.backup.name} now")
    elif started.created:
        print(f"{_shown(started.path)}")
    else:
        print(f"{_shown(started.path)} is there already, and was left alone")


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", metavar="LESSON|TASK", nargs="?", help="such as hooks or hooks.2; all by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for a script")
    parser.add_argument("--watch", action="store_true", help="check again whenever you save; Ctrl+C ends it")
    parser.add_argument("--solution", action="store_true", help="show what right answers look like")


def _check(options: argparse.Namespace) -> int:
    from galviz.course.check import as_dict, find_tasks, next_command
    from galviz.course.outcome import TaskState
    from galviz.course.progress import read_progress
    from galviz.course.settings import read_settings

    settings = read_settings()
    found = find_tasks(settings.lessons, options.what)
    if options.solution:
        return _solution(found, options.what, settings.solutions)
    if options.watch and options.json:
        return fail("--watch prints for eyes and --json for a script; leave one out", BAD_INPUT)
    if options.watch:
        return _watch(found, settings.lessons)
    checked = list(_checked(found, silent=options.json))
    if options.json:
        print(json.dumps(as_dict(checked, next_command(checked, settings.lessons, read_progress())), indent=2))
    else:
        _sum_up(checked, settings.lessons)
    return DONE if all(each.outcome.state == TaskState.PASSED for each in checked) else NOT_WELL


def _checked(found: Sequence[tuple["Lesson", list["Task"]]], *, silent: bool = False) -> "Iterator[TaskResult]":
    """Check tasks, lesson by lesson, printing a table as it grows, and remember what came out."""
    from galviz.course.check import check, states_to_record
    from galviz.course.outcome import TaskState
    from galviz.course.progress import progress_problem, record

    with suppress(OSError):  # told below, where it is written
        if problem := progress_problem():
            fail(problem, NOT_WELL)
    for lesson, tasks in found:
        checked = check(lesson, tasks)
        try:
            record(states_to_record(checked))
        except OSError as error:
            fail(f"this can't be remembered: {error.strerror}: {error.filename}", BAD_INPUT)
        if not silent:
            print(f"{lesson.title}")
            for each in checked:
                _print_row(each)
            if checked[0].outcome.state == TaskState.NOT_STARTED:
                print(f"{'':16}-> {checked[0].outcome.message}")
        yield from checked


def _print_row(each: "TaskResult") -> None:
    from galviz.course.outcome import TaskState

    outcome = each.outcome
    print(f"  {each.task.id:13} {outcome.state:12} {each.task.title}")
    if outcome.state == TaskState.FAILED:
        print(f"{'':16}-> {outcome.message}")
        for line in outcome.printed.splitlines():
            print(f"{'':16} | {line}")


def _sum_up(checked: "Sequence[TaskResult]", lessons: "Sequence[Lesson]") -> None:
    from galviz.course.check import next_command
    from galviz.course.outcome import TaskState
    from galviz.course.progress import read_progress

    step = next_command(checked, lessons, read_progress())
    left = [each for each in checked if each.outcome.state != TaskState.PASSED]
    print(f"{len(checked) - len(left)} of {len(checked)} passed.", end=" ")
    if step is None:
        print("Well done: that was the last one.")
    elif not left:
        print(f"Well done. Next: {step}")
    elif left[0].outcome.state == TaskState.NOT_STARTED:
        print(f"Next: {step}")
    else:
        what = "Write" if left[0].outcome.state == TaskState.NOT_YET else "Fix"
        print(f"{what} `{left[0].task.function}` in {_shown_file(left[0])}, then run: {step}")


def _watch(found: Sequence[tuple["Lesson", list["Task"]]], lessons: "Sequence[Lesson]") -> int:
    """Check the exercises now, and again whenever their files change, until Ctrl+C."""
    from watchfiles import watch

    from galviz.course.workspace import exercise_path, work_folder

    print("Checking whenever you save; Ctrl+C ends it.", flush=True)
    work_folder().mkdir(parents=True, exist_ok=True)
    folder = work_folder().resolve()  # as it is in the paths of changes
    # It reports no change after a fifth of a second: then it is watching, and the first check misses none.
    changes, begun = watch(folder, recursive=False, yield_on_timeout=True, rust_timeout=200), False
    try:
        for batch in changes:
            names = {Path(path).name for _, path in batch}
            changed = [each for each in found if not begun or exercise_path(each[0].slug).name in names]
            begun = True
            if changed:
                print(f"\n{time.strftime('%H:%M:%S')}")
                _sum_up(list(_checked(changed)), lessons)
                print(end="", flush=True)
    except KeyboardInterrupt:
        print()
    return DONE


def _solution(found: Sequence[tuple["Lesson", list["Task"]]], what: str | None, setting: str) -> int:
    from galviz.course.settings import CLOSED
    from galviz.course.source import function_source
    from galviz.course.workspace import solution_path

    if what is None:
        return fail("--solution needs a task, such as `check hooks.2 --solution`", BAD_INPUT)
    if setting == CLOSED:
        return fail("the instructor keeps the solutions closed (course.toml)", NOT_WELL)
    for lesson, tasks in found:
        for task in tasks:
            print(f"# {task.id}  {task.title}\n{function_source(solution_path(lesson), task.function)}\n")
    return DONE


def _notebooks_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="such as hooks; all of them by default")
    parser.add_argument(
        "--out", type=output_folder, default=Path("notebooks"), metavar="FOLDER", help="default: notebooks"
    )
    parser.add_argument("--solved", action="store_true", help="with solutions in the place of the stubs")
    parser.add_argument(
        "--again", action="store_true", help="write them once more; your notebook is kept under another name"
    )


def _notebooks(options: argparse.Namespace) -> int:
    from galviz.course.check import find_tasks
    from galviz.course.notebooks import write_notebook
    from galviz.course.settings import CLOSED, read_settings

    settings = read_settings()
    if options.solved and settings.solutions == CLOSED:
        return fail("the instructor keeps the solutions closed (course.toml)", NOT_WELL)
    offered = settings.lessons
    chosen = [lesson for name in options.lessons for lesson, _ in find_tasks(offered, name)] or offered
    for lesson in dict.fromkeys(chosen):
        number = offered.index(lesson) + 1
        started = write_notebook(lesson, options.out, number=number, solved=options.solved, again=options.again)
        _print_started(started, "the notebook")
    print("Open one with Jupyter, with this Python as its kernel.")
    return DONE


def _new_lesson_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="NAME", help="of its folder and address: a word in small letters, such as dust")
    parser.add_argument("title", metavar="TITLE", help='such as "What dust does"')


def _new_lesson(options: argparse.Namespace) -> int:
    from galviz.course.manifest import load_lessons
    from galviz.course.template import copy_template, manifest_entry

    folder = copy_template(options.slug, options.title, {lesson.slug for lesson in load_lessons()})
    print(f"{_shown(folder)} is a lesson that runs. Put this table into lessons/manifest.toml:\n")
    print(manifest_entry(options.slug, options.title))
    print("\nThen change its files; what it still lacks: python -m pytest tests/course/test_exercises.py")
    return DONE


def _shown(path: Path) -> str:
    """A path as seen from here, if it lies below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _shown_file(each: "TaskResult") -> str:
    from galviz.course.workspace import exercise_path

    return _shown(exercise_path(each.lesson.slug))


COMMANDS = {
    "start": Command(
        "Copy the exercises into work/, where you write; nothing is overwritten.", _start_arguments, _start
    ),
    "check": Command(
        "Check your exercises. Exit status 1 while one of those asked for hasn't passed.", _check_arguments, _check
    ),
    "notebooks": Command(
        "Write each lesson as a Jupyter notebook; nothing is overwritten.", _notebooks_arguments, _notebooks
    ),
    "new-lesson": Command("Begin a lesson of your own from the template.", _new_lesson_arguments, _new_lesson),
}
