"""Measure how readable the lessons' texts are: words per sentence, and Flesch's reading ease.

    python benchmarks/readability.py

It needs textstat 0.7.8, which no extra installs, because its wheel contains a top-level package `tests`:

    python -m pip install --target output/textstat textstat==0.7.8
    PYTHONPATH=output/textstat python benchmarks/readability.py

Formulas, code, links' addresses and sources are left out. Exit status 1 if a lesson misses a limit.
"""

import re
import sys
from statistics import mean

from galviz.course.manifest import load_lessons
from galviz.course.prose import read_sections
from galviz.course.questions import read_questions

LONGEST_SENTENCE, LEAST_EASE = 18.0, 55.0  # words on average; on Flesch's scale, where 60 to 70 is plain English
_NOT_PROSE = (
    re.compile(r"```.*?```", re.DOTALL),
    re.compile(r"\$\$.*?\$\$", re.DOTALL),
    re.compile(r"^\|.*$", re.MULTILINE),
)


def prose(markdown: str) -> str:
    r"""Plain sentences of a text: without code, tables and display formulas, and with one word per inline formula.

    >>> prose("**Mean.** It is $\\bar x$ [2], see [this](a.md):\n\n$$x$$\n\n- one `point`\n- two")
    'Mean. It is x, see this. one point. two.'
    """
    for pattern in _NOT_PROSE:
        markdown = pattern.sub("", markdown)
    text = re.sub(r"\$[^$]*\$", "x", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r" ?\[[\d, ]+\]", "", text)
    text = re.sub(r"[*`_]", "", text)
    # Each paragraph and each item of a list is a sentence of its own, even without a full stop.
    blocks = re.split(r"\n\s*\n|^\s*(?:-|\d+\.) ", text, flags=re.MULTILINE)
    blocks = [" ".join(block.split()) for block in blocks]
    return " ".join(re.sub(r"[:;,]?$", "", block) + ("" if block[-1] in ".?!" else ".") for block in blocks if block)


def lesson_texts() -> dict[str, list[str]]:
    """Prose of each lesson: the sections of its text, and its questions with the answers' explanations."""
    texts = {}
    for lesson in load_lessons():
        sections = read_sections(lesson.folder / "text.md")
        questions = read_questions(lesson)
        texts[lesson.slug] = [prose(text) for name, text in sections.items() if name != "sources"]
        for question in (questions.opening, *questions.quiz):
            texts[lesson.slug] += [prose(question.text), *(prose(answer.says) for answer in question.answers)]
        texts[lesson.slug] += [prose(hint) for task in questions.tasks for hint in task.hints]
    return texts


def main() -> int:
    """Print a line per lesson; return the exit status."""
    import textstat

    print(f"{'lesson':12} {'words':>6} {'words/sentence':>15} {'reading ease':>13}")
    missed, rows = [], []
    for slug, blocks in lesson_texts().items():
        text = " ".join(blocks)
        words = len(text.split())
        sentences = len(re.findall(r"[.?!]+(?=\s|$)", text))
        length, ease = words / sentences, textstat.flesch_reading_ease(text)
        print(f"{slug:12} {words:6} {length:15.1f} {ease:13.1f}")
        rows.append((length, ease))
        if length >= LONGEST_SENTENCE or ease <= LEAST_EASE:
            missed.append(slug)
    lengths, eases = zip(*rows, strict=True)
    print(f"{'mean':12} {'':6} {mean(lengths):15.1f} {mean(eases):13.1f}")
    print(f"limits: under {LONGEST_SENTENCE:g} words per sentence, reading ease over {LEAST_EASE:g}")
    if missed:
        print(f"missed by: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
