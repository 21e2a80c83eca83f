"""A student's code, run apart: whatever it does is told in a sentence, within its time, and nothing is left running."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from galviz.course.commands import command
from galviz.course.manifest import find_lesson
from galviz.course.outcome import Limits
from galviz.course.process import told_end
from galviz.course.questions import read_questions
from galviz.course.runner import run_tasks
from galviz.course.workspace import solution_path, stub_path

LESSON = find_lesson("pca")
TASKS = read_questions(LESSON).tasks
QUICK = Limits(load_seconds=3.0, task_seconds=1.5, memory_mb=500)
STUB = stub_path(LESSON).read_text(encoding="utf-8")
ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process that hides may stay")


@pytest.fixture
def outcomes(tmp_path):
    """A function that runs the lesson's tasks on a file of that content."""

    def run(content, limits=QUICK):
        path = tmp_path / "pca.py"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return run_tasks(path, TASKS, limits=limits)

    return run


def centre_that(*lines, before=""):
    """The solution, with a first task that does something else."""
    text = solution_path(LESSON).read_text(encoding="utf-8")
    body = "\n".join(f"    {line}" for line in lines)
    return text.replace("    return values - np.mean(values, axis=0)\n", f"{body}\n", 1).replace(
        "import numpy as np\n", f"import numpy as np\n{before}\n", 1
    )


def workers_of_this_process():
    """Processes that run exercises for this one; other tests may have children of their own."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if "galviz.course.worker" in process.cmdline():
                found.append(process)
        except psutil.Error:
            continue
    return found


def running(mark):
    """Processes whose command line holds `mark`."""
    found = []
    for process in psutil.process_iter():
        try:
            if mark in " ".join(process.cmdline()) and process.pid != os.getpid():
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_the_solution_passes(outcomes):
    found = outcomes(solution_path(LESSON).read_bytes())
    assert [(outcome.id, outcome.state, outcome.message) for outcome in found] == [
        (task.id, "passed", "") for task in TASKS
    ]
    assert all(0 <= outcome.seconds < 1.5 for outcome in found)


def test_the_stub_is_not_yet_an_answer(outcomes):
    assert [outcome.state for outcome in outcomes(STUB)] == ["not yet"] * 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (["while True:", "    pass"], "takes more than 1.5 s and was stopped: is there a loop that never ends?"),
        (["while True:", "    try:", "        print('x')", "    except:", "        pass"], "1.5 s"),
        (["import sys", "sys.exit(0)"], "It ends Python (`sys.exit`, `exit` or `quit`) (line"),
        (["exit()"], "It ends Python"),
        (["import os", "os._exit(0)"], "It ends Python, with exit status 0"),
        (["import os, signal", "os.kill(os.getpid(), signal.SIGSEGV)"], "It crashed Python (SIGSEGV)."),
        (["import os", "os.abort()"], "It crashed Python (SIGABRT)."),
        (["return np.ones(10**10 // 8)"], "more memory than"),
        (["return bytearray(10**10)"], "more memory than"),
        (["kept = []", "while True:", "    kept.append(np.ones(10**6))"], "more memory than"),
        (["while True:", "    print('again and again')"], "It prints more than 1 MB (line"),
        (["import os", "while True:", "    os.write(1, b'x' * 65536)"], "It prints more than 5 MB"),
        (["import os", "os.fork()", "return values - values.mean(axis=0)"], "starts another process (fork)"),
        (["import os", "while True:", "    os.fork()"], "1.5 s"),
        (["import nothing_of_that_name"], "It imports `nothing_of_that_name`, which isn't installed here (line"),
        (["return centre(values)"], "It calls itself without end (line"),
        (["return input('a number')"], "It asks for input (line"),
        (["raise KeyboardInterrupt"], "It raises KeyboardInterrupt (line"),
        (["raise BaseException"], "It raises BaseException (line"),
        (["return 1 / 0"], "It raises ZeroDivisionError (line 9 of pca.py): division by zero"),
        (["raise NotImplementedError"], "It raises NotImplementedError (line 9 of pca.py)."),
        (["raise NotImplementedError('pca.2')"], "It raises NotImplementedError (line 9 of pca.py)."),
        (["return ..."], "type ellipsis"),
        (["pass"], "is None: does the function end with `return`?"),
        (["import re", "re.match(r'(a+)+$', 'a' * 40 + 'b')"], "1.5 s"),
        (["with open('/dev/zero', 'rb') as f:", "    return f.read()"], "more memory than"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_goes_wrong_is_told_and_the_other_tasks_go_on(outcomes, body, said):
    began = time.monotonic()
    # A busy machine takes seconds to hand out 500 MB.
    limits = replace(QUICK, task_seconds=10.0) if "memory" in said else QUICK
    found = outcomes(centre_that(*body), limits)
    assert [outcome.state for outcome in found] == ["failed", "passed", "passed"]
    assert said in found[0].message
    assert len(found[0].message) < 400
    assert "\n" not in found[0].message
    assert time.monotonic() - began < 30
    assert not workers_of_this_process()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("def centre(values:\n    pass\n", "pca.py can't be read as Python: '(' was never closed, in line 1."),
        ("def centre(values):\nreturn values\n", "pca.py can't be read as Python"),
        (b"x = '\xff\xfe'\n", "pca.py can't be read"),
        (b"x = 1\0\n", "pca.py can't be read"),
        ("", "There is no `centre` in pca.py"),
        (
            "import nothing_of_that_name\n" + STUB,
            "It imports `nothing_of_that_name`, which isn't installed here (line 1",
        ),
        ("while True:\n    pass\n", "Running pca.py from its top takes more than 3 s and was stopped"),
        ("import sys\nsys.exit()\n", "It ends Python (`sys.exit`, `exit` or `quit`) (line 2"),
        ("import os\nos._exit(3)\n", "It ends Python, with exit status 3"),
        ("x = bytearray(10**10)\n", "It needs more memory than an exercise may have (line 1 of pca.py)."),
        ("import os\nos.fork()\n" + STUB, "starts another process (fork)"),
        ("centre = 3\n", "TypeError"),
    ],
    ids=range(12),
)
def test_a_file_that_can_t_be_run_is_told_for_each_task(outcomes, content, said):
    found = outcomes(content)
    assert [outcome.state for outcome in found] == ["failed"] * 3
    assert said in found[0].message
    assert len(found[0].message) < 400


def test_a_file_that_is_gone_is_told(tmp_path):
    (outcome, *_) = run_tasks(tmp_path / "pca.py", TASKS)
    assert outcome.state == "failed"
    assert "There is no file pca.py" in outcome.message
    assert f"`{command('start pca')}`" in outcome.message
    (tmp_path / "pca.py").mkdir()
    assert run_tasks(tmp_path / "pca.py", TASKS)[0].state == "failed"


def sleeper(mark):
    """Source of a command that doesn't end, found by its mark."""
    return f"[sys.executable, '-c', 'import time; time.sleep(600)', '{mark}']"


