"""Locks exclude other processes, and never remove or change a file of the user."""

import pytest

from galviz.files.lock import exclusive_lock, temporary_lock


def test_lock_file_is_removed(tmp_path):
    path = tmp_path / ".net.lock"
    for left in (False, True):
        if left:
            path.touch()
        with temporary_lock(path, "busy"):
            assert path.exists()
        assert not path.exists()


@pytest.mark.parametrize("kind", ["content", "link", "dangling link", "link to an empty file", "folder"])
def test_other_files_are_unchanged(tmp_path, kind):
    path, other = tmp_path / ".net.lock", tmp_path / "mine.txt"
    if kind == "content":
        path.write_text("mine")
    elif kind == "folder":
        path.mkdir()
    else:
        if kind != "dangling link":
            other.write_text("mine" if kind == "link" else "")
        path.symlink_to(other)
    before = sorted(entry.name for entry in tmp_path.iterdir())
    with pytest.raises(ValueError, match=r"\.net\.lock"), temporary_lock(path, "busy"):
        pytest.fail("the block ran")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == before
    if kind == "content":
        assert path.read_text() == "mine"


def test_file_written_during_the_block_stays(tmp_path):
    path, mine = tmp_path / ".net.lock", tmp_path / "mine.txt"
    mine.write_text("mine")
    with temporary_lock(path, "busy"):
        mine.replace(path)
    assert path.read_text() == "mine"


def test_lock_is_exclusive(tmp_path):
    pytest.importorskip("fcntl")
    path = tmp_path / ".net.lock"
    with temporary_lock(path, "busy"):
        with pytest.raises(ValueError, match="busy"), temporary_lock(path, "busy"):
            pytest.fail("the block ran twice")
        assert path.exists()  # the second one leaves the lock of the first
        with pytest.raises(ValueError, match="busy"), exclusive_lock(path, "busy"):
            pytest.fail("the block ran twice")
