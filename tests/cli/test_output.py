"""Output files: inputs and special files are never replaced, existing files only with force."""

import os
import shutil
import socket
import sys
from pathlib import Path

import pytest

from galviz.cli.output import Output, OutputError
from galviz.files.writing import write_bytes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and modes of Unix")


@pytest.fixture
def survey(tmp_path):
    """A folder with the names of a survey; its content doesn't matter here."""
    folder = tmp_path / "survey"
    (folder / "images").mkdir(parents=True)
    (folder / "master.csv").write_text("objID\n1\n")
    (folder / "images" / "1.jpg").write_bytes(b"an image")
    return folder


@pytest.fixture
def here(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def link(path, to):
    path.symlink_to(to)
    return path


def hard_link(path, to):
    os.link(to, path)
    return path


# Inputs, under the names by which they can be reached.
INPUTS = {
    "the catalogue": lambda survey, here: survey / "master.csv",
    "the catalogue's name in capitals": lambda survey, here: survey / "MASTER.CSV",
    "an image": lambda survey, here: survey / "images" / "1.jpg",
    "a new name among the images": lambda survey, here: survey / "images" / "2.csv",
    "a name of the survey's own": lambda survey, here: survey / "simulation.json",
    "the record of its images": lambda survey, here: survey / "simulation.sha256",
    "by a way round": lambda survey, here: survey / "images" / ".." / "master.csv",
    "a link to the catalogue": lambda survey, here: link(here / "x", survey / "master.csv"),
    "a link to a link": lambda survey, here: link(here / "y", link(here / "x", survey / "master.csv")),
    "a hard link to an image": lambda survey, here: hard_link(here / "x", survey / "images" / "1.jpg"),
    "through a link to the folder": lambda survey, here: link(here / "x", survey) / "master.csv",
    "through a link to the images": lambda survey, here: link(here / "x", survey / "images") / "new.csv",
    "the weights": lambda survey, here: here.parent / "weights",
    "a hard link to the weights": lambda survey, here: hard_link(here / "x", here.parent / "weights"),
}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("name", INPUTS.values(), ids=INPUTS.keys())
def test_inputs_are_never_overwritten(survey, here, name, force):
    weights = here.parent / "weights"
    weights.write_bytes(b"weights")
    path, before = name(survey, here), contents(here.parent)
    with pytest.raises(OutputError, match="an input"):
        Output(path, force=force, inputs=[survey, weights])
    assert contents(here.parent) == before


def test_images_that_are_links_are_inputs(survey, here):
    elsewhere = here / "1.jpg"
    shutil.move(survey / "images" / "1.jpg", elsewhere)
    (survey / "images" / "1.jpg").symlink_to(elsewhere)
    with pytest.raises(OutputError, match="an input"):
        Output(elsewhere, force=True, inputs=[survey])


def a_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


KINDS = {
    "a pipe": os.mkfifo if hasattr(os, "mkfifo") else None,
    "a socket": a_socket,
    "a device": lambda path: path.symlink_to("/dev/null"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_special_files_are_never_replaced(here, monkeypatch, kind):
    monkeypatch.chdir(here)  # a socket's name must be short
    KINDS[kind](Path("x"))
    before = (here / "x").stat()
    with pytest.raises(OutputError, match=f"x is {kind} and can't be replaced"):
        Output(Path("x"), force=True)
    with pytest.raises(OSError, match="Not a regular file"):
        write_bytes("x", b"content")
    assert os.path.samestat((here / "x").stat(), before)
    assert [path.name for path in here.iterdir()] == ["x"]


@pytest.mark.parametrize("path", ["", ".", "missing/x", "survey"])
def test_the_folder_must_exist(survey, tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="must be a file in a folder that exists"):
        Output(path, force=True)


def test_replacing_a_file_needs_force(here):
    path = here / "x.csv"
    path.write_text("mine")
    with pytest.raises(OutputError, match=r"x\.csv exists"):
        Output(path)
    output = Output(path, may_replace=lambda path: path.read_text() == "mine")
    with pytest.raises(OutputError, match=r"x\.csv exists"):
        output.refuse()
    assert path.read_text() == "mine"
    with Output(path, force=True).writing() as temporary:
        temporary.write_text("new")
        assert path.read_text() == "mine"
    assert path.read_text() == "new"
    assert [path.name for path in here.iterdir()] == ["x.csv"]


def test_an_empty_file_is_replaced(here):
    path = here / "x.csv"
    path.touch()
    with Output(path).writing() as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"


def test_a_write_protected_file_needs_force(here):
    path = here / "x.csv"
    path.touch(0o444)
    with pytest.raises(OutputError, match="write-protected"):
        Output(path)
    with Output(path, force=True).writing() as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"


def test_a_link_is_followed(here):
    (here / "folder").mkdir()
    file = here / "folder" / "file"
    file.write_text("old")
    path = link(here / "x.csv", file)
    with pytest.raises(OutputError, match="exists"):
        Output(path)
    with Output(path, force=True).writing() as temporary:
        assert temporary.parent == file.parent
        temporary.write_text("new")
    assert path.is_symlink()
    assert file.read_text() == "new"
    with pytest.raises(OutputError, match="which doesn't exist"):
        Output(link(here / "y.csv", here / "gone"), force=True)


def test_redirected_streams_are_refused(here):
    path = here / "x.csv"
    path.write_text("what the shell created for > x.csv")
    stdin = os.dup(0)
    try:
        with path.open() as file:
            os.dup2(file.fileno(), 0)
        with pytest.raises(OutputError, match="this command's standard input"):
            Output(path, force=True)
    finally:
        os.dup2(stdin, 0)
        os.close(stdin)


@pytest.mark.parametrize("folder", ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd"])
@pytest.mark.parametrize("leads_to", ["pipe", "file", "nothing"])
def test_numbers_of_open_files_are_refused(here, folder, leads_to):
    if not Path(folder).is_dir():
        return  # macOS has no /proc
    readable, writable = os.pipe()
    opened = os.open(here / "log", os.O_WRONLY | os.O_CREAT)
    number = {"pipe": writable, "file": opened, "nothing": 2**15}[leads_to]
    try:
        for path in (Path(folder, str(number)), link(here / "x.csv", Path(folder, str(number)))):
            with pytest.raises(OutputError, match=r"the number of an open file, not a file name\. Name another"):
                Output(path, force=True)
    finally:
        for descriptor in (readable, writable, opened):
            os.close(descriptor)
    assert {path.name for path in here.iterdir()} == {"log", "x.csv"}
    assert (here / "log").read_bytes() == b""


@pytest.mark.parametrize(
    ("path", "stream"), [("/dev/stdout", "output"), ("/dev/stderr", "error"), ("/proc/self/fd/2", "error")]
)
def test_standard_streams_are_refused(path, stream):
    if Path(path).is_symlink():
        with pytest.raises(OutputError, match=f"^{path} is this command's standard {stream}. Name another file.$"):
            Output(path)


def test_a_file_may_have_a_number_as_its_name(here):
    (here / "fd").mkdir()
    with Output(here / "fd" / "1").writing() as temporary:
        temporary.write_text("new")
    assert (here / "fd" / "1").read_text() == "new"


def test_a_full_disk_is_detected_before_the_work(here, monkeypatch):
    with pytest.raises(OSError, match="name too long"):
        Output(here / ("n" * 300))
    with pytest.raises(OSError, match=r"No space left on device \(it needs"):
        Output(here / "x", size_bytes=10**18)

    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        Output(here / "x")
    assert caught.value.filename == str(here / "x")
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("before", [None, "old"])
def test_a_file_written_by_another_program_is_not_replaced(here, before):
    path = here / "x.csv"
    if before is not None:
        path.write_text(before)
    (here / "x-1.csv").write_text("there too")
    with (  # noqa: PT012 -- the block is what is tested
        pytest.raises(OutputError, match=r"Another program has written .*x\.csv in the meantime\. .* in .*x-2\.csv"),
        Output(path, force=True).writing() as temporary,
    ):
        temporary.write_text("ours")
        write_bytes(path, b"theirs, another length")
    contents = {path.name: path.read_text() for path in here.iterdir()}
    assert contents == {"x.csv": "theirs, another length", "x-1.csv": "there too", "x-2.csv": "ours"}


def test_a_failure_leaves_no_file(here):
    with pytest.raises(KeyboardInterrupt), Output(here / "x").writing() as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert list(here.iterdir()) == []
