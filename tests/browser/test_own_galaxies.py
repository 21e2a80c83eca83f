"""The page Your galaxies in a real browser: from an upload to the instruments, private to the session."""

import shutil

import pytest
from playwright.sync_api import expect

from galviz.features.cache import cache_folder

pytestmark = pytest.mark.browser


@pytest.fixture
def archive(make_survey, tmp_path):
    """A zip of a survey in another layout: the table has no objID, and a column of another name names the images."""
    folder = make_survey(12, side_px=64, suffix=".png")
    lines = (folder / "master.csv").read_text(encoding="utf-8").splitlines()
    header, *rows = (line.split(",") for line in lines)
    place = header.index("objID")
    header[place] = "asset"
    rows = [[f"NGC {number}", *row] for number, row in enumerate(rows)]
    text = "\n".join(",".join(row) for row in [["name", *header], *rows])
    (folder / "master.csv").rename(folder / "galaxies.csv")
    (folder / "galaxies.csv").write_text(f"{text}\n", encoding="utf-8")
    return shutil.make_archive(str(tmp_path / "upload"), "zip", folder)


def test_an_upload_is_read_shown_and_private(serve, visit, photograph, tiny_card, archive, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    address = serve("--model", tiny_card, TMPDIR=temporary, GALVIZ_CACHE=tmp_path / "cache")
    monkeypatch.setenv("GALVIZ_CACHE", str(tmp_path / "cache"))
    tab = visit(address, "/own")
    tab.page.set_input_files("input[type=file]", archive)
    expect(tab.main).to_contain_text("12 galaxies, ids from asset")
    photograph(tab, "own-columns-1280-light")
    tab.press(tab.page.get_by_role("button", name="Read the galaxies"))
    expect(tab.main).to_contain_text("The network's input")
    expect(tab.images).to_have_count(12)
    tab.settle()
    photograph(tab, "own-scale-1280-light")
    tab.press(tab.page.get_by_role("button", name="Compute their features"))
    expect(tab.main).to_contain_text("The features are ready")
    tab.press(tab.main.get_by_role("link", name="Explore"))
    expect(tab.page.get_by_role("application")).to_be_visible()
    expect(tab.main).to_contain_text("0 of 12 galaxies selected")
    assert tab.complaints == []
    assert tab.foreign == []
    # Nothing stays in the cache that sessions share, and another session has galaxies of its own.
    assert list(cache_folder().glob("*.parquet")) == []
    (folder,) = temporary.glob("galviz-session-*")
    assert folder.stat().st_mode & 0o777 == 0o700
    other = visit(address, "/own")
    expect(other.page.locator("input[type=file]")).to_have_count(1)
    expect(other.main).not_to_contain_text("NGC")
    link = tab.page.locator("[data-testid=stSidebarNav]").get_by_role("link", name="Your galaxies")
    tab.press(link)
    tab.press(tab.page.get_by_role("button", name="Remove them"))
    expect(tab.page.locator("input[type=file]")).to_have_count(1)
    assert list(folder.iterdir()) == []
