"""The course on its pages: cold open, exercises, quiz, progress, certificate, glossary, at home and on a deployment."""

import re
from datetime import date
from pathlib import Path

import pytest

from galviz.course.check import find_tasks
from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.progress import read_progress, record
from galviz.course.prose import read_sections
from galviz.course.questions import read_questions
from galviz.course.source import function_source
from galviz.course.workspace import exercise_path, solution_path, stub_path
from panels.certificate import certificate_html, count_results
from panels.glossary import GLOSSARY_FILE, anchor, link_terms, read_terms

LESSONS = load_lessons()

ROOT = Path(__file__).parents[2]
PCA = find_lesson("pca")
QUESTIONS = read_questions(PCA)
# All exercises passed, all questions answered rightly.
COMPLETE = {task.id: "passed" for task in QUESTIONS.tasks} | {
    question.key: question.right for question in QUESTIONS.quiz
}


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    """A student's folder and settings of their own for each test; returns a function that writes the settings."""
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("GALVIZ_COURSE", str(tmp_path / "course.toml"))
    monkeypatch.delenv("GALVIZ_EXERCISES", raising=False)

    def write(text):
        (tmp_path / "course.toml").write_text(text)

    write('exercises = "run"\n')
    return write


def labels(elements):
    return [element.label for element in elements]


def page_text(app):
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.success, app.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def code_of(app):
    return [element.value for element in app.code]


def radio(app, key):
    return app.radio(key=f"answer-{key}")


# The cold open and the quiz


@pytest.mark.parametrize("entry", LESSONS, ids=lambda entry: entry.slug)
def test_a_lesson_asks_everything_it_has_and_leads_to_its_neighbours(run_app, entry):
    app = run_app(page=f"lessons/{entry.slug}", sample=30)
    assert not app.exception
    assert not app.error
    assert len(app.title) == 1
    assert "imulated" in page_text(app)
    titles = ["Home", *(lesson.title for lesson in LESSONS), "Your certificate"]
    place = LESSONS.index(entry)
    assert labels(link.proto for link in app.get("page_link")) == [
        f"Back: {titles[place]}",
        f"Next: {titles[place + 2]}",
    ]
    questions, text = read_questions(entry), page_text(app)
    assert {radio.key for radio in app.radio} == {
        f"answer-{key}"
        for key in (
            questions.opening.key,
            f"{questions.opening.key}.again",
            *(question.key for question in questions.quiz),
        )
    }
    for question in (questions.opening, *questions.quiz):
        assert question.text in text
    for task in questions.tasks:
        assert f"**{task.id} · {task.title}**" in text
        assert function_source(stub_path(entry), task.function) in code_of(app)
        assert task.hint.strip() in text
        assert f"{DIFFICULTIES[task.difficulty]} · {task.minutes} min · `{task.function}`" in text
    assert f"Afterwards you can {entry.afterwards}." in text
    headers = [header.value for header in app.header]
    order = ["Try it yourself", "Limitations", "Exercises", "Quiz", "Back to the first question"]
    assert headers[-len(order) :] == order
    raw = read_sections(entry.folder / "text.md")
    for name in ("try", "limits", "sources"):
        first = raw[name].split("\n")[0]
        assert re.sub(r"\W", "", first)[:30] in re.sub(r"\]\(glossary[^)]*\)|\W", "", text)


def test_each_answer_has_its_explanation_and_is_remembered(run_app):
    app = run_app(page="lessons/pca")
    question = QUESTIONS.quiz[0]
    for place, answer in enumerate(question.answers):
        app = radio(app, question.key).set_value(place).run()
        assert [element.value for element in (app.success if answer.right else app.info)][:1] == [answer.says]
        assert read_progress() == {question.key: place}
    again = run_app(page="lessons/pca")
    assert radio(again, question.key).value == len(question.answers) - 1


def test_a_quiz_is_counted_once_all_is_answered(run_app):
    record({question.key: question.right for question in QUESTIONS.quiz[1:]})
    app = run_app(page="lessons/pca")
    assert " right." not in page_text(app).split("Quiz")[-1]
    wrong = (QUESTIONS.quiz[0].right + 1) % len(QUESTIONS.quiz[0].answers)
    app = radio(app, QUESTIONS.quiz[0].key).set_value(wrong).run()
    assert f"{len(QUESTIONS.quiz) - 1} of {len(QUESTIONS.quiz)} right." in page_text(app)


def test_the_first_question_is_open_until_the_end(run_app):
    app = run_app(page="lessons/pca")
    opening = QUESTIONS.opening
    assert "You didn't answer" in page_text(app)
    app = radio(app, opening.key).set_value(0).run()
    assert "Saved." in page_text(app)
    assert f"you answered: {opening.answers[0].text}" in page_text(app)
    assert not any(answer.says in page_text(app) for answer in opening.answers)
    app = radio(app, f"{opening.key}.again").set_value(opening.right).run()
    assert opening.answers[opening.right].says in page_text(app)
    assert read_progress() == {opening.key: 0, f"{opening.key}.again": opening.right}


