"""Running a student's code: whatever it does, each task gets an outcome in time, and no process is left running."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from galviz.course.commands import command
from galviz.course.limits import Limits
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.questions import read_questions
from galviz.course.runner import describe_exit, run_tasks
from galviz.course.workspace import solution_path, stub_path

LESSON = find_lesson("pca")
TASKS = read_questions(LESSON).tasks[:3]
FIRST = TASKS[:1]
QUICK = Limits(load_seconds=3.0, task_seconds=1.5, memory_mb=500)
STUB = stub_path(LESSON).read_text(encoding="utf-8")
ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="on other systems a detached process may survive")


@pytest.fixture
def run(tmp_path):
    """A function that runs the lesson's tasks on a file with the given content."""

    def run_content(content, limits=QUICK, tasks=TASKS):
        path = tmp_path / "pca.py"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return run_tasks(path, tasks, limits=limits)

    return run_content


def centre_that(*lines, before=""):
    """The solution, with another body for the function of the first task."""
    text = solution_path(LESSON).read_text(encoding="utf-8")
    body = "\n".join(f"    {line}" for line in lines)
    return text.replace("    return values - np.mean(values, axis=0)\n", f"{body}\n", 1).replace(
        "import numpy as np\n", f"import numpy as np\n{before}\n", 1
    )


def workers_of_this_process():
    """Workers that this process has started; other tests may have children of their own."""
    workers = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "galviz.course.worker" in process.cmdline():
                workers.append(process)
    return workers


def running(mark):
    """Processes whose command line holds `mark`."""
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if mark in " ".join(process.cmdline()) and process.pid != os.getpid():
                processes.append(process)
    return processes


def test_the_solution_passes(run):
    outcomes = run(solution_path(LESSON).read_bytes())
    assert [(outcome.id, outcome.state, outcome.message) for outcome in outcomes] == [
        (task.id, "passed", "") for task in TASKS
    ]
    assert all(0 <= outcome.seconds < 1.5 for outcome in outcomes)


def test_the_stub_is_not_yet_written(run):
    assert [outcome.state for outcome in run(STUB)] == ["not yet"] * 3


def run_functions(run, bodies, limits=QUICK):
    """Outcomes of the first task for functions with the given bodies, all in one file, and the line each ends in."""
    lines, last_lines = ["import os, re, signal, sys", "import numpy as np"], []
    for number, body in enumerate(bodies):
        lines += [f"def function_{number}(values):", *(f"    {line}" for line in body.split("\n"))]
        last_lines.append(len(lines))
    tasks = [replace(TASKS[0], function=f"function_{number}") for number in range(len(bodies))]
    return run("\n".join(lines), limits, tasks), last_lines


FAILURES = {
    "sys.exit(0)": "It ends Python (`sys.exit`, `exit` or `quit`) (line",
    "exit()": "It ends Python",
    "return np.ones(10**10 // 8)": "more memory than",
    "return bytearray(10**10)": "more memory than",
    "while True: print('again and again')": "It prints more than 1 MB (line",
    "os.fork()\nreturn values - values.mean(axis=0)": "starts another process (fork)",
    "import nothing_of_that_name": "It imports `nothing_of_that_name`, which isn't installed here (line",
    "return function_7(values)": "It calls itself without end (line",
    "return input('a number')": "It asks for input (line",
    "raise KeyboardInterrupt": "It raises KeyboardInterrupt (line",
    "raise BaseException": "It raises BaseException (line",
    "return 1 / 0": "It raises ZeroDivisionError (line {line} of pca.py): division by zero",
    "raise NotImplementedError": "It raises NotImplementedError (line {line} of pca.py).",
    "raise NotImplementedError('pca.2')": "It raises NotImplementedError (line {line} of pca.py).",
    "return ...": "type ellipsis",
    "pass": "is None: does the function end with `return`?",
}


def test_failing_functions_get_a_message(run):
    outcomes, lines = run_functions(run, FAILURES)
    assert [outcome.state for outcome in outcomes] == ["failed"] * len(FAILURES)
    for outcome, message, line in zip(outcomes, FAILURES.values(), lines, strict=True):
        assert message.format(line=line) in outcome.message
        assert len(outcome.message) < 800
        assert "\n" not in outcome.message


