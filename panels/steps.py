"""A lesson page as a sequence of steps: one idea and one picture at a time, then the exercises and the quiz."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.course.lesson import Lesson
from galviz.course.prose import Sections, list_items, split_text
from galviz.course.questions import Questions, read_questions
from panels.controls import option_in_url, put_in_url
from panels.exercises import show_exercises
from panels.glossary import explain_terms_beside_links
from panels.lesson_frame import CERTIFICATE, HOME, SIMULATED_GALAXIES, read_text, show_head
from panels.lesson_space import explain_galaxies
from panels.links import link_to
from panels.page_loader import explain_damage
from panels.progress import progress
from panels.quiz import ask_opening_question, show_quiz
from panels.settings import settings
from panels.source_code import show_code
from panels.surveys import OpenSurvey, explain_errors

FIRST, EXERCISES, QUIZ = "1", "exercises", "quiz"
# The step's name in the URL: ?step=2, ?step=quiz. Streamlit drops it when another page is opened.
PARAMETER = "step"
# Words beside a picture; the rest is in an expander.
MAX_WORDS = 120
# Scroll to the top of a new step, and move the focus of keyboards and screen readers to its heading.
_SCRIPT = """
export default function({ data }) {
    const before = window.galvizStep;
    window.galvizStep = data.step;
    if (before === undefined || before === data.step) { return; }
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    const heading = document.querySelector(".st-key-lesson_step h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
}
"""


@dataclass(frozen=True)
class Step:
    """One step of a lesson.

    Attributes
    ----------
    title : str
        Its heading, and its name in the lesson's outline.
    draw : callable or None
        Draws its picture, and the picture's controls into the container that it is given, which is beside the picture.
        It runs in a fragment: its widgets don't rerun the rest of the page. None if the step is text only.
    says : tuple of str
        The sections of text.md beside the picture. What exceeds `MAX_WORDS` is in an expander.
    tries : tuple of int
        Which items of the section ``try`` are shown, from 0.
    code : tuple of callable or str
        The functions behind the picture, as for `show_code`.
    figure : str, optional
        Code that draws the picture with matplotlib.
    wide : bool
        Whether the picture has the page's full width, with its controls above it and the text below; two sections are
        then beside each other.
    """

    title: str
    draw: Callable[[DeltaGenerator], None] | None = None
    says: tuple[str, ...] = ()
    tries: tuple[int, ...] = ()
    code: tuple[Callable | str, ...] = ()
    figure: str | None = None
    wide: bool = False


def show_lesson(
    lesson: Lesson,
    opened: OpenSurvey,
    steps: Sequence[Step],
    *,
    uses_own: bool | None = None,
    badge: str = SIMULATED_GALAXIES,
) -> None:
    """Draw one step of a lesson: the one in the URL, or the first.

    The exercises and the quiz follow as the last two steps.

    Parameters
    ----------
    lesson : Lesson
    opened : OpenSurvey
    steps : sequence of Step
        One or more.
    uses_own : bool, optional
        Whether it shows the survey and network of the app's arguments, see `explain_galaxies`.
    badge : str
        What a badge calls the galaxies that come with galviz.

    Raises
    ------
    CourseError
        If a file of the lesson can't be read; `explain_errors` shows it to the student.
    """
    text, questions = read_text(lesson), read_questions(lesson)
    names = [FIRST, *map(str, range(2, len(steps) + 1)), EXERCISES, QUIZ]
    titles = [*(step.title for step in steps), "Exercises", "Quiz"]
    position = _position(names)
    show_head(lesson, opened, badge, small=position > 0)
    if position == 0:
        explain_galaxies(uses_own=uses_own)
    _show_outline(lesson, names, titles, position, _time_left(lesson, questions, len(steps), position))
    with st.container(key="lesson_step"):
        st.header(titles[position])
        if names[position] == EXERCISES:
            show_exercises(lesson, questions)
        elif names[position] == QUIZ:
            _show_end(lesson, questions, text)
        else:
            st.fragment(partial(_show_step, lesson, steps[position], text))()
            if position == len(steps) - 1:
                st.subheader("Limitations")
                st.container(width=720).markdown(text["limits"])
            if position == 0:
                ask_opening_question(questions)
    _show_navigation(lesson, names, titles, position)
    explain_terms_beside_links()
    _scroll_to_top(f"{lesson.slug}.{names[position]}")


def _position(names: list[str]) -> int:
    """Index of the step in the URL; an invalid one is removed, and means the first."""
    return names.index(option_in_url(names[1:], names[0], key=PARAMETER))


def _go_to(name: str) -> None:
    put_in_url(name, FIRST, key=PARAMETER)


def _time_left(lesson: Lesson, questions: Questions, n_steps: int, position: int) -> str:
    """Describe the time that the rest of the lesson takes; the exercises' is their own."""
    if position == n_steps:
        return f"about {sum(task.minutes for task in questions.tasks)} min of exercises"
    n_left = n_steps + 1 - min(position, n_steps)  # the quiz takes as long as a step
    return f"about {max(1, round(lesson.minutes * n_left / (n_steps + 1)))} min left"


def _show_outline(lesson: Lesson, names: list[str], titles: list[str], position: int, time_left: str) -> None:
    """Draw the titles of all steps, to jump to one, above a progress bar."""
    key = f"outline_{lesson.slug}"
    st.session_state[key] = names[position]
    with st.container(key="lesson_outline", gap="xsmall"):
        st.segmented_control(
            "Steps of this lesson",
            names,
            required=True,
            format_func=dict(zip(names, titles, strict=True)).get,
            key=key,
            label_visibility="collapsed",
            on_change=lambda: _go_to(st.session_state[key] or names[position]),
        )
        st.progress((position + 1) / len(names), f"Step {position + 1} of {len(names)} · {time_left}")


def _show_step(lesson: Lesson, step: Step, text: Sections) -> None:
    with explain_errors(in_fragment=True), explain_damage(lesson.page):
        _show_picture_and_text(step, text)


def _show_picture_and_text(step: Step, text: Sections) -> None:
    items = list_items(text["try"])
    tries = [items[number] for number in step.tries if number < len(items)]
    right_is_free = step.draw is None or step.wide
    if right_is_free:
        if step.draw is not None:
            step.draw(st.container())
        left, right = st.columns(2, gap="large")
    else:
        right, left = st.columns([4, 3], gap="medium")
        controls = left.container()
        with right:
            step.draw(controls)
    if len(step.says) > 1 and right_is_free:
        for column, name in zip((left, right), step.says, strict=False):
            with column:
                _show_text(text[name])
    elif step.says:
        with left:
            _show_text("\n\n".join(text[name] for name in step.says))
    if tries:
        with right, st.container(border=True):
            st.markdown("**:material/experiment: Try it**")
            st.markdown("\n".join(f"- {item}" for item in tries))
    if step.code or step.figure:
        show_code(*step.code, matplotlib=step.figure)


def _show_text(text: str) -> None:
    """Draw the beginning of a text, and the rest in an expander."""
    beginning, rest = split_text(text, MAX_WORDS)
    st.markdown(beginning)
    if rest:
        with st.expander("More", icon=":material/read_more:"):
            st.markdown(rest)


def _show_end(lesson: Lesson, questions: Questions, text: Sections) -> None:
    """Draw the quiz, what the student has done of the lesson and what is missing, and its sources."""
    show_quiz(questions)
    st.subheader("Where you are")
    _show_score(questions)
    with st.container(horizontal=True):
        _link_back(lesson)
        _link_on(lesson)
    with st.expander("Sources", icon=":material/menu_book:"):
        st.markdown(text["sources"])


def _show_score(questions: Questions) -> None:
    results = progress()
    right = [results.get(question.key) == question.right for question in questions.quiz]
    passed = [f"{task.id}.passed" in results for task in questions.tasks]
    with st.container(horizontal=True):
        st.metric("Quiz questions right", f"{sum(right)} of {len(right)}", width="content")
        st.metric("Exercises passed", f"{sum(passed)} of {len(passed)}", width="content")
    questions_left = [str(number) for number, is_right in enumerate(right, start=1) if not is_right]
    tasks_left = [task.id for task, is_passed in zip(questions.tasks, passed, strict=True) if not is_passed]
    missing = [_count(kind, left) for kind, left in (("question", questions_left), ("exercise", tasks_left)) if left]
    if missing:
        st.markdown(f"Still missing: {'; '.join(missing)}.")
    else:
        st.success("This lesson is complete.", icon=":material/check_circle:")


def _count(noun: str, names: list[str]) -> str:
    """A noun with names: "question 2", "questions 2, 3 and 4"."""
    return f"{noun} {names[0]}" if len(names) == 1 else f"{noun}s {', '.join(names[:-1])} and {names[-1]}"


def _show_navigation(lesson: Lesson, names: list[str], titles: list[str], position: int) -> None:
    """Draw buttons to the steps before and after; before the first step, a link to the lesson before."""
    with st.container(
        key="lesson_navigation", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        if position == 0:
            _link_back(lesson)
        else:
            st.button(
                f"Back: {titles[position - 1]}",
                key="step_back",
                icon=":material/arrow_back:",
                on_click=_go_to,
                args=(names[position - 1],),
            )
        if position < len(names) - 1:
            st.button(
                f"Next: {titles[position + 1]}",
                key="step_next",
                type="primary",
                icon=":material/arrow_forward:",
                icon_position="right",
                on_click=_go_to,
                args=(names[position + 1],),
            )


def _link_back(lesson: Lesson) -> None:
    lessons = settings().lessons
    number = lessons.index(lesson)
    if number > 0:
        link_to(lessons[number - 1], label=f"Back: {lessons[number - 1].title}", icon=":material/arrow_back:")
    else:
        st.page_link(HOME, label="Back: Home", icon=":material/arrow_back:")


def _link_on(lesson: Lesson) -> None:
    lessons = settings().lessons
    number = lessons.index(lesson)
    if number + 1 < len(lessons):
        link_to(lessons[number + 1], label=f"Next: {lessons[number + 1].title}", icon=":material/arrow_forward:")
    else:
        st.page_link(CERTIFICATE, label="Next: Your certificate", icon=":material/arrow_forward:")


def _scroll_to_top(step: str) -> None:
    component = st.components.v2.component("galviz_step", js=_SCRIPT)
    with st.container(height=1, border=False, key="scroll_to_top"):
        component(key="step_shown", data={"step": step})
