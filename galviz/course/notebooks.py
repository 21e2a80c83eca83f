"""Write lessons as Jupyter notebooks, from the same files as their pages."""

import ast
from collections.abc import Iterator
from pathlib import Path

from galviz.course.contract import FIGURE_NAME, SECTIONS
from galviz.course.coursefile import read_python
from galviz.course.lesson import DIFFICULTIES, LESSONS_FOLDER, Lesson
from galviz.course.prose import read_sections
from galviz.course.questions import Question, Task, read_questions
from galviz.course.source import function_source, imports_source
from galviz.course.workspace import WrittenFile, solution_path, stub_path, write_once

_SET_UP = """\
%matplotlib inline
import sys
from pathlib import Path

# The project's folder, from wherever this notebook was opened.
folders = [Path.cwd(), *Path.cwd().parents]
project = next((folder for folder in folders if (folder / "galviz").is_dir() and (folder / "lessons").is_dir()), None)
if project is not None:
    sys.path.insert(0, str(project))"""
_CHECK = """\
from galviz.course.inline import check_answer
from galviz.course.manifest import find_lesson

check_answer(find_lesson("{slug}"), "{task}", {function})"""


def write_notebook(
    lesson: Lesson, folder: Path, *, number: int, solved: bool = False, again: bool = False
) -> WrittenFile:
    """Write a lesson's notebook.

    Parameters
    ----------
    lesson : Lesson
    folder : pathlib.Path
        Created if it doesn't exist.
    number : int
        The lesson's position in the course; the file's name begins with it.
    solved : bool
        Write the solutions instead of the stubs, for tests and instructors.
    again : bool
        Write it even if it exists; the existing file is first renamed to `07-pca-1.ipynb` or the next free name.

    Returns
    -------
    WrittenFile
        Its path, and the backup of an existing file.

    Raises
    ------
    CourseError
        If one of the lesson's files can't be read.
    OSError
        If it can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from galviz.course.manifest import find_lesson
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_notebook(find_lesson("pca"), Path(folder), number=7).path.name
    '07-pca.ipynb'
    """
    import nbformat

    cells = []
    for kind, source in _cells(lesson, number, solved):
        make = nbformat.v4.new_markdown_cell if kind == "text" else nbformat.v4.new_code_cell
        # The position as id: the same lesson gives the same bytes.
        cells.append(make(source, id=f"{lesson.slug}-{len(cells)}"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.validate(notebook)
    content = nbformat.writes(notebook) + "\n"
    return write_once(folder / f"{number:02d}-{lesson.slug}.ipynb", content.encode(), again=again)


def _cells(lesson: Lesson, number: int, solved: bool) -> Iterator[tuple[str, str]]:
    """Yield the cells in order: ("text" or "code", source)."""
    questions, text = read_questions(lesson), read_sections(lesson.folder / "text.md")
    yield (
        "text",
        (
            f"# {number}. {lesson.title}\n\n**{lesson.claim}**\n\n"
            f"{lesson.minutes} min, {DIFFICULTIES[lesson.difficulty]}. Afterwards you can {lesson.afterwards}.\n\n"
            "The galaxies of this course are simulated, so their causes are known. Where the text speaks of a slider "
            "or a table of the page, it means this lesson in the app: `streamlit run app.py`."
        ),
    )
    yield "text", f"## Before you read: what do you think?\n\n{_choices(questions.opening)}"
    yield "code", _SET_UP
    yield "text", "\n\n".join(part for name, part in text.items() if name not in SECTIONS)
    yield "text", "## The picture"
    yield "code", (lesson.folder / FIGURE_NAME).read_text(encoding="utf-8").strip()
    yield "text", "\n\n".join(["## The code behind the page", *_shown_code(lesson)])
    yield "text", "## Exercises"
    for task in questions.tasks:
        yield from _exercise(lesson, task, solved)
    yield (
        "text",
        "\n\n".join(["## Quiz", *(_question(question, place) for place, question in enumerate(questions.quiz, 1))]),
    )
    yield "text", f"## Back to the first question\n\n{_question(questions.opening)}"
    yield "text", f"## Try it yourself\n\n{text['try']}"
    yield "text", f"## Limitations\n\n{text['limits']}"
    yield "text", f"## Sources\n\n{text['sources']}"


def _exercise(lesson: Lesson, task: Task, solved: bool) -> Iterator[tuple[str, str]]:
    hints = "\n\n".join(_folded(f"Hint {number}", hint) for number, hint in enumerate(task.hints, start=1))
    yield (
        "text",
        (
            f"### {task.id} · {task.title}\n\n{DIFFICULTIES[task.difficulty]}, {task.minutes} min. Write the function, "
            f"run its cell, then the one below.\n\n{hints}"
        ),
    )
    path = solution_path(lesson) if solved else stub_path(lesson)
    source = _whole(path, task.function) if solved else function_source(path, task.function)
    yield "code", f"{imports_source(path)}\n\n\n{source}"
    yield "code", _CHECK.format(slug=lesson.slug, task=task.id, function=task.function)


def _whole(path: Path, function: str) -> str:
    """Source of a solution, with the private functions and constants of its file."""
    source, tree = read_python(path)
    parts = [
        ast.get_source_segment(source, node)
        for node in tree.body
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)
        and (getattr(node, "name", "_") == function or getattr(node, "name", "_").startswith("_"))
    ]
    return "\n\n\n".join(parts)


def _choices(question: Question) -> str:
    return "\n".join([question.text, "", *(f"- {answer.text}" for answer in question.answers)])


def _question(question: Question, number: int | None = None) -> str:
    """Format a question with its answers, each with its explanation collapsed."""
    head = f"**{number}.** {question.text}" if number else question.text
    answers = [
        f"- {answer.text}\n\n  {_folded('What it says', ('Right. ' if answer.right else '') + answer.says)}"
        for answer in question.answers
    ]
    return "\n\n".join([head, *answers])


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>{' '.join(text.split())}</details>"


def _shown_code(lesson: Lesson) -> Iterator[str]:
    """Yield the functions that a lesson's page shows, as blocks of code: those in ``Step(code=(…))``."""
    _, tree = read_python(lesson.page)
    modules = {
        alias.asname or alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Step":
            for argument in _code_of(node):
                if isinstance(argument, ast.Constant):
                    name, _, function = argument.value.partition(":")
                    path = LESSONS_FOLDER.parent / name
                else:
                    function = argument.id
                    path = _defining(modules[function], function)
                module = ".".join(path.relative_to(LESSONS_FOLDER.parent).with_suffix("").parts)
                yield f"`{module}.{function}`\n\n```python\n{function_source(path, function)}\n```"


def _code_of(step: ast.Call) -> list[ast.expr]:
    for keyword in step.keywords:
        if keyword.arg == "code" and isinstance(keyword.value, ast.Tuple):
            return keyword.value.elts
    return []


def _defining(module: str, function: str) -> Path:
    """Find the file that defines a function; a package may import it from one of its modules."""
    path = LESSONS_FOLDER.parent.joinpath(*module.split("."))
    if not path.is_dir():
        return path.with_suffix(".py")
    for node in read_python(path / "__init__.py")[1].body:
        if isinstance(node, ast.ImportFrom) and function in {alias.name for alias in node.names}:
            return _defining(node.module, function)
    return path / "__init__.py"
