"""Grade a student's function: run its tests, and describe in a sentence what went wrong."""

import linecache
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path

from galviz.course.limits import TooMuchPrinted
from galviz.course.outcome import TaskState


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
    """Run a task's test on a function.

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
    return TaskState.PASSED, ""


def describe_error(error: BaseException, path: Path) -> str:
    """Describe an error of a student's code in a sentence, with its line.

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
    text = " ".join(_text(error).split())
    text = text if len(text) <= 300 else text[:300] + " …"
    return f"It raises {kind}{where}: {text}" if text else f"It raises {kind}{where}."


def _text(error: BaseException) -> str:
    """Text of an error; the `__str__` of a student's own class may fail."""
    try:
        return str(error)
    except BaseException:
        return "its message can't be read, because its __str__ fails"


def _location(error: BaseException, path: Path) -> str:
    """The last line of the student's file in the traceback, in brackets; empty if there is none."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f" (line {lines[-1]} of {path.name})" if lines else ""
