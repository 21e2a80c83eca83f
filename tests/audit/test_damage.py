"""Of 40 damages to an image file, each is refused or flagged; undamaged galaxies aren't."""

import io
import random
import shutil

import numpy as np
import pytest
from PIL import Image

from galviz.audit.audit import audit_folder
from galviz.audit.seams import find_seam
from galviz.survey.survey import load_survey

N_SOUND = 60


def truncated(share):
    return lambda raw: raw[: int(share * len(raw))]


def closed(share):
    """Truncated, with the marker of the end: decoders that look for the marker only are content."""
    return lambda raw: raw[: int(share * len(raw))] + b"\xff\xd9"


def overwritten(share, content):
    def damage(raw):
        start = int(share * len(raw))
        return raw[:start] + content + raw[start + len(content) :]

    return damage


def noise(size):
    return random.Random(size).randbytes(size)


def cut_out(share, size):
    return lambda raw: raw[: int(share * len(raw))] + raw[int(share * len(raw)) + size :]


def repeated(share, size):
    return lambda raw: raw[: int(share * len(raw)) + size] + raw[int(share * len(raw)) :]


def table_zeroed(marker, size):
    """A table of the header that is lost."""

    def damage(raw):
        start = raw.index(marker) + 5
        return raw[:start] + bytes(size) + raw[start + size :]

    return damage


def saved_again(change, image_format="JPEG"):
    """Damaged pixels that were saved again: the file itself is sound."""

    def damage(raw):
        levels = np.array(Image.open(io.BytesIO(raw)))
        file = io.BytesIO()
        Image.fromarray(change(levels)).save(file, image_format, quality=90)
        return file.getvalue()

    return damage


def rows_set(start, end, level):
    def change(levels):
        levels[start:end] = level
        return levels

    return change


def shifted(levels):
    return np.concatenate([levels[:80], np.roll(levels[80:], 24, axis=1)])


def recoloured(levels):
    return np.concatenate([levels[:72], (levels[72:] + np.array([0, 25, 12])).clip(0, 255).astype(np.uint8)])


def png(change):
    """The galaxy as a PNG, with damaged bytes."""

    def damage(raw):
        file = io.BytesIO()
        Image.open(io.BytesIO(raw)).save(file, "PNG")
        return change(file.getvalue())

    return damage


# Of one to four bytes, some change a single block, or nothing that can be seen: benchmarks/damage.py counts them.
DAMAGES = {
    "empty": lambda raw: b"",
    "header only": lambda raw: raw[: raw.index(b"\xff\xda")],
    "truncated at 30 %": truncated(0.3),
    "truncated at 60 %": truncated(0.6),
    "truncated at 90 %": truncated(0.9),
    "last two bytes missing": lambda raw: raw[:-2],
    "truncated at 30 %, closed": closed(0.3),
    "truncated at 60 %, closed": closed(0.6),
    "truncated at 90 %, closed": closed(0.9),
    "truncated at 98 %, closed": closed(0.98),
    "8 bytes zeroed": overwritten(0.3, bytes(8)),
    "16 bytes zeroed": overwritten(0.5, bytes(16)),
    "64 bytes zeroed": overwritten(0.4, bytes(64)),
    "800 bytes zeroed": overwritten(0.5, bytes(800)),
    "the last 400 bytes zeroed": lambda raw: raw[:-400] + bytes(400),
    "a block of the disk of 0xFF": overwritten(0.4, b"\xff" * 512),
    "4 random bytes": overwritten(0.5, noise(4)),
    "16 random bytes": overwritten(0.5, noise(16)),
    "64 random bytes": overwritten(0.6, noise(64)),
    "512 random bytes": overwritten(0.5, noise(512)),
    "4 bytes cut out": cut_out(0.5, 4),
    "16 bytes cut out": cut_out(0.5, 16),
    "256 bytes cut out": cut_out(0.5, 256),
    "16 bytes repeated": repeated(0.5, 16),
    "256 bytes repeated": repeated(0.5, 256),
    "ends of lines converted": lambda raw: raw.replace(b"\n", b"\r\n"),
    "decoded as text": lambda raw: raw.decode("utf-8", "replace").encode(),
    "without the highest bits": lambda raw: raw[:700] + bytes(byte & 0x7F for byte in raw[700:]),
    "quantisation table zeroed": table_zeroed(b"\xff\xdb", 64),
    "Huffman table zeroed": table_zeroed(b"\xff\xc4", 28),
    "saved again with a grey tail": saved_again(rows_set(110, 160, 128)),
    "saved again with a small grey tail": saved_again(rows_set(144, 160, 128)),
    "saved again with a black lower half": saved_again(rows_set(90, 160, 0)),
    "saved again with a grey middle": saved_again(rows_set(64, 96, 128), "PNG"),
    "saved again, lower half shifted": saved_again(shifted),
    "saved again, lower half in another colour": saved_again(recoloured),
    "PNG, truncated": png(lambda raw: raw[: len(raw) // 2]),
    "PNG, a byte altered": png(lambda raw: raw[:900] + bytes([raw[900] ^ 1]) + raw[901:]),
    "HTML": lambda raw: b"<!DOCTYPE html><title>503</title>",
    "Git LFS pointer": lambda raw: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4242\n",
}
IMAGE_KINDS = {"damaged image", "unusable image", "Git LFS pointer", "blank image", "probable damage", "flat area"}


@pytest.fixture(scope="module")
def galaxies(tmp_path_factory):
    """A survey of mock galaxies: 60 sound ones and one per damage."""
    survey = load_survey()
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "images").mkdir()
    ids = survey.object_ids[: N_SOUND + len(DAMAGES)]
    for object_id in ids:
        shutil.copy(survey.folder / "images" / f"{object_id}.jpg", folder / "images")
    survey.catalogue.loc[ids, ["metallicity"]].to_csv(folder / "master.csv")
    damaged = dict(zip(ids[N_SOUND:], DAMAGES, strict=True))
    for object_id, name in damaged.items():
        path = folder / "images" / f"{object_id}.jpg"
        path.write_bytes(DAMAGES[name](path.read_bytes()))
    return audit_folder(folder), damaged


def test_each_damage_is_refused_or_flagged_and_nothing_else(galaxies):
    audit, damaged = galaxies
    assert len(DAMAGES) == 40
    assert audit.n_galaxies == N_SOUND + 40
    found = {finding.object_id for finding in audit.details if finding.kind in IMAGE_KINDS}
    assert {damaged[object_id] for object_id in set(damaged) - found} == set()
    assert found - set(damaged) == set()


def test_what_is_refused_is_fatal(galaxies):
    audit, damaged = galaxies
    fatal = {damaged[object_id] for object_id in audit.object_ids("fatal")}
    assert {"empty", "truncated at 60 %", "HTML", "Git LFS pointer", "PNG, a byte altered"} <= fatal
    assert not {name for name in fatal if name.startswith("saved again")}


def test_the_seam_is_where_the_image_was_damaged():
    survey = load_survey()
    levels = np.array(survey.image(survey.object_ids[7]))
    assert find_seam(Image.fromarray(levels)) is None
    assert find_seam(Image.fromarray(shifted(recoloured(levels)))) in (72, 80)
    assert find_seam(Image.fromarray(recoloured(levels))) == 72
