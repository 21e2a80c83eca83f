"""The result of one of doctor's checks."""

from collections.abc import Callable
from dataclasses import dataclass

OK, MISSING, WRONG = "ok", "missing", "wrong"


@dataclass(frozen=True)
class Check:
    """The result of a check.

    Attributes
    ----------
    name : str
    state : str
        ``"ok"``, ``"missing"`` (an optional package isn't installed) or ``"wrong"``.
    result : str
        What was measured or is wrong.
    remedy : str
        What to do; empty if nothing is wrong.

    Examples
    --------
    >>> Check("memory", OK, "16.0 GB").remedy
    ''
    """

    name: str
    state: str
    result: str
    remedy: str = ""


def run_check(name: str, check: Callable[[], Check]) -> Check:
    """Run a check. An error becomes its result, because a failing check must not stop the others.

    Examples
    --------
    >>> run_check("disk", lambda: Check("disk", OK, "1 TB")).state
    'ok'
    >>> run_check("disk", lambda: 1 / 0)
    Check(name='disk', state='wrong', result='division by zero', remedy='')
    """
    try:
        return check()
    except ModuleNotFoundError as error:
        return Check(name, MISSING, f"not checked: {error.name} is not installed", "pip install -r requirements.txt")
    except Exception as error:
        return Check(name, WRONG, str(error).splitlines()[0] if str(error) else type(error).__name__)
