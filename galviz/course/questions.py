"""What a lesson asks, from its questions.toml: the cold open, the exercises and the quiz."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from galviz.course.coursefile import CourseError, course_file_error, read_course_file
from galviz.course.lesson import DIFFICULTIES, Lesson

QUESTIONS_NAME = "questions.toml"
_TASK_KEYS = {"function": str, "title": str, "difficulty": int, "minutes": int, "hint": str}


@dataclass(frozen=True)
class Answer:
    """One answer that may be chosen.

    Attributes
    ----------
    text : str
    says : str
        The explanation shown to whoever chose it, right or wrong.
    right : bool
    """

    text: str
    says: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A question with answers to choose from, one of them right.

    Attributes
    ----------
    key : str
        Under which an answer is remembered: ``"hooks.opening"``, ``"hooks.q1"``.
    text : str
    answers : tuple of Answer
    """

    key: str
    text: str
    answers: tuple[Answer, ...]

    @property
    def right(self) -> int:
        """The place of the right answer."""
        return next(place for place, answer in enumerate(self.answers) if answer.right)


@dataclass(frozen=True)
class Task:
    """An exercise: a function that the student writes.

    Attributes
    ----------
    id : str
        ``"hooks.2"``.
    function : str
        Its name in exercise.py and solution.py; its docstring is the task's text.
    title : str
    difficulty : int
        1 easy, 2 medium, 3 hard.
    minutes : int
    hint : str
        What to think of, for whoever is stuck before any test has said something.
    """

    id: str
    function: str
    title: str
    difficulty: int
    minutes: int
    hint: str

    @property
    def slug(self) -> str:
        """The lesson it belongs to."""
        return self.id.rpartition(".")[0]

    @property
    def test(self) -> str:
        """Name of its test in test_exercise.py."""
        return "test_" + self.id.replace(".", "_")


@dataclass(frozen=True)
class Questions:
    """All that a lesson asks."""

    opening: Question
    tasks: tuple[Task, ...]
    quiz: tuple[Question, ...]


def read_questions(lesson: Lesson) -> Questions:
    """Read what a lesson asks.

    Raises
    ------
    CourseError
        If there is no questions.toml, or it isn't as it should be.
    """
    path = lesson.folder / QUESTIONS_NAME
    try:
        found = tomllib.loads(read_course_file(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise course_file_error(path, f"is no TOML: {error}") from error
    slug = lesson.slug
    _only({"opening", "tasks", "quiz"}, found, path, "the file")
    if not isinstance(found.get("opening"), dict):
        raise CourseError(f"{path} must have an [opening], the question before the text; there is none")
    tasks = tuple(
        _task(each, f"{slug}.{place}", path) for place, each in enumerate(_tables(found, "tasks", path), start=1)
    )
    quiz = tuple(
        _question(each, f"{slug}.q{place}", path) for place, each in enumerate(_tables(found, "quiz", path), start=1)
    )
    return Questions(_question(found["opening"], f"{slug}.opening", path), tasks, quiz)


def _tables(found: dict, name: str, path: Path) -> list[dict]:
    tables = found.get(name, [])
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise CourseError(f"{path} must have one [[{name}]] or more; there is none")
    return tables


def _only(known: set[str], found: dict, path: Path, where: str) -> None:
    if unknown := sorted(set(found) - known):
        raise CourseError(f"{path}: {where} has an unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _task(found: dict, task_id: str, path: Path) -> Task:
    _only(set(_TASK_KEYS), found, path, f"task {task_id}")
    for name, kind in _TASK_KEYS.items():
        if not isinstance(found.get(name), kind) or not found[name]:
            raise CourseError(f"{path}: task {task_id} must have a {name} ({kind.__name__}); got {found.get(name)!r}")
    if found["difficulty"] not in DIFFICULTIES:
        raise CourseError(f"{path}: task {task_id} must have a difficulty of 1 to 3; got {found['difficulty']}")
    return Task(id=task_id, **found)


def _question(found: dict, key: str, path: Path) -> Question:
    _only({"question", "answers"}, found, path, key)
    text, answers = found.get("question"), found.get("answers")
    if not isinstance(text, str) or not text:
        raise CourseError(f"{path}: {key} must have a question; got {text!r}")
    if not isinstance(answers, list) or not 2 <= len(answers) <= 6:
        raise CourseError(f"{path}: {key} must have 2 to 6 answers")
    read = []
    for place, answer in enumerate(answers, start=1):
        if not isinstance(answer, dict):
            raise CourseError(f"{path}: answer {place} of {key} must be a table with text and says; got {answer!r}")
        _only({"text", "says", "right"}, answer, path, f"answer {place} of {key}")
        for name in ("text", "says"):
            if not isinstance(answer.get(name), str) or not answer[name]:
                raise CourseError(f"{path}: answer {place} of {key} must have {name}; got {answer.get(name)!r}")
        read.append(Answer(answer["text"], answer["says"], answer.get("right") is True))
    if sum(answer.right for answer in read) != 1:
        raise CourseError(f"{path}: {key} must have one answer that says `right = true`")
    return Question(key, text, tuple(read))
