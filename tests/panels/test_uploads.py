"""What visitors upload: hostile files get one sentence, and nothing is written outside the session's folder."""

import errno
import gc
import gzip
import io
import os
import pickle
import stat
import struct
import tracemalloc
import weakref
import zipfile
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from galviz.importing.plan import plan_import
from galviz.importing.writing import write_import
from galviz.survey.survey import SurveyError, load_survey
from panels import upload_checks
from panels import uploads as module
from panels.upload_checks import UploadError
from panels.uploads import Uploads, remove_when_left

N_GALAXIES = 3


class File(io.BytesIO):
    """Like Streamlit's UploadedFile."""

    def __init__(self, name, content):
        super().__init__(content)
        self.name, self.size = name, len(content)


def picture(seed=0, form="JPEG", size=(64, 64)):
    random = np.random.default_rng(seed)
    rows, columns = np.indices(size[::-1])
    radius = np.hypot(rows - size[1] / 2, columns - size[0] / 2)[..., None]
    pixels = 200 * np.exp(-radius / 10) * random.uniform(0.4, 1, 3) + random.uniform(5, 20, (*size[::-1], 3))
    content = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(content, form)
    return content.getvalue()


def table(ids=("1", "2", "3"), text="objID,oh_p50\n"):
    return (text + "".join(f"{object_id},8.{number}\n" for number, object_id in enumerate(ids, start=5))).encode()


def many_rows(count):
    return b"objID,oh_p50\n" + b"".join(b"x%d,8.5\n" % number for number in range(count))


def images(names=("1.jpg", "2.jpg", "3.jpg")):
    return [(name, picture(number)) for number, name in enumerate(names)]


