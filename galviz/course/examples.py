"""The example in an exercise's docstring: calls of its function, with their results."""

import ast
import doctest

from galviz.course.coursefile import course_file_error, read_python
from galviz.course.lesson import Lesson
from galviz.course.questions import Task
from galviz.course.workspace import exercise_path, stub_path


def read_example(lesson: Lesson, task: Task) -> list[doctest.Example]:
    """Read the example of a task.

    Raises
    ------
    CourseError
        If exercise.py can't be read, or the docstring of the function has no example.

    Examples
    --------
    >>> from galviz.course.check import find_tasks
    >>> from galviz.course.manifest import load_lessons
    >>> ((lesson, (task,)),) = find_tasks(load_lessons(), "images.1")
    >>> print(read_example(lesson, task)[0].source, end="")
    pixels = np.arange(75, dtype=np.uint8).reshape(5, 5, 3)
    """
    path = stub_path(lesson)
    _, tree = read_python(path)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == task.function:
            examples = doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")
            if examples:
                return examples
    raise course_file_error(path, f"has no example in the docstring of {task.function!r}")


def format_example(lesson: Lesson, task: Task) -> str:
    """Format the example of a task as Python to run in the student's folder, with the results as comments.

    Examples
    --------
    >>> from galviz.course.check import find_tasks
    >>> from galviz.course.manifest import load_lessons
    >>> ((lesson, (task,)),) = find_tasks(load_lessons(), "pca.1")
    >>> print(format_example(lesson, task))
    from pca import centre
    import numpy as np
    <BLANKLINE>
    centre(np.array([[1, 10], [2, 20], [3, 60]]))
    # array([[ -1., -20.],
    #        [  0., -10.],
    #        [  1.,  30.]])
    """
    examples = read_example(lesson, task)
    imports = [f"from {exercise_path(lesson.slug).stem} import {task.function}"]
    # The imports of the stubs that the example needs, such as NumPy.
    code = "".join(example.source for example in examples)
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    source, tree = read_python(stub_path(lesson))
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and any(
            (alias.asname or alias.name.partition(".")[0]) in names for alias in node.names
        ):
            imports.append(ast.get_source_segment(source, node))
    blocks = []
    for example in examples:
        blocks.append(example.source.rstrip("\n"))
        blocks += [f"# {line}" for line in example.want.splitlines()]
    return "\n".join([*imports, "", *blocks])
