"""The contract of a lesson: which files it must have, and how they must fit together."""

import ast
import re
from pathlib import Path
from types import ModuleType

from galviz.course.bank import Bank
from galviz.course.coursefile import CourseError, read_course_file, read_python
from galviz.course.grading import load_module
from galviz.course.lesson import Lesson
from galviz.course.prose import read_sections
from galviz.course.questions import QUESTIONS_NAME, Questions, read_questions
from galviz.course.workspace import EXERCISE_NAME, SOLUTION_NAME, TESTS_NAME

BANK_NAME = "bank.py"
FIGURE_NAME = "figure.py"
# Of text.md: each lesson has them, beside those that its page shows.
SECTIONS = ("try", "limits", "sources")
# In Markdown.
_FORMULA = re.compile(r"\$[^$]*\$")
LEAST_WRONG, LEAST_RIGHT = 4, 1
_MOST_TASKS = 6
FILES = (
    *("__init__.py", "page.py", "text.md", "questions.toml"),
    *(EXERCISE_NAME, SOLUTION_NAME, TESTS_NAME, BANK_NAME, FIGURE_NAME),
)


def load_part(lesson: Lesson, name: str) -> ModuleType:
    """Run one of a lesson's Python files as a module.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> callable(load_part(find_lesson("pca"), TESTS_NAME).test_pca_1)
    True
    """
    path = lesson.folder / name
    return load_module(path, f"lessons.{lesson.slug}.{path.stem}")


def load_bank(lesson: Lesson) -> Bank:
    """Load a lesson's bank of wrong and right answers.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> "pca.1" in load_bank(find_lesson("pca")).wrong_answers
    True
    """
    return load_part(lesson, BANK_NAME).bank


def lesson_problems(lesson: Lesson) -> list[str]:
    """List what is missing or wrong in a lesson, without running its code.

    Parameters
    ----------
    lesson : Lesson

    Returns
    -------
    list of str
        Sentences; empty if nothing is wrong.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> lesson_problems(find_lesson("pca"))
    []
    """
    missing = [f"{lesson.folder / name} is missing." for name in FILES if not (lesson.folder / name).is_file()]
    found = [*missing, *_of_manifest(lesson)]
    if missing:
        return found
    try:
        return found + _of_content(lesson)
    except CourseError as error:
        return [*found, f"{error}."]


def _of_content(lesson: Lesson) -> list[str]:
    """Problems in the content of a lesson's files, all of which exist.

    Raises
    ------
    CourseError
        If one of them can't be read.
    """
    questions, headings = read_questions(lesson), read_sections(lesson.folder / "text.md")
    found = [f"{lesson.slug}/text.md has no section '## {name}'." for name in SECTIONS if name not in headings]
    if not 1 <= len(questions.tasks) <= _MOST_TASKS:
        found.append(f"{lesson.slug} has {len(questions.tasks)} exercises; 1 to {_MOST_TASKS} are right.")
    if not 3 <= len(questions.quiz) <= 5:
        found.append(f"The quiz of {lesson.slug} has {len(questions.quiz)} questions; 3 to 5 are right.")
    for question in (questions.opening, *questions.quiz):
        found += [
            f"{lesson.slug}/{QUESTIONS_NAME}: the answer {answer.text!r} is a formula alone, which a screen reader "
            "can't read. Add words."
            for answer in question.answers
            if not re.search(r"\w", _FORMULA.sub("", answer.text))
        ]
    return found + _of_functions(lesson, questions) + _of_bank(lesson, questions)


def _of_manifest(lesson: Lesson) -> list[str]:
    """Check the style of a manifest entry; `galviz.course.manifest` has checked its values."""
    found = []
    if not lesson.claim.endswith("."):
        found.append(f"{lesson.slug}: the claim is a sentence, with a full stop; got {lesson.claim!r}.")
    if not lesson.afterwards or lesson.afterwards.endswith("."):
        found.append(f"{lesson.slug}: afterwards ends the sentence 'Afterwards you can …', without a full stop.")
    return found


def _of_functions(lesson: Lesson, questions: Questions) -> list[str]:
    found = []
    stubs, solutions, tests = (_functions(lesson.folder / name) for name in (EXERCISE_NAME, SOLUTION_NAME, TESTS_NAME))
    for task in questions.tasks:
        stub = stubs.get(task.function)
        if stub is None:
            found.append(f"{lesson.slug}/{EXERCISE_NAME} has no `{task.function}`, which {task.id} asks for.")
        elif ast.get_docstring(stub) is None:
            found.append(f"{lesson.slug}/{EXERCISE_NAME}: `{task.function}` needs a docstring, the text of {task.id}.")
        elif f'raise NotImplementedError("{task.id}")' != ast.unparse(stub.body[-1]).replace("'", '"'):
            found.append(
                f"{lesson.slug}/{EXERCISE_NAME}: `{task.function}` must raise NotImplementedError({task.id!r})."
            )
        if task.function not in solutions:
            found.append(f"{lesson.slug}/{SOLUTION_NAME} has no `{task.function}` ({task.id}).")
        if task.test not in tests:
            found.append(f"{lesson.slug}/{TESTS_NAME} has no `{task.test}` ({task.id}).")
    asked = {task.function for task in questions.tasks}
    found += [f"{lesson.slug}/{EXERCISE_NAME}: no task asks for `{name}`." for name in stubs.keys() - asked]
    return found


def _functions(path: Path) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """Public functions and classes at the top level of a file, by name."""
    _, tree = read_python(path)
    return {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }


def _of_bank(lesson: Lesson, questions: Questions) -> list[str]:
    text = read_course_file(lesson.folder / BANK_NAME)
    found = []
    for task in questions.tasks:
        for kind, least in (("wrong", LEAST_WRONG), ("right", LEAST_RIGHT)):
            count = text.count(f'@bank.{kind}("{task.id}"')
            if count < least:
                found.append(f"{lesson.slug}/{BANK_NAME} has {count} {kind} answers to {task.id}; {least} are needed.")
    return found