def packed(members, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def linked(target):
    """A zip with a symbolic link among the images."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("master.csv", table())
        link = zipfile.ZipInfo("images/1.jpg")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, target)
    return content.getvalue()


def bomb_image():
    """A PNG of 60,000 × 60,000 black pixels in a few kB."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    data = packer.compress(bytes(10**6)) + packer.flush()
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def encrypted():
    """A zip whose members say that they are encrypted."""
    content = bytearray(packed([("master.csv", table()), *images()]))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(signature)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(signature, start + 4)
    return bytes(content)


def parquet(n_rows, n_columns):
    content = io.BytesIO()
    pq.write_table(pa.table({f"c{number}": [1] * n_rows for number in range(n_columns)}), content)
    return content.getvalue()


class Evil:
    """Unpickled, it would write a file."""

    def __reduce__(self):
        return (os.mkdir, (os.environ["GALVIZ_EVIL"],))


def survey(**changed):
    """A good survey, with some of its files replaced; None removes a file."""
    files = {"master.csv": table(), **dict(images())} | {
        name.replace("__", "."): data for name, data in changed.items()
    }
    return [(name, data) for name, data in files.items() if data is not None]


def zipped(*members):
    return [("survey.zip", packed(members))]


GOOD = {
    # Characters that a file name can't have are replaced in the id.
    "ids with ../": survey(master__csv=table(["../1", "2", "3"])),
    "emoji as ids": [("master.csv", table(["🌌", "2", "3"])), *images(["🌌.jpg", "2.jpg", "3.jpg"])],
    "right-to-left marks in ids": survey(master__csv=table(["\u202e1", "2", "3"])),
    "table and images": survey(),
    "zip": zipped(("s/master.csv", table()), *((f"s/images/{name}", data) for name, data in images())),
    "table and a zip of images": [("master.csv", table()), ("images.zip", packed(images()))],
    "files of macOS": [*survey(), ("__MACOSX/._1.jpg", b"\0\5"), (".DS_Store", b"\0"), ("Thumbs.db", b"\0")],
    "names with spaces": [
        ("master.csv", table(["NGC 1", "NGC 2", "NGC 3"])),
        *images([f"NGC {n}.jpg" for n in (1, 2, 3)]),
    ],
}
BAD = {
    "formula cells": survey(master__csv=table(text="objID,oh_p50\n").replace(b"8.5", b'"=HYPERLINK(""http://x"")"')),
    "zip slip": zipped(("../evil.jpg", picture()), ("master.csv", table())),
    "absolute member": zipped(("/tmp/evil.jpg", picture()), ("master.csv", table())),
    "drive letter": zipped(("C:/evil.jpg", picture()), ("master.csv", table())),
    "backslashes": zipped(("..\\evil.jpg", picture()), ("master.csv", table())),
    "link to the passwords": [("survey.zip", linked("/etc/passwd"))],
    "link to the parent": [("survey.zip", linked("../../"))],
    "zip bomb": zipped(("master.csv", table()), ("1.jpg", bytes(400 * 2**20))),
    "many members": zipped(*((f"{number}.jpg", b"") for number in range(20_001))),
    "encrypted zip": [("survey.zip", encrypted())],
    "truncated zip": [("survey.zip", packed(survey())[:-200])],
    "no zip": [("survey.zip", b"Rar!\x1a\x07\x00 and more")],
    "member twice": [
        (
            "survey.zip",
            packed([("master.csv", table()), ("mastfr.csv", table()), *images()]).replace(b"mastfr", b"master"),
        )
    ],
    "two cases of a name": zipped(("master.csv", table(["a", "A"])), ("a.jpg", picture()), ("A.jpg", picture(1))),
    "NUL in a member": [
        ("survey.zip", packed([("master.csv", table()), ("1_.jpg", picture())]).replace(b"1_.jpg", b"1\0.jpg"))
    ],
    "device": zipped(("master.csv", table(["CON"])), ("CON.jpg", picture())),
    "upload with ../": [("../evil.csv", table()), *images()],
    "upload with an absolute path": [("/tmp/evil.csv", table()), *images()],
    "upload with NUL": [("evil\0.csv", table()), *images()],
    "upload with a mark for right-to-left": [("master\u202egpj.csv", table()), *images()],
    "the same name twice": [("master.csv", table()), ("1.jpg", picture()), ("1.jpg", picture(1))],
    "decompression bomb": survey(**{"1__jpg": None, "1__png": bomb_image()}),
    "pickle called .jpg": survey(**{"1__jpg": pickle.dumps(Evil)}),
    "pickle called .parquet": [("table.parquet", pickle.dumps(Evil)), *images()],
    "pickle called .h5": [("galaxies.h5", pickle.dumps(Evil))],
    "HDF5 file": [("galaxies.h5", b"\x89HDF\r\n\x1a\n" + bytes(100))],
    "pickle called .safetensors": [("weights.safetensors", pickle.dumps(Evil))],
    "truncated image": survey(**{"1__jpg": picture()[:400]}),
    "web page as an image": survey(**{"1__jpg": b"<!DOCTYPE html><html>404</html>"}),
    "web page as a table": survey(master__csv=b"<!DOCTYPE html><html>404</html>"),
    "empty table": survey(master__csv=b""),
    "empty image": survey(**{"1__jpg": b""}),
    "no images": survey(**{f"{number}__jpg": None for number in (1, 2, 3)}),
    "no table and one image of no galaxy": [("1.jpg", picture()[:100])],
    "binary table": survey(master__csv=bytes(range(256)) * 10),
    "ids with NUL": survey(master__csv=table(["1\0", "2", "3"])),
    "ids twice": survey(master__csv=table(["1", "2", "2"])),
    "10^5 rows": survey(master__csv=many_rows(10**5)),
    "10^6 rows": survey(master__csv=many_rows(10**6)),
    "10^5 columns": survey(master__csv=b"objID," + b",".join(b"c%d" % number for number in range(10**5)) + b"\n1\n"),
    "unclosed quotation mark": survey(master__csv=b'objID,oh_p50\n1,"8.5\n2,8.6\n3,8.7\n'),
    "16-bit image": survey(**{"1__jpg": None, "1__png": picture(form="PNG")[:40]}),
    "spreadsheet": [("table.xlsx", packed([("xl/workbook.xml", b"<workbook/>")])), *images()],
}


# Their content takes more memory than it may. Tracing memory makes Python several times slower.
BOMBS = {"zip bomb", "decompression bomb", "many members"}
SLOW = {"10^6 rows"}


def attempt(files, uploads):
    """Import an upload as the page does; the survey, or the sentences that the page shows."""
    try:
        source = uploads.receive([File(name, content) for name, content in files])
        plan = plan_import(source, workspace=uploads.folder)
        folder = uploads.new_folder("survey")
        write_import(plan, folder, link=True)
        return load_survey(folder, plan.label)
    except SurveyError as error:
        return [str(group.examples[0]) for group in error.groups]
    except ValueError as error:
        return [str(error)]


@pytest.fixture
def uploads(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("GALVIZ_EVIL", str(tmp_path / "evil"))
    return Uploads()


def tree(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*"))


@pytest.mark.parametrize("files", GOOD.values(), ids=GOOD)
def test_good_uploads_become_surveys(uploads, files):
    read = attempt(files, uploads)
    assert not isinstance(read, list), read
    assert len(read.object_ids) == N_GALAXIES


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.slow] * (kind in SLOW)) for kind in BAD])
def test_bad_uploads_get_one_sentence_and_leave_nothing_outside(uploads, tmp_path, kind):
    if kind in BOMBS:
        tracemalloc.start()
    try:
        sentences = attempt(BAD[kind], uploads)
        peak = tracemalloc.get_traced_memory()[1] if kind in BOMBS else 0
    finally:
        tracemalloc.stop()
    assert isinstance(sentences, list), "it was read as a survey"
    assert 1 <= len(sentences) <= 2
    for sentence in sentences:
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert len(sentence) < 600
        assert str(tmp_path) not in sentence
    assert peak < 50 * 2**20
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]
    assert [path.name for path in (tmp_path / "temporary").iterdir()] == [uploads.folder.name]
    assert not list(uploads.folder.glob("survey-*"))


