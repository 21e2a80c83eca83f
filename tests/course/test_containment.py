"""Containment on Linux: however a process is started, it ends with the one that started it; in both ways it is done."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="containment is for Linux")

ROOT = Path(__file__).parents[2]
# Contains itself, with or without a PID namespace, and runs code; EVER never ends, and is found by its mark.
PROGRAM = """
import os, signal, subprocess, sys, time
from galviz.course import containment
mark, how, code = sys.argv[1:]
if how == "subreaper":
    containment._unshare = lambda libc: False
assert containment.contain(os.dup(0)) == (how == "namespace")
SLEEP = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
EVER = [sys.executable, "-c", SLEEP, mark]
def wait():
    print("begun", flush=True)
    time.sleep(600)
exec(code)
"""
DAEMON = (
    "if not os.fork():\n    os.setsid()\n    if not os.fork():\n        os.execve(EVER[0], EVER, {})\n    os._exit(0)\n"
)
WAYS = {
    "no environment, own session": "subprocess.Popen(EVER, env={}, start_new_session=True)\n",
    "daemon": DAEMON,
    "nohup": "subprocess.Popen(['nohup', *EVER], env={}, start_new_session=True, stdout=-3, stderr=-3)\n",
    "setsid from a shell": "subprocess.run(['sh', '-c', 'setsid \"$@\" & setsid \"$@\" &', 'sh', *EVER])\n",
    "a child of a child that ends": "subprocess.run([sys.executable, '-c', 'import os, subprocess, sys; "
    "subprocess.Popen(sys.argv[1:], env={}, start_new_session=True); os._exit(0)', *EVER])\n",
    "many, each a daemon": 20 * DAEMON,
    "a chain, each link ending once it has made the next": "if not os.fork():\n    while True:\n        os.setsid()\n"
    "        if os.fork(): os._exit(0)\n",
    "a daemon that starts daemons": "if not os.fork():\n    os.setsid()\n    while True:\n"
    "        if not os.fork():\n            os.setsid()\n            os.execve(EVER[0], EVER, {})\n"
    "        time.sleep(0.01)\n",
}


def can_unshare():
    done = subprocess.run(["unshare", "--map-root-user", "--fork", "--pid", "true"], capture_output=True)
    return done.returncode == 0


HOW = ["subreaper", *(["namespace"] if can_unshare() else [])] if sys.platform == "linux" else []


@pytest.fixture
def start(request):
    """A function that starts PROGRAM with code; whatever the test leaves is killed after it."""
    mark, started = f"galviz-contained-{os.getpid()}-{time.monotonic_ns()}", []

    def begin(how, code):
        command = [sys.executable, "-c", PROGRAM, mark, how, code]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        started.append(process)
        return process, lambda: marked(mark)

    yield begin
    for each in marked(mark):
        with suppress(psutil.Error):
            each.kill()
    for process in started:
        process.wait()
        process.stdin.close()
        process.stdout.close()


def marked(mark):
    """Living processes with that mark in their command line."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if mark in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def gone(left, patience_s=10):
    """Whether all have gone, at the latest after a while."""
    latest = time.monotonic() + patience_s
    while left() and time.monotonic() < latest:
        time.sleep(0.05)
    return not left()


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("way", WAYS)
def test_what_was_started_ends_with_the_worker(start, how, way):
    process, left = start(how, WAYS[way] + "time.sleep(0.2)\nprint('done', flush=True)\nos._exit(3)")
    assert process.stdout.readline() == b"done\n"
    assert process.wait(20) == 3
    assert left() == []


@pytest.mark.parametrize("how", HOW)
def test_what_was_started_ends_when_the_worker_is_to_be_ended(start, how):
    process, left = start(how, WAYS["daemon"] + "wait()")
    assert process.stdout.readline() == b"begun\n"
    assert len(left()) >= 2
    process.terminate()
    assert process.wait(20) == -signal.SIGKILL
    assert left() == []


@pytest.mark.parametrize("how", HOW)
def test_what_was_started_ends_once_nobody_waits_for_it(start, how):
    process, left = start(how, WAYS["daemon"] + "wait()")
    assert process.stdout.readline() == b"begun\n"
    process.stdin.close()
    assert gone(left)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGTERM, signal.SIGXCPU])
def test_the_supervisor_ends_by_the_workers_signal(start, how, number):
    process, left = start(
        how, f"signal.signal({number}, signal.SIG_DFL) if {number} != 9 else 0\nos.kill(os.getpid(), {number})"
    )
    assert process.wait(20) == -number
    assert left() == []


if "namespace" in HOW:

    def test_in_a_namespace_the_supervisor_is_out_of_reach(start):
        kill_all = (
            "for pid in [1, *range(3, 60000)]:\n"
            "    try: pid == os.getpid() or os.kill(pid, signal.SIGKILL)\n    except OSError: pass\n"
        )
        see_all = (
            "print({name for name in os.listdir('/proc') if name.isdigit()} <= set('12345'), flush=True)\nos._exit(4)"
        )
        process, left = start("namespace", WAYS["daemon"] + kill_all + see_all)
        assert process.stdout.readline() == b"True\n"
        assert process.wait(20) == 4
        assert left() == []
