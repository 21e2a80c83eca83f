"""Walking through folders: links, hidden files, depth and folders that can't be read."""

import os

import pytest

from galviz.files.walking import Walk


@pytest.fixture
def tree(tmp_path):
    """Files, hidden files, and links to a file and to folders, inside and outside."""
    hidden = ("in/.x/f.jpg", "in/__MACOSX/g.jpg", "in/Thumbs.db")
    for name in ("in/a.jpg", "in/b/c.jpg", "in/b/d/e.jpg", *hidden, "out/h.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "in" / "file").symlink_to(tmp_path / "out" / "h.jpg")
    (tmp_path / "in" / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "b" / "outside").symlink_to(tmp_path / "out")
    return tmp_path / "in"


def test_links_to_folders_are_listed_and_not_entered(tree):
    walk = Walk(tree)
    assert sorted(path for path, _ in walk) == ["a.jpg", "b/c.jpg", "b/d/e.jpg", "file", "nowhere"]
    assert sorted(walk.links) == ["b/outside", "loop"]
    assert (sorted(walk.folders), walk.unread) == (["b", "b/d"], [])


def test_a_link_to_the_folder_itself_is_entered(tree, tmp_path):
    (tmp_path / "link").symlink_to(tree)
    assert "b/c.jpg" in [path for path, _ in Walk(tmp_path / "link")]


def test_folders_that_are_not_read_are_listed(tree, monkeypatch):
    walk = Walk(tree, max_depth=1)
    assert "b/c.jpg" in [path for path, _ in walk]
    assert walk.unread == ["b/d"]
    scandir = os.scandir

    def refuse(place):
        if str(place) == str(tree / "b"):
            raise PermissionError(13, "Permission denied", place)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)
    walk = Walk(tree)
    assert sorted(path for path, _ in walk) == ["a.jpg", "file", "nowhere"]
    assert walk.unread == ["b"]
    with pytest.raises(FileNotFoundError):
        list(Walk(tree / "gone"))
