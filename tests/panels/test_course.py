"""The course on its pages: cold open, exercises, quiz, progress, certificate, glossary, at home and on a deployment."""

import re
from datetime import date
from pathlib import Path

import pytest

from galviz.course.check import find_tasks
from galviz.course.lesson import DIFFICULTIES, Lesson
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.progress import read_progress, record
from galviz.course.prose import list_items, read_sections
from galviz.course.questions import read_questions
from galviz.course.source import function_source
from galviz.course.workspace import exercise_path, solution_path, start, stub_path
from panels.certificate import certificate_html, count_results
from panels.glossary import GLOSSARY_FILE, anchor, link_terms, read_terms
from tests.steps import open_steps

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
def test_a_lesson_shows_everything_it_has_step_by_step_and_leads_to_its_neighbours(run_app, entry):
    steps = list(open_steps(run_app, f"lessons/{entry.slug}", sample=30))
    for app in steps:
        assert not app.exception
        assert not app.error
        assert [title.value for title in app.title] == [entry.title]
        assert len(app.header) == 1
    first, *_, last, exercises, quiz = steps
    assert "imulated" in page_text(first)
    titles = ["Home", *(lesson.title for lesson in LESSONS), "Your certificate"]
    place = LESSONS.index(entry)
    back, forward = f"Back: {titles[place]}", f"Next: {titles[place + 2]}"
    assert labels(link.proto for link in first.get("page_link")) == [back]
    assert labels(link.proto for link in quiz.get("page_link")) == [back, forward]
    questions = read_questions(entry)
    assert {radio.key for radio in first.radio} == {f"answer-{questions.opening.key}"}
    keys = (*(question.key for question in questions.quiz), f"{questions.opening.key}.again")
    assert [radio.key for radio in quiz.radio] == [f"answer-{key}" for key in keys]
    assert questions.opening.text in page_text(first)
    for question in (questions.opening, *questions.quiz):
        assert question.text in page_text(quiz)
    text = page_text(exercises)
    for task in questions.tasks:
        assert f"**{task.id} · {task.title}**" in text
        assert function_source(stub_path(entry), task.function) in code_of(exercises)
        assert task.hints[0] in text
        assert all(hint not in text for hint in task.hints[1:])
        assert f"{DIFFICULTIES[task.difficulty]} · {task.minutes} min · `{task.function}`" in text
    assert f"Afterwards you can {entry.afterwards}." in page_text(first)
    raw, drawn = read_sections(entry.folder / "text.md"), _letters("\n".join(map(page_text, steps)))
    assert _letters(raw["limits"]) in _letters(page_text(last))
    assert _letters(raw["sources"]) in _letters(page_text(quiz))
    assert all(_letters(item) in drawn for item in list_items(raw["try"]))
    for name, section in raw.items():
        if name not in ("try", "label-own", "no-label"):  # the last two are of a student's own galaxies
            assert all(_letters(paragraph) in drawn for paragraph in section.split("\n\n")), name


def _letters(text):
    """A text without the links to the glossary, Markdown and line breaks."""
    return re.sub(r"\]\(glossary[^)]*\)|^- |\W", "", text, flags=re.MULTILINE)


def test_a_step_that_is_not_there_is_the_first(run_app):
    for step in ("0", "1", "99", "-1", "one", "\0"):
        app = run_app(page="lessons/pca", step=step)
        assert app.header[0].value == "Explained variance"
        assert "step" not in app.query_params


def test_steps_lead_to_each_other_and_keep_what_was_chosen(run_app):
    app = run_app(page="lessons/pca", sample=40, layer="stage1")
    app = app.button(key="step_next").click().run()
    assert (app.header[0].value, app.query_params["step"]) == ("Whitening", "2")
    assert "40 simulated galaxies, layer stage1" in page_text(app)
    app = app.toggle(key="whiten").set_value(False).run().button(key="step_back").click().run()
    assert app.header[0].value == "Explained variance"
    assert "step" not in app.query_params
    app = app.segmented_control(key="outline_pca").set_value("quiz").run()
    assert app.header[0].value == "Quiz"
    app = app.segmented_control(key="outline_pca").set_value("2").run()
    assert app.toggle(key="whiten").value is False


def test_each_answer_has_its_explanation_and_is_remembered(run_app):
    app = run_app(page="lessons/pca", step="quiz")
    question = QUESTIONS.quiz[0]
    for place, answer in enumerate(question.answers):
        app = radio(app, question.key).set_value(place).run()
        assert [element.value for element in (app.success if answer.right else app.error)][:1] == [answer.says]
        assert read_progress() == {question.key: place}
    again = run_app(page="lessons/pca", step="quiz")
    assert radio(again, question.key).value == len(question.answers) - 1