def test_an_answer_that_is_gone_is_no_answer(run_app):
    record({QUESTIONS.quiz[0].key: 17, QUESTIONS.quiz[1].key: "passed", "pca.q99": 0})
    app = run_app(page="lessons/pca")
    assert not app.exception
    assert radio(app, QUESTIONS.quiz[0].key).value is None


# Exercises


@pytest.mark.full
def test_at_home_an_exercise_goes_from_stub_to_passed(run_app):
    app = run_app(page="lessons/pca")
    app = app.button(key="check-pca.1").click().run()
    assert "pca.py isn't there" in page_text(app)
    app = app.button(key="start-pca").click().run()
    assert exercise_path("pca").read_bytes() == stub_path(PCA).read_bytes()
    app = app.button(key="check-pca.1").click().run()
    assert "Not written yet." in [element.value for element in app.info]
    assert read_progress()["pca.1"] == "not yet"
    exercise_path("pca").write_text(
        stub_path(PCA).read_text().replace('raise NotImplementedError("pca.1")', "print(7)\n    return values")
    )
    app = app.button(key="check-pca.1").click().run()
    assert [element.value for element in app.warning] == ["These are the values as they were: forgot to centre?"]
    assert "7" in code_of(app)
    assert "orange-badge[:material/replay: failed]" in page_text(app)
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    app = app.button(key="check-pca.1").click().run()
    assert [element.value for element in app.success] == ["All tests passed."]
    assert "green-badge[:material/check_circle: passed]" in page_text(run_app(page="lessons/pca"))
    exercise_path("pca").write_text("def centre(:")
    app = app.button(key="check-pca.1").click().run()
    assert "pca.py can't be read as Python" in page_text(app)
    assert "orange-badge[:material/replay: failed]" in page_text(app)
    assert "green-badge[:material/check_circle: passed before]" in page_text(app)


def test_solutions_are_shown_on_request_alone(run_app, course):
    app = run_app(page="lessons/pca")
    solution = function_source(solution_path(PCA), "whiten")
    assert solution not in code_of(app)
    app = app.toggle(key="solution-shown-pca.3").set_value(True).run()
    assert solution in code_of(app)
    course('exercises = "run"\nsolutions = "closed"\n')
    app = app.run()
    assert solution not in code_of(app)
    assert not [toggle for toggle in app.toggle if "solution" in toggle.key]
    assert page_text(app).count("Your instructor has closed the solutions.") == 3


@pytest.mark.parametrize("settings", ['exercises = "show"\n', 'exercises = "home"\n', ""])
def test_away_from_home_no_code_runs_and_nothing_is_kept(run_app, course, settings, monkeypatch):
    """AppTest listens nowhere, and so nobody is at home."""
    course(settings)
    monkeypatch.setattr("panels.exercises.check", None)
    exercise_path("pca").parent.mkdir()
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    app = run_app(page="lessons/pca")
    assert not [button for button in app.button if button.key and button.key.startswith(("check-", "start-"))]
    assert "doesn't run code of visitors" in page_text(app)
    assert any(".venv/bin/python -m galviz start pca" in code for code in code_of(app))
    app = radio(app, QUESTIONS.quiz[0].key).set_value(1).run()
    assert not app.exception
    assert read_progress() == {}
    # from page to page of the session it is there
    app = app.switch_page("lessons/hooks/page.py").run().switch_page("lessons/pca/page.py").run()
    assert radio(app, QUESTIONS.quiz[0].key).value == 1


def test_progress_that_can_t_be_written_is_reported_and_the_session_goes_on(run_app, tmp_path):
    (tmp_path / "work").write_text("a file")
    app = run_app(page="lessons/pca")
    app = radio(app, QUESTIONS.quiz[0].key).set_value(1).run()
    assert not app.exception
    assert "Your progress can't be" in page_text(app)
    assert radio(app, QUESTIONS.quiz[0].key).value == 1


# Settings


def test_settings_choose_the_lessons(run_app, course):
    course('lessons = ["pca", "galaxies"]\nexercises = "run"\n')
    app = run_app(page="instruments/home")
    links = [link.proto.label for link in app.get("page_link")]
    assert links == ["Begin the course: The galaxies", "Explore", "1. The galaxies", "2. Principal components"]
    assert "Before it" not in page_text(run_app(page="lessons/pca"))
    links = [link.proto.label for link in run_app(page="lessons/pca").get("page_link")]
    assert links == ["Back: The galaxies", "Next: Your certificate"]


def test_invalid_settings_are_explained_on_the_page(run_app, course):
    course('lessons = ["hoks"]\n')
    app = run_app(page="instruments/home")
    assert not app.exception
    assert all(name in app.error[0].value for name in ("course.toml", "'hoks'", "'hooks'"))


