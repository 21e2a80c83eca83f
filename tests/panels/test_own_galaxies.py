"""The page Your galaxies: an upload is read once, its problems are told in the page's words, all pages show it."""

import io
import zipfile

import pytest

import galviz.importing.opening as sources
import galviz.survey.table as tables
from panels.import_words import in_page_words


@pytest.fixture
def start(run_app, monkeypatch, tmp_path):
    """A function that opens the page and uploads files: start(name=content, …)."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def upload(files, *arguments):
        app = run_app(*arguments, page="instruments/own")
        app.file_uploader[0].set_value([(name, content, "") for name, content in files.items()])
        return app.run()

    return upload


@pytest.fixture
def files(make_survey):
    folder = make_survey(6, side_px=64)
    return {path.name: path.read_bytes() for path in (folder / "master.csv", *(folder / "images").iterdir())}


def packed(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def press(app, label):
    (button,) = [button for button in app.button if button.label == label]
    return button.click().run()


def told(app):
    return [element.value for element in (*app.error, *app.info)]


def test_a_table_is_opened_once_per_upload_and_choice(start, files, monkeypatch):
    opened = []

    def open_table(path):
        opened.append(path.name)
        return tables.open_table(path)

    for module in ("galviz.importing.plan", "galviz.importing.tables", "galviz.importing.importplan"):
        monkeypatch.setattr(f"{module}.open_table", open_table)
    app = start(files)
    first = len(opened)
    assert first
    assert app.dataframe[0].value.shape[0] == 6
    app.run()
    app.run()
    assert len(opened) == first
    app.selectbox(key="own_label").select("(choose for me)").run()
    assert len(opened) == first
    app.text_input(key="own_missing").set_value("8.5").run()
    assert len(opened) == 2 * first


def test_an_upload_that_is_no_survey_is_read_once(start, files, monkeypatch):
    opened = []

    def open_source(*arguments, **options):
        opened.append(arguments)
        return sources.open_source(*arguments, **options)

    monkeypatch.setattr("galviz.importing.plan.open_source", open_source)
    app = start({"master.csv": files["master.csv"]})
    (sentence,) = told(app)
    assert "upload the table and its images together" in sentence
    app.run()
    assert told(app) == [sentence]
    assert len(opened) == 1
    app = press(app, "Upload other files")
    assert len(app.file_uploader) == 1


@pytest.mark.parametrize("kind", ["two tables", "no images", "ids twice", "other names", "no such table"])
def test_problems_are_told_in_the_words_of_the_page(start, files, tmp_path, kind):
    images = {name: content for name, content in files.items() if name != "master.csv"}
    header, *rows = files["master.csv"].decode().splitlines()
    if kind == "two tables":
        files = {f"{name}.zip": packed(files) for name in "ab"}
    elif kind == "no images":
        files = {"master.csv": files["master.csv"]}
    elif kind == "ids twice":
        files = {**images, "master.csv": "\n".join([header, rows[0], *rows]).encode()}
    elif kind == "other names":
        files = {f"x{number}{name}": content for number, (name, content) in enumerate(images.items())}
        files["master.csv"] = "\n".join([header, *(f"9{row}" for row in rows)]).encode()
    else:
        files = {**images, "master.csv": b"<!DOCTYPE html>404"}
    (sentence,) = told(start(files))
    assert "--" not in sentence
    assert str(tmp_path) not in sentence
    assert "galviz-session" not in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The label is z (--label z).", "The label is z."),
        ("there are no images; give the folder of images with --images FOLDER", "upload the table and its images"),
        ("name the column that has the images' names with --image, or another folder of images with --images", "under"),
        ("keep one row per galaxy, or give another column with --id", "choose another column under Ids"),
        ("add a column with the ids, and give it with --id: objID", "choose it under Ids: objID"),
        ("name another column with --id or --image", "choose another column under Ids or Images"),
        ("--missing: 3 cells of z were left empty.", "Missing values: 3 cells"),
        ("add --zero-point 22.5", "on your own machine, and add --zero-point 22.5"),
        ("it is -- as it was", "it is -- as it was"),
    ],
)
def test_words_of_the_page(text, words):
    changed = in_page_words(text)
    assert words in changed
    assert "--" not in changed.replace("--zero-point", "").replace("is -- as", "")


def test_all_pages_and_the_audit_agree_on_the_survey(start, files, make_survey):
    """The folder of the arguments, the shipped survey in its place, then the upload."""
    from panels.chosen_survey import chosen_survey

    def shown(app):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("streamlit.session_state", app.session_state)
            return chosen_survey()

    other = make_survey(5, side_px=64)
    app = start(files, "--survey", other, "--scale", "0.5")
    assert (shown(app).path, shown(app).scale, shown(app).private) == (str(other), 0.5, False)
    app.session_state["use_shipped_survey"] = True
    assert (shown(app).path, shown(app).set_aside) == (None, other.name)
    app = press(app, "Read the galaxies")
    assert "6 galaxies" in app.markdown[0].value
    assert shown(app).private
    assert shown(app).path != str(other)
    app.switch_page("instruments/audit/page.py").run()
    assert not app.exception
    assert "your upload" in app.markdown[0].value
    app.session_state["use_shipped_survey"] = True
    app.run()
    assert "that come with galviz" in app.markdown[0].value
    assert "your upload" in app.sidebar.info[0].value
    app.sidebar.button[-1].click().run()
    assert "your upload" in app.markdown[0].value


def test_long_cells_and_many_columns_are_shown_in_part(start, files):
    header, *rows = files["master.csv"].decode().splitlines()
    extra = ",".join(f"c{number}" for number in range(150))
    cells = ",".join(["x" * 5_000] + ["1"] * 149)
    files["master.csv"] = "\n".join([f"{header},{extra}", *(f"{row},{cells}" for row in rows)]).encode()
    (table,) = [element.value for element in start(files).dataframe]
    assert table.shape == (6, 100)
    assert table.astype(str).map(len).max().max() == 201
