"""Checking a student's exercises: each task's outcome, remembered, and what to do next."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from galviz.course.lesson import Lesson
from galviz.course.progress import record
from galviz.course.questions import Task, read_questions
from galviz.course.runner import Limits, Outcome, run_tasks
from galviz.course.worker import PASSED
from galviz.course.workspace import exercise_path

NOT_STARTED = "not started"


@dataclass(frozen=True)
class Checked:
    """A task and what came of it."""

    lesson: Lesson
    task: Task
    outcome: Outcome


def find_tasks(lessons: Sequence[Lesson], asked: str | None = None) -> list[tuple[Lesson, list[Task]]]:
    """The tasks that are meant by a lesson's name or a task's id; all of them where nothing is asked for.

    Raises
    ------
    ValueError
        If there is no such lesson or task; `CourseError` if a lesson's questions can't be read.
    """
    if asked is None:
        return [(lesson, list(read_questions(lesson).tasks)) for lesson in lessons]
    slug, dot, _ = asked.partition(".")
    for lesson in lessons:
        if lesson.slug == slug:
            tasks = read_questions(lesson).tasks
            chosen = [task for task in tasks if task.id == asked or not dot]
            if not chosen:
                known = ", ".join(task.id for task in tasks)
                raise ValueError(f"there is no exercise {asked!r}; those of the lesson {slug} are {known}")
            return [(lesson, chosen)]
    known = ", ".join(lesson.slug for lesson in lessons)
    raise ValueError(
        f"there is no lesson {slug!r}; there are {known}. An exercise has an id such as {lessons[0].slug}.1"
    )


def check(
    lesson: Lesson,
    tasks: Sequence[Task],
    *,
    limits: Limits | None = None,
    tell: Callable[[Outcome], object] | None = None,
) -> list[Checked]:
    """Run the tests of some tasks of a lesson on the student's file, and remember what came out.

    Raises
    ------
    OSError
        If the progress can't be written.
    """
    path = exercise_path(lesson.slug)
    if path.exists():
        outcomes = run_tasks(path, tasks, limits=limits, tell=tell)
    else:
        begin = f"`python -m galviz start {lesson.slug}` puts it into {path.parent.name}."
        outcomes = [Outcome(task.id, NOT_STARTED, f"{path.name} isn't there: {begin}") for task in tasks]
    record({outcome.id: outcome.state for outcome in outcomes if outcome.state != NOT_STARTED or path.exists()})
    return [Checked(lesson, task, outcome) for task, outcome in zip(tasks, outcomes, strict=True)]


def next_step(checked: Iterable[Checked]) -> str | None:
    """The next command to run, or None where everything asked for has passed."""
    for each in checked:
        if each.outcome.state != PASSED:
            command = "start" if each.outcome.state == NOT_STARTED else "check"
            what = each.lesson.slug if command == "start" else each.task.id
            return f"python -m galviz {command} {what}"
    return None


def as_record(checked: Sequence[Checked]) -> dict:
    """What was found, for a script: JSON's types alone."""
    passed = sum(each.outcome.state == PASSED for each in checked)
    return {
        "passed": passed,
        "total": len(checked),
        "next": next_step(checked),
        "tasks": [
            {
                "id": each.task.id,
                "lesson": each.lesson.slug,
                "title": each.task.title,
                "file": str(exercise_path(each.lesson.slug)),
                "function": each.task.function,
                "state": each.outcome.state,
                "message": each.outcome.message,
                "seconds": each.outcome.seconds,
                "printed": each.outcome.printed,
            }
            for each in checked
        ],
    }
