"""The command check: run the tests of exercises."""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.command import BAD_INPUT, CHECK_FAILED, DONE, Command, display_path, fail

if TYPE_CHECKING:
    from galviz.course.check import TaskResult
    from galviz.course.lesson import Lesson
    from galviz.course.questions import Task


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        metavar="LESSON|TASK",
        nargs="?",
        help="a lesson or an exercise, such as hooks or hooks.2 (default: all)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, for a script")
    parser.add_argument("--watch", action="store_true", help="check again when you save a file, until Ctrl+C")
    parser.add_argument(
        "--hint",
        metavar="N",
        nargs="?",
        type=int,
        const=1,
        help="print a hint before the first check (default: the first)",
    )
    parser.add_argument("--example", action="store_true", help="print a call of the function, with its result")
    parser.add_argument("--solution", action="store_true", help="print the solution")


def _check(options: argparse.Namespace) -> int:
    from galviz.course.check import as_dict, find_tasks, next_command
    from galviz.course.outcome import TaskState
    from galviz.course.progress import read_progress
    from galviz.course.settings import read_settings

    settings = read_settings()
    selected = find_tasks(settings.lessons, options.what)
    if sum([options.hint is not None, options.example, options.solution]) > 1:
        return fail("--hint, --example and --solution print different things; choose one of them", BAD_INPUT)
    for name in ("hint", "example", "solution"):
        if getattr(options, name) not in (None, False) and options.what is None:
            return fail(f"--{name} needs an exercise, for example `check hooks.2 --{name}`", BAD_INPUT)
    if options.hint is not None:
        return _print_hint(selected, options.what, options.hint)
    if options.example:
        return _print_examples(selected)
    if options.solution:
        return _print_solutions(selected, settings.solutions)
    if options.watch and options.json:
        return fail("--watch prints for readers and --json for scripts; omit one of them", BAD_INPUT)
    if options.watch:
        return _watch(selected, settings.lessons)
    checked = list(_check_and_record(selected, silent=options.json))
    if options.json:
        print(json.dumps(as_dict(checked, next_command(checked, settings.lessons, read_progress())), indent=2))
    else:
        _print_summary(checked, settings.lessons)
    return DONE if all(result.outcome.state == TaskState.PASSED for result in checked) else CHECK_FAILED


def _check_and_record(
    selected: Sequence[tuple["Lesson", list["Task"]]], *, silent: bool = False
) -> "Iterator[TaskResult]":
    """Check exercises lesson by lesson, record the results as progress, and print them unless `silent`."""
    from galviz.course.check import check, states_to_record
    from galviz.course.outcome import TaskState
    from galviz.course.progress import progress_problem, record

    with suppress(OSError):  # reported below, when it is written
        if problem := progress_problem():
            fail(problem, CHECK_FAILED)
    for lesson, tasks in selected:
        checked = check(lesson, tasks)
        try:
            record(states_to_record(checked))
        except OSError as error:
            fail(f"progress can't be saved: {error.strerror}: {error.filename}", BAD_INPUT)
        if not silent:
            print(f"{lesson.title}")
            for result in checked:
                _print_result(result)
            if checked[0].outcome.state == TaskState.NOT_STARTED:
                print(f"{'':16}-> {checked[0].outcome.message}")
        yield from checked


def _print_result(result: "TaskResult") -> None:
    from galviz.course.outcome import TaskState

    outcome = result.outcome
    print(f"  {result.task.id:13} {outcome.state:12} {result.task.title}")
    if outcome.state in (TaskState.FAILED, TaskState.UNAVAILABLE):
        print(f"{'':16}-> {outcome.message}")
        if outcome.failing_call:
            print(f"{'':16}The smallest input with a wrong result:")
            for line in outcome.failing_call.splitlines():
                print(f"{'':16}    {line}")
        for line in outcome.printed.splitlines():
            print(f"{'':16} | {line}")


