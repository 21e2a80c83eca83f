"""A bank of answers to a lesson's exercises: typical wrong ones with their hints, and alternative right ones."""

from collections.abc import Callable
from dataclasses import dataclass, field

Answer = Callable[..., object]


@dataclass
class Bank:
    """Answers, by the id of their task.

    Attributes
    ----------
    wrong_answers : dict of str to list of (callable, str)
        Each with words that its hint must contain.
    right_answers : dict of str to list of callable

    Examples
    --------
    >>> bank = Bank()
    >>> @bank.wrong("template.1", "the sum")
    ... def total(values):
    ...     return sum(values)
    >>> len(bank.wrong_answers["template.1"])
    1
    """

    wrong_answers: dict[str, list[tuple[Answer, str]]] = field(default_factory=dict)
    right_answers: dict[str, list[Answer]] = field(default_factory=dict)

    def wrong(self, task_id: str, words: str) -> Callable[[Answer], Answer]:
        """Register a wrong answer, with words that the hint for it must contain."""

        def register(answer: Answer) -> Answer:
            self.wrong_answers.setdefault(task_id, []).append((answer, words))
            return answer

        return register

    def right(self, task_id: str) -> Callable[[Answer], Answer]:
        """Register a right answer that differs from the solution."""

        def register(answer: Answer) -> Answer:
            self.right_answers.setdefault(task_id, []).append(answer)
            return answer

        return register
