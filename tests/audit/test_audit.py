"""An audit lists what is fatal and what is suspicious, and a survey without these galaxies loads."""

import io
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw

from galviz.audit.audit import audit_folder, audit_survey
from galviz.audit.catalogue import find_label_outliers
from galviz.audit.findings import FATAL
from galviz.audit.pictures import picture_findings
from galviz.audit.sheet import contact_sheet
from galviz.survey.exclusion import read_exclusion
from galviz.survey.survey import SurveyError, load_survey

N = 12


@pytest.fixture
def folder(tmp_path):
    """Twelve mock galaxies."""
    return copy_mock_galaxies(tmp_path / "survey")


def copy_mock_galaxies(to, count=N):
    survey = load_survey()
    ids = survey.object_ids[:count]
    (to / "images").mkdir(parents=True)
    for object_id in ids:
        shutil.copy(survey.folder / "images" / f"{object_id}.jpg", to / "images")
    survey.catalogue.loc[ids, ["metallicity", "redshift"]].to_csv(to / "master.csv")
    return to


def path_of(folder, number):
    return folder / "images" / f"{load_survey().object_ids[number]}.jpg"


def kinds(audit):
    """The findings as (kind, severity, number of the galaxy)."""
    numbers = {object_id: number for number, object_id in enumerate(load_survey().object_ids[:N])}
    return [(finding.kind, finding.severity, numbers.get(finding.object_id)) for finding in audit.details]


def overwrite(folder, start, end):
    path = path_of(folder, 0)
    raw = bytearray(path.read_bytes())
    raw[start(raw) : end(raw)] = bytes(end(raw) - start(raw))
    path.write_bytes(raw)


