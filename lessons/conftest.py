"""What pytest needs to run a lesson's test_exercise.py: the solution, in the place of a student's function."""

import pytest

from galviz.course.contract import load_part
from galviz.course.lesson import Lesson
from galviz.course.questions import read_questions
from galviz.course.workspace import SOLUTION_NAME


def pytest_collection_modifyitems(items):
    """Mark the tests of exercises that compute for long as slow."""
    for item in items:
        if "answer" in getattr(item, "fixturenames", ()) and _task(item.path, item.function)[1].seconds:
            item.add_marker(pytest.mark.slow)


def _task(path, test):
    # The template too, which the manifest doesn't have.
    entry = Lesson(path.parent.name, "", 1, 1, "", "")
    (task,) = [task for task in read_questions(entry).tasks if task.test == test.__name__]
    return entry, task


@pytest.fixture
def answer(request):
    """The solution of the task that a test is of."""
    entry, task = _task(request.path, request.function)
    return getattr(load_part(entry, SOLUTION_NAME), task.function)
