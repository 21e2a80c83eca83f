"""Multiple-choice questions: a lesson's opening question, before and after the text, and its quiz."""

from functools import partial

import streamlit as st

from galviz.course.questions import Question, Questions
from panels.progress import progress, save_progress

_RIGHT, _WRONG = ":material/check_circle:", ":material/cancel:"
_COLUMNS = 2


def ask_opening_question(questions: Questions) -> None:
    """Draw the opening question; the answer is explained after the quiz."""
    with st.container(border=True):
        st.caption("Before you go on: what do you think?")
        chosen = _ask(questions.opening, questions.opening.key)
        if chosen is not None:
            st.caption("Saved. The quiz at the end of the lesson explains the answer.")


def show_quiz(questions: Questions) -> None:
    """Draw a lesson's quiz, then the opening question again; each chosen answer is explained and may be changed."""
    cells = [partial(_show_question, question, number) for number, question in enumerate(questions.quiz, start=1)]
    cells.append(partial(_return_to_opening_question, questions.opening))
    for start in range(0, len(cells), _COLUMNS):
        for column, draw in zip(st.columns(_COLUMNS, gap="medium"), cells[start : start + _COLUMNS], strict=False):
            with column, st.container(border=True):
                draw()


def _show_question(question: Question, number: int) -> None:
    _explain(question, _ask(question, question.key, number=number))


def _return_to_opening_question(opening: Question) -> None:
    first = _saved_answer(opening, opening.key)
    st.markdown("**Back to the first question**")
    if first is None:
        st.caption("You didn't answer it at the beginning.")
    else:
        st.caption(f"At the beginning you answered: {opening.answers[first].text}")
    _explain(opening, _ask(opening, f"{opening.key}.again"))


def _saved_answer(question: Question, key: str) -> int | None:
    """The number of the answer given before, if the question still has it."""
    answer = progress().get(key)
    return answer if isinstance(answer, int) and 0 <= answer < len(question.answers) else None


def _ask(question: Question, key: str, *, number: int | None = None) -> int | None:
    """Draw a question; return the number of the answer chosen now or before."""
    st.markdown(f"**{number}.** {question.text}" if number else question.text)
    widget, saved = f"answer-{key}", _saved_answer(question, key)
    # At every run, because the browser's stored answers may arrive after the page.
    if st.session_state.get(widget) is None and saved is not None:
        st.session_state[widget] = saved

    def save() -> None:
        if (chosen := st.session_state[widget]) is not None:
            save_progress(key, chosen)

    return st.radio(
        question.text,
        range(len(question.answers)),
        format_func=lambda number: question.answers[number].text,
        index=None,
        key=widget,
        on_change=save,
        label_visibility="collapsed",
    )


def _explain(question: Question, chosen: int | None) -> None:
    if chosen is None:
        return
    answer = question.answers[chosen]
    if answer.right:
        st.success(answer.says, icon=_RIGHT)
    else:
        st.error(answer.says, icon=_WRONG)
