"""The command doctor: checks of an installation."""

import argparse
from collections.abc import Iterator

from galviz.cli.check_result import WRONG, Check, run_check
from galviz.cli.command import CHECK_FAILED, DONE, Command
from galviz.cli.data_checks import DATA_CHECKS
from galviz.cli.system_checks import SYSTEM_CHECKS, check_packages


def run_checks() -> Iterator[Check]:
    """Check this installation, fast checks first. Errors of checks become results.

    Examples
    --------
    >>> next(run_checks()).name
    'python'
    """
    for name, check in SYSTEM_CHECKS.items():
        yield run_check(name, check)
        if name == "python":
            yield from check_packages()
    for name, check in DATA_CHECKS.items():
        yield run_check(name, check)


def _doctor(options: argparse.Namespace) -> int:
    n_wrong = 0
    for check in run_checks():
        n_wrong += check.state == WRONG
        print(f"{check.state:8} {check.name:13} {check.result}", flush=True)
        if check.remedy:
            print(f"{'':22} -> {check.remedy}", flush=True)
    print("No problems." if not n_wrong else f"{n_wrong} {'problem' if n_wrong == 1 else 'problems'}.")
    return CHECK_FAILED if n_wrong else DONE


COMMANDS = {
    "doctor": Command(
        "Check this installation: packages, memory, shipped files and predictions.",
        "It prints one line per check, with remedies for problems, and writes nothing. Exit status 1 if there is one.",
        "doctor",
        lambda parser: None,
        _doctor,
    ),
}
