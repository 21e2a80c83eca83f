"""Texts use the field's words, and lessons introduce each term of the glossary before they use it."""

import re
from pathlib import Path

import pytest

from galviz.course.manifest import load_lessons
from galviz.course.prose import read_sections
from galviz.course.questions import read_questions
from panels.glossary import link_terms

ROOT = Path(__file__).parents[2]
LESSONS = load_lessons()

# Paraphrases of a term, or words for people where a network is meant; the term to write instead.
REJECTED = {
    r"dealt? out|dealing out": "permute, shuffle",
    r"dr[ae]wn? (anew|again)": "resample",
    r"listens? in|overhear\w*|eavesdrop\w*": "capture, hook",
    r"record for gradients": "autograd graph",
    r"maps? of answers|what a layer answers|its answers": "feature map, activations",
    r"(is|are|was|were) told (by|well)|tells? well|told from": "predicted",
    r"mend(s|ed|ing)?": "fix",
    r"the truth|true answer": "ground truth, label",
    r"carr(y|ies|ied) over": "generalise",
    r"(poor|rich) in metals|(poor|rich) galax\w+": "metal-poor, metal-rich",
    r"galaxies it had not seen|unseen by it": "held-out",
    r"taking away": "ablation",
    r"a (row|number|line|picture) a (galaxy|channel|column)": "per",
    r"(seconds?|images|galaxies|megabytes) a (second|galaxy|image|minute)": "per",
    r"networks? (knows?|hears?|wants?|says?|sees?|thinks?|believes?)": "outputs, encodes, predicts",
}
# Terms that a lesson is about; its text must use them.
FIELD_TERMS = {
    "galaxies": ["label", "metallicity"],
    "images": ["augmentation", "training set", "batch"],
    "network": ["activation", "feature map", "kernel", "parameter"],
    "training": ["loss", "gradient", "validation set", "learning rate", "overfitting", "held out"],
    "predictions": ["RMSE", "bias", "baseline", "domain shift"],
    "hooks": ["autograd", "activation", "hook", "eval mode", "intervention"],
    "pca": ["explained variance", "covariance", "singular value decomposition"],
    "space": ["feature space", "correlation"],
    "points": ["coordinate"],
    "variance": ["bootstrap", "eigenvalue", "held-out"],
    "meaning": ["linear probe", "control", "correlation"],
    "maps": ["embedding", "trustworthiness", "perplexity"],
    "shift": ["domain shift", "held out", "baseline", "ridge regression"],
}
DOCUMENTS = ["README.md", *(f"docs/{name}.md" for name in ("teaching", "architecture", "extending"))]
DOCUMENTS += ["deploy/README.md", "data/README.md", "benchmarks/README.md"]


def lesson_prose(lesson):
    """What a student reads: text, questions, hints and the exercises' docstrings."""
    questions = read_questions(lesson)
    parts = [(lesson.folder / name).read_text(encoding="utf-8") for name in ("text.md", "exercise.py")]
    parts += [lesson.claim, lesson.afterwards, *(hint for task in questions.tasks for hint in task.hints)]
    for question in (questions.opening, *questions.quiz):
        parts += [question.text, *(f"{answer.text} {answer.says}" for answer in question.answers)]
    return "\n\n".join(parts)


def rejected_words(text):
    text = " ".join(re.sub(r"^ {4,}.*$", "", text, flags=re.MULTILINE).split())
    return [
        f"{match.group()!r}: write {instead}"
        for pattern, instead in REJECTED.items()
        for match in re.finditer(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.slug)
def test_lessons_use_the_fields_words(lesson):
    assert rejected_words(lesson_prose(lesson)) == []
    text = " ".join((lesson.folder / "text.md").read_text(encoding="utf-8").lower().split())
    assert [term for term in FIELD_TERMS.get(lesson.slug, []) if term.lower() not in text] == []


@pytest.mark.parametrize("name", ["lessons/glossary.md", *DOCUMENTS])
def test_documents_use_the_fields_words(name):
    assert rejected_words((ROOT / name).read_text(encoding="utf-8")) == []


def test_each_term_is_introduced_where_the_course_uses_it_first():
    """A term of the glossary is emphasised at its first mention in the first lesson whose text has it."""
    late, introduced = [], set()
    for lesson in LESSONS:
        sections = {name: text for name, text in read_sections(lesson.folder / "text.md").items() if name != "sources"}
        text = "\n\n".join(link_terms(sections).values())
        for match in re.finditer(r"\[([^\]]+)\]\(glossary#[^)]*\)", text):
            term = match.group(0).partition("glossary#")[2].partition(" ")[0]
            before = re.sub(r"\]\([^)]*\)", "", text[: match.start()].rpartition("\n\n")[2])
            if term not in introduced and before.replace("**", "*").count("*") % 2 == 0:
                late.append(f"{lesson.slug}: {before[-40:]!r} {match.group(1)!r}")
            introduced.add(term)
    assert len(introduced) > 60
    assert late == []
