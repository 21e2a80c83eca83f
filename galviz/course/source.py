"""The source of one function of a file, without running it."""

import ast
from pathlib import Path


def function_source(path: Path, name: str) -> str:
    """Text of a function or class at the top of a file.

    Raises
    ------
    ValueError
        If there is none of that name; `SyntaxError` if the file is no Python.
    """
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if getattr(node, "name", None) == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise ValueError(f"{path} has no function {name!r}")


def imports_source(path: Path) -> str:
    """The import lines at the top of a file."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    return "\n".join(
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
