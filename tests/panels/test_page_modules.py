"""Each page is a module with a function `page` that app.py calls: short functions, and nothing drawn at import."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("lessons/*/page.py"), *ROOT.glob("instruments/*/page.py")])
LONGEST_FUNCTION = 60


def names(paths):
    return [path.parent.name for path in paths]


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_a_page_only_defines(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)
    docstring, *rest = tree.body
    assert isinstance(docstring, ast.Expr)
    assert [ast.unparse(node) for node in rest if not isinstance(node, allowed)] == []
    assert [node.name for node in rest if isinstance(node, ast.FunctionDef)][-1] == "page"


@pytest.mark.parametrize("path", PAGES, ids=names(PAGES))
def test_functions_of_a_page_are_short(path):
    functions = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    assert [
        function.name for function in functions if function.end_lineno - function.lineno + 1 > LONGEST_FUNCTION
    ] == []


def test_a_changed_page_shows_at_the_next_run(tmp_path, monkeypatch):
    from panels import page_loader

    path = tmp_path / "page.py"
    drawn = []
    monkeypatch.setattr("builtins.print", drawn.append)
    for word in ("one", "two"):  # of one length and within one second, which bytecode can't tell apart
        path.write_text(f"def page():\n    print({word!r})\n")
        page_loader.draw_page(path)
    assert drawn == ["one", "two"]
