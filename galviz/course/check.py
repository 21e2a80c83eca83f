"""Check a student's exercises: the outcome of each task, and the next command to run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from galviz.course.commands import command
from galviz.course.events import Value
from galviz.course.lesson import Lesson
from galviz.course.limits import Limits
from galviz.course.outcome import TESTED_STATES, Outcome, TaskState
from galviz.course.questions import Task, read_questions
from galviz.course.workspace import exercise_path

_RUNNER_NEEDS = "psutil"


@dataclass(frozen=True)
class TaskResult:
    """A task and its outcome."""

    lesson: Lesson
    task: Task
    outcome: Outcome


def find_tasks(lessons: Sequence[Lesson], name: str | None = None) -> list[tuple[Lesson, list[Task]]]:
    """Find the tasks of a lesson, or one task by its id; all tasks if no name is given.

    Raises
    ------
    ValueError
        If there is no such lesson or task.
    CourseError
        If a lesson's questions can't be read.

    Examples
    --------
    >>> from galviz.course.manifest import load_lessons
    >>> [(lesson.slug, [task.id for task in tasks]) for lesson, tasks in find_tasks(load_lessons(), "pca.2")]
    [('pca', ['pca.2'])]
    """
    if name is None:
        return [(lesson, list(read_questions(lesson).tasks)) for lesson in lessons]
    slug, dot, _ = name.partition(".")
    for lesson in lessons:
        if lesson.slug == slug:
            tasks = read_questions(lesson).tasks
            chosen = [task for task in tasks if task.id == name or not dot]
            if not chosen:
                known = ", ".join(task.id for task in tasks)
                raise ValueError(f"there is no exercise {name!r}; those of the lesson {slug} are {known}")
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
    on_poll: Callable[[], object] | None = None,
) -> list[TaskResult]:
    """Run the tests of a lesson's tasks on the student's file; `limits` and `on_poll` are those of `run_tasks`."""
    path = exercise_path(lesson.slug)
    if not path.exists():
        step = f"`{command(f'start {lesson.slug}')}` creates it in {path.parent.name}."
        message = f"There is no file {path.name}: {step}"
        return [TaskResult(lesson, task, Outcome(task.id, TaskState.NOT_STARTED, message)) for task in tasks]
    outcomes = {task.id: outcome for task in tasks if (outcome := _unavailable(task))}
    if ready := [task for task in tasks if task.id not in outcomes]:
        from galviz.course.runner import run_tasks  # and psutil with it, which the light app hasn't

        outcomes |= {outcome.id: outcome for outcome in run_tasks(path, ready, limits=limits, on_poll=on_poll)}
    return [TaskResult(lesson, task, outcomes[task.id]) for task in tasks]


def _unavailable(task: Task) -> Outcome | None:
    """The outcome of a task whose tests need a package that isn't installed; None if all are."""
    missing = [name for name in (_RUNNER_NEEDS, *task.needs) if find_spec(name) is None]
    if not missing:
        return None
    names, verb = " and ".join(f"`{name}`" for name in missing), "isn't" if len(missing) == 1 else "aren't"
    message = f"Checking it needs {names}, which {verb} installed here. The README describes the full installation."
    return Outcome(task.id, TaskState.UNAVAILABLE, message)


def states_to_record(checked: Iterable[TaskResult]) -> dict[str, TaskState]:
    """States to record as progress, by task id; tasks that were never started are left out.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> lesson = find_lesson("pca")
    >>> task = read_questions(lesson).tasks[0]
    >>> states_to_record([TaskResult(lesson, task, Outcome(task.id, TaskState.NOT_STARTED, ""))])
    {}
    """
    return {each.task.id: each.outcome.state for each in checked if each.outcome.state in TESTED_STATES}


def next_command(checked: Iterable[TaskResult], lessons: Sequence[Lesson], known: Mapping[str, Value]) -> str | None:
    """The next command to run: for a checked task that hasn't passed, else for the first of the course that never has.

    Parameters
    ----------
    checked : iterable of TaskResult
    lessons : sequence of Lesson
        The lessons on offer.
    known : mapping of str to str or int
        The student's progress.

    Returns
    -------
    str or None
        None if every task has passed that can be checked here.
    """
    for each in checked:
        if each.outcome.state == TaskState.NOT_STARTED:
            return command(f"start {each.lesson.slug}")
        if each.outcome.state in (TaskState.NOT_YET, TaskState.FAILED):
            return command(f"check {each.task.id}")
    for lesson, tasks in find_tasks(lessons):
        for task in tasks:
            if f"{task.id}.passed" not in known and _unavailable(task) is None:
                started = exercise_path(lesson.slug).exists()
                return command(f"check {task.id}" if started else f"start {lesson.slug}")
    return None


def as_dict(checked: Sequence[TaskResult], step: str | None) -> dict:
    """Results and the next command as a dict of JSON types, for a script.

    Examples
    --------
    >>> as_dict([], None)
    {'passed': 0, 'total': 0, 'next': None, 'tasks': []}
    """
    passed = sum(each.outcome.state == TaskState.PASSED for each in checked)
    return {
        "passed": passed,
        "total": len(checked),
        "next": step,
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
                "failing_call": each.outcome.failing_call,
            }
            for each in checked
        ],
    }