def test_limits(uploads, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILES", 3)
    with pytest.raises(UploadError, match="4 files"):
        uploads.receive([File(name, content) for name, content in survey()])
    monkeypatch.setattr(module, "MAX_FILES", 100)
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(UploadError, match="MB"):
        uploads.receive([File(name, content) for name, content in survey()])
    assert tree(uploads.folder) == []


def test_archives_are_bounded_together(uploads, monkeypatch):
    """Each archive alone would fit."""
    members = [(f"{number}.csv", b"0,1\n" * 10_000) for number in range(3)]
    archives = [File(f"{name}.zip", packed(members)) for name in "abc"]
    unpacked = sum(len(content) for _, content in members)
    monkeypatch.setattr(module, "MAX_BYTES", int(2.5 * unpacked))
    with pytest.raises(UploadError, match=r"c\.zip.*MiB|c\.zip.*bytes"):
        uploads.receive(archives)
    monkeypatch.setattr(module, "MAX_BYTES", 3 * unpacked)
    monkeypatch.setattr(module, "MAX_FILES", 8)
    with pytest.raises(UploadError, match=r"c\.zip has 3 files"):
        uploads.receive(archives)
    assert tree(uploads.folder) == []
    monkeypatch.setattr(module, "MAX_FILES", 9)
    assert len(tree(uploads.receive(archives))) == 12


def test_images_may_not_grow_without_bound(uploads, monkeypatch):
    """As PNG, a WebP or TIFF image may take a hundred times its bytes."""
    source = uploads.receive([File(name, content) for name, content in survey()])
    uploads.check_size()
    (uploads.folder / "linked").hardlink_to(source / "1.jpg")
    monkeypatch.setattr(module, "MAX_BYTES", sum(len(content) for _, content in survey()) // 2 + 1)
    uploads.check_size()
    (uploads.folder / "1.png").write_bytes(bytes(10))
    with pytest.raises(UploadError, match="PNG"):
        uploads.check_size()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.csv", b"objID,z\n" + b"1,2\n" * 600, "more than 500 rows"),
        ("t.csv.gz", gzip.compress(b"objID,z\r" + b"1,2\r" * 600, mtime=0), "more than 500 rows"),
        ("t.csv.gz", gzip.compress(b"objID,z\n" + b"1" * 2**20, mtime=0), "unpacks to more than 1 MB"),
        ("t.vot", b"<VOTABLE>" + b"<TR/>" * 600, "more than 500 rows"),
        ("t.parquet", parquet(600, 2), "600 rows of 2 columns"),
        ("t.parquet", parquet(400, 20), "400 rows of 20 columns"),
    ],
)
def test_tables_that_would_take_much_memory(uploads, monkeypatch, name, content, words):
    monkeypatch.setattr(upload_checks, "MAX_ROWS", 500)
    monkeypatch.setattr(upload_checks, "MAX_CELLS", 5_000)
    monkeypatch.setattr(module, "MAX_BYTES", 2**20)
    with pytest.raises(UploadError, match=words):
        uploads.receive([File(name, content)])
    assert tree(uploads.folder) == []


def test_a_full_disk_is_one_sentence(uploads, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_write", full)
    with pytest.raises(UploadError, match=r"can't keep these files \(No space left on device\)"):
        uploads.receive([File(name, content) for name, content in survey()])
    assert tree(uploads.folder) == []


def test_uploads_of_all_sessions_are_bounded_together(uploads, monkeypatch):
    # Sessions of other tests in this process may still be there.
    monkeypatch.setattr(module, "_sessions", weakref.WeakSet([uploads]))
    size = sum(len(content) for _, content in survey())
    monkeypatch.setattr(module, "MAX_SERVER_BYTES", int(1.5 * size))
    uploads.receive([File(name, content) for name, content in survey()])
    other = Uploads()
    with pytest.raises(UploadError, match="Other visitors"):
        other.receive([File(name, content) for name, content in survey()])
    uploads.clear()
    other.receive([File(name, content) for name, content in survey()])


def test_the_folder_is_private_and_gone_with_its_session(uploads):
    folder = uploads.folder
    uploads.receive([File(name, content) for name, content in survey()])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(tree(folder)) == 6
    other = Uploads()
    assert other.folder != folder


@pytest.mark.full
def test_folders_of_servers_that_were_killed_are_removed(uploads):
    """Only the full app has psutil, which knows which processes exist."""
    abandoned = uploads.folder.with_name("galviz-session-999999999-abandoned")
    abandoned.mkdir()
    Uploads()
    assert not abandoned.exists()
    assert uploads.folder.exists()


def test_removal_with_the_object(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    uploads = Uploads()
    uploads.receive([File(name, content) for name, content in survey()])
    del uploads
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_removal_once_the_session_has_been_left(uploads):
    uploads.receive([File(name, content) for name, content in survey()])
    connected = iter([True, False, True, False, False])
    folder = uploads.folder
    thread = remove_when_left(uploads, lambda: next(connected), grace_s=0.0, pause_s=0.0)
    thread.join(30)
    assert not thread.is_alive()
    assert not folder.exists()
    assert len(list(connected)) == 3
