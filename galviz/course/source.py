"""Read the source of functions, without running their file."""

import ast
from pathlib import Path

from galviz.course.coursefile import course_file_error, read_python


def function_source(path: Path, name: str) -> str:
    r"""Source of a function or class at the top level of a file.

    Raises
    ------
    CourseError
        If the file can't be read, isn't Python, or has no function or class of that name.

    Examples
    --------
    >>> function_source(Path(__file__), "imports_source").split("\n")[0]
    'def imports_source(path: Path) -> str:'
    """
    text, tree = read_python(path)
    node = _find(path, tree, name)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(text.split("\n")[first - 1 : node.end_lineno])


def docstring_summary(path: Path, name: str) -> str:
    """First line of the docstring of a function or class at the top level of a file.

    Raises
    ------
    CourseError
        As `function_source`, and if it has no docstring.

    Examples
    --------
    >>> docstring_summary(Path(__file__), "imports_source")
    'Import statements at the top level of a file.'
    """
    _, tree = read_python(path)
    docstring = ast.get_docstring(_find(path, tree, name))
    if not docstring:
        raise course_file_error(path, f"has no docstring in {name!r}, the text of its exercise")
    return docstring.partition("\n")[0]


def imports_source(path: Path) -> str:
    r"""Import statements at the top level of a file.

    Examples
    --------
    >>> imports_source(Path(__file__)).split("\n")[0]
    'import ast'
    """
    text, tree = read_python(path)
    lines = text.split("\n")
    return "\n".join(
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


def _find(path: Path, tree: ast.Module, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            return node
    raise course_file_error(path, f"has no function {name!r}")