def middle_zeroed(folder):
    overwrite(folder, lambda raw: len(raw) // 2, lambda raw: len(raw) // 2 + 800)


def end_zeroed(folder):
    overwrite(folder, lambda raw: len(raw) - 400, len)


def lfs_pointer(folder):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 4242\n"
    path_of(folder, 0).write_text(pointer)


def slit(folder):
    Image.new("RGB", (1, 3000), (40, 30, 20)).save(path_of(folder, 0))


def test_a_sound_survey_has_no_findings(folder):
    audit = audit_folder(folder)
    assert (audit.details, audit.n_galaxies, audit.is_fatal) == ((), N, False)


@pytest.mark.parametrize(
    ("damage", "kind", "words"),
    [
        (lambda folder: Image.new("RGB", (160, 160)).save(path_of(folder, 0)), "blank image", "uniformly black"),
        (middle_zeroed, "damaged image", "missing or altered"),
        (end_zeroed, "damaged image", "end is missing"),
        (slit, "extreme shape", "1 × 3000 px"),
        (lambda folder: Image.new("RGB", (1, 1)).save(path_of(folder, 0)), "extreme shape", "1 × 1 px"),
        (lfs_pointer, "Git LFS pointer", "a Git LFS pointer, not the image itself; run git lfs pull"),
        (lambda folder: path_of(folder, 0).unlink(), "missing image", "there is no image"),
        (lambda folder: path_of(folder, 0).write_bytes(b""), "damaged image", "empty"),
        (lambda folder: path_of(folder, 0).write_bytes(b"GIF89a"), "unusable image", "a GIF image"),
    ],
)
def test_a_refused_image_is_a_fatal_finding_and_can_be_excluded(folder, tmp_path, damage, kind, words):
    damage(folder)
    # A suspicious galaxy is found in the same run.
    shutil.copy(path_of(folder, 3), path_of(folder, 5))
    audit = audit_folder(folder)
    assert kinds(audit) == [(kind, "fatal", 0), ("same image", "suspicious", 5)]
    assert words in audit.details[0].what
    assert audit.n_galaxies == N
    with pytest.raises(SurveyError) as refused:
        load_survey(folder)
    assert [problem.object_id for problem in refused.value.details] == audit.object_ids(FATAL)
    (tmp_path / "exclude.txt").write_text(audit.exclusion())
    survey = load_survey(folder, exclude=read_exclusion(tmp_path / "exclude.txt"))
    assert len(survey.object_ids) == N - 1
    contact_sheet(audit)


def test_copies_are_those_that_training_keeps_together(folder):
    Image.open(path_of(folder, 2)).transpose(Image.Transpose.ROTATE_90).save(path_of(folder, 8), quality=75)
    shutil.copy(path_of(folder, 1), path_of(folder, 4))
    audit = audit_folder(folder)
    assert kinds(audit) == [("same image", "suspicious", 4), ("near-copy", "suspicious", 8)]
    assert load_survey().object_ids[2] in audit.details[1].what


def test_placeholders(folder):
    placeholder = Image.new("RGB", (160, 160), (20, 20, 70))
    ImageDraw.Draw(placeholder).text((30, 75), "no imaging here", fill="white")
    for number in range(1, 7):
        placeholder.save(path_of(folder, number))
    audit = audit_folder(folder)
    for kind in ("flat area", "placeholder"):
        assert [number for name, _, number in kinds(audit) if name == kind] == list(range(1, 7))


def test_a_galaxy_far_from_the_centre_is_found():
    survey = load_survey()
    found = 0
    for object_id in survey.object_ids[:60]:
        image = survey.image(object_id)
        assert not list(picture_findings(image))
        moved = Image.fromarray(np.roll(np.asarray(image), (40, 48), axis=(0, 1)))
        found += "off-centre" in [kind for kind, _ in picture_findings(moved)]
    assert found >= 57


def test_extreme_shapes_and_nearly_blank_images():
    survey = load_survey()
    image = survey.image(survey.object_ids[0])
    assert ["extreme shape"] == [kind for kind, _ in picture_findings(image.crop((0, 40, 160, 110)))]
    assert ["extreme shape"] == [kind for kind, _ in picture_findings(image.resize((640, 640)), (160, 160))]
    faint = Image.fromarray((np.asarray(image) * 0.1).astype(np.uint8))
    assert "nearly blank" in [kind for kind, _ in picture_findings(faint)]


def left_black(levels):
    levels[:, :40] = 0


def corner_black(levels):
    rows, columns = np.indices(levels.shape[:2])
    levels[rows + columns < 110] = 0


def strip_black(levels):
    levels[:, 70:74] = 0


def strip_grey(levels):
    levels[40:45] = 128


@pytest.mark.parametrize(
    ("erase", "image_format"),
    [(left_black, "JPEG"), (corner_black, "JPEG"), (strip_black, "PNG"), (strip_grey, "PNG")],
)
def test_an_area_without_data_is_found(erase, image_format):
    assert share_found("flat area", erase, image_format) >= 0.8


def one_channel(levels):
    levels[..., [0, 2]] = 0


def negative(levels):
    levels[:] = 255 - levels


def overexposed(levels):
    levels[:] = np.minimum(levels.astype(int) * 12 + 100, 255)


@pytest.mark.parametrize("recolour", [one_channel, negative, overexposed])
def test_unusual_colours_are_found(recolour):
    assert share_found("unusual colour", recolour) >= 0.9


def noise(levels):
    levels[:] = np.random.default_rng(0).integers(0, 256, levels.shape)


@pytest.mark.parametrize("columns", [26, 64])
def test_a_shifted_galaxy_is_off_centre(columns):
    def shift(levels):
        levels[:] = np.roll(levels, columns, axis=1)

    assert share_found("off-centre", shift) >= 0.9


def test_noise_shows_no_galaxy():
    assert share_found("nearly blank", noise) + share_found("off-centre", noise) >= 1


def share_found(kind, change, image_format="JPEG"):
    """Share of 20 galaxies in which a change to the pixels is a finding of this kind."""
    survey = load_survey()
    ids = survey.object_ids[:60:3]
    found = 0
    for object_id in ids:
        levels = np.array(survey.image(object_id))
        change(levels)
        Image.fromarray(levels).save(content := io.BytesIO(), image_format, quality=90)
        found += kind in [found_kind for found_kind, _ in picture_findings(Image.open(content).convert("RGB"))]
    return found / len(ids)


def test_sky_clipped_to_black_is_no_damage():
    """The pixels of the sky are black here and there, and not in an area with a sharp edge."""
    survey = load_survey()
    for object_id in survey.object_ids[:60:3]:
        image = survey.image(object_id)
        clipped = image.point(lambda level: max(0, level - 4))
        assert not list(picture_findings(clipped))


def test_grey_images_among_coloured_ones(folder):
    path = path_of(folder, 2)
    Image.open(path).convert("L").save(path)
    assert kinds(audit_folder(folder)) == [("unusual colour", "suspicious", 2)]
    for path in (folder / "images").iterdir():  # a survey of grey images is one
        Image.open(path).convert("L").save(path)
    assert audit_folder(folder).details == ()


def test_swapped_channels_are_found_in_a_survey(tmp_path):
    folder = copy_mock_galaxies(tmp_path / "survey", 24)
    for path in (folder / "images").iterdir():
        red, green, blue = Image.open(path).split()
        Image.merge("RGB", (blue, green, red)).save(path.with_suffix(".png"))
        path.unlink()
    (finding,) = audit_folder(folder).details
    assert (finding.kind, finding.object_id) == ("unusual colour", "")
    assert "swapped" in finding.what
    contact_sheet(audit_folder(folder))


@pytest.mark.parametrize("level", [0, 255])
def test_a_frame_is_no_damage(level):
    survey = load_survey()
    for object_id in survey.object_ids[:20]:
        framed = Image.new("RGB", (184, 184), (level,) * 3)
        framed.paste(survey.image(object_id), (12, 12))
        assert not list(picture_findings(framed))


def test_label_outliers_and_sentinels(folder):
    catalogue = pd.read_csv(folder / "master.csv", dtype={"objID": str})
    catalogue.loc[3, "metallicity"] = 6.2
    catalogue.loc[4:6, "redshift"] = -9999
    catalogue.to_csv(folder / "master.csv", index=False)
    audit = audit_folder(folder)
    assert kinds(audit) == [("label outlier", "suspicious", 3), ("sentinel value", "suspicious", None)]
    assert "redshift: -9999" in audit.details[1].what


@pytest.mark.parametrize(
    ("values", "is_constant"),
    [([8.8] * N, True), ([8.8] * (N - 1) + [9.1], True), ([0] * (N - 1) + [1], False), ([0] * N, True)],
)
def test_a_label_that_is_constant(folder, values, is_constant):
    catalogue = pd.read_csv(folder / "master.csv", dtype={"objID": str})
    catalogue.assign(redshift=values).to_csv(folder / "master.csv", index=False)
    found = [kind for kind, _, _ in kinds(audit_folder(folder, "redshift"))]
    assert ("constant label" in found) == is_constant


def test_outliers_of_skewed_and_of_few_values():
    random = np.random.default_rng(0)
    assert find_label_outliers(random.normal(size=100_000)).sum() == 0
    assert find_label_outliers(random.lognormal(sigma=0.5, size=2_000)).mean() < 0.002
    assert not find_label_outliers(np.array([1.0, 2.0, 900.0, np.nan])).any()
    assert not find_label_outliers(np.append(np.ones(50), 2.0)).any()
    assert find_label_outliers(np.append(random.normal(size=50), [40.0, np.nan])).tolist()[-2:] == [True, False]


def test_if_master_csv_cannot_be_read_its_problems_are_listed(folder):
    (folder / "master.csv").write_text("objID,oh_p50\n,8.5\n,8.6\n")
    audit = audit_folder(folder)
    assert audit.is_fatal
    assert audit.n_galaxies == 0
    assert "catalogue" in {group.kind for group in audit.groups}
    assert audit_folder(folder / "nowhere").is_fatal


def test_images_are_audited_if_rows_are_invalid(folder, tmp_path):
    """Excluding a galaxy with an invalid row doesn't help, so the list doesn't have it."""
    catalogue = pd.read_csv(folder / "master.csv", dtype=str)
    catalogue.loc[3, "metallicity"] = "unknown"
    catalogue.to_csv(folder / "master.csv", index=False)
    path_of(folder, 0).write_bytes(b"")
    shutil.copy(path_of(folder, 1), path_of(folder, 4))
    audit = audit_folder(folder)
    assert kinds(audit) == [
        ("catalogue", "fatal", 3),
        ("damaged image", "fatal", 0),
        ("same image", "suspicious", 4),
    ]
    assert audit.n_galaxies == N
    assert audit.object_ids(FATAL) == [load_survey().object_ids[0]]
    contact_sheet(audit)


def test_a_survey_of_broken_images_only(folder):
    for path in (folder / "images").iterdir():
        path.write_bytes(b"")
    audit = audit_folder(folder)
    assert len(audit.object_ids(FATAL)) == audit.n_galaxies == N
    assert audit.survey is None


def test_odd_file_names_and_links(tmp_path):
    """Ids with spaces, formulas, emoji and marks of writing direction are shown, listed and excluded as they are."""
    source = load_survey()
    ids = ["NGC 1234", "=1+1", "🌀", "a#b", "x" * 100]
    folder = tmp_path / "odd"
    (folder / "images").mkdir(parents=True)
    for object_id, original in zip(ids, source.object_ids, strict=False):
        shutil.copy(source.folder / "images" / f"{original}.jpg", folder / "images" / f"{object_id}.jpg")
    pd.DataFrame({"objID": ids, "z": 0.1}).to_csv(folder / "master.csv", index=False)
    try:
        known = load_survey(folder).object_ids
    except SurveyError as error:
        known = [object_id for object_id in ids if object_id not in {problem.object_id for problem in error.details}]
    for object_id in known:
        (folder / "images" / f"{object_id}.jpg").write_bytes(b"")
    audit = audit_folder(folder)
    assert set(known) <= set(audit.object_ids(FATAL))
    (tmp_path / "list.txt").write_text(audit.exclusion(), encoding="utf-8")
    assert set(read_exclusion(tmp_path / "list.txt")) == set(audit.object_ids(FATAL))
    contact_sheet(audit)
    target = tmp_path / "secret.txt"
    target.write_text("secret")
    linked = folder / "images" / f"{known[0]}.jpg"
    linked.unlink()
    linked.symlink_to(target)
    assert "secret" not in " ".join(finding.what for finding in audit_folder(folder).details)


def test_progress_counts_each_image_twice_and_can_cancel(folder):
    reports = []
    audit_folder(folder, progress=lambda done, total: reports.append((done, total)))
    assert reports == [(done, 2 * N) for done in range(1, 2 * N + 1)]

    def cancel(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit_survey(load_survey(folder), progress=cancel)


def test_the_audit_imports_neither_torch_nor_fastai():
    code = (
        "import sys, galviz.audit.audit, galviz.audit.sheet; print({'torch', 'fastai', 'streamlit'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