def test_the_score_says_what_is_missing(run_app):
    record({question.key: question.right for question in QUESTIONS.quiz[1:]})
    app = run_app(page="lessons/pca", step="quiz")
    assert "Still missing: question 1; exercises pca.1, pca.2, pca.3 and pca.4." in page_text(app)
    record({question.key: question.right for question in QUESTIONS.quiz})
    record({task.id: "passed" for task in QUESTIONS.tasks})
    app = app.run()
    assert [metric.value for metric in app.metric] == [
        f"{n} of {n}" for n in map(len, (QUESTIONS.quiz, QUESTIONS.tasks))
    ]
    assert "This lesson is complete." in page_text(app)


def test_the_first_question_is_open_until_the_end(run_app):
    opening = QUESTIONS.opening
    assert "You didn't answer" in page_text(run_app(page="lessons/pca", step="quiz"))
    app = radio(run_app(page="lessons/pca"), opening.key).set_value(0).run()
    assert "Saved." in page_text(app)
    assert not any(answer.says in page_text(app) for answer in opening.answers)
    app = run_app(page="lessons/pca", step="quiz")
    assert f"you answered: {opening.answers[0].text}" in page_text(app)
    assert not any(answer.says in page_text(app) for answer in opening.answers)
    app = radio(app, f"{opening.key}.again").set_value(opening.right).run()
    assert opening.answers[opening.right].says in page_text(app)
    assert read_progress() == {opening.key: 0, f"{opening.key}.again": opening.right}


def test_an_answer_that_is_gone_is_no_answer(run_app):
    record({QUESTIONS.quiz[0].key: 17, QUESTIONS.quiz[1].key: "passed", "pca.q99": 0})
    app = run_app(page="lessons/pca", step="quiz")
    assert not app.exception
    assert radio(app, QUESTIONS.quiz[0].key).value is None


# Exercises


@pytest.mark.full
def test_at_home_an_exercise_goes_from_stub_to_passed(run_app):
    app = run_app(page="lessons/pca", step="exercises")
    app = app.button(key="check-pca.1").click().run()
    assert "There is no file pca.py" in page_text(app)
    app = app.button(key="start-pca").click().run()
    assert exercise_path("pca").read_bytes() == stub_path(PCA).read_bytes()
    app = app.button(key="check-pca.1").click().run()
    assert "Not written yet." in [element.value for element in app.info]
    assert read_progress()["pca.1"] == "not yet"
    exercise_path("pca").write_text(
        stub_path(PCA).read_text().replace('raise NotImplementedError("pca.1")', "print(7)\n    return values")
    )
    app = app.button(key="check-pca.1").click().run()
    assert [element.value for element in app.warning] == ["You returned the values unchanged: forgot to centre?"]
    assert "7" in code_of(app)
    assert "orange-badge[:material/replay: failed]" in page_text(app)
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    app = app.button(key="check-pca.1").click().run()
    assert [element.value for element in app.success] == ["All tests passed."]
    assert "green-badge[:material/check_circle: passed]" in page_text(run_app(page="lessons/pca", step="exercises"))
    exercise_path("pca").write_text("def centre(:")
    app = app.button(key="check-pca.1").click().run()
    assert "pca.py can't be read as Python" in page_text(app)
    assert "orange-badge[:material/replay: failed]" in page_text(app)
    assert "green-badge[:material/check_circle: passed before]" in page_text(app)


def test_hints_are_shown_one_more_at_each_press(run_app):
    app = run_app(page="lessons/pca", step="exercises")
    hints = next(task for task in QUESTIONS.tasks if task.id == "pca.2").hints
    for shown in range(1, len(hints) + 1):
        text = page_text(app)
        assert [hint in text for hint in hints] == [number <= shown for number in range(1, len(hints) + 1)]
        if shown < len(hints):
            app = app.button(key="next-hint-pca.2").click().run()
    assert "next-hint-pca.2" not in [button.key for button in app.button]


@pytest.mark.full
def test_a_failed_check_shows_an_input_to_try(run_app):
    start([PCA])
    solved = solution_path(PCA).read_text(encoding="utf-8")
    exercise_path("pca").write_text(solved.replace("np.mean(values, axis=0)", "np.mean(values)", 1))
    app = run_app(page="lessons/pca", step="exercises").button(key="check-pca.1").click().run()
    assert any(code.startswith("centre(np.array(") for code in code_of(app))


