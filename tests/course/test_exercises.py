"""Each lesson is complete, its stubs are not yet written, and wrong answers get a hint of their own.

That solutions pass is tested by each lesson's test_exercise.py.
"""

import ast
import doctest
from functools import cache

import pytest

from galviz.course.contract import lesson_problems, load_bank, load_part
from galviz.course.examples import read_example
from galviz.course.grading import grade
from galviz.course.judge import WrongAnswer
from galviz.course.manifest import load_lessons
from galviz.course.outcome import TaskState
from galviz.course.questions import CourseError, read_questions
from galviz.course.workspace import EXERCISE_NAME, SOLUTION_NAME, TESTS_NAME
from tests.imports import TORCH_MODULES, TORCH_PACKAGES, imports

LESSONS = load_lessons()
# Their tests call a function so often that a bank of answers takes seconds.
_LONG = {
    "galaxies.3",
    "hooks.4",
    "hooks.5",
    "meaning.0",
    "meaning.2",
    "meaning.3",
    "meaning.4",
    "points.1",
    "predictions.5",
}
_FULL = {*TORCH_PACKAGES, *TORCH_MODULES}


def needs_torch(lesson):
    """Whether a lesson's exercises run the network."""
    for name in (TESTS_NAME, "bank.py", SOLUTION_NAME, EXERCISE_NAME):
        path = lesson.folder / name
        if path.is_file():
            for module in imports(path.read_text(encoding="utf-8"), f"lessons.{lesson.slug}.x", lazy=False):
                if any(f"{module}.".startswith(f"{full}.") for full in _FULL):
                    return True
    return False


@cache
def tasks():
    """Every task of every lesson whose questions can be read, marked where it needs torch."""
    cases = []
    for lesson in LESSONS:
        try:
            questions = read_questions(lesson)
        except CourseError:
            continue  # test_a_lesson_is_complete reports it
        for task in questions.tasks:
            marks = [pytest.mark.full] if needs_torch(lesson) or task.needs else []
            marks += [pytest.mark.slow] if task.seconds else []
            cases.append(pytest.param(lesson, task, marks=marks, id=task.id))
    return cases


def tasks_with_bank():
    """Every task, marked as slow if its bank of answers takes seconds."""
    return [
        pytest.param(*case.values, marks=[*case.marks, pytest.mark.slow], id=case.id) if case.id in _LONG else case
        for case in tasks()
    ]


@cache
def part(lesson, name):
    return load_part(lesson, name)


@cache
def bank_of(lesson):
    return load_bank(lesson)


def grade_answer(lesson, task, answer):
    """State and hint of an answer, as `check` reports them."""
    test = getattr(part(lesson, TESTS_NAME), task.test)
    return grade(test, answer, task.id, lesson.folder / SOLUTION_NAME)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_a_lesson_is_complete(lesson):
    problems = lesson_problems(lesson)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(("lesson", "task"), tasks())
def test_the_stub_is_not_yet_done(lesson, task):
    stub = getattr(part(lesson, EXERCISE_NAME), task.function)
    assert grade_answer(lesson, task, stub)[0] == TaskState.NOT_YET


@pytest.mark.parametrize(("lesson", "task"), tasks())
def test_the_example_of_a_docstring_is_right(lesson, task):
    """The solution gives the results that the stub's docstring shows."""
    namespace = vars(part(lesson, EXERCISE_NAME)) | {task.function: getattr(part(lesson, SOLUTION_NAME), task.function)}
    example = doctest.DocTest(read_example(lesson, task), namespace, task.id, None, 0, None)
    report = []
    assert (
        doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example, out=report.append).failed == 0
    ), "".join(report)


@pytest.mark.parametrize(("lesson", "task"), tasks_with_bank())
def test_other_right_answers_pass(lesson, task):
    for answer in bank_of(lesson).right_answers[task.id]:
        assert grade_answer(lesson, task, answer) == (TaskState.PASSED, ""), answer.__name__


@pytest.mark.parametrize(("lesson", "task"), tasks_with_bank())
def test_each_wrong_answer_gets_its_own_hint(lesson, task):
    test, hints = getattr(part(lesson, TESTS_NAME), task.test), {}
    for answer, words in bank_of(lesson).wrong_answers[task.id]:
        with pytest.raises(WrongAnswer) as error:
            test(answer)
        hint = str(error.value)
        assert words in hint, f"{answer.__name__}: {hint}"
        assert hint not in hints, f"{answer.__name__} gets the hint of {hints[hint]}: {hint}"
        assert 20 <= len(hint) <= 400, f"{answer.__name__}: {hint}"
        hints[hint] = answer.__name__


@pytest.mark.parametrize(("lesson", "task"), tasks())
@pytest.mark.parametrize("nonsense", [lambda *_, **__: None, lambda *a, **__: a[0]], ids=["none", "first argument"])
def test_nonsense_is_rejected(lesson, task, nonsense):
    assert grade_answer(lesson, task, nonsense)[0] == TaskState.FAILED


@pytest.mark.parametrize(("lesson", "task"), tasks())
def test_tests_do_not_import_the_students_file(lesson, task):
    """A test takes the function alone, not helpers of the student's file or of the solution."""
    tree = ast.parse((lesson.folder / TESTS_NAME).read_text(encoding="utf-8"))
    imported = set(imports(ast.unparse(tree), f"lessons.{lesson.slug}.test_exercise"))
    assert not {name for name in imported if name.startswith("lessons") and ("solution" in name or "exercise" in name)}
