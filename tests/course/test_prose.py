"""Sections of a text.md."""

import pytest

from galviz.course.coursefile import CourseError
from galviz.course.prose import read_sections


def write(folder, text):
    (folder / "text.md").write_text(text)
    return read_sections(folder / "text.md")


def test_headings_in_code_are_text(tmp_path):
    code = "```python\n## not a section\nx = 1\n```"
    tildes = "~~~~\n```\n## nor this\n~~~~"
    sections = write(
        tmp_path, f"before\n## try\n\nOne.\n\n{code}\n\nTwo.\n## limits\n{tildes}\n### small\n\n## empty\n"
    )
    assert dict(sections) == {"try": f"One.\n\n{code}\n\nTwo.", "limits": f"{tildes}\n### small"}


def test_two_sections_of_one_name_are_an_error(tmp_path):
    with pytest.raises(CourseError, match="## try"):
        write(tmp_path, "## try\nOne.\n## try\nTwo.")


def test_a_section_that_is_missing_is_named(tmp_path):
    sections = write(tmp_path, "## try\nOne.")
    with pytest.raises(CourseError, match="## limits"):
        sections["limits"]