SOLUTION = "return values - values.mean(axis=0)"
ENDED = {
    "os._exit(0)": "It ends Python, with exit status 0",
    "os.kill(os.getpid(), signal.SIGSEGV)": "It crashed Python (SIGSEGV).",
    "arrays = []\nwhile True: arrays.append(np.ones(10**6))": "more memory than",
    "while True: os.write(1, b'x' * 65536)": "It prints more than 5 MB",
}
TIMED_OUT = {"while True: pass": "takes more than 1.5 s of CPU time and was stopped: is there a loop that never ends?"}
TIMED_OUT_SLOW = {
    "while True:\n    try:\n        print('x')\n    except:\n        pass": "takes more than 1.5 s",
    "while True: os.fork()": "takes more than 1.5 s",
    "re.match(r'(a+)+$', 'a' * 40 + 'b')": "takes more than 1.5 s",
    "os.abort()": "It crashed Python (SIGABRT).",
}


@pytest.mark.parametrize(
    ("messages", "task_seconds"),
    [
        (ENDED, 10.0),  # a busy machine takes seconds to allocate 500 MB
        (TIMED_OUT, 1.5),
        pytest.param(TIMED_OUT_SLOW, 1.5, marks=pytest.mark.slow),
    ],
    ids=["ended", "timed out", "timed out, slow"],
)
def test_the_tasks_after_one_that_ends_the_process_still_run(run, messages, task_seconds):
    began = time.monotonic()
    bodies = [body for pair in zip(messages, [SOLUTION] * len(messages), strict=True) for body in pair]
    outcomes, _ = run_functions(run, bodies, replace(QUICK, task_seconds=task_seconds))
    assert [outcome.state for outcome in outcomes] == ["failed", "passed"] * len(messages)
    for outcome, message in zip(outcomes[::2], messages.values(), strict=True):
        assert message in outcome.message
        assert len(outcome.message) < 400
    assert time.monotonic() - began < 60
    assert not workers_of_this_process()


@pytest.mark.slow
def test_reading_an_endless_file_needs_too_much_memory(run):
    # A busy machine takes seconds to allocate 500 MB.
    content = centre_that("with open('/dev/zero', 'rb') as file:", "    return file.read()")
    outcomes = run(content, replace(QUICK, task_seconds=10.0))
    assert [outcome.state for outcome in outcomes] == ["failed", "passed", "passed"]
    assert "more memory than" in outcomes[0].message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("def centre(values:\n    pass\n", "pca.py can't be read as Python: '(' was never closed, in line 1."),
        (b"x = '\xff\xfe'\n", "pca.py can't be read"),
        (b"x = 1\0\n", "pca.py can't be read"),
        ("", "There is no `centre` in pca.py"),
        (
            "import nothing_of_that_name\n" + STUB,
            "It imports `nothing_of_that_name`, which isn't installed here (line 1",
        ),
        ("while True:\n    pass\n", "Running pca.py from its top takes more than 1 s of CPU time and was stopped"),
        ("import sys\nsys.exit()\n", "It ends Python (`sys.exit`, `exit` or `quit`) (line 2"),
        ("import os\nos._exit(3)\n", "It ends Python, with exit status 3"),
        ("x = bytearray(10**10)\n", "It needs more memory than an exercise may have (line 1 of pca.py)."),
        ("import os\nos.fork()\n" + STUB, "starts another process (fork)"),
        ("centre = 3\n", "It is of type int, not a function"),
    ],
    ids=range(11),
)
def test_each_task_of_an_unloadable_file_fails_with_a_message(run, content, message):
    limits = replace(QUICK, load_seconds=1.0) if "1 s" in message else QUICK
    outcomes = run(content, limits)
    assert [outcome.state for outcome in outcomes] == ["failed"] * 3
    assert message in outcomes[0].message
    assert len(outcomes[0].message) < 400


def test_a_missing_file_is_named(tmp_path):
    (outcome, *_) = run_tasks(tmp_path / "pca.py", TASKS)
    assert outcome.state == "failed"
    assert "There is no file pca.py" in outcome.message
    assert f"`{command('start pca')}`" in outcome.message
    (tmp_path / "pca.py").mkdir()
    assert run_tasks(tmp_path / "pca.py", TASKS)[0].state == "failed"


def sleeper(mark):
    """Source of a command that doesn't end, with a mark to find it by."""
    return f"[sys.executable, '-c', 'import time; time.sleep(600)', '{mark}']"


def test_child_processes_are_ended(run):
    mark = f"galviz-left-{os.getpid()}"
    started = sleeper(mark)
    outcomes = run(
        centre_that(
            f"subprocess.Popen({started})",
            f"subprocess.Popen({started}, start_new_session=True)",
            "return values - np.mean(values, axis=0)",
            before="import subprocess, sys",
        )
    )
    assert outcomes[0].state == "passed"
    assert not running(mark)


