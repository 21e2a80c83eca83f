"""The course in a real browser: answers that stay, a student's code that misbehaves, and what a deployment keeps."""

import re
from contextlib import suppress

import psutil
import pytest
from playwright.sync_api import expect

from galviz.course.manifest import find_lesson
from galviz.course.questions import read_questions
from galviz.course.workspace import solution_path, stub_path

pytestmark = pytest.mark.browser

PCA = find_lesson("pca")
QUESTIONS = read_questions(PCA)
FIRST = QUESTIONS.quiz[0]


def choose(found, question, place):
    """Choose an answer of the quiz, and see its explanation."""
    answer = question.answers[place]
    found.press(found.page.get_by_role("radiogroup", name=question.text).get_by_text(answer.text))
    expect(found.main).to_contain_text(answer.says)


def chosen(found, question):
    """Places of the answers that are marked as chosen."""
    options = found.page.get_by_role("radiogroup", name=question.text).get_by_role("radio")
    return [place for place in range(options.count()) if options.nth(place).is_checked()]


def expect_chosen(found, question, place):
    """Wait until an answer, and no other, is marked as chosen."""
    group = found.page.get_by_role("radiogroup", name=question.text)
    expect(group.get_by_role("radio").nth(place)).to_be_checked()
    assert chosen(found, question) == [place]


def check_button(found):
    """The button of the first exercise."""
    return found.page.get_by_role("button", name="Check my code").first


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("slug", "title"), [("glossary", "Glossary"), ("certificate", "Your certificate")])
def test_page_loads_clean(serve, visit, photograph, slug, title, width, theme):
    found = visit(serve(), f"/{slug}", width=width, theme=theme)
    expect(found.page.locator("h1")).to_have_text(title)
    expect(found.page.locator("[data-testid=stException]")).to_have_count(0)
    found.settle()
    assert found.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    photograph(found, f"{slug}-{width}-{theme}")
    assert found.complaints == []
    assert found.foreign == []


def test_at_home_answers_and_outcomes_stay(serve, visit, token, tmp_path, photograph):
    work = tmp_path / "work"
    address = serve(GALVIZ_WORK=work)
    found = visit(address, f"/pca?token={token}")
    choose(found, FIRST, FIRST.right)
    found.press(found.page.get_by_role("button", name="Create the file"))
    expect(found.main).to_contain_text("Save it, then check it here")
    assert (work / "pca.py").read_bytes() == stub_path(PCA).read_bytes()
    found.press(check_button(found))
    expect(found.main).to_contain_text("Not written yet.")
    (work / "pca.py").write_bytes(solution_path(PCA).read_bytes())
    found.press(check_button(found))
    expect(found.main).to_contain_text("All tests passed.")
    photograph(found, "pca-exercises")
    found.page.reload()
    expect(found.main).to_contain_text(FIRST.answers[FIRST.right].says)
    expect_chosen(found, FIRST, FIRST.right)
    expect(found.main).to_contain_text(re.compile(r"Centre the features\W*(check_circle)?\s*passed"))
    other = visit(address, f"/certificate?token={token}")
    expect(other.main).to_contain_text(re.compile(r"Exercises passed\s*1 of"))
    assert found.complaints == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("while True: pass", "takes more than 10 s and was stopped"),
        ("import os; os._exit(1)", "It ends Python, with exit status 1"),
        ("return bytearray(10**10)", "It needs more memory"),
        ("print('x' * 10**7)", "It prints more than"),
    ],
    ids=["loop", "exit", "memory", "print"],
)
def test_code_that_misbehaves_is_told_and_the_app_lives_on(serve, visit, token, tmp_path_factory, body, said):
    work = tmp_path_factory.mktemp("bad")
    address = serve(GALVIZ_WORK=work)
    text = stub_path(PCA).read_text().replace('raise NotImplementedError("pca.1")', body)
    (work / "pca.py").write_text(text)
    found = visit(address, f"/pca?token={token}")
    found.press(check_button(found))
    expect(found.main).to_contain_text(said, timeout=40_000)
    visit(address, "/certificate")
    choose(found, FIRST, 0)
    assert found.complaints == []
    assert not workers(work)


