"""What a student has done, lesson by lesson, and a page of it to keep."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from galviz.course.events import Value
from galviz.course.lesson import Lesson
from galviz.course.questions import Questions

_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>galviz: certificate</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ccc; }}
</style></head>
<body>
<h1>What a neural network sees in galaxies</h1>
<p>What <bdi>{name}</bdi> has done of the galviz course: <strong>{passed} of {exercises} exercises</strong> passed their
tests, <strong>{right} of {questions} quiz questions</strong> were answered rightly; {complete} of {lessons} lessons are
complete, their exercises passed and their quiz right. {day}.</p>
<table><tr><th>Lesson</th><th>Exercises</th><th>Quiz</th></tr>
{rows}
</table>
<p>Counted on the student's own machine; nobody has looked over it.</p>
</body></html>
"""


def summed_up(asked: Sequence[tuple[Lesson, Questions]], known: Mapping[str, Value]) -> list[dict]:
    """Count what was passed and answered: a row a lesson.

    Parameters
    ----------
    asked : sequence of (Lesson, Questions)
    known : mapping of str to str or int
        A student's progress.

    Returns
    -------
    list of dict
        ``lesson`` (its title), ``exercises`` passed ``of exercises``, ``right`` ``of questions``, and whether it is
        ``complete``: all passed, all right.
    """
    rows = []
    for lesson, questions in asked:
        passed = sum(f"{task.id}.passed" in known for task in questions.tasks)
        right = sum(known.get(question.key) == question.right for question in questions.quiz)
        rows.append(
            {
                "lesson": lesson.title,
                "exercises": passed,
                "of exercises": len(questions.tasks),
                "right": right,
                "of questions": len(questions.quiz),
                "complete": passed == len(questions.tasks) and right == len(questions.quiz),
            }
        )
    return rows


def as_page(name: str, rows: Sequence[dict], day: date) -> str:
    """A certificate as a page of HTML that needs nothing else."""
    total = {key: sum(row[key] for row in rows) for key in rows[0] if key != "lesson"}
    lines = [
        f"<tr><td>{escape(row['lesson'])}</td><td>{row['exercises']} of {row['of exercises']}</td>"
        f"<td>{row['right']} of {row['of questions']}</td></tr>"
        for row in rows
    ]
    return _PAGE.format(
        name=escape(name.strip()) or "a student",
        passed=total["exercises"],
        exercises=total["of exercises"],
        right=total["right"],
        questions=total["of questions"],
        complete=total["complete"],
        lessons=len(rows),
        day=f"{day.day} {day:%B %Y}",
        rows="\n".join(lines),
    )
