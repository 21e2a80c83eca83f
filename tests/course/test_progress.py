"""The progress file: no event is lost, whatever its content and with concurrent writers."""

import codecs
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from galviz.course import eventlog, progress
from galviz.course.eventlog import append_lines, repair
from galviz.course.progress import progress_path, progress_problem, read_progress, record

NOT_EVENTS = {
    "nested": b'{"key": "pca.2", "value": ' + b"[" * 100_000,
    "huge": b'{"key": "pca.2", "value": ' + b"9" * 5_000 + b"}",
    "nan": b'{"key": "pca.2", "value": NaN}',
    "true": b'{"key": "pca.q1", "value": true}',
    "bytes": b"\x00\xff\xfe\x00",
    "cut": b'{"key": "pca.2", "val',
    "escape": b'{"key": "pca.2", "value": "\\ud8',
}


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    """A student's folder of their own for each test."""
    folder = tmp_path / "work"
    monkeypatch.setenv("GALVIZ_WORK", str(folder))
    return folder


def event(key, value):
    return json.dumps({"at": "2026-11-05T12:00:00+00:00", "key": key, "value": value}).encode() + b"\n"


@pytest.mark.parametrize("line", NOT_EVENTS.values(), ids=NOT_EVENTS)
def test_a_line_that_is_no_event_is_skipped(work, line):
    work.mkdir()
    before = event("pca.1", "passed") + line
    progress_path().write_bytes(before)
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1}
    record({"pca.q1": 2})
    assert read_progress() == {"pca.1": "passed", "pca.1.passed": 1, "pca.q1": 2}
    assert progress_path().read_bytes().startswith(before)


@pytest.mark.parametrize("kind", ["folder", "fifo", "device"])
def test_a_path_that_is_no_regular_file_is_an_error(work, kind):
    work.mkdir()
    if kind == "folder":
        progress_path().mkdir()
    elif kind == "fifo":
        os.mkfifo(progress_path())
    else:
        progress_path().symlink_to("/dev/zero")
    for call in (read_progress, lambda: record({"pca.q1": 0})):
        with pytest.raises(OSError, match=r"progress\.jsonl"):
            call()


def test_a_file_is_read_again_only_if_it_has_changed(monkeypatch):
    record({"pca.q1": 0})
    read_progress()
    read = []
    monkeypatch.setattr(progress, "read_regular", lambda path: read.append(path) or path.read_bytes())
    for _ in range(50):
        read_progress()["pca.q1"] = 7  # a copy
    assert read_progress() == {"pca.q1": 0}
    assert not read
    with progress_path().open("ab") as other:
        other.write(event("pca.q1", 3))
    assert read_progress() == {"pca.q1": 3}
    assert len(read) == 1