def workers(work):
    """Processes that run a file of that folder, each with those that it was split into."""
    found = []
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            if "galviz.course.worker" in each.cmdline() and each.environ().get("GALVIZ_WORK") == str(work):
                found.append(each)
    return [each for each in found if each.ppid() not in {other.pid for other in found}]


def test_another_press_or_page_ends_a_run(serve, visit, token, tmp_path_factory):
    work = tmp_path_factory.mktemp("endless")
    address = serve(GALVIZ_WORK=work)
    (work / "pca.py").write_text(
        stub_path(PCA).read_text().replace('raise NotImplementedError("pca.1")', "while True: pass")
    )
    found = visit(address, f"/pca?token={token}")
    for _ in range(4):
        check_button(found).click()  # while it runs
        expect(found.main).to_contain_text("Running your code …")
        found.page.wait_for_timeout(800)
    found.page.wait_for_timeout(1_500)
    assert len(workers(work)) == 1
    expect(found.main).to_contain_text("takes more than 10 s and was stopped", timeout=20_000)
    found.press(check_button(found))
    expect(found.main).to_contain_text("Running your code …")
    found.page.get_by_role("link", name="Your certificate").first.click()
    expect(found.page.locator("h1")).to_have_text("Your certificate")
    found.page.wait_for_timeout(2_000)  # the run that was left notices twice a second
    assert not workers(work)
    assert found.complaints == []


def test_on_a_deployment_the_browser_keeps_the_answers(serve, visit, tmp_path):
    address = serve(GALVIZ_EXERCISES="show", GALVIZ_WORK=tmp_path / "work")
    found = visit(address, "/pca")
    expect(found.page.get_by_role("button", name="Check my code")).to_have_count(0)
    expect(found.main).to_contain_text("on your own machine")
    choose(found, FIRST, 1)
    found.page.wait_for_function("localStorage.getItem('galviz-progress')?.includes('pca.q1')")
    found.page.reload()
    expect(found.main).to_contain_text(FIRST.answers[1].says)
    expect_chosen(found, FIRST, 1)
    second = found.page.context.new_page()
    second.goto(f"{address}/certificate")
    expect(second.locator("h1")).to_have_text("Your certificate")
    choose(found, FIRST, FIRST.right)
    second.reload()
    expect(second.locator("[data-testid=stMain]")).to_contain_text(re.compile(r"Quiz questions right\s*1 of"))
    # another visitor has none of it, and the server has kept nothing
    other = visit(address, "/pca")
    assert chosen(other, FIRST) == []
    assert not (tmp_path / "work").exists()
    assert found.complaints == []
    assert other.complaints == []


def test_what_the_browser_kept_and_can_t_be_read_is_forgotten(serve, visit):
    address = serve(GALVIZ_EXERCISES="show")
    found = visit(address, "/glossary")
    for kept in ("{", "[1]", '{"pca.q1": {}}', '{"pca.q1": 99}', "null"):
        found.page.evaluate("kept => localStorage.setItem('galviz-progress', kept)", kept)
        found.page.goto(f"{address}/pca")
        expect(found.page.locator("h1")).to_have_text(PCA.title)
        found.settle()
        assert chosen(found, FIRST) == []
        expect(found.page.locator("[data-testid=stException]")).to_have_count(0)
    assert found.complaints == []


def test_a_term_leads_to_the_glossary(serve, visit):
    found = visit(serve(), "/pca")
    link = found.main.locator("a[href^='glossary#']").first
    term = link.get_attribute("href").partition("#")[2]
    assert len(link.get_attribute("title")) > 10
    with found.page.context.expect_page() as opened:
        link.click()
    page = opened.value
    expect(page.locator("h1")).to_have_text("Glossary")
    expect(page.locator(f"#{term}")).to_be_in_viewport(timeout=10_000)
