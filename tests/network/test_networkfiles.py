"""Card and weights of a network are written together: both or neither, and never those of another program."""

import hashlib
import os
import signal
import threading
from pathlib import Path

import pytest

from galviz.network import networkfiles
from galviz.network.card import read_card
from galviz.network.networkfiles import NetworkFiles

pytestmark = pytest.mark.full


@pytest.fixture
def card(tiny_card):
    return read_card(tiny_card)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def is_whole(path):
    """Whether a card's checksum is that of the weights beside it."""
    weights = path.with_name(read_card(path).weights)
    return read_card(path).weights_sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()


def test_names_and_checksum_are_of_what_is_written(card, tmp_path):
    written = NetworkFiles(tmp_path / "net.json").write(b"weights", card)
    assert written == read_card(tmp_path / "net.json")
    assert (written.name, written.weights) == ("net", "net.safetensors")
    assert is_whole(tmp_path / "net.json")
    assert sorted(contents(tmp_path)) == ["net.json", "net.safetensors"]


@pytest.mark.parametrize("existing", ["net.json", "net.safetensors"])
def test_an_existing_network_is_refused_or_replaced_whole(card, tmp_path, existing):
    (tmp_path / existing).write_text("old")
    with pytest.raises(ValueError, match="exists already"):
        NetworkFiles(tmp_path / "net.json")
    NetworkFiles(tmp_path / "net.json", force=True).write(b"weights", card)
    assert is_whole(tmp_path / "net.json")


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("written", ["net.json", "net.safetensors"])
def test_what_another_program_has_written_since_is_kept(card, tmp_path, written, force):
    files = NetworkFiles(tmp_path / "net.json", force=force)
    (tmp_path / written).write_text("another program's")
    assert files.write(b"weights", card).name == "net-1"
    assert (tmp_path / written).read_text() == "another program's"
    assert is_whole(tmp_path / "net-1.json")


@pytest.mark.parametrize("taken", [".safetensors", ".json"])
def test_a_name_that_is_taken_at_the_last_moment_is_left_alone(card, tmp_path, monkeypatch, taken):
    files, original = NetworkFiles(tmp_path / "net.json"), networkfiles.move_to_new

    def move_late(source, target):
        if target.name == f"net{taken}":
            target.write_text("another program's")
        original(source, target)

    monkeypatch.setattr(networkfiles, "move_to_new", move_late)
    assert files.write(b"weights", card).name == "net-1"
    assert is_whole(tmp_path / "net-1.json")
    assert contents(tmp_path)[f"net{taken}"] == b"another program's"
    assert len(contents(tmp_path)) == 3


def test_many_programs_at_once_each_have_a_network(card, tmp_path):
    start, cards = threading.Barrier(8), []

    def write(number):
        files = NetworkFiles(tmp_path / "net.json")
        start.wait()
        cards.append(files.write(bytes([number]) * 1000, card))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({written.name for written in cards}) == len({written.weights_sha256 for written in cards}) == 8
    for written in cards:
        assert read_card(tmp_path / f"{written.name}.json") == written
        assert is_whole(tmp_path / f"{written.name}.json")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals that a process sends to itself")
def test_an_interrupt_between_the_two_files_comes_after_both(card, tmp_path, monkeypatch):
    NetworkFiles(tmp_path / "net.json").write(b"old", card)
    files, original = NetworkFiles(tmp_path / "net.json", force=True), Path.replace

    def replace_interrupted(path, target):
        original(path, target)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", replace_interrupted)
            with pytest.raises(KeyboardInterrupt):
                files.write(b"new", card)
    finally:
        signal.signal(signal.SIGINT, before)
    assert is_whole(tmp_path / "net.json")
    assert sorted(contents(tmp_path)) == ["net.json", "net.safetensors"]


def test_a_full_disk_leaves_the_old_network(card, tmp_path, monkeypatch):
    NetworkFiles(tmp_path / "net.json").write(b"old", card)
    before = contents(tmp_path)

    def fail(card, path):
        Path(path).write_text("{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(networkfiles, "write_card", fail)
    with pytest.raises(OSError, match="No space left"):
        NetworkFiles(tmp_path / "net.json", force=True).write(b"new", card)
    assert contents(tmp_path) == before


def test_what_a_killed_process_left_of_this_network_is_removed(card, tmp_path):
    for name in (".net.json.0a1b.part", ".net.safetensors.0a1b.part", ".other.json.0a1b.part"):
        (tmp_path / name).write_text("half")
    NetworkFiles(tmp_path / "net.json").remove_unfinished()
    assert sorted(contents(tmp_path)) == [".other.json.0a1b.part"]
