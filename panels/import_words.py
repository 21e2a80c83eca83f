"""Sentences of the import in the words of the page Your galaxies, which has controls in place of options."""

import re
from pathlib import PurePath

from galviz.importing.question import ImportQuestion
from galviz.survey.problems import Problem, SurveyError

_TOGETHER = "upload the table and its images together: as files, a folder or a zip"
_REPLACED = (
    (re.compile(r" \(--[\w-]+[^)]*\)"), ""),
    (re.compile(r", or another folder of images with --images\b"), ", or upload the images that belong to the table"),
    (re.compile(r"give the folder of images with --images( FOLDER)?"), _TOGETHER),
    (
        re.compile(r"\b(?:give|name) ((?:another column|it|the column)\b[^;]*?) with --id or --image\b"),
        r"choose \1 under Ids or Images",
    ),
    (re.compile(r"\b(?:give|name) ((?:another column|it|the column)\b[^;,]*?) with --id\b"), r"choose \1 under Ids"),
    (
        re.compile(r"\b(?:give|name) ((?:another column|it|the column)\b[^;,]*?) with --image\b"),
        r"choose \1 under Images",
    ),
    (re.compile(r"\bgive --label COLUMN\b"), "choose one under Label"),
    (re.compile(r"\bleave out --label\b"), "let galviz choose the label"),
    (re.compile(r"^--missing:"), "Missing values:"),
    (re.compile(r"--missing=(\S+)"), r"\1 under Missing values"),
)
_OPTION = re.compile(r"(?<!\S)--\w")
_CONTROLS = {"--id": "Ids", "--image": "Images", "--label": "Label"}


def in_page_words(text: str) -> str:
    """Replace the options of the command line in a sentence or a clause of the import.

    Examples
    --------
    >>> in_page_words("keep one row per galaxy, or give another column with --id")
    'keep one row per galaxy, or choose another column under Ids'
    >>> in_page_words("add --bands gri, in their order")
    'import them on your own machine, and add --bands gri, in their order'
    """
    if "--" not in text:
        return text
    for pattern, words in _REPLACED:
        text = pattern.sub(words, text)
    return f"import them on your own machine, and {text}" if _OPTION.search(text) else text


def error_in_page_words(error: SurveyError) -> SurveyError:
    """The same problems, with remedies that this page offers."""
    return SurveyError(
        error.folder,
        [
            Problem(one.row, one.object_id, one.file, in_page_words(one.problem), in_page_words(one.remedy))
            for one in error.details
        ],
    )


def question_in_page_words(question: ImportQuestion) -> str:
    """The question, and under which control its answer is chosen or what else to upload."""
    control = _CONTROLS.get(question.option)
    if control is not None:
        likely = "" if question.guess is None else f" {question.guess} seems likely."
        return f"{question.question[:1].upper()}{question.question[1:]} Choose it under {control}.{likely}"
    names = ["/".join(PurePath(path).parts[-2:]) for path in question.candidates]
    several = "tables" if question.option == "SOURCE" else "folders of images"
    return f"There are several {several}: {', '.join(names[:8])}. Upload again with the right one only."
