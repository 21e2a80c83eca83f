"""Text that isn't ours is shown as it is: escaped for Markdown, wherever a page shows it."""

import re

import pytest

from galviz.course.outcome import Outcome
from panels.markdown import escape_markdown, escape_markdown_except_code, markdown_code
from panels.progress import parse_stored

NASTY = "**x** [a](http://e) ![i](http://e/i.png) $y$ :red[z] <b> `q` :material/home: _u_ ~s~ &amp; -> www.e.org a@b.cd"


@pytest.mark.parametrize(
    "text", ["oh_p50", "my-survey 2.5", "NGC 1300, 12 + log10(O/H)", "a.b/c", "−0.5 × é", "12:30 h"]
)
def test_ordinary_text_stays_as_it_is(text):
    assert escape_markdown(text).replace("\\", "") == text
    assert escape_markdown_except_code(text).replace("\\", "") == text


def test_nothing_is_left_that_markdown_would_take_for_a_mark():
    escaped = escape_markdown(NASTY)
    assert escaped.replace("\\", "").replace("\u2060", "") == NASTY
    for mark in "*[]$<`~":
        assert escaped.count(mark) == escaped.count(f"\\{mark}") == NASTY.count(mark)
    for live in ("http://", "www.", "@b", " :red", " :material", " -> ", " &amp;", " _"):
        assert live not in escaped


@pytest.mark.parametrize(
    "text", ["# h", "- a", "+ a", "> q", "1. a", "2) a", "---", "* a", "~~~", "```", "___", "    a"]
)
def test_no_line_begins_a_block(text):
    assert escape_markdown(text)[0] in "\\12a"
    assert escape_markdown(text)[:2] not in ("1.", "2)")


@pytest.mark.parametrize("text", ["a\n\n# b", "a\r\nb", "a\u2028b", "a\0b", "a\u202eb", "a\ud800b", "\x1b[31mb"])
def test_a_text_is_one_line_of_what_can_be_shown(text):
    for shown in (escape_markdown(text), escape_markdown_except_code(text), markdown_code(text)):
        assert shown.isprintable()
        assert shown.encode("utf-8")


@pytest.mark.parametrize("text", ["a`b", "``", "a``b`c", "`", " a", "**x**", ""])
def test_code_is_closed_by_its_own_fence_alone(text):
    marked = markdown_code(text)
    fence = marked[: len(marked) - len(marked.lstrip("`"))]
    inside = marked[len(fence) : -len(fence)]
    assert fence not in inside
    assert inside.strip() == text.strip()


def test_of_a_hint_only_code_is_marked_up():
    assert escape_markdown_except_code("Use `a*b`, not *c*: `") == "Use `a*b`, not \\*c\\*: \\`"
    assert escape_markdown_except_code("`x` first") == "`x` first"


# Pages


def texts(app):
    """Every text of a page that Markdown is looked for in, labels too."""
    kinds = (app.title, app.header, app.markdown, app.caption, app.error, app.info, app.warning, app.success)
    texts = [element.value for kind in kinds for element in kind]
    texts += [text for metric in app.metric for text in (metric.label, metric.value)]
    texts += [caption for image in app.image for caption in image.captions]
    return texts + [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize("state", ["failed", "not yet"])
def test_what_a_students_code_says_is_plain(run_app, monkeypatch, tmp_path, state):
    monkeypatch.setenv("GALVIZ_WORK", str(tmp_path / "$w$ *o*"))
    monkeypatch.setenv("GALVIZ_COURSE", str(tmp_path / "course.toml"))
    (tmp_path / "course.toml").write_text('exercises = "run"\n')
    monkeypatch.setattr(
        "panels.exercises.check",
        lambda lesson, tasks, on_poll: [
            type("Checked", (), {"task": tasks[0], "outcome": Outcome("pca.1", state, NASTY, printed=NASTY)})
        ],
    )
    app = run_app(page="lessons/pca", step="exercises").button(key="check-pca.1").click().run()
    assert not app.exception
    assert NASTY in [code.value for code in app.code]  # what it printed
    shown = [text for text in texts(app) if "e/i.png" in text]
    assert shown == [escape_markdown_except_code(NASTY)]
    assert any("`$w$ *o*/pca.py`" in text for text in texts(app))


def test_names_of_a_users_survey_are_plain(run_app, make_survey, tmp_path):
    folder = make_survey(1, causes=False).rename(tmp_path / NASTY.replace("/", "_"))
    table = (folder / "master.csv").read_text().replace("oh_p50", "*mark*_$dex$")
    (folder / "master.csv").write_text(table)
    for page in ("instruments/home", "lessons/galaxies"):
        app = run_app("--survey", folder, "--label", "*mark*_$dex$", page=page)
        assert not app.exception
        shown = [text for text in texts(app) if "mark" in text or "i.png" in text]
        assert shown
        for text in shown:
            left = re.sub(r"\\.", "", text)  # without what is escaped
            assert not set("$[<`~") & set(left)
            assert "*" not in left.replace("**", "")


# The browser's storage


@pytest.mark.parametrize(
    "kept",
    [
        *("", "null", "[]", '"text"', "3", "{", "[" * 100_000, '{"a":' * 50_000, '{"pca.1": ' + "9" * 5_000 + "}"),
        *('{"pca.1": ["passed"]}', '{"pca.1": true}', '{"pca.1": 1e999}', '{"pca.1": NaN}', '{"pca.1": -1}'),
        *('{"pca.1": "**x**"}', '{"**x**.1": "passed"}', '{"pca": 1}', '{"\\ud800.1": 1}', "x" * 200_000),
        *(None, 3, ["a"], {"pca.1": "passed"}, b"{}"),
    ],
    ids=lambda kept: repr(kept)[:20],
)
def test_what_makes_no_sense_in_the_browser_s_storage_is_passed_over(kept):
    assert parse_stored(kept) == {}


def test_what_the_browser_kept_is_taken():
    assert parse_stored('{"pca.1": "passed", "pca.1.passed": 1, "x": [], "pca.opening.again": 0, "my-own.q1": 3}') == {
        "pca.1": "passed",
        "pca.1.passed": 1,
        "pca.opening.again": 0,
        "my-own.q1": 3,
    }
