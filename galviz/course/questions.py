"""The questions of a lesson, from its questions.toml: the opening question, the exercises and the quiz."""

from dataclasses import dataclass
from pathlib import Path

from galviz.course.coursefile import CourseError, read_toml
from galviz.course.lesson import DIFFICULTIES, Lesson

QUESTIONS_NAME = "questions.toml"
_TASK_KEYS = {"function": str, "title": str, "difficulty": int, "minutes": int, "hints": list}
_OPTIONAL_TASK_KEYS = {"needs": list, "seconds": int, "unique_result": bool}


@dataclass(frozen=True)
class Answer:
    """One of the answers to choose from.

    Attributes
    ----------
    text : str
    says : str
        The explanation shown after it is chosen, right or wrong.
    right : bool
    """

    text: str
    says: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A multiple-choice question with one right answer.

    Attributes
    ----------
    key : str
        The key of the answer in the progress file: ``"hooks.opening"``, ``"hooks.q1"``.
    text : str
    answers : tuple of Answer
    """

    key: str
    text: str
    answers: tuple[Answer, ...]

    @property
    def right(self) -> int:
        """Index of the right answer."""
        return next(place for place, answer in enumerate(self.answers) if answer.right)


@dataclass(frozen=True)
class Task:
    """An exercise: a function that the student writes.

    Attributes
    ----------
    id : str
        ``"hooks.2"``; that of a lesson's warm-up is ``"hooks.0"``.
    function : str
        Its name in exercise.py and solution.py; its docstring is the task's text.
    title : str
    difficulty : int
        1 easy, 2 medium, 3 hard.
    minutes : int
    hints : tuple of str
        Help before the first check, shown one at a time.
    needs : tuple of str
        Modules that must be installed to check it, beside those of the light app.
    seconds : int or None
        CPU time that its tests may take, if not that of other tasks.
    unique_result : bool
        False if other results than the solution's are right, such as those of other random numbers.
    """

    id: str
    function: str
    title: str
    difficulty: int
    minutes: int
    hints: tuple[str, ...]
    needs: tuple[str, ...] = ()
    seconds: int | None = None
    unique_result: bool = True

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
    """The questions and exercises of a lesson. The first exercise may be a warm-up."""

    opening: Question
    tasks: tuple[Task, ...]
    quiz: tuple[Question, ...]


def read_questions(lesson: Lesson) -> Questions:
    """Read the questions and exercises of a lesson.

    Raises
    ------
    CourseError
        If questions.toml is missing or invalid.

    Examples
    --------
    >>> from galviz.course.manifest import find_lesson
    >>> [task.id for task in read_questions(find_lesson("pca")).tasks][:3]
    ['pca.1', 'pca.2', 'pca.3']
    """
    path = lesson.folder / QUESTIONS_NAME
    content, slug = read_toml(path), lesson.slug
    _check_keys({"opening", "warm_up", "tasks", "quiz"}, content, path, "the file")
    if not isinstance(content.get("opening"), dict):
        raise CourseError(f"{path} must have an [opening], the question before the text; there is none")
    tables = dict(enumerate(_tables(content, "tasks", path), start=1))
    if "warm_up" in content:
        if not isinstance(content["warm_up"], dict):
            raise CourseError(f"{path}: [warm_up] must be a table, an exercise before the others")
        tables = {0: content["warm_up"], **tables}
    tasks = tuple(_task(table, f"{slug}.{number}", path) for number, table in tables.items())
    quiz = tuple(
        _question(table, f"{slug}.q{place}", path)
        for place, table in enumerate(_tables(content, "quiz", path), start=1)
    )
    return Questions(_question(content["opening"], f"{slug}.opening", path), tasks, quiz)


def _tables(content: dict, name: str, path: Path) -> list[dict]:
    tables = content.get(name, [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise CourseError(f"{path} must have one [[{name}]] or more; there is none")
    return tables


def _check_keys(known: set[str], table: dict, path: Path, where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise CourseError(f"{path}: {where} has an unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")


def _task(table: dict, task_id: str, path: Path) -> Task:
    _check_keys({*_TASK_KEYS, *_OPTIONAL_TASK_KEYS}, table, path, f"task {task_id}")
    for name, kind in _TASK_KEYS.items():
        value = table.get(name)
        if not (_is_text(value) if kind is str else type(value) is kind):  # a TOML true is an int too
            raise CourseError(f"{path}: task {task_id} must have a {name} ({kind.__name__}); got {value!r}")
    for name, kind in _OPTIONAL_TASK_KEYS.items():
        if type(table.get(name, kind())) is not kind:
            raise CourseError(f"{path}: the {name} of task {task_id} must be a {kind.__name__}; got {table[name]!r}")
    if not table["hints"]:
        raise CourseError(f"{path}: task {task_id} must have one hint or more; there is none")
    for name in ("hints", "needs"):
        if not all(_is_text(text) for text in table.get(name, [])):
            raise CourseError(f"{path}: the {name} of task {task_id} must be texts; got {table[name]!r}")
    if table.get("seconds", 1) < 1:
        raise CourseError(f"{path}: task {task_id} must have seconds of at least 1; got {table['seconds']}")
    if table["difficulty"] not in DIFFICULTIES:
        raise CourseError(f"{path}: task {task_id} must have a difficulty of 1 to 3; got {table['difficulty']}")
    if table["minutes"] < 1:
        raise CourseError(f"{path}: task {task_id} must have minutes of at least 1; got {table['minutes']}")
    return Task(
        id=task_id, **{name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    )


def _question(table: dict, key: str, path: Path) -> Question:
    _check_keys({"question", "answers"}, table, path, key)
    text, answers = table.get("question"), table.get("answers")
    if not _is_text(text):
        raise CourseError(f"{path}: {key} must have a question; got {text!r}")
    if not isinstance(answers, list) or not 2 <= len(answers) <= 6:
        raise CourseError(f"{path}: {key} must have 2 to 6 answers")
    parsed = []
    for number, answer in enumerate(answers, start=1):
        if not isinstance(answer, dict):
            raise CourseError(f"{path}: answer {number} of {key} must be a table with text and says; got {answer!r}")
        _check_keys({"text", "says", "right"}, answer, path, f"answer {number} of {key}")
        for name in ("text", "says"):
            if not _is_text(answer.get(name)):
                raise CourseError(f"{path}: answer {number} of {key} must have {name}; got {answer.get(name)!r}")
        parsed.append(Answer(answer["text"], answer["says"], answer.get("right") is True))
    if sum(answer.right for answer in parsed) != 1:
        raise CourseError(f"{path}: {key} must have one answer that says `right = true`")
    return Question(key, text, tuple(parsed))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
