"""Files that a user names: regular ones are read, everything else is refused without waiting."""

import os
import pickle
import socket
import stat
import sys

import pytest

from galviz.files.reading import NotRegularError, read_regular

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs or device nodes")


def test_files_and_links_to_them_are_read(tmp_path):
    (tmp_path / "file").write_bytes(b"a\r\nb")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_regular(tmp_path / "file") == read_regular(str(tmp_path / "link")) == b"a\r\nb"
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nothing")


def test_what_is_no_file_is_refused_at_once(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # a socket's path may have 108 bytes at most
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for name, kind in (("pipe", "FIFO"), ("socket", "socket"), (".", "folder"), ("/dev/zero", "device")):
            (tmp_path / "link").symlink_to(name)
            for path in (name, "link"):
                with pytest.raises(NotRegularError, match=f"it is a .*{kind}.*, not a file"):
                    read_regular(path)
            (tmp_path / "link").unlink()


def test_a_name_that_changes_to_a_pipe_is_refused_too(tmp_path, monkeypatch):
    """Between the look at the name and its opening another process may have put a FIFO there."""
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr("galviz.files.reading.Path.stat", lambda path: os.stat_result([stat.S_IFREG, *[0] * 9]))
    with pytest.raises(NotRegularError, match="FIFO"):
        read_regular(tmp_path / "pipe")


def test_the_error_can_be_pickled():
    error = pickle.loads(pickle.dumps(NotRegularError("here", "a socket")))
    assert (error.kind, error.filename, error.strerror) == ("a socket", "here", "it is a socket, not a file")
