"""Notebooks are made from the lessons' files; they run with the stubs and pass with the solutions."""

from pathlib import Path

import nbformat
import pytest

from galviz.cli import main
from galviz.course.inline import check_answer
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.notebooks import write_notebook
from galviz.course.progress import read_progress
from galviz.course.prose import read_sections
from galviz.course.questions import read_questions

LESSONS = load_lessons()

ROOT = Path(__file__).parents[2]


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream")


def execute(path, tmp_path):
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    # From the project's folder, as a student opens it; errors are raised.
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    return notebook


@pytest.mark.notebooks
@pytest.mark.parametrize("entry", LESSONS, ids=lambda entry: entry.slug)
def test_a_notebook_runs(entry, tmp_path, monkeypatch):
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path / "work"))
    tasks = read_questions(entry).tasks
    for solved, state in ((False, "not yet"), (True, "passed")):
        notebook = execute(write_notebook(entry, tmp_path / state, number=1, solved=solved).path, tmp_path)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert any(output.output_type == "display_data" for cell in code for output in cell.outputs), "no picture"
        results = [printed(cell).strip() for cell in code if "check_answer(" in cell.source]
        assert results == [f"{task.id}: {state}." for task in tasks]
        errors = [
            output
            for cell in code
            for output in cell.outputs
            if output.output_type == "stream" and output.name == "stderr"
        ]
        assert not errors


@pytest.mark.parametrize("entry", LESSONS, ids=lambda entry: entry.slug)
def test_a_notebook_contains_the_whole_lesson(entry, tmp_path):
    path = write_notebook(entry, tmp_path / "made", number=3).path
    assert path.name == f"03-{entry.slug}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    everything = "\n\n".join(cell.source for cell in notebook.cells)
    assert entry.claim in everything
    for part in read_sections(entry.folder / "text.md").values():
        assert part in everything
    questions = read_questions(entry)
    for question in (questions.opening, *questions.quiz):
        assert question.text in everything
        for answer in question.answers:
            assert " ".join(answer.says.split()) in everything
    for task in questions.tasks:
        assert f"### {task.id} · {task.title}" in everything
        assert f'check_answer(find_lesson("{entry.slug}"), "{task.id}", {task.function})' in everything
        assert f'raise NotImplementedError("{task.id}")' in everything
    assert (entry.folder / "figure.py").read_text(encoding="utf-8").strip() in everything
    assert "def " in next(cell.source for cell in notebook.cells if cell.source.startswith("## The code behind"))
    before = path.read_bytes()
    assert write_notebook(entry, tmp_path / "other", number=3).path.read_bytes() == before


def test_an_edited_notebook_is_never_overwritten(tmp_path, capsys):
    (path,) = [tmp_path / f"{number:02d}-pca.ipynb" for number, entry in enumerate(LESSONS, 1) if entry.slug == "pca"]
    arguments = ["notebooks", "pca", "--out", str(tmp_path)]
    assert main(arguments) == 0
    pristine = path.read_bytes()
    assert main([*arguments, "--again"]) == 0  # nothing of the student's: nothing to keep
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    mine = pristine.replace(b"NotImplementedError", b"MyAnswer")
    path.write_bytes(mine)
    capsys.readouterr()
    for more in ([], ["--solved"]):
        assert main([*arguments, *more]) == 0
        assert f"{path} exists and wasn't changed" in capsys.readouterr().out
        assert path.read_bytes() == mine
    assert main([*arguments, "--again"]) == 0
    backup = path.with_name(f"{path.stem}-1.ipynb")
    assert f"{path}: the new notebook; your previous file is now {backup.name}" in capsys.readouterr().out
    assert (path.read_bytes(), backup.read_bytes()) == (pristine, mine)


def test_an_answer_is_checked_where_it_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path))
    check_answer(find_lesson("pca"), "pca.1", lambda values: values - values.mean(axis=0))
    assert capsys.readouterr().out == "pca.1: passed.\n"
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1}
    check_answer(find_lesson("pca"), "pca.1", lambda values: values)
    assert "pca.1: failed. You returned the values unchanged" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"task_id must be one of pca\.1, pca\.2, pca\.3, pca\.4; got 'pca\.9'"):
        check_answer(find_lesson("pca"), "pca.9", None)