def test_settings_name_a_survey(run_app, course, make_survey):
    folder = make_survey(30, causes=False)
    course(f'survey = "{folder.as_posix()}"\n')
    assert "24 of the 30 galaxies in the sample" in page_text(run_app())


# Home and the certificate


def test_home_lists_the_course_with_what_is_done(run_app):
    record(
        {task.id: "passed" for task in QUESTIONS.tasks} | {question.key: question.right for question in QUESTIONS.quiz}
    )
    record({"hooks.1": "passed"})
    app = run_app(page="instruments/home")
    links = app.get("page_link")
    assert [link.proto.label for link in links][2:] == [
        f"{place}. {entry.title}" for place, entry in enumerate(LESSONS, 1)
    ]
    done = [link.proto.label for link in links if "check_circle" in link.proto.icon]
    assert done == ["7. Principal components"]
    assert "3 of 3 exercises, 4 of 4 questions" in page_text(app)
    assert "1 of 3 exercises, 0 of" in page_text(app)


def test_the_certificate_sums_up(run_app):
    record(
        {task.id: "passed" for task in QUESTIONS.tasks} | {question.key: question.right for question in QUESTIONS.quiz}
    )
    record({"galaxies.1": "failed", "galaxies.q1": 99})
    app = run_app(page="instruments/certificate")
    assert not app.exception
    total = sum(len(tasks) for _, tasks in find_tasks(LESSONS))
    n_questions = sum(len(read_questions(entry).quiz) for entry in LESSONS)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Exercises passed": f"3 of {total}",
        "Quiz questions right": f"4 of {n_questions}",
        "Lessons complete": f"1 of {len(LESSONS)}",
    }
    table = app.dataframe[0].value.set_index("lesson")
    assert table.loc["Principal components"].tolist() == ["3 of 3", "4 of 4", "yes"]
    assert table.loc["The galaxies", "complete"] == "not yet"


def test_a_certificate_to_keep_is_safe_and_says_what_was_done():
    rows = count_results([(PCA, QUESTIONS)], {"pca.1": "failed", "pca.1.passed": 1, "pca.q1": QUESTIONS.quiz[0].right})
    page = certificate_html("<b>Ada</b> ", rows, date(2026, 11, 5))
    assert "What <bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi> has done" in page
    assert "1 of 3 exercises" in page
    assert "1 of 4 quiz questions" in page
    assert "0 of 1 lessons" in page
    assert "5 November 2026" in page
    assert "What <bdi>a student</bdi> has done" in certificate_html("", rows, date(2026, 11, 5))


# The glossary


def test_terms_are_linked_once_where_they_first_stand():
    text = {
        "one": "A *kernel* moves. Kernels, `kernel`, $kernel$ and [kernel](x).",
        "two": "The kernel\n",
        "sources": "Dust",
    }
    linked = link_terms(text)
    assert linked["one"].startswith('A *[kernel](glossary#kernel "The weights of one convolution')
    assert linked["one"].endswith("moves. Kernels, `kernel`, $kernel$ and [kernel](x).")
    assert linked["two"] == text["two"]
    assert linked["sources"] == "Dust"


def test_links_leave_code_formulas_and_headings_alone():
    text = "### A kernel\n\n```python\nkernel = dust\n```\n\n$$kernel + dust$$ disc-like"
    assert link_terms({"one": text}) == {"one": text}
    assert link_terms({"one": "a principal\ncomponent here"})["one"].startswith(
        "a [principal\ncomponent](glossary#component"
    )


TEMPLATE = Lesson("template", "A title", 10, 1, "A claim.", "do it")


@pytest.mark.parametrize("entry", [*LESSONS, TEMPLATE], ids=lambda entry: entry.slug)
def test_each_lesson_links_its_terms_to_places_that_are_there(entry):
    linked = "\n".join(link_terms(read_sections(entry.folder / "text.md")).values())
    places = re.findall(r"\]\(glossary#([^ ]+) \"([^\"]+)\"\)", linked)
    assert len(places) >= 3
    assert {place for place, _ in places} <= {anchor(term) for term in read_terms()}
    assert all(10 < len(meaning) < 250 for _, meaning in places)


def test_the_glossary_is_in_order_and_finds(run_app):
    names = list(read_terms())
    assert names == sorted(names, key=str.lower)
    assert len({anchor(name) for name in names}) == len(names)
    assert GLOSSARY_FILE.is_file()
    app = run_app(page="instruments/glossary")
    assert [element.value for element in app.subheader] == names
    app = app.text_input(key="find").set_value("neighb").run()
    assert {element.value for element in app.subheader} >= {"t-SNE", "UMAP", "perplexity"}
    app = app.text_input(key="find").set_value("xyzzy").run()
    assert not app.subheader
    assert app.info