def _print_summary(checked: "Sequence[TaskResult]", lessons: "Sequence[Lesson]") -> None:
    from galviz.course.check import next_command
    from galviz.course.outcome import TaskState
    from galviz.course.progress import read_progress
    from galviz.course.workspace import exercise_path

    step = next_command(checked, lessons, read_progress())
    states = [result.outcome.state for result in checked]
    remaining = [result for result in checked if result.outcome.state not in (TaskState.PASSED, TaskState.UNAVAILABLE)]
    print(f"{states.count(TaskState.PASSED)} of {len(checked)} passed.", end=" ")
    if step is None:
        print("Well done: that was the last one.")
    elif not remaining:
        praise = "" if TaskState.UNAVAILABLE in states else "Well done. "
        print(f"{praise}Next: {step}")
    elif remaining[0].outcome.state == TaskState.NOT_STARTED:
        print(f"Next: {step}")
    else:
        first = remaining[0]
        verb = "Write" if first.outcome.state == TaskState.NOT_YET else "Fix"
        path = display_path(exercise_path(first.lesson.slug))
        print(f"{verb} `{first.task.function}` in {path}, then run: {step}")


def _watch(selected: Sequence[tuple["Lesson", list["Task"]]], lessons: "Sequence[Lesson]") -> int:
    """Check exercises now and whenever their files change, until Ctrl+C."""
    from watchfiles import watch

    from galviz.course.workspace import exercise_path, work_folder

    print("Watching for changes; press Ctrl+C to stop.", flush=True)
    work_folder().mkdir(parents=True, exist_ok=True)
    folder = work_folder().resolve()  # as watchfiles reports it
    # The first, empty batch comes after 0.2 s. By then files are watched, so no change is missed after the first check.
    batches, is_first = watch(folder, recursive=False, yield_on_timeout=True, rust_timeout=200), True
    try:
        for batch in batches:
            names = {Path(path).name for _, path in batch}
            changed = [
                (lesson, tasks) for lesson, tasks in selected if is_first or exercise_path(lesson.slug).name in names
            ]
            is_first = False
            if changed:
                print(f"\n{time.strftime('%H:%M:%S')}")
                _print_summary(list(_check_and_record(changed)), lessons)
                print(end="", flush=True)
    except KeyboardInterrupt:
        print()
    return DONE


def _print_hint(selected: Sequence[tuple["Lesson", list["Task"]]], what: str, number: int) -> int:
    """Print one hint of an exercise, and the command that prints the next one."""
    from galviz.course.commands import command

    ((_, tasks),) = selected
    if len(tasks) > 1:
        return fail(f"--hint needs one exercise, for example `check {tasks[0].id} --hint`", BAD_INPUT)
    hints = tasks[0].hints
    if not 1 <= number <= len(hints):
        return fail(f"--hint must be 1 to {len(hints)} for {what}; got {number}", BAD_INPUT)
    print(f"Hint {number} of {len(hints)}: {hints[number - 1]}")
    print("Next: " + command(f"check {what} --hint {number + 1}" if number < len(hints) else f"check {what}"))
    return DONE


def _print_examples(selected: Sequence[tuple["Lesson", list["Task"]]]) -> int:
    from galviz.course.examples import format_example
    from galviz.course.workspace import work_folder

    for lesson, tasks in selected:
        for task in tasks:
            print(f"# {task.id}  {task.title}. To run it in Python, in {display_path(work_folder())}:")
            print(f"{format_example(lesson, task)}\n")
    return DONE


def _print_solutions(selected: Sequence[tuple["Lesson", list["Task"]]], setting: str) -> int:
    from galviz.course.settings import CLOSED
    from galviz.course.source import function_source
    from galviz.course.workspace import solution_path

    if setting == CLOSED:
        return fail("the instructor has closed the solutions (course.toml)", CHECK_FAILED)
    for lesson, tasks in selected:
        for task in tasks:
            print(f"# {task.id}  {task.title}\n{function_source(solution_path(lesson), task.function)}\n")
    return DONE


COMMANDS = {
    "check": Command(
        "Check your exercises.",
        "It runs the tests of the functions that you wrote in work/, prints the results with hints, and records "
        "your progress. Exit status 1 if an exercise hasn't passed yet.",
        "check hooks.2",
        _check_arguments,
        _check,
    ),
}
