"""The course in a real browser: answers that stay, a student's code that misbehaves, and what a deployment keeps."""

import re
from contextlib import suppress

import psutil
import pytest
from playwright.sync_api import expect

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.course.workspace import solution_path, stub_path
from panels.glossary import anchor, read_terms

pytestmark = pytest.mark.browser

PCA = find_lesson("pca")
QUESTIONS = read_questions(PCA)
FIRST = QUESTIONS.quiz[0]


def choose(tab, question, place):
    """Choose an answer of the quiz, and see its explanation."""
    answer = question.answers[place]
    tab.press(tab.page.get_by_role("radiogroup", name=question.text).get_by_text(answer.text))
    expect(tab.main).to_contain_text(answer.says)


def chosen(tab, question):
    """Places of the answers that are marked as chosen."""
    options = tab.page.get_by_role("radiogroup", name=question.text).get_by_role("radio")
    return [place for place in range(options.count()) if options.nth(place).is_checked()]


def expect_chosen(tab, question, place):
    """Wait until an answer, and no other, is marked as chosen."""
    group = tab.page.get_by_role("radiogroup", name=question.text)
    expect(group.get_by_role("radio").nth(place)).to_be_checked()
    assert chosen(tab, question) == [place]


def check_button(tab):
    """The button of the first exercise."""
    return tab.page.get_by_role("button", name="Check my code").first


def open_step(tab, name):
    """Open a step of the lesson by its outline."""
    tab.press(tab.page.locator(".st-key-lesson_outline").get_by_role("radio", name=name, exact=True))
    expect(tab.main.locator("h2").first).to_have_text(name)


def test_at_home_answers_and_outcomes_stay(serve, visit, token, tmp_path, photograph):
    work = tmp_path / "work"
    address = serve(GALVIZ_WORK=work)
    tab = visit(address, f"/pca?step=quiz&token={token}")
    choose(tab, FIRST, FIRST.right)
    open_step(tab, "Exercises")
    tab.press(tab.page.get_by_role("button", name="Create the file"))
    expect(tab.main).to_contain_text("Save it, then check it here")
    assert (work / "pca.py").read_bytes() == stub_path(PCA).read_bytes()
    tab.press(check_button(tab))
    expect(tab.main).to_contain_text("Not written yet.")
    (work / "pca.py").write_bytes(solution_path(PCA).read_bytes())
    tab.press(check_button(tab))
    expect(tab.main).to_contain_text("All tests passed.")
    photograph(tab, "pca-exercises")
    tab.page.reload()
    expect(tab.main).to_contain_text(re.compile(r"Centre the features\W*(check_circle)?\s*passed"))
    open_step(tab, "Quiz")
    expect(tab.main).to_contain_text(FIRST.answers[FIRST.right].says)
    expect_chosen(tab, FIRST, FIRST.right)
    other = visit(address, f"/certificate?token={token}")
    expect(other.main).to_contain_text(re.compile(r"Exercises passed\s*1 of"))
    assert tab.complaints == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("while True: pass", "takes more than 10 s of CPU time and was stopped"),
        ("import os; os._exit(1)", "It ends Python, with exit status 1"),
        ("return bytearray(10**10)", "It needs more memory"),
        ("print('x' * 10**7)", "It prints more than"),
    ],
    ids=["loop", "exit", "memory", "print"],
)
def test_code_that_misbehaves_is_told_and_the_app_lives_on(serve, visit, token, tmp_path_factory, body, message):
    work = tmp_path_factory.mktemp("bad")
    address = serve(GALVIZ_WORK=work)
    text = stub_path(PCA).read_text().replace('raise NotImplementedError("pca.1")', body)
    (work / "pca.py").write_text(text)
    tab = visit(address, f"/pca?step=exercises&token={token}")
    tab.press(check_button(tab))
    expect(tab.main).to_contain_text(message, timeout=40_000)
    visit(address, "/certificate")
    open_step(tab, "Quiz")
    choose(tab, FIRST, 0)
    assert tab.complaints == []
    assert not workers(work)


def workers(work):
    """Processes that run a file of that folder, each with those that it was split into."""
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if "galviz.course.worker" in process.cmdline() and process.environ().get("GALVIZ_WORK") == str(work):
                processes.append(process)
    return [process for process in processes if process.ppid() not in {other.pid for other in processes}]


