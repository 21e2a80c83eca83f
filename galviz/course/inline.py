"""Check an exercise in a notebook, on the function itself."""

from galviz.course.contract import load_part
from galviz.course.grading import grade
from galviz.course.lesson import LESSONS_FOLDER, Lesson
from galviz.course.outcome import TaskState
from galviz.course.progress import record
from galviz.course.questions import read_questions
from galviz.course.workspace import TESTS_NAME


def check_answer(lesson: Lesson, task_id: str, answer: object) -> None:
    """Run a task's tests on a function, print the outcome and record it as progress.

    The function runs in this process, without limits: interrupt an endless loop as in any notebook.

    Parameters
    ----------
    lesson : Lesson
    task_id : str
        Such as ``"hooks.2"``.
    answer : callable
        The function.

    Raises
    ------
    ValueError
        If the lesson has no such task.

    Examples
    --------
    >>> import os, tempfile
    >>> from galviz.course.manifest import find_lesson
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["GALVIZ_WORK"] = folder
    ...     check_answer(find_lesson("pca"), "pca.1", lambda values: values - values.mean(axis=0))
    pca.1: passed.
    >>> del os.environ["GALVIZ_WORK"]
    """
    tasks = {task.id: task for task in read_questions(lesson).tasks}
    if task_id not in tasks:
        raise ValueError(f"task_id must be one of {', '.join(tasks)}; got {task_id!r}")
    test = getattr(load_part(lesson, TESTS_NAME), tasks[task_id].test)
    state, message = grade(test, answer, task_id, LESSONS_FOLDER / "notebook")
    record({task_id: state})
    print(f"{task_id}: {state}." + (f" {message}" if state == TaskState.FAILED else ""))
