"""Survey folders: the same bytes after any interruption, and the user's files unchanged."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from galviz.cli import main
from galviz.simulate import draw_causes, render_jpeg, write_survey
from galviz.survey.catalogue_file import SIMULATION_NAME
from galviz.survey.survey import SurveyError, load_survey

ROOT = Path(__file__).resolve().parents[2]
N_GALAXIES = 10


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mock") / "survey"
    write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian", workers=1)
    return folder


def test_the_folder_is_a_valid_survey_and_is_reproduced(written):
    survey = load_survey(written)
    assert survey.label.column == "metallicity"
    pd.testing.assert_series_equal(
        survey.catalogue["metallicity"], draw_causes(N_GALAXIES, 3)["oh_p50"], check_names=False, check_index_type=False
    )
    object_id = survey.object_ids[4]
    again = render_jpeg(survey.catalogue.loc[object_id], "petrosian")
    assert again == (written / "images" / f"{object_id}.jpg").read_bytes()


def test_the_folder_does_not_depend_on_workers_or_interruptions(written, tmp_path):
    folder = tmp_path / "again"

    class Stop(Exception):
        pass

    def stop(done, total):
        if done >= 4:
            raise Stop

    with pytest.raises(Stop):
        write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian", workers=1, progress=stop)
    interrupted = contents(folder)
    assert "master.csv" not in interrupted
    assert sum(name.startswith("images") for name in interrupted) == 4
    calls = []
    write_survey(
        folder, n=N_GALAXIES, seed=3, framing="petrosian", workers=2, progress=lambda *call: calls.append(call)
    )
    assert calls[0] == (4, N_GALAXIES)
    assert calls[-1] == (N_GALAXIES, N_GALAXIES)
    assert contents(folder) == contents(written)
    write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian")
    assert contents(folder) == contents(written)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_a_killed_run_continues_to_the_same_folder(written, tmp_path):
    folder = tmp_path / "killed"
    command = [
        sys.executable,
        "-m",
        "galviz",
        "simulate",
        "--n",
        str(N_GALAXIES),
        "--seed",
        "3",
        "--framing",
        "petrosian",
    ]
    command += ["--out", str(folder), "--workers", "2"]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(folder.glob("images/*.jpg")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20  # its workers end by themselves
    while _group_alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _group_alive(process.pid)
    with pytest.raises(SurveyError, match="its simulation was interrupted: run the same simulate command again"):
        load_survey(folder)
    (folder / "images" / ".half.jpg.0123456789ab.part").write_bytes(b"half")
    write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian", workers=1)
    assert contents(folder) == contents(written)


def _group_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are Unix's")
@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_a_full_disk_leaves_only_complete_files(tmp_path, capsys, workers):
    import resource  # not on Windows, where this file is still imported

    folder = tmp_path / "full"
    command = ["simulate", "--n", str(N_GALAXIES), "--seed", "3", "--framing", "petrosian", "--workers", workers]
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        assert main([*command, "--out", str(folder)]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    error = capsys.readouterr().err
    assert error.startswith("galviz: File too large")
    assert f"{folder}{os.sep}images{os.sep}90000" in error
    assert error.count("\n") == 1
    assert set(contents(folder)) == {SIMULATION_NAME}


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda folder: (folder / "notes.txt").write_text("mine"), "isn't empty and holds no simulation"),
        (lambda folder: (folder / "images").mkdir(), "isn't empty and holds no simulation"),
        (lambda folder: (folder / SIMULATION_NAME).write_text("rubbish"), "can't be read"),
        (lambda folder: (folder / SIMULATION_NAME).write_text("[1]"), "holds no settings"),
        (lambda folder: (folder / SIMULATION_NAME).write_text("[" * 100_000), "nested more than 32 levels"),
    ],
)
def test_a_folder_with_other_files_is_refused(tmp_path, prepare, message):
    prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=message):
        write_survey(tmp_path, n=2, seed=1)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("catalogue", [True, False])
def test_changed_images_are_kept_aside_and_drawn_again(written, tmp_path, catalogue):
    folder = tmp_path / "changed"
    shutil.copytree(written, folder)
    empty, truncated, flipped, replaced, other, *_ = sorted((folder / "images").iterdir())
    bits = bytearray(flipped.read_bytes())
    bits[len(bits) // 2] ^= 1
    empty.write_bytes(b"")
    truncated.write_bytes(truncated.read_bytes()[:500])
    flipped.write_bytes(bits)
    shutil.copy2(other, replaced)  # of another galaxy, with the same modification time
    before = {image: image.read_bytes() for image in (truncated, flipped, replaced)}
    if not catalogue:
        (folder / "master.csv").unlink()
    calls, notes = [], []
    write_survey(
        folder, n=N_GALAXIES, seed=3, framing="petrosian", progress=lambda *call: calls.append(call), note=notes.append
    )
    assert calls == [(done, N_GALAXIES) for done in range(N_GALAXIES - 4, N_GALAXIES + 1)]
    names = ", ".join(f"{image.name}.old1" for image in before)
    assert notes == [
        f"3 images in {folder / 'images'} differed from this simulation and had to be rendered again; the previous "
        f"content is kept as {names}."
    ]
    for image, content in before.items():
        aside = image.with_name(f"{image.name}.old1")
        assert aside.read_bytes() == content
        aside.unlink()
    assert contents(folder) == contents(written)


@pytest.mark.parametrize("record", ["missing", "truncated"])
def test_images_without_a_checksum_are_compared_with_the_simulation(written, tmp_path, record):
    folder = tmp_path / "unrecorded"
    shutil.copytree(written, folder)
    first, second, *_ = sorted((folder / "images").iterdir())
    shutil.copy2(second, first)
    path = folder / "simulation.sha256"
    path.unlink() if record == "missing" else path.write_bytes(path.read_bytes()[:20])
    with pytest.warns(UserWarning, match=rf"^1 image in .* is kept as {first.name}\.old1\.$"):
        write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian", workers=1)
    first.with_name(f"{first.name}.old1").unlink()
    assert contents(folder) == contents(written)


def test_a_finished_survey_is_unchanged(written):
    def states():
        return {path: path.stat().st_mtime_ns for path in written.rglob("*")}

    before, calls = states(), []
    write_survey(written, n=N_GALAXIES, seed=3, framing="petrosian", progress=lambda *call: calls.append(call))
    assert states() == before
    assert calls == [(N_GALAXIES, N_GALAXIES)]


@pytest.mark.parametrize("change", ["a column", "a row less", "a folder", "a broken link"])
def test_a_changed_catalogue_is_never_overwritten(written, tmp_path, change):
    folder = tmp_path / "changed"
    shutil.copytree(written, folder)
    catalogue = folder / "master.csv"
    rows = catalogue.read_text(encoding="utf-8").splitlines(keepends=True)
    if change == "a column":
        catalogue.write_text("".join(row.replace("\n", ",mine\n") for row in rows), encoding="utf-8")
    elif change == "a row less":
        catalogue.write_text("".join(rows[:-1]), encoding="utf-8")
    else:
        catalogue.unlink()
        catalogue.mkdir() if change == "a folder" else catalogue.symlink_to("gone")
    next((folder / "images").iterdir()).unlink()
    before = contents(folder)
    with pytest.raises(ValueError, match=r"master\.csv isn't what this simulation writes.*name another folder"):
        write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian")
    assert contents(folder) == before


def test_a_second_run_at_the_same_time_is_refused(written, tmp_path):
    folder = tmp_path / "two"

    def second(done, total):
        with pytest.raises(ValueError, match="another process is simulating galaxies in"):
            write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian", workers=1)

    write_survey(folder, n=N_GALAXIES, seed=3, framing="petrosian", workers=1, progress=second)
    assert contents(folder) == contents(written)


def test_settings_with_another_key_are_refused(written, tmp_path):
    shutil.copytree(written, tmp_path / "more")
    path = tmp_path / "more" / SIMULATION_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | {"notes": "mine"}))
    with pytest.raises(ValueError, match="was begun with notes 'mine', not notes None"):
        write_survey(tmp_path / "more", n=N_GALAXIES, seed=3, framing="petrosian")
    assert json.loads(path.read_text())["notes"] == "mine"


def test_other_settings_are_refused(written):
    before = contents(written)
    with pytest.raises(ValueError, match=r"was begun with n 10, seed 3, not n 11, seed 4; give the same settings"):
        write_survey(written, n=11, seed=4, framing="petrosian")
    assert contents(written) == before
    assert json.loads(before[SIMULATION_NAME])["framing"] == "petrosian"


def test_invalid_arguments(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValueError, match="is a file; name a folder"):
        write_survey(tmp_path / "file", n=2, seed=1)
    with pytest.raises(ValueError, match="workers must be at least 1 process, not 0"):
        write_survey(tmp_path / "out", n=2, seed=1, workers=0)
    with pytest.raises(ValueError, match="n must be between 1 and"):
        write_survey(tmp_path / "out", n=0, seed=1)
    with pytest.raises(ValueError, match="framing must be one of"):
        write_survey(tmp_path / "out", n=2, seed=1, framing="square")
    with pytest.raises(TypeError, match="float"):
        write_survey(tmp_path / "out", n=2, seed=1, workers=2.5)
    assert not (tmp_path / "out").exists()