@LINUX
@pytest.mark.parametrize(
    "last",
    [
        "return values - np.mean(values, axis=0)",
        pytest.param("while True: pass", marks=pytest.mark.slow),
        pytest.param("os._exit(1)", marks=pytest.mark.slow),
    ],
)
def test_on_linux_detached_processes_are_ended_too(run, last):
    mark = f"galviz-hidden-{os.getpid()}"
    started = f"{sleeper(mark)}, env={{}}, start_new_session=True"
    outcomes = run(
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
    assert outcomes[0].state == ("passed" if last.startswith("return") else "failed")
    assert [outcome.state for outcome in outcomes[1:]] == ["passed", "passed"]
    assert not running(mark)
    environments = [process.info["environ"] or {} for process in psutil.process_iter(["environ"])]
    assert mark not in [environment.get("GALVIZ_TEST") for environment in environments]


def test_threads_do_not_keep_the_process_alive(run):
    began = time.monotonic()
    outcomes = run(
        centre_that(
            "threading.Thread(target=time.sleep, args=(600,)).start()",
            "return values - np.mean(values, axis=0)",
            before="import threading, time",
        )
    )
    assert outcomes[0].state == "passed"
    assert time.monotonic() - began < 20


def test_waiting_takes_no_cpu_time(run):
    lines = "time.sleep(1.6)", "return values - np.mean(values, axis=0)"
    (outcome,) = run(centre_that(*lines, before="import time"), tasks=FIRST)
    assert outcome.seconds > QUICK.task_seconds
    assert outcome.state == "passed"
    limits = replace(QUICK, task_seconds=0.5, wall_factor=1.0)
    (outcome,) = run(centre_that("time.sleep(600)", before="import time"), limits, FIRST)
    assert "more than 0.5 s and was stopped: does it wait" in outcome.message


@pytest.mark.parametrize("where", ["in the file", "in the function"])
def test_imports_have_a_limit_of_their_own(run, tmp_path, where):
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nend = time.process_time() + 1\nwhile time.process_time() < end:\n    pass\n"
    )
    path = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})"
    lines = ["import slow_to_import"] if where == "in the function" else []
    before = path if lines else f"{path}\nimport slow_to_import"
    content = centre_that(*lines, "return values - np.mean(values, axis=0)", before=before)
    limits = replace(QUICK, load_seconds=0.5, task_seconds=0.5)
    assert run(content, limits, FIRST)[0].state == "passed"
    (outcome,) = run(content, replace(limits, import_seconds=0.5), FIRST)
    assert "Importing packages takes more than 0.5 s" in outcome.message


def test_a_task_may_have_another_limit(run):
    busy = "end = time.process_time() + 1\nwhile time.process_time() < end: pass"
    content = centre_that(*busy.split("\n"), "return values - np.mean(values, axis=0)", before="import time")
    limits = replace(QUICK, task_seconds=0.5)
    assert run(content, limits, FIRST)[0].state == "failed"
    assert run(content, limits, [replace(TASKS[0], seconds=30)])[0].state == "passed"


def test_results_that_depend_on_the_order_of_a_set_fail(tmp_path):
    """Each run of Python gives another order, and in each alone the result is right."""
    lesson = find_lesson("training")
    (task,) = [task for task in read_questions(lesson).tasks if task.id == "training.2"]
    path = tmp_path / "training.py"
    solution = solution_path(lesson).read_text(encoding="utf-8")
    changes = {"object_ids, share, seed + hash('a') % 1000": "failed", "sorted(set(object_ids)), share, seed": "passed"}
    for change, state in changes.items():
        path.write_text(
            f"{solution}\n_split = split\n\n\ndef split(object_ids, share, seed):\n    return _split({change})\n"
        )
        (outcome,) = run_tasks(path, [task])
        assert outcome.state == state
        assert ("`set`" in outcome.message) == (state == "failed")


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.parametrize("lesson", load_lessons(), ids=lambda lesson: lesson.slug)
def test_solutions_pass_and_give_the_same_results_for_each_order_of_sets(tmp_path, lesson):
    path = tmp_path / f"{lesson.slug}.py"
    path.write_bytes(solution_path(lesson).read_bytes() + b"\n_order = {'a', 'set'}\n")
    outcomes = run_tasks(path, read_questions(lesson).tasks)
    assert [(outcome.id, outcome.state, outcome.message) for outcome in outcomes] == [
        (task.id, "passed", "") for task in read_questions(lesson).tasks
    ]


def test_printed_text_is_kept_per_task(run):
    outcomes = run(centre_that("print('mean', 3)", "return values"))
    assert outcomes[0].printed == "mean 3\n"
    assert [outcome.printed for outcome in outcomes[1:]] == ["", ""]
    long = run(centre_that("print('x' * 10_000)", "return values"))[0]
    assert len(long.printed) == 2_000


