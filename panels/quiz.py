"""Questions with answers to choose from: the cold open, its return at the end, and the quiz."""

import streamlit as st

from galviz.course.questions import Question, Questions
from panels.progress import progress, remember

RIGHT, OTHER = ":material/check_circle:", ":material/lightbulb:"


def open_cold(questions: Questions) -> None:
    """Ask before the text is read; what is right is told at the page's end."""
    with st.container(border=True):
        st.caption("Before you read: what do you think?")
        chosen = _ask(questions.opening, questions.opening.key)
        if chosen is not None:
            st.caption("Kept. The end of this page comes back to it.")


def close_opening(questions: Questions) -> None:
    """Come back to the question that stood at the beginning."""
    opening = questions.opening
    first = chosen_of(opening, opening.key)
    st.header("Back to the first question")
    with st.container(border=True):
        if first is None:
            st.caption("You left it open at the beginning.")
        else:
            st.caption(f"At the beginning you said: {opening.answers[first].text}")
        _explain(opening, _ask(opening, f"{opening.key}.again"))


def quiz(questions: Questions) -> None:
    """Draw a lesson's quiz: an explanation on every answer, right or wrong; answers may be changed."""
    st.header("Quiz")
    for place, question in enumerate(questions.quiz, start=1):
        with st.container(border=True):
            _explain(question, _ask(question, question.key, number=place))
    right = sum(chosen_of(question, question.key) == question.right for question in questions.quiz)
    if all(chosen_of(question, question.key) is not None for question in questions.quiz):
        st.caption(f"{right} of {len(questions.quiz)} right.")


def chosen_of(question: Question, key: str) -> int | None:
    """The place of the answer that was given, if it is still there."""
    kept = progress().get(key)
    return kept if isinstance(kept, int) and 0 <= kept < len(question.answers) else None


def _ask(question: Question, key: str, *, number: int | None = None) -> int | None:
    """Draw a question; the place of the answer chosen now or before."""
    st.markdown(f"**{number}.** {question.text}" if number else question.text)
    widget, before = f"answer-{key}", chosen_of(question, key)
    # Only where nothing is chosen: what the browser kept may come a moment after the page.
    if st.session_state.get(widget) is None and before is not None:
        st.session_state[widget] = before

    def keep() -> None:
        if (chosen := st.session_state[widget]) is not None:
            remember(key, chosen)

    return st.radio(
        question.text,
        range(len(question.answers)),
        format_func=lambda place: question.answers[place].text,
        index=None,
        key=widget,
        on_change=keep,
        label_visibility="collapsed",
    )


def _explain(question: Question, chosen: int | None) -> None:
    if chosen is None:
        return
    answer = question.answers[chosen]
    if answer.right:
        st.success(answer.says, icon=RIGHT)
    else:
        st.info(answer.says, icon=OTHER)
