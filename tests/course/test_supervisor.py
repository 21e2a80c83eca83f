"""On Linux every descendant of a worker ends with it, with and without a PID namespace."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the supervisor is for Linux")

ROOT = Path(__file__).parents[2]
# Enters a supervisor, with or without a PID namespace, and runs code. EVER never ends, and has a mark to find it by.
PROGRAM = """
import os, signal, subprocess, sys, time
from galviz.course.supervisor import supervise
mark, how, code = sys.argv[1:]
assert supervise(os.dup(0), namespace=how == "namespace") == (how == "namespace")
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
# Ways that start many processes.
MANY = ("many, each a daemon", "a chain, each link ending once it has made the next", "a daemon that starts daemons")


def can_unshare():
    done = subprocess.run(["unshare", "--map-root-user", "--fork", "--pid", "true"], capture_output=True)
    return done.returncode == 0


HOW = ["subreaper", *(["namespace"] if can_unshare() else [])] if sys.platform == "linux" else []


@pytest.fixture
def start(request):
    """A function that starts PROGRAM with code; whatever is left is killed after the test."""
    mark, started = f"galviz-supervised-{os.getpid()}-{time.monotonic_ns()}", []

    def begin(how, code):
        command = [sys.executable, "-c", PROGRAM, mark, how, code]
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        started.append(process)
        return process, lambda: marked(mark)

    yield begin
    for process in marked(mark):
        with suppress(psutil.Error):
            process.kill()
    for process in started:
        process.wait()
        process.stdin.close()
        process.stdout.close()


def marked(mark):
    """Processes with that mark on their command line; zombies don't count."""
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if mark in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                processes.append(process)
    return processes


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("way", [pytest.param(way, marks=[pytest.mark.slow] * (way in MANY)) for way in WAYS])
def test_descendants_end_with_the_worker(start, how, way):
    process, left = start(how, WAYS[way] + "time.sleep(0.2)\nprint('done', flush=True)\nos._exit(3)")
    assert process.stdout.readline() == b"done\n"
    assert process.wait(20) == 3
    assert left() == []


@pytest.mark.parametrize("how", HOW)
def test_everything_ends_when_the_lifeline_closes(start, how):
    process, left = start(how, WAYS["daemon"] + "wait()")
    assert process.stdout.readline() == b"begun\n"
    assert len(left()) >= 2
    process.stdin.close()
    assert process.wait(20) == 128 + signal.SIGKILL
    assert left() == []


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    "number",
    [
        *(signal.SIGSEGV, signal.SIGKILL),
        *(pytest.param(number, marks=pytest.mark.slow) for number in (signal.SIGABRT, signal.SIGTERM, signal.SIGXCPU)),
    ],
)
def test_the_exit_code_contains_the_workers_signal(start, how, number):
    process, left = start(
        how, f"signal.signal({number}, signal.SIG_DFL) if {number} != 9 else 0\nos.kill(os.getpid(), {number})"
    )
    assert process.wait(20) == 128 + number
    assert left() == []


if "namespace" in HOW:

    def test_in_a_namespace_the_supervisor_can_not_be_killed(start):
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
