"""Regular files are read; named pipes, sockets, devices and folders raise an error without blocking."""

import os
import pickle
import socket
import stat
import sys

import pytest

from galviz.files.reading import NotRegularError, read_regular

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs or device nodes")


def test_files_and_links(tmp_path):
    (tmp_path / "file").write_bytes(b"a\r\nb")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_regular(tmp_path / "file") == read_regular(str(tmp_path / "link")) == b"a\r\nb"
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nothing")


def test_special_files(tmp_path, monkeypatch):
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


def test_file_is_replaced_by_a_pipe(tmp_path, monkeypatch):
    """Another process may replace the file between the check and the opening."""
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr("galviz.files.reading.Path.stat", lambda path: os.stat_result([stat.S_IFREG, *[0] * 9]))
    with pytest.raises(NotRegularError, match="FIFO"):
        read_regular(tmp_path / "pipe")


def test_error_can_be_pickled():
    error = pickle.loads(pickle.dumps(NotRegularError("here", "a socket")))
    assert (error.kind, error.filename, error.strerror) == ("a socket", "here", "it is a socket, not a file")
