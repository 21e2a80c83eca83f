"""A sandbox ends all processes that its process has started, with a supervisor or (macOS, Windows) without."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from galviz.course.sandbox import Sandbox

SUPERVISED = [True, False] if sys.platform == "linux" else [False]
START_CHILDREN = """
import subprocess, sys, time
from galviz.course.sandbox import enter_sandbox
sleeper = [sys.executable, "-c", "import time; time.sleep(600)", enter_sandbox()["mark"]]
subprocess.Popen(sleeper)
subprocess.Popen(sleeper, env={}, start_new_session=True)
print("started", flush=True)
"""


def is_running(mark):
    """Whether a process has this mark on its command line."""
    for process in psutil.process_iter():
        try:
            if mark in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                return True
        except psutil.Error:
            continue
    return False


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def mark():
    return f"galviz-sandbox-{os.getpid()}-{time.monotonic_ns()}"


@pytest.mark.parametrize("supervised", SUPERVISED)
def test_leaving_the_context_ends_all_processes(mark, supervised):
    with Sandbox(["-c", START_CHILDREN + "time.sleep(600)"], {"mark": mark}, supervised=supervised) as sandbox:
        assert wait_until(lambda: sandbox.output == "started\n")
        memory_bytes, processes, cpu_seconds = sandbox.resources()
        assert memory_bytes > 5e6
        assert processes >= 3
        assert cpu_seconds > 0
    assert not is_running(mark)


@pytest.mark.parametrize("supervised", SUPERVISED)
def test_children_end_after_the_process_has_exited(mark, supervised):
    """Without a supervisor, only what was seen before: it is no descendant of anybody now."""
    code = START_CHILDREN + "time.sleep(0.5)\nsys.exit(3)"
    with Sandbox(["-c", code], {"mark": mark}, supervised=supervised) as sandbox:
        while not sandbox.wait(0.05):
            sandbox.resources()
        assert sandbox.returncode == 3
    assert not is_running(mark)


@pytest.mark.parametrize("supervised", SUPERVISED)
def test_a_killed_parent_takes_everything_with_it(mark, supervised):
    code = (
        "import time\nfrom galviz.course.sandbox import Sandbox\n"
        f"sandbox = Sandbox(['-c', {START_CHILDREN + 'time.sleep(600)'!r}], {{'mark': {mark!r}}}, "
        f"supervised={supervised})\n"
        "while sandbox.output != 'started\\n':\n    time.sleep(0.01)\n"
        "print('children run', flush=True)\ntime.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert parent.stdout.readline() == b"children run\n"
        assert is_running(mark)
    finally:
        parent.kill()
        parent.communicate()
    assert wait_until(lambda: not is_running(mark))
