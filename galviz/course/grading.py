"""Grade a student's function: run its tests, and describe in a sentence what went wrong."""

import linecache
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path

from galviz.course.explanations import explain_error
from galviz.course.limits import TooMuchPrinted
from galviz.course.outcome import TaskState
from galviz.course.state import known_state

_MAX_TEXT, _MAX_LINE = 300, 120


def load_module(path: Path, name: str) -> types.ModuleType:
    """Run a file as a module of that name, always from its source: bytecode could be of an older version.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "answer.py"
    ...     _ = path.write_text("n = 3")
    ...     load_module(path, "answer").n
    3
    """
    module = types.ModuleType(name)
    module.__file__ = str(path)
    source = path.read_bytes()
    linecache.checkcache(str(path))
    sys.modules[name] = module
    exec(compile(source, str(path), "exec"), module.__dict__)
    return module


def grade(test: Callable[[object], object], function: object, task_id: str, path: Path) -> tuple[TaskState, str]:
    """Run a task's test on a function, in a known state of Python, NumPy and PyTorch.

    Parameters
    ----------
    test : callable
        Takes the function, and raises `WrongAnswer` with a hint if it is wrong.
    function : object
        What the student wrote; normally a function.
    task_id : str
        Such as ``"pca.1"``. A stub raises NotImplementedError with it.
    path : pathlib.Path
        The student's file, for the line number of an error.

    Returns
    -------
    state : TaskState
    message : str
        A sentence; empty if the function passed.

    Examples
    --------
    >>> from galviz.course.judge import expect
    >>> def test(double):
    ...     expect(double(2) == 4, "Twice 2 is 4.")
    >>> state, message = grade(test, lambda number: number + 1, "numbers.1", Path("numbers.py"))
    >>> str(state), message
    ('failed', 'Twice 2 is 4.')
    """
    from galviz.course.judge import WrongAnswer  # NumPy starts threads, and a worker must enter its sandbox before

    if not callable(function):
        kind = type(function).__name__
        return TaskState.FAILED, f"It is of type {kind}, not a function: is its name used again, for a value?"
    with known_state() as left_state:
        try:
            test(function)
        except WrongAnswer as wrong:
            return TaskState.FAILED, str(wrong)
        except NotImplementedError as error:
            if _text(error) == task_id:
                return TaskState.NOT_YET, "Not written yet."
            return TaskState.FAILED, f"It raises NotImplementedError{_location(error, path)}."
        except BaseException as error:
            return TaskState.FAILED, describe_error(error, path)
        left = left_state()
    return (TaskState.FAILED, left) if left else (TaskState.PASSED, "")


def describe_error(error: BaseException, path: Path) -> str:
    """Describe an error of a student's code: its line, and what such an error usually means.

    Examples
    --------
    >>> describe_error(ModuleNotFoundError(name="scipi"), Path("pca.py"))
    "It imports `scipi`, which isn't installed here."
    """
    where, kind = _location(error, path), type(error).__name__
    match error:
        case SyntaxError() if error.filename in (None, str(path)):
            line = f", in line {error.lineno}" if error.lineno else ""
            return f"{path.name} can't be read as Python: {error.msg}{line}."
        case SystemExit():
            return f"It ends Python (`sys.exit`, `exit` or `quit`){where}: a function returns instead."
        case TooMuchPrinted():
            return f"It prints more than {error}{where}: is there a `print` in a loop that never stops?"
        case MemoryError():
            return f"It needs more memory than an exercise may have{where}."
        case RecursionError():
            return f"It calls itself without end{where}."
        case EOFError():
            return f"It asks for input{where}: what a function needs comes as its arguments."
        case KeyboardInterrupt():
            return f"It raises KeyboardInterrupt{where}."
        case ModuleNotFoundError():
            return f"It imports `{error.name}`, which isn't installed here{where}."
        case UnicodeDecodeError() | ValueError() if not where:
            return f"{path.name} can't be read: {_text(error)}."
    text = _shorten(" ".join(_text(error).split()), _MAX_TEXT)
    sentences = [f"It raises {kind}{where}: {text.rstrip('.')}." if text else f"It raises {kind}{where}."]
    if line := _source_line(error, path):
        sentences.append(f"The line is `{line}`.")
    return " ".join([*sentences, explain_error(error, text)]).strip()


def _text(error: BaseException) -> str:
    """Text of an error; the `__str__` of a student's own class may fail."""
    try:
        return str(error)
    except BaseException:
        return "its message can't be read, because its __str__ fails"


def _location(error: BaseException, path: Path) -> str:
    """The last line of the student's file in the traceback, in brackets; empty if there is none."""
    frames = _frames(error, path)
    return f" (line {frames[-1].lineno} of {path.name})" if frames else ""


def _source_line(error: BaseException, path: Path) -> str:
    """The code of that line; empty if there is none."""
    frames = _frames(error, path)
    return _shorten((frames[-1].line or "").replace("`", "'"), _MAX_LINE) if frames else ""


def _frames(error: BaseException, path: Path) -> list[traceback.FrameSummary]:
    return [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length] + " …"
