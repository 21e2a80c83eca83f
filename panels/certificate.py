"""The certificate: exercises and quiz questions per lesson, and an HTML page of them."""

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
<h1>What a neural network learns from galaxies</h1>
<p>Results of <bdi>{name}</bdi> in the galviz course: <strong>{passed} of {exercises} exercises</strong> passed their
tests, and <strong>{right} of {questions} quiz questions</strong> have the right answer. {complete} of {lessons} lessons
are complete, with all exercises passed and all questions right. {day}.</p>
<table><tr><th>Lesson</th><th>Exercises</th><th>Quiz</th></tr>
{rows}
</table>
<p>Counted automatically on the student's own machine, and not verified by anyone.</p>
</body></html>
"""


def count_results(questions_by_lesson: Sequence[tuple[Lesson, Questions]], progress: Mapping[str, Value]) -> list[dict]:
    """Count the passed exercises and the right answers of each lesson.

    Parameters
    ----------
    questions_by_lesson : sequence of (Lesson, Questions)
    progress : mapping of str to str or int

    Returns
    -------
    list of dict
        Per lesson: ``lesson`` (its title), ``exercises`` (passed) and ``of exercises`` (all), ``right`` and ``of
        questions`` (answers), and ``complete``: whether everything is passed and right.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> from galviz.course.questions import read_questions
    >>> lesson = find_lesson("hooks")
    >>> questions = read_questions(lesson)
    >>> (row,) = count_results([(lesson, questions)], {f"{questions.tasks[0].id}.passed": "passed"})
    >>> row["exercises"], row["right"], row["complete"]
    (1, 0, False)
    """
    rows = []
    for lesson, questions in questions_by_lesson:
        passed = sum(f"{task.id}.passed" in progress for task in questions.tasks)
        right = sum(progress.get(question.key) == question.right for question in questions.quiz)
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


def certificate_html(name: str, rows: Sequence[dict], day: date) -> str:
    """Format a certificate as a self-contained HTML page.

    Examples
    --------
    >>> row = {"lesson": "Hooks", "exercises": 1, "of exercises": 3, "right": 0, "of questions": 4, "complete": False}
    >>> "<td>Hooks</td><td>1 of 3</td><td>0 of 4</td>" in certificate_html("Ada", [row], date(2026, 3, 1))
    True
    """
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
