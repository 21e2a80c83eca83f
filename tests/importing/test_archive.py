"""Untrusted zip archives: what is unpacked, and one sentence for each trick, with nothing left behind."""

import io
import stat
import struct
import tarfile
import zipfile

import pytest

from galviz.importing.archive import ArchiveError, unpack_zip


def member(name, content=b"x", *, mode=None, method=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    if mode is not None:
        info.create_system = 3
        info.external_attr = mode << 16
    return info, content


def packed(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, content in members:
            archive.writestr(info, content)
    return bytearray(buffer.getvalue())


def renamed(old, new):
    """An archive whose member's name was changed to what zipfile itself would not write."""
    assert len(old) == len(new)
    content = packed(member(old.decode()))
    return content.replace(old, new)


def with_central(offset, form, value, content):
    """Change a field of the first entry of the central directory."""
    struct.pack_into(form, content, content.index(b"PK\x01\x02") + offset, value)
    return content


def with_both(offset, form, value, content):
    """Change a field in the member's local header too, which begins two bytes earlier."""
    struct.pack_into(form, content, offset - 2, value)
    return with_central(offset, form, value, content)


def overlapping():
    content = packed(member("a", b"a" * 50, method=zipfile.ZIP_STORED), member("b", b"b", method=zipfile.ZIP_STORED))
    second = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, second + 42, 0)  # the second entry points to the first member
    return content


def tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"))
    return buffer.getvalue()


def nested():
    return packed(member("inner.zip", bytes(packed(member("1.jpg")))))


HOSTILE = {
    "zip slip": (packed(member("../1.jpg")), r"\.\./1\.jpg points outside"),
    "slip in the middle": (packed(member("images/../../1.jpg")), "points outside"),
    "absolute": (packed(member("/etc/passwd")), "absolute"),
    "drive": (packed(member("C:/1.jpg")), "absolute"),
    "backslash": (renamed(b"a_1.jpg", b"a\\1.jpg"), "backslash"),
    "UNC": (renamed(b"__a_1.jpg", b"\\\\a\\1.jpg"), "absolute"),
    "NUL": (renamed(b"a_1.jpg", b"a\x001.jpg"), "invisible"),
    "right to left": (packed(member("a\u202egpj.exe")), "invisible"),
    "newline": (packed(member("a\n1.jpg")), "invisible"),
    "device": (packed(member("images/nul.jpg")), "Windows"),
    "colon": (packed(member("images/a:b.jpg")), "Windows"),
    "trailing dot": (packed(member("images/a.")), "Windows"),
    "long": (packed(member("a" * 300)), "200 bytes"),
    "deep": (packed(member("a/" * 50 + "b")), "deep"),
    "symbolic link": (packed(member("images", b"/etc", mode=stat.S_IFLNK | 0o777)), "symbolic link"),
    "pipe": (packed(member("pipe", mode=stat.S_IFIFO | 0o600)), "special file"),
    "case": (packed(member("a.jpg"), member("A.JPG")), "one file on Windows"),
    "composed": (packed(member("\u00e9.jpg"), member("e\u0301.jpg")), "one file on Windows"),
    "file and folder": (packed(member("a"), member("a/b")), "file and a folder"),
    "encrypted": (with_both(8, "<H", 1, packed(member("a"))), "encrypted"),
    "lzma": (packed(member("a", bytes(1000), method=zipfile.ZIP_LZMA)), "Deflate"),
    "declared bomb": (packed(member("a", bytes(3 * 2**20))), "would grow"),
    "hidden bomb": (with_both(24, "<L", 10, packed(member("a", bytes(3 * 2**20)))), "a"),
    "too large together": (packed(*[member(f"{n}", b"ab" * 2**10) for n in range(5)]), "unpacks to"),
    "too many": (packed(*[member(f"{n}", b"") for n in range(60)]), "60 files"),
    "a million": (b"PK\x03\x04" + b"PK\x01\x02" * 1000, "1,000 members"),
    "overlapping": (overlapping(), "share bytes"),
    "only another archive": (nested(), "inner.zip"),
    "empty": (packed(), "no files"),
    "cut off": (packed(member("a", bytes(1000)))[:60], "broken"),
    "damaged": (packed(member("a", b"hello", method=zipfile.ZIP_STORED)).replace(b"hello", b"jello"), "broken"),
    "tar": (tar(), "tar archive.*pack it as zip"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(99), "7z archive.*pack it as zip"),
    "rar": (b"Rar!\x1a\x07\x01" + bytes(99), "RAR archive.*pack it as zip"),
    "gzip": (b"\x1f\x8b" + bytes(99), "pack it as zip"),
    "nothing": (b"", "broken"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_in_one_sentence_and_leave_nothing(name, tmp_path):
    content, message = HOSTILE[name]
    source = tmp_path / "upload.zip"
    source.write_bytes(content)
    with pytest.raises(ArchiveError, match=message) as caught:
        unpack_zip(source, tmp_path / "out", max_files=50, max_bytes=4 * 2**20 if "bomb" in name else 9000)
    sentence = str(caught.value)
    assert sentence.startswith("upload.zip")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 250
    assert [path.name for path in tmp_path.iterdir()] == ["upload.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice(tmp_path):
    with pytest.raises(ArchiveError, match="twice"):
        unpack_zip(io.BytesIO(packed(member("a"), member("a"))), tmp_path / "out")


@pytest.mark.parametrize(("stored", "name"), [("é", "é.jpg"), ("日", "日.jpg")])
def test_names_in_utf8_without_the_flag(tmp_path, stored, name):
    """As macOS writes them. In code page 437 these bytes are other letters."""
    raw = stored.encode()
    content = renamed(b"a" * len(raw) + b".jpg", raw + b".jpg")
    assert unpack_zip(io.BytesIO(content), tmp_path / "out").names == (name,)
    assert (tmp_path / "out" / name).is_file()


def test_names_in_code_page_437(tmp_path):
    assert unpack_zip(io.BytesIO(renamed(b"a.jpg", b"\x81.jpg")), tmp_path / "out").names == ("ü.jpg",)


def test_an_ordinary_archive_is_unpacked_without_what_systems_add(tmp_path):
    names = ["survey/", "survey/images/1.jpg", "survey/images/NGC 1234.jpg", "survey/master.csv"]
    added = ["__MACOSX/survey/._1.jpg", "survey/.DS_Store", "survey/images/Thumbs.db", "survey/old.zip"]
    content = packed(*[member(name, b"" if name.endswith("/") else name.encode()) for name in [*names, *added]])
    calls = []
    (tmp_path / "out").mkdir()
    unpacked = unpack_zip(
        io.BytesIO(content), tmp_path / "out", progress=lambda done, total: calls.append((done, total))
    )
    assert unpacked.names == tuple(names[1:])
    assert (sorted(unpacked.ignored), unpacked.archives) == (sorted(added[:3]), ("survey/old.zip",))
    assert unpacked.root == tmp_path / "out" / "survey"
    written = {path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == set(names[1:])
    assert all((tmp_path / "out" / name).read_text() == name for name in names[1:])
    assert calls[-1][0] == calls[-1][1] == sum(map(len, names[1:]))


def test_an_interrupted_unpacking_leaves_nothing(tmp_path):
    def stop(done, total):
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        unpack_zip(io.BytesIO(packed(member("a"))), tmp_path / "out", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_never_touched(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        unpack_zip(io.BytesIO(packed(member("a"))), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