def test_lone_surrogates_are_escaped(run):
    outcomes = run(centre_that("print('half a pair: \\ud800')", "raise ValueError('\\udc00')"))
    assert outcomes[0].printed == "half a pair: \\ud800\n"
    assert "\\udc00" in outcomes[0].message


REPLACEMENTS = {
    "a pipe": "os.remove(sys.argv[1]); os.mkfifo(sys.argv[1])",
    "an endless device": "os.remove(sys.argv[1]); os.symlink('/dev/zero', sys.argv[1])",
    "nothing": "os.remove(sys.argv[1])",
}
LINES = ['{"phase": []}', '{"phase": "end"}', "[" * 100_000, '{"phase": "end", "id": 3}', '"text"', "{}"]


@pytest.mark.skipif(os.name == "nt", reason="Windows neither has pipes in folders nor removes a file that is open")
@pytest.mark.parametrize("replace", REPLACEMENTS.values(), ids=REPLACEMENTS)
def test_a_replaced_report_is_still_read(run, replace):
    outcomes = run(centre_that("return values - values.mean(axis=0)", before=f"import os, sys\n{replace}"))
    assert [outcome.state for outcome in outcomes] == ["passed"] * len(TASKS)


def test_forged_lines_in_the_report_are_ignored(run):
    write = f"open(sys.argv[1], 'a').write('\\n'.join({LINES!r}) + '\\n')"
    outcomes = run(centre_that("return values - values.mean(axis=0)", before=f"import sys\n{write}"))
    assert [outcome.state for outcome in outcomes] == ["passed"] * len(TASKS)


def test_an_error_without_a_readable_message_is_named(run):
    bodies = ["def __str__(self): return 3", "def __str__(self): raise SystemExit", "args = 3"]
    error = "class Odd(NotImplementedError):\n    {}\nraise Odd()"
    outcomes, _ = run_functions(run, [*(error.format(body) for body in bodies), SOLUTION])
    assert [outcome.state for outcome in outcomes] == ["failed", "failed", "failed", "passed"]
    assert all("It raises" in outcome.message for outcome in outcomes[:3])


def test_raising_in_on_poll_cancels_a_run(tmp_path):
    class Enough(BaseException):
        pass

    def cancel():
        if time.monotonic() - began > 0.5:
            raise Enough

    path, began = tmp_path / "pca.py", time.monotonic()
    path.write_text(centre_that("while True:", "    pass"))
    with pytest.raises(Enough):
        run_tasks(path, TASKS, on_poll=cancel)
    assert time.monotonic() - began < 8
    assert not workers_of_this_process()


def test_an_edited_file_is_run_afresh(run):
    wrong = centre_that("return values - np.mean(values, axis=1)")
    assert run(wrong)[0].state == "failed"
    assert run(wrong.replace("axis=1", "axis=0"))[0].state == "passed"
    assert run(wrong)[0].state == "failed"


def test_outcomes_are_in_the_order_of_the_tasks(tmp_path):
    path = tmp_path / "pca.py"
    path.write_bytes(solution_path(LESSON).read_bytes())
    outcomes = run_tasks(path, [TASKS[2], TASKS[1]])
    assert [(outcome.id, outcome.state) for outcome in outcomes] == [("pca.3", "passed"), ("pca.2", "passed")]


# SIGKILL leaves the process no time to clean up.
SIGNALS = ["SIGKILL", "SIGTERM", "SIGINT"] if os.name == "posix" else ["SIGTERM"]


@pytest.mark.parametrize("name", [SIGNALS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in SIGNALS[1:])])
def test_a_run_ends_with_the_process_that_started_it(tmp_path, name):
    path, mark = tmp_path / "pca.py", f"galviz-orphan-{os.getpid()}"
    hidden = ", env={}, start_new_session=True" if sys.platform == "linux" else ""
    body = f"subprocess.Popen({sleeper(mark)}{hidden})"
    path.write_text(centre_that(body, "while True:", "    pass", before="import subprocess, sys"))
    code = (
        # Python installs no handler for SIGINT if it is ignored, as in a shell's background jobs.
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path\nfrom galviz.course.questions import read_questions\n"
        "from galviz.course.runner import run_tasks\nfrom galviz.course.manifest import find_lesson\n"
        f"run_tasks(Path({str(path)!r}), read_questions(find_lesson('pca')).tasks[:3])\n"
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
    ("returncode", "message"),
    [
        (0, "It ends Python, with exit status 0"),
        (-11, "It crashed Python (SIGSEGV)."),
        (-9, "was killed (SIGKILL)"),
        (137, "was killed (SIGKILL)"),
        (255, "It ends Python, with exit status 255"),
        (0xC0000005, "It crashed Python (status 0xc0000005)."),
    ],
)
def test_describe_exit(returncode, message):
    assert message in describe_exit(returncode)
