"""A bank of answers to a lesson's exercises: typical wrong ones with their hints, right ones written otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, field

Answer = Callable[..., object]


@dataclass
class Bank:
    """Answers by the id of their task.

    Attributes
    ----------
    wrong_answers : dict of str to list of (callable, str)
        With words that stand in the hint each must get.
    right_answers : dict of str to list of callable
    """

    wrong_answers: dict[str, list[tuple[Answer, str]]] = field(default_factory=dict)
    right_answers: dict[str, list[Answer]] = field(default_factory=dict)

    def wrong(self, task_id: str, words: str) -> Callable[[Answer], Answer]:
        """Register a wrong answer, and words of the hint by which it must be rejected."""

        def register(answer: Answer) -> Answer:
            self.wrong_answers.setdefault(task_id, []).append((answer, words))
            return answer

        return register

    def right(self, task_id: str) -> Callable[[Answer], Answer]:
        """Register a right answer that is written otherwise than the solution."""

        def register(answer: Answer) -> Answer:
            self.right_answers.setdefault(task_id, []).append(answer)
            return answer

        return register