def test_nothing_that_was_started_is_left_running(outcomes):
    mark = f"galviz-left-{os.getpid()}"
    started = sleeper(mark)
    found = outcomes(
        centre_that(
            f"subprocess.Popen({started})",
            f"subprocess.Popen({started}, start_new_session=True)",
            "return values - np.mean(values, axis=0)",
            before="import subprocess, sys",
        )
    )
    assert found[0].state == "passed"
    assert not running(mark)


@LINUX
@pytest.mark.parametrize("last", ["return values - np.mean(values, axis=0)", "while True: pass", "os._exit(1)"])
def test_on_linux_what_hides_is_not_left_running_either(outcomes, last):
    mark = f"galviz-hidden-{os.getpid()}"
    started = f"{sleeper(mark)}, env={{}}, start_new_session=True"
    found = outcomes(
        centre_that(
            f"subprocess.Popen({started}, stdin=-3, stdout=-3, stderr=-3)",
            f"subprocess.run(['sh', '-c', 'setsid \"$@\" & exit', 'sh', *{sleeper(mark)}], env={{}})",
            f"os.environ['GALVIZ_TEST'] = {mark!r}",
            "spawned = multiprocessing.get_context('spawn').Process(target=time.sleep, args=(600,))",
            "spawned.start()",
            last,
            before="import multiprocessing, os, subprocess, sys, time",
        )
    )
    assert found[0].state == ("passed" if last.startswith("return") else "failed")
    assert [outcome.state for outcome in found[1:]] == ["passed", "passed"]
    assert not running(mark)
    environments = [each.info["environ"] or {} for each in psutil.process_iter(["environ"])]
    assert not [each for each in environments if each.get("GALVIZ_TEST") == mark]


def test_threads_don_t_keep_it(outcomes):
    began = time.monotonic()
    found = outcomes(
        centre_that(
            "threading.Thread(target=time.sleep, args=(600,)).start()",
            "return values - np.mean(values, axis=0)",
            before="import threading, time",
        )
    )
    assert found[0].state == "passed"
    assert time.monotonic() - began < 20


def test_what_is_printed_is_shown_by_task(outcomes):
    found = outcomes(centre_that("print('mean', 3)", "return values"))
    assert found[0].printed == "mean 3\n"
    assert [outcome.printed for outcome in found[1:]] == ["", ""]
    long = outcomes(centre_that("print('x' * 10_000)", "return values"))[0]
    assert len(long.printed) == 2_000


