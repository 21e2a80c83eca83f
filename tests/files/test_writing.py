"""Atomic writes: the old or the new content, and no temporary files."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from galviz.files.lock import exclusive_lock
from galviz.files.moving import move_to_free_name
from galviz.files.writing import (
    atomic_write,
    remove_unfinished,
    write_bytes,
    write_new,
    write_text,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_content_is_replaced(tmp_path):
    target = tmp_path / "master.csv"
    write_text(target, "first, longer than what follows\n")
    write_text(target, "objID\né\n")
    assert target.read_bytes() == b"objID\n\xc3\xa9\n"  # UTF-8, and no \r on Windows
    write_bytes(str(target), b"\0\r\n")
    assert target.read_bytes() == b"\0\r\n"
    assert names(tmp_path) == ["master.csv"]


@pytest.mark.parametrize("before", [None, b"as it was"])
@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_error_in_the_block_changes_nothing(tmp_path, before, error):
    target = tmp_path / "image.jpg"
    if before is not None:
        target.write_bytes(before)
    with pytest.raises(error), atomic_write(target) as temporary:  # noqa: PT012 -- the block is what is tested
        temporary.write_bytes(b"half")
        raise error
    assert names(tmp_path) == ([] if before is None else ["image.jpg"])
    assert before is None or target.read_bytes() == before


def test_the_target_is_untouched_until_the_end(tmp_path):
    target = tmp_path / "image.jpg"
    target.write_bytes(b"old")
    with atomic_write(target) as temporary:
        assert temporary.parent == target.parent  # so that the move is a rename
        assert not temporary.exists()
        temporary.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"


def test_errors_of_the_file_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_bytes(tmp_path / "no folder" / "image.jpg", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_bytes(tmp_path / "folder", b"content")
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "never written"):
        pass
    assert names(tmp_path) == ["folder"]


def test_long_names(tmp_path):
    target = tmp_path / ("n" * 251 + ".jpg")
    write_bytes(target, b"content")
    assert names(tmp_path) == [target.name]


def test_permissions(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_bytes(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_full_disk_leaves_the_old_file(tmp_path):
    pytest.importorskip("resource", reason="limits on a file's size are Unix's")
    target = tmp_path / "master.csv"
    target.write_bytes(b"old")
    # In a process of its own: the limit would hold for all tests after this one.
    script = """
import resource, sys
from galviz.files.writing import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(sys.argv[1], bytes(100_000))
except OSError as error:
    sys.exit(f"OSError: {error.strerror}")
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(target)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr.strip() == "OSError: File too large"
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["master.csv"]


def test_concurrent_writers(tmp_path):
    target = tmp_path / "image.jpg"
    contents = [bytes([number]) * 50_000 for number in range(8)]

    def write(content):
        for _ in range(20):
            write_bytes(target, content)

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_bytes() in contents
    assert names(tmp_path) == ["image.jpg"]


def test_remove_unfinished(tmp_path):
    script = """
import os, sys
from galviz.files.writing import atomic_write
with atomic_write(sys.argv[1]) as temporary:
    temporary.write_bytes(b"half")
    os._exit(9)
"""
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "1.jpg")], check=False, cwd=root)
    (tmp_path / "2.jpg").write_bytes(b"whole")
    (tmp_path / "kept.part").write_bytes(b"not ours")
    (left,) = remove_unfinished(tmp_path)
    assert left.name.startswith(".1.jpg.")
    assert left.suffix == ".part"
    assert names(tmp_path) == ["2.jpg", "kept.part"]
    assert remove_unfinished(tmp_path) == []


def test_remove_unfinished_of_one_target(tmp_path):
    for name in (".a.checkpoint.0f.part", ".b.checkpoint.0f.part", "a.checkpoint"):
        (tmp_path / name).touch()
    assert remove_unfinished(tmp_path, target="a.checkpoint") == [tmp_path / ".a.checkpoint.0f.part"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".b.checkpoint.0f.part", "a.checkpoint"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_symbolic_link_stays(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "file")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "file").read_bytes() == b"new"
    assert names(tmp_path / "folder") == ["file"]


@pytest.mark.parametrize("links", [True, False], ids=["hard links", "none"])
def test_write_new(tmp_path, monkeypatch, links):
    if not links:  # as on a memory card

        def refuse(source, target):
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
    write_new(tmp_path / "a.py", b"first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "a.py", b"second")
    assert move_to_free_name(tmp_path / "a.py", tmp_path / "a.py") == tmp_path / "a-1.py"
    write_new(tmp_path / "a.py", b"second")
    assert move_to_free_name(tmp_path / "a.py", tmp_path / "a.py") == tmp_path / "a-2.py"
    assert [(tmp_path / name).read_bytes() for name in names(tmp_path)] == [b"first", b"second"]
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "in it").touch()
    if not links:
        return
    (tmp_path / "broken").symlink_to("gone")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "broken", b"content")


def test_remove_unfinished_leaves_other_files(tmp_path):
    (tmp_path / ".download.part").touch()
    (tmp_path / ".film.mp4.part").touch()
    assert remove_unfinished(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="locks of Unix")
def test_lock_of_a_killed_process(tmp_path):
    lock = tmp_path / "lock"
    script = """
import sys
from pathlib import Path
from galviz.files.lock import exclusive_lock
with exclusive_lock(Path(sys.argv[1]), "busy"):
    print("locked", flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", script, str(lock)]
    root = Path(__file__).parents[2]
    first = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdout.readline() == "locked\n"
    with pytest.raises(ValueError, match="busy"), exclusive_lock(lock, "busy"):
        pass
    first.kill()  # a killed process leaves no lock
    first.communicate()
    with exclusive_lock(lock, "busy"):
        pass