def test_another_press_or_page_ends_a_run(serve, visit, token, tmp_path_factory):
    work = tmp_path_factory.mktemp("endless")
    address = serve(GALVIZ_WORK=work)
    (work / "pca.py").write_text(
        stub_path(PCA).read_text().replace('raise NotImplementedError("pca.1")', "while True: pass")
    )
    tab = visit(address, f"/pca?step=exercises&token={token}")
    for _ in range(4):
        check_button(tab).click()  # while it runs
        expect(tab.main).to_contain_text("Running your code …")
        tab.page.wait_for_timeout(800)
    tab.page.wait_for_timeout(1_500)
    assert len(workers(work)) == 1
    expect(tab.main).to_contain_text("takes more than 10 s of CPU time and was stopped", timeout=20_000)
    tab.press(check_button(tab))
    expect(tab.main).to_contain_text("Running your code …")
    tab.page.get_by_role("link", name="Your certificate").first.click()
    expect(tab.page.locator("h1")).to_have_text(["Your certificate"])
    tab.page.wait_for_timeout(2_000)  # the run that was left notices twice a second
    assert not workers(work)
    assert tab.complaints == []


def test_on_a_deployment_the_browser_keeps_the_answers(serve, visit, tmp_path):
    address = serve(GALVIZ_EXERCISES="show", GALVIZ_WORK=tmp_path / "work")
    tab = visit(address, "/pca?step=exercises")
    expect(tab.main).to_contain_text("on your own machine")
    expect(tab.page.get_by_role("button", name="Check my code")).to_have_count(0)
    open_step(tab, "Quiz")
    choose(tab, FIRST, 1)
    tab.page.wait_for_function("localStorage.getItem('galviz-progress')?.includes('pca.q1')")
    tab.page.reload()
    expect(tab.main).to_contain_text(FIRST.answers[1].says)
    expect_chosen(tab, FIRST, 1)
    second = tab.page.context.new_page()
    second.goto(f"{address}/certificate")
    expect(second.locator("h1")).to_have_text(["Your certificate"])
    choose(tab, FIRST, FIRST.right)
    second.reload()
    expect(second.locator("[data-testid=stMain]")).to_contain_text(re.compile(r"Quiz questions right\s*1 of"))
    # another visitor has none of it, and the server has kept nothing
    other = visit(address, "/pca?step=quiz")
    assert chosen(other, FIRST) == []
    assert not (tmp_path / "work").exists()
    assert tab.complaints == []
    assert other.complaints == []


def test_what_the_browser_kept_and_can_t_be_read_is_forgotten(serve, visit):
    address = serve(GALVIZ_EXERCISES="show")
    tab = visit(address, "/glossary")
    for stored in ("{", "[1]", '{"pca.q1": {}}', '{"pca.q1": 99}', "null"):
        tab.page.evaluate("stored => localStorage.setItem('galviz-progress', stored)", stored)
        tab.page.goto(f"{address}/pca?step=quiz")
        expect(tab.page.get_by_role("radiogroup", name=FIRST.text)).to_be_visible()
        tab.settle()
        assert chosen(tab, FIRST) == []
        expect(tab.page.locator("[data-testid=stException]")).to_have_count(0)
    assert tab.complaints == []


def test_a_term_is_explained_beside_its_link_and_leads_to_the_glossary(serve, visit):
    tab = visit(serve(), "/pca")
    link = tab.main.locator("a[href^='glossary#']").first
    anchor_name = link.get_attribute("href").partition("#")[2]
    (meaning,) = [text for term, text in read_terms().items() if anchor(term) == anchor_name]
    box = tab.page.get_by_role("dialog")
    for opens in (link.click, lambda: link.press("Enter"), lambda: link.dispatch_event("click")):
        opens()
        expect(box).to_contain_text(" ".join(re.sub(r"[*_`]", "", meaning).split()))
        tab.page.keyboard.press("Escape")
        expect(box).to_be_hidden()
    link.click()
    with tab.page.context.expect_page() as opened:
        box.get_by_role("link").click()
    page = opened.value
    expect(page.locator("h1")).to_have_text(["Glossary"])
    expect(page.locator(f"#{anchor_name}")).to_be_in_viewport(timeout=10_000)
    assert tab.complaints == []