def test_what_no_file_can_hold_is_shown_by_its_number(outcomes):
    found = outcomes(centre_that("print('half a pair: \\ud800')", "raise ValueError('\\udc00')"))
    assert found[0].printed == "half a pair: \\ud800\n"
    assert found[0].message.endswith("\\udc00")


REPLACED = {
    "a pipe": "os.remove(sys.argv[1]); os.mkfifo(sys.argv[1])",
    "an endless device": "os.remove(sys.argv[1]); os.symlink('/dev/zero', sys.argv[1])",
    "nothing": "os.remove(sys.argv[1])",
}
LINES = ['{"phase": []}', '{"phase": "end"}', "[" * 100_000, '{"phase": "end", "id": 3}', '"text"', "{}"]


@pytest.mark.skipif(os.name == "nt", reason="Windows neither has pipes in folders nor removes a file that is open")
@pytest.mark.parametrize("replace", REPLACED.values(), ids=REPLACED)
def test_a_report_that_is_replaced_is_read_as_it_was(outcomes, replace):
    found = outcomes(centre_that("return values - values.mean(axis=0)", before=f"import os, sys\n{replace}"))
    assert [outcome.state for outcome in found] == ["passed"] * len(TASKS)


def test_lines_that_galviz_does_not_write_are_left_out(outcomes):
    write = f"open(sys.argv[1], 'a').write('\\n'.join({LINES!r}) + '\\n')"
    found = outcomes(centre_that("return values - values.mean(axis=0)", before=f"import sys\n{write}"))
    assert [outcome.state for outcome in found] == ["passed"] * len(TASKS)


@pytest.mark.parametrize("body", ["def __str__(self): return 3", "def __str__(self): raise SystemExit", "args = 3"])
def test_an_error_that_can_t_be_told_is_named(outcomes, body):
    before = f"class Odd(NotImplementedError):\n    {body}\n"
    found = outcomes(centre_that("raise Odd()", before=before))
    assert "It raises" in found[0].message
    assert [outcome.state for outcome in found[1:]] == ["passed"] * (len(TASKS) - 1)


def test_looking_may_end_a_run(tmp_path):
    class Enough(BaseException):
        pass

    def look():
        if time.monotonic() - began > 1:
            raise Enough

    path, began = tmp_path / "pca.py", time.monotonic()
    path.write_text(centre_that("while True:", "    pass"))
    with pytest.raises(Enough):
        run_tasks(path, TASKS, look=look)
    assert time.monotonic() - began < 8
    assert not workers_of_this_process()


def test_an_edit_counts_at_once(outcomes):
    wrong = centre_that("return values - np.mean(values, axis=1)")
    assert outcomes(wrong)[0].state == "failed"
    assert outcomes(wrong.replace("axis=1", "axis=0"))[0].state == "passed"
    assert outcomes(wrong)[0].state == "failed"


def test_tasks_of_a_file_come_in_the_order_asked_for(tmp_path):
    path = tmp_path / "pca.py"
    path.write_bytes(solution_path(LESSON).read_bytes())
    found = run_tasks(path, [TASKS[2], TASKS[1]])
    assert [(outcome.id, outcome.state) for outcome in found] == [("pca.3", "passed"), ("pca.2", "passed")]


ENDS = ["SIGKILL", "SIGTERM", "SIGINT"] if os.name == "posix" else ["SIGTERM"]


@pytest.mark.parametrize("name", ENDS)
def test_a_run_whose_parent_is_ended_ends(tmp_path, name):
    path, mark = tmp_path / "pca.py", f"galviz-orphan-{os.getpid()}"
    hidden = ", env={}, start_new_session=True" if sys.platform == "linux" else ""
    body = f"subprocess.Popen({sleeper(mark)}{hidden})"
    path.write_text(centre_that(body, "while True:", "    pass", before="import subprocess, sys"))
    code = (
        "from pathlib import Path\nfrom galviz.course.questions import read_questions\n"
        "from galviz.course.runner import run_tasks\nfrom galviz.course.manifest import find_lesson\n"
        f"run_tasks(Path({str(path)!r}), read_questions(find_lesson('pca')).tasks)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if running(mark):
                break
            time.sleep(0.1)
        family = psutil.Process(parent.pid).children(recursive=True)
        assert running(mark)
        assert family
    finally:
        parent.send_signal(getattr(signal, name))
        parent.wait(timeout=30)
    assert not psutil.wait_procs([*family, *running(mark)], timeout=10)[1]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0, "It ends Python, with exit status 0"),
        (-11, "It crashed Python (SIGSEGV)."),
        (-9, "was killed (SIGKILL)"),
        (-24, "computes without end"),
        (0xC0000005, "It crashed Python (status 0xc0000005)."),
    ],
)
def test_how_a_process_ended_is_told(status, said):
    assert said in told_end(status)
