"""A watch notices every kind of change to a survey's files, and looks no more often than its cost allows."""

import os
import shutil
from itertools import count

import pytest

from panels.folder_watch import FolderWatch


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "master.csv").write_text("objID\na\nb\n")
    for name in "ab":
        (tmp_path / "images" / f"{name}.jpg").write_bytes(name.encode() * 100)
    return tmp_path


def _overwrite(folder):
    (folder / "images" / "a.jpg").write_bytes(b"c" * 100)


def _replace_with_times_kept(folder):
    path = folder / "images" / "a.jpg"
    before = path.stat()
    other = folder / "other"
    other.write_bytes(b"c" * 100)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def _overwrite_with_times_kept(folder):
    path = folder / "images" / "a.jpg"
    before = path.stat()
    path.write_bytes(b"c" * 100)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        _overwrite,
        _replace_with_times_kept,
        _overwrite_with_times_kept,
        lambda folder: (folder / "images" / "c.jpg").write_bytes(b"c"),
        lambda folder: (folder / "images" / "a.jpg").unlink(),
        lambda folder: (folder / "master.csv").write_text("objID\na\nc\n"),
        lambda folder: shutil.rmtree(folder / "images"),
        shutil.rmtree,
    ],
)
def test_each_change_is_noticed_once(folder, change):
    watch = FolderWatch(folder, clock=lambda: 0.0)
    assert watch.has_changed()
    assert not watch.has_changed()
    change(folder)
    assert watch.has_changed()
    assert not watch.has_changed()


def test_a_link_s_target_is_watched(folder, tmp_path):
    target = tmp_path / "target.jpg"
    target.write_bytes(b"1")
    (folder / "images" / "c.jpg").symlink_to(target)
    watch = FolderWatch(folder, clock=lambda: 0.0)
    assert watch.has_changed()
    target.write_bytes(b"22")
    assert watch.has_changed()


def test_looking_takes_a_fiftieth_of_the_time(folder):
    seconds = count()  # a look takes one
    watch = FolderWatch(folder, clock=lambda: float(next(seconds)))
    assert watch.has_changed()
    _overwrite(folder)
    answers = [watch.has_changed() for _ in range(60)]
    assert answers.index(True) in range(45, 52)
    assert sum(answers) == 1
