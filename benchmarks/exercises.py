"""What it costs to run a student's code apart: `check` of all solutions, beside the same tests in this process.

    python benchmarks/exercises.py [LESSON ...]

Each lesson takes a process of its own, which starts Python and imports what the tests need (torch, for hooks) before
the student's code runs. In this process all that is there already.
"""

from __future__ import annotations

import argparse
import sys
import time

import pandas as pd

from galviz.course.contract import load_part
from galviz.course.grading import grade
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.outcome import TaskState
from galviz.course.questions import read_questions
from galviz.course.runner import run_tasks
from galviz.course.workspace import SOLUTION_NAME, TESTS_NAME, solution_path

LESSONS = load_lessons()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    options = parser.parse_args()
    rows = []
    for entry in [find_lesson(slug) for slug in options.lessons] or LESSONS:
        tasks = read_questions(entry).tasks
        tests, solutions = load_part(entry, TESTS_NAME), load_part(entry, SOLUTION_NAME)
        began = time.perf_counter()
        for task in tasks:
            answer = getattr(solutions, task.function)
            grade(getattr(tests, task.test), answer, task.id, solution_path(entry))
        here = time.perf_counter() - began
        began = time.perf_counter()
        outcomes = run_tasks(solution_path(entry), tasks)
        apart = time.perf_counter() - began
        failed = [outcome.id for outcome in outcomes if outcome.state != TaskState.PASSED]
        if failed:
            parser.error(f"the solutions of {', '.join(failed)} fail: there is nothing to compare")
        inside = sum(outcome.seconds for outcome in outcomes)
        rows.append({"lesson": entry.slug, "tasks": len(tasks), "here": here, "apart": apart, "of it in tests": inside})
    table = pd.DataFrame(rows).set_index("lesson")
    table.loc["all"] = table.sum()
    table["tasks"] = table["tasks"].astype(int)
    print("seconds for the tests of all solutions")
    print(table.to_string(float_format="{:.2f}".format))
    print(f"apart takes {table.loc['all', 'apart'] / table.loc['all', 'here']:.1f} times as long as here")
    return 0


if __name__ == "__main__":
    sys.exit(main())