def test_only_superseded_lines_are_removed(work):
    work.mkdir()
    elsewhere = work / "elsewhere.jsonl"
    progress_path().symlink_to(elsewhere)
    lines = [event("pca.1", "passed"), b"a note\n", *(event(f"pca.q{n % 5}", n) for n in range(10_000))]
    elsewhere.write_bytes(b"".join([*lines, event("pca.1", "failed")]))
    elsewhere.chmod(0o600)
    before = read_progress()
    assert before["pca.1.passed"] == 1
    record({"pca.2": "not yet"})
    assert read_progress() == before | {"pca.2": "not yet"}
    assert progress_path().is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    left = elsewhere.read_bytes().splitlines(keepends=True)
    assert left == [*lines[:2], *lines[-5:], event("pca.1", "failed"), left[-1]]
    assert list(work.iterdir()) in ([elsewhere, progress_path()], [progress_path(), elsewhere])
    began = time.perf_counter()
    record({"pca.2": "failed"})
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("keys", "n_bytes", "left"),
    [
        ("aaa", 65_535, "aaa"),
        ("aaaa", 65_536, "aaaa"),  # up to 64 KiB, nothing is removed
        ("aa", 65_538, "a"),  # it becomes half as large
        ("aab", 65_538, "aab"),  # it would become two thirds as large
    ],
)
def test_a_file_is_compacted_beyond_64_kib_if_that_halves_it(tmp_path, keys, n_bytes, left):
    path = tmp_path / "progress.jsonl"
    lines = {key: event(key, "").replace(b'""', b'"%s"' % (b"x" * 100_000)) for key in set(keys)}
    lines = {key: line[: n_bytes // len(keys) - 3] + line[-3:] for key, line in lines.items()}
    append_lines(path, b"".join(lines[key] for key in keys))
    assert path.read_bytes() == b"".join(lines[key] for key in left)


def test_a_file_that_can_t_be_locked_is_not_compacted(tmp_path, monkeypatch):
    path, lines = tmp_path / "progress.jsonl", event("pca.q1", 0) + event("pca.q1", 1)
    monkeypatch.setattr(eventlog, "fcntl", None)
    append_lines(path, lines, compact_beyond_bytes=0)
    assert path.read_bytes() == lines


@pytest.mark.parametrize("change", [repair, lambda path: append_lines(path, b"lines")])
def test_a_file_that_another_process_keeps_locked_is_an_error_after_ten_seconds(tmp_path, monkeypatch, change):
    path, pauses = tmp_path / "progress.jsonl", []
    path.write_bytes(b"rubbish")
    monkeypatch.setattr(eventlog, "time", SimpleNamespace(monotonic=lambda: sum(pauses), sleep=pauses.append))
    with path.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(OSError, match="another process keeps it locked"):
            change(path)
    assert max(pauses) <= 0.01
    assert 10 < sum(pauses) < 10.02
    assert path.read_bytes() == b"rubbish"


def test_a_file_that_can_t_be_compacted_is_appended_to(work, monkeypatch):
    work.mkdir()
    progress_path().write_bytes(b"".join(event("pca.q1", n) for n in range(2_000)))

    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(eventlog, "atomic_write", full)
    record({"pca.q2": 1})
    assert read_progress() == {"pca.q1": 1999, "pca.q2": 1}


def test_a_partial_write_is_an_error(monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: write(handle, content[:10]))
    with pytest.raises(OSError, match=r"progress\.jsonl"):
        record({"pca.q1": 1})
    monkeypatch.undo()


WRITER = """
import sys
from functools import partial
from galviz.course import eventlog, progress
progress.append_lines = partial(eventlog.append_lines, compact_beyond_bytes=2_000)
for number in range(int(sys.argv[2])):
    progress.record({f"{sys.argv[1]}.{number // 4}": number})
    print(number, flush=True)
"""


def test_concurrent_writers_lose_nothing_while_the_file_is_compacted(work):
    """One of them is killed in the middle of it."""
    command = [sys.executable, "-c", WRITER]
    writers = [subprocess.Popen([*command, name, "120"], stdout=subprocess.DEVNULL) for name in ("a", "b", "c")]
    with subprocess.Popen([*command, "victim", "1000000"], stdout=subprocess.PIPE, text=True) as victim:
        printed = [int(victim.stdout.readline()) for _ in range(40)]
        victim.send_signal(signal.SIGKILL)
        printed += [int(line) for line in victim.stdout.read().splitlines()]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    known = read_progress()
    for name in ("a", "b", "c"):
        assert [known[f"{name}.{place}"] for place in range(30)] == list(range(3, 120, 4))
    for number in printed:
        assert known[f"victim.{number // 4}"] >= number
    assert progress_path().read_bytes().count(b"\n") < 3 * 120 + len(printed)  # it was rewritten
    record({"after": 1})
    assert read_progress()["after"] == 1


EVENTS = {"pca.1": "passed", "pca.q1": 2, "hooks.2": "failed"}
LINES = "".join(event(key, value).decode() for key, value in EVENTS.items())
STATES = EVENTS | {"pca.1.passed": 1}
SAVED_AS = {
    "utf-16 without a mark": LINES.encode("utf-16-le"),
    "utf-16": "\ufeff".encode("utf-16-le") + LINES.encode("utf-16-le"),
    "utf-16, big-endian": "\ufeff".encode("utf-16-be") + LINES.encode("utf-16-be"),
    "utf-16, Windows line ends": LINES.replace("\n", "\r\n").encode("utf-16"),
    "utf-32": LINES.encode("utf-32"),
    "utf-16, cut short": LINES.encode("utf-16")[:-1],
    "utf-16, the last without an end": LINES[:-1].encode("utf-16"),
    "CR": LINES.replace("\n", "\r").encode(),
    "CR, the last without an end": LINES.replace("\n", "\r").encode()[:-1],
    "CR and LF mixed": LINES.replace("\n", "\r", 1).encode(),
    "CRLF": LINES.replace("\n", "\r\n").encode(),
    "utf-8 with a mark": LINES.encode("utf-8-sig"),
    # as an older version left them, which added its lines all the same
    "utf-16, then utf-8": LINES.encode("utf-16") + b"\n" + event("pca.q1", 2),
    "utf-16, the last without an end, then utf-8": LINES[:-1].encode("utf-16") + b"\n" + event("pca.q1", 2),
    "utf-16, big-endian, then utf-8": "\ufeff".encode("utf-16-be") + LINES.encode("utf-16-be") + event("pca.q1", 2),
    "CR, then LF": LINES.replace("\n", "\r").encode() + b"\n" + event("pca.q1", 2),
}


@pytest.mark.parametrize("content", SAVED_AS.values(), ids=SAVED_AS)
def test_a_file_in_another_encoding_is_read_and_converted(work, content):
    work.mkdir()
    progress_path().write_bytes(content)
    assert read_progress() == STATES
    assert progress_problem() is None
    record({"pca.q1": 2})  # known already
    assert progress_path().read_bytes() == content
    record({"pca.q7": 1})
    record({"pca.q8": 3})
    assert read_progress() == STATES | {"pca.q7": 1, "pca.q8": 3}
    text = progress_path().read_bytes().decode("utf-8-sig")
    assert "\x00" not in text
    keys = [json.loads(line)["key"] for line in text.splitlines() if line.strip()]
    assert keys[:3] == list(EVENTS)
    assert keys[-2:] == ["pca.q7", "pca.q8"]
    assert [path.name for path in work.iterdir()] == ["progress.jsonl"]


def test_other_lines_survive_a_conversion(work):
    work.mkdir()
    progress_path().write_bytes(("a note: é\n" + LINES).encode("utf-16"))
    record({"pca.q7": 1})
    assert progress_path().read_text(encoding="utf-8").startswith("a note: é\n" + LINES)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02" * 400,
        LINES.encode("utf-32-le"),  # without a mark
        b"PK\x03\x04 what\nis\nthis\n" + event("pca.1", "passed"),
        "\ufeffnotes\nof another program\n".encode("utf-16-le"),
    ],
    ids=["binary", "utf-32 without a mark", "one event", "another's"],
)
def test_an_unreadable_file_is_reported_and_copied(work, content):
    work.mkdir()
    progress_path().write_bytes(content)
    known = read_progress()
    assert str(progress_path()) in progress_problem()
    assert progress_path().read_bytes() == content  # reading changes nothing
    (work / "progress-1.jsonl").write_bytes(b"an earlier one")
    record({"pca.q7": 1})
    assert read_progress() == known | {"pca.q7": 1}
    assert progress_problem() is None
    record({"pca.q8": 1})
    assert {path.name: path.read_bytes() for path in work.iterdir() if path != progress_path()} == {
        "progress-1.jsonl": b"an earlier one",
        "progress-2.jsonl": content,
    }


