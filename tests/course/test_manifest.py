"""The lessons' manifest is parsed in order; an error names the invalid entry and key."""

import os
import tomllib

import pytest

from galviz.cli import main
from galviz.course.coursefile import CourseError
from galviz.course.lesson import LESSONS_FOLDER, Lesson
from galviz.course.manifest import MANIFEST_FILE, find_lesson, load_lessons

SOUND = """\
[[lesson]]
slug = "stars"
title = "The stars"
minutes = 10
difficulty = 1
claim = "A claim."
afterwards = "do it"
part = "The path"

[[lesson]]
slug = "dust"
title = "What \\"dust\\" does"
minutes = 60
difficulty = 3
claim = "Another claim."
afterwards = "do that"
before = ["stars"]
"""


@pytest.fixture
def manifest(tmp_path, monkeypatch):
    """The path of a manifest of a test's own."""
    path = tmp_path / "manifest.toml"
    path.write_text(SOUND, encoding="utf-8")
    monkeypatch.setattr("galviz.course.manifest.MANIFEST_FILE", path)
    return path


def test_entries_become_lessons_in_order(manifest):
    assert load_lessons() == (
        Lesson("stars", "The stars", 10, 1, "A claim.", "do it", (), "The path"),
        Lesson("dust", 'What "dust" does', 60, 3, "Another claim.", "do that", ("stars",), "Beyond the tutorial"),
    )
    assert find_lesson("dust") is load_lessons()[1]
    with pytest.raises(ValueError, match=r"slug must be one of stars, dust; got 'hooks'"):
        find_lesson("hooks")


def test_a_changed_manifest_is_parsed_again(manifest):
    before, status = load_lessons(), manifest.stat()
    changed = SOUND.replace("The stars", "Sun stars")  # of the same length
    manifest.write_text(changed, encoding="utf-8")
    os.utime(manifest, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert [lesson.title for lesson in (*before, *load_lessons())][::2] == ["The stars", "Sun stars"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('title = "The stars"\n', "", r"lesson 1 \('stars'\): title is missing; it must be a text"),
        ('slug = "dust"\n', "", "lesson 2: slug is missing"),
        ('"The stars"', "7", r"lesson 1 \('stars'\): title must be a text; got 7"),
        ('"The stars"', '" "', "title must be a text; got ' '"),
        ("minutes = 10", "minute = 10", r"unknown key 'minute' \(is 'minutes' meant\?\); known are slug, title"),
        ("minutes = 10", "minutes = 0", "minutes must be a whole number from 1 to 60; got 0"),
        ("minutes = 60", "minutes = 61", r"lesson 2 \('dust'\): minutes must be a whole number from 1 to 60; got 61"),
        ("minutes = 10", "minutes = 10.0", "minutes must be a whole number from 1 to 60; got 10.0"),
        ("minutes = 10", "minutes = true", "minutes must be a whole number from 1 to 60; got True"),
        ("difficulty = 3", "difficulty = 4", "difficulty must be a whole number from 1 to 3; got 4"),
        ("difficulty = 3", "difficulty = [3]", r"difficulty must be a whole number from 1 to 3; got \[3\]"),
        ('slug = "dust"', 'slug = "Dust"', "slug must be the name of its folder"),
        ('slug = "dust"', 'slug = "../dust"', "slug must be the name of its folder"),
        ('slug = "dust"', 'slug = "class"', "slug must be the name of its folder"),
        ('slug = "dust"', "slug = [1]", "slug must be the name of its folder"),
        ('slug = "dust"', 'slug = "stars"', "an earlier lesson has the same slug"),
        ('before = ["stars"]', 'before = ["dust"]', "before names 'dust', which is no earlier lesson; those are stars"),
        ('before = ["stars"]', 'before = "stars"', "before must be a list of slugs"),
        ('before = ["stars"]', "before = [1]", "before must be a list of slugs"),
        ("[[lesson]]", "[[lessons]]", "has an unknown key 'lessons'"),
        ("[[lesson]]", "[[lesson", "is not TOML"),
        (SOUND, "lesson = 3", r"must hold one \[\[lesson\]\] table per lesson"),
        (SOUND, "lesson = [3]", r"must hold one \[\[lesson\]\] table per lesson"),
        (SOUND, "lesson = []", r"must hold one \[\[lesson\]\] table per lesson"),
        (SOUND, f"lesson = {'[' * 3000}{']' * 3000}", "is not TOML"),
        (SOUND, "\n", "is empty"),
    ],
)
def test_the_error_names_the_invalid_entry_and_key(manifest, capsys, old, new, problem):
    assert old in SOUND
    manifest.write_text(SOUND.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=problem) as error:
        load_lessons()
    assert str(error.value).startswith(str(manifest))
    assert main(["check"]) == 2
    assert str(error.value) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [('"stars"', f'"{slug}"', "slug") for slug in ("home", "explore", "laboratory", "audit", "certificate")]
    + [('"The path"', '"Instruments"', "part")],
)
def test_a_lesson_must_not_take_the_place_of_another_page(manifest, old, new, key):
    manifest.write_text(SOUND.replace(old, new))
    with pytest.raises(CourseError, match=f"{key} must be"):
        load_lessons()


def test_a_missing_manifest_is_named(manifest):
    manifest.unlink()
    with pytest.raises(CourseError, match=r"manifest\.toml is missing"):
        load_lessons()


def test_a_damaged_manifest_is_explained_in_the_app(run_app, manifest):
    manifest.write_text("[[lesson", encoding="utf-8")
    app = run_app(page="instruments/home")
    assert not app.exception
    assert [title.value for title in app.title] == ["A file that galviz needs can't be read"]
    assert f"{manifest} is not TOML" in app.error[0].value


def test_the_shipped_manifest_lists_the_lessons_folder():
    folders = {path.parent.name for path in LESSONS_FOLDER.glob("*/page.py")} - {"template"}
    assert {lesson.slug for lesson in load_lessons()} == folders
    assert {entry["slug"] for entry in tomllib.loads(MANIFEST_FILE.read_text(encoding="utf-8"))["lesson"]} == folders