def test_solutions_are_shown_on_request_alone(run_app, course):
    app = run_app(page="lessons/pca", step="exercises")
    solution = function_source(solution_path(PCA), "whiten")
    assert solution not in code_of(app)
    app = app.toggle(key="solution-shown-pca.3").set_value(True).run()
    assert solution in code_of(app)
    course('exercises = "run"\nsolutions = "closed"\n')
    app = app.run()
    assert solution not in code_of(app)
    assert not [toggle for toggle in app.toggle if "solution" in toggle.key]
    assert page_text(app).count("Your instructor has closed the solutions.") == len(QUESTIONS.tasks)


@pytest.mark.parametrize("settings", ['exercises = "show"\n', 'exercises = "home"\n', ""])
def test_away_from_home_no_code_runs_and_nothing_is_kept(run_app, course, settings, monkeypatch):
    """AppTest listens nowhere, and so nobody is at home."""
    course(settings)
    monkeypatch.setattr("panels.exercises.check", None)
    exercise_path("pca").parent.mkdir()
    exercise_path("pca").write_bytes(solution_path(PCA).read_bytes())
    app = run_app(page="lessons/pca", step="exercises")
    assert not [button for button in app.button if button.key and button.key.startswith(("check-", "start-"))]
    assert "doesn't run code of visitors" in page_text(app)
    assert any(".venv/bin/python -m galviz start pca" in code for code in code_of(app))
    app = run_app(page="lessons/pca", step="quiz")
    app = radio(app, QUESTIONS.quiz[0].key).set_value(1).run()
    assert not app.exception
    assert read_progress() == {}
    # from page to page of the session it is there
    app = app.switch_page("lessons/hooks/page.py").run().switch_page("lessons/pca/page.py").run()
    app = app.segmented_control(key="outline_pca").set_value("quiz").run()
    assert radio(app, QUESTIONS.quiz[0].key).value == 1


def test_progress_that_can_t_be_written_is_reported_and_the_session_goes_on(run_app, tmp_path):
    (tmp_path / "work").write_text("a file")
    app = run_app(page="lessons/pca", step="quiz")
    app = radio(app, QUESTIONS.quiz[0].key).set_value(1).run()
    assert not app.exception
    assert "Your progress can't be" in page_text(app)
    assert radio(app, QUESTIONS.quiz[0].key).value == 1


# Settings


def test_settings_choose_the_lessons(run_app, course):
    course('lessons = ["pca", "galaxies"]\nexercises = "run"\n')
    app = run_app(page="instruments/home")
    links = [link.proto.label.partition(" *")[0] for link in app.get("page_link")]
    assert links[0] == "Begin the course: The galaxies"
    assert links[-2:] == ["1. The galaxies", "2. Principal components"]
    assert "Before it" not in page_text(run_app(page="lessons/pca"))
    links = [link.proto.label for link in run_app(page="lessons/pca", step="quiz").get("page_link")]
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
    links = app.get("page_link")[-len(LESSONS) :]
    descriptions = dict(link.proto.label.split(" *") for link in links)
    assert list(descriptions) == [f"{place}. {entry.title}" for place, entry in enumerate(LESSONS, 1)]
    assert [link.proto.label.split(" *")[0] for link in links if "check_circle" in link.proto.icon] == [
        "7. Principal components"
    ]
    assert "4 of 4 exercises, 4 of 4 questions" in descriptions["7. Principal components"]
    assert "1 of 6 exercises, 0 of" in descriptions["6. Hooks"]


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
        "Exercises passed": f"4 of {total}",
        "Quiz questions right": f"4 of {n_questions}",
        "Lessons complete": f"1 of {len(LESSONS)}",
    }
    table = app.dataframe[0].value.set_index("lesson")
    assert table.loc["Principal components"].tolist() == ["4 of 4", "4 of 4", "yes"]
    assert table.loc["The galaxies", "complete"] == "not yet"


def test_a_certificate_to_keep_is_safe_and_says_what_was_done():
    rows = count_results([(PCA, QUESTIONS)], {"pca.1": "failed", "pca.1.passed": 1, "pca.q1": QUESTIONS.quiz[0].right})
    page = certificate_html("<b>Ada</b> ", rows, date(2026, 11, 5))
    assert "<bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi>" in page
    assert f"1 of {len(QUESTIONS.tasks)} exercises" in page
    assert "1 of 4 quiz questions" in page
    assert "0 of 1 lessons" in page
    assert "5 November 2026" in page
    assert "<bdi>a student</bdi>" in certificate_html("", rows, date(2026, 11, 5))


# The glossary


def test_terms_are_linked_once_where_they_first_stand():
    text = {
        "one": "A *kernel* moves. Kernels, `kernel`, $kernel$ and [kernel](x).",
        "two": "The kernel\n",
        "sources": "Dust",
    }
    linked = link_terms(text)
    assert linked["one"].startswith('A *[kernel](glossary#kernel "The window of weights')
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