def test_a_file_is_converted_without_locks_too(work, monkeypatch):
    """As on Windows, where PowerShell's `>` saves in UTF-16."""
    monkeypatch.setattr(eventlog, "fcntl", None)
    work.mkdir()
    progress_path().write_bytes(SAVED_AS["utf-16, Windows line ends"])
    record({"pca.q7": 1})
    assert read_progress() == STATES | {"pca.q7": 1}
    assert progress_path().read_bytes().startswith(LINES.encode())


def test_a_file_that_can_t_be_converted_is_unchanged(work, monkeypatch):
    work.mkdir()
    progress_path().write_bytes(SAVED_AS["utf-16"])

    def full(path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(eventlog, "atomic_write", full)
    with pytest.raises(OSError, match=r"progress\.jsonl"):
        record({"pca.q7": 1})
    assert progress_path().read_bytes() == SAVED_AS["utf-16"]


def test_doctor_reports_an_unreadable_file(work):
    from galviz.cli.check_result import OK, WRONG
    from galviz.cli.system_checks import SYSTEM_CHECKS

    check_progress = SYSTEM_CHECKS["progress"]
    assert check_progress().state == OK
    work.mkdir()
    progress_path().write_bytes(SAVED_AS["utf-16"])
    assert (check_progress().state, check_progress().result) == (OK, "1 exercises passed")
    progress_path().write_bytes(b"\x00\x01\x02" * 400)
    assert check_progress().state == WRONG
    assert str(progress_path()) in check_progress().result
    progress_path().unlink()
    progress_path().mkdir()
    assert check_progress().state == WRONG


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF16_LE])
def test_lines_that_powershell_appended_in_utf16_are_read(mark):
    """`>>` of PowerShell 5 adds UTF-16 to whatever is there."""
    path = progress_path()
    path.parent.mkdir(parents=True, exist_ok=True)

    def lines(first, last):
        return "".join(json.dumps({"at": "", "key": f"hooks.q{n}", "value": n}) + "\r\n" for n in range(first, last))

    added = mark + lines(6, 8).encode("utf-16-le")
    path.write_bytes(lines(0, 6).encode() + added + lines(8, 10).encode())
    everything = {f"hooks.q{n}": n for n in range(10)}
    assert read_progress() == everything
    assert progress_problem() is None
    record({"hooks.q10": 10})
    assert read_progress() == everything | {"hooks.q10": 10}
    assert b"\0" not in path.read_bytes()


@pytest.mark.parametrize("value", [1, 11, 111])
def test_an_appended_line_in_utf16_may_be_cut_within_its_line_end(work, value):
    work.mkdir()
    appended = event("pca.q7", value).decode().encode("utf-16-le")
    progress_path().write_bytes(LINES.encode() + appended[:-1])
    assert read_progress() == STATES | {"pca.q7": value}
