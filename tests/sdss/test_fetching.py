"""Fetching from a loopback server that answers like SkyServer, and misbehaves."""

import csv
import errno
import json
import os
import socket
import subprocess
import sys
import threading

import pytest

import galviz
from galviz import cli
from galviz.files.lock import temporary_lock
from galviz.sdss import images
from galviz.sdss.fetching import fetch_survey
from galviz.sdss.limits import Limits
from galviz.sdss.request import SdssRequest
from galviz.sdss.session import within
from tests.sdss.skyserver import SkyServer

pytestmark = pytest.mark.full

# Times that hold on a busy machine, where the server answers, and short ones, where it doesn't.
QUICK = {"backoff_s": 0.01, "connect_s": 20.0, "read_s": 20.0, "total_s": 20.0, "grace_s": 10.0}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def server():
    with SkyServer() as server:
        yield server


def fetch(server, folder, *, n=None, retry_failed=False, workers=4, note=None, options=None, **limits):
    request = SdssRequest(n=n or len(server.rows), server=server.url, size_px=server.size_px, **(options or {}))
    return fetch_survey(
        folder,
        request,
        workers=workers,
        rate=1000,
        retry_failed=retry_failed,
        limits=Limits(**(QUICK | limits)),
        note=note,
    )


def content(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def failures(folder):
    with (folder / "failures.csv").open(newline="") as file:
        return {row["objID"]: (row["permanent"], row["reason"]) for row in csv.DictReader(file)}


def test_a_fetch_is_a_survey(server, tmp_path, capsys):
    folder = tmp_path / "sdss"
    result = fetch(server, folder)
    assert (result.n_galaxies, result.failures) == (6, ())
    survey = galviz.load_survey(folder)
    assert survey.object_ids == list(server.rows)
    assert survey.label.column == "metallicity"
    assert survey.missing["lgm_tot_p50"] == {"-9999": 2}
    assert cli.main(["check-survey", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "failures.csv",
        "images",
        "master.csv",
        "sdss-query.csv",
        "sdss.json",
    ]
    provenance = json.loads((folder / "sdss.json").read_text())
    assert provenance["sql"] == server.queries[0]["cmd"].strip()
    assert "Sloan Digital Sky Survey" in provenance["credit"]
    assert server.queries[0]["path"] == "/dr17/en/tools/search/x_results.aspx"
    assert all(agent.startswith(f"galviz/{galviz.__version__} ") for agent in server.user_agents)
    first = server.parameters[survey.object_ids[0]]
    assert first == {"ra": "150.0000000", "dec": "2.2500000", "scale": "0.396", "width": "160", "height": "160"}


def test_a_finished_fetch_requests_nothing(server, tmp_path):
    fetch(server, tmp_path)
    before = content(tmp_path)
    fetch(server, tmp_path)
    assert set(server.n_requests.values()) == {1}
    assert len(server.queries) == 1
    assert content(tmp_path) == before


def test_images_scaled_to_the_petrosian_radius(server, tmp_path):
    ids = list(server.rows)
    server.rows[ids[1]] = tuple("-9999" if cell == "6.4" else cell for cell in server.rows[ids[1]])
    fetch(server, tmp_path, options={"petrosian": True})
    assert server.parameters[ids[0]]["scale"] == "0.2"  # 5 × 6.4 arcsec over 160 px
    assert galviz.load_survey(tmp_path).catalogue["image_arcsec_per_px"].tolist() == [0.2] * 5
    assert list(failures(tmp_path)) == [ids[1]]


# What the server does once; after that, it sends the image.
TEMPORARY = [
    "status_500",
    "status_503",
    "status_429",
    "truncated",
    "cut",
    "html",
    "empty",
    "reset",
    "broken_gzip",
    "png",
]


def test_temporary_trouble_is_survived(tmp_path):
    with SkyServer(len(TEMPORARY)) as server:
        for object_id, task in zip(server.rows, TEMPORARY, strict=True):
            server.tasks[object_id] = [task]
        result = fetch(server, tmp_path / "troubled")
        assert result.n_galaxies == len(TEMPORARY)
        assert set(server.n_requests.values()) == {2}
        fetch(server, tmp_path / "calm")
    assert content(tmp_path / "troubled") == content(tmp_path / "calm")


def test_a_reply_that_never_ends_is_given_up(tmp_path):
    with SkyServer(4) as server:
        for object_id, task in zip(server.rows, ("hang", "drip", "drip_headers"), strict=False):
            server.tasks[object_id] = [task]
        assert fetch(server, tmp_path, total_s=2.0).n_galaxies == 4
        assert sorted(server.n_requests.values()) == [1, 2, 2, 2]


def test_redirects_stay_on_the_host(server, tmp_path):
    same, other, loop = list(server.rows)[:3]
    server.tasks |= {same: ["redirect"], other: ["redirect_to_other_host"], loop: ["loop"]}
    assert fetch(server, tmp_path).n_galaxies == 4
    reasons = failures(tmp_path)
    assert reasons[other] == ("no", "it redirects to another host, localhost, without https")
    assert reasons[loop] == ("no", "it redirects more than 5 times")
    assert same not in reasons


def test_what_isnt_the_image_is_refused(tmp_path):
    tasks = {"wrong_size": "the image has 80 × 80 px, not 160 × 160", "bomb": "the reply has more than 1,000,000 bytes"}
    with SkyServer(4) as server:
        for object_id, task in zip(server.rows, tasks, strict=False):
            server.tasks[object_id] = [task]
        result = fetch(server, tmp_path, max_image_bytes=1_000_000)
        assert [failure.reason for failure in result.failures] == list(tasks.values())
        assert result.n_to_repeat == 2
        assert fetch(server, tmp_path).n_galaxies == 4
        assert sorted(server.n_requests.values()) == [1, 1, 2, 2]
    assert failures(tmp_path) == {}


@pytest.mark.parametrize("size_px", [64, 160, 512])
def test_galaxies_without_imaging_are_requested_once(tmp_path, size_px):
    with SkyServer(5, size_px) as server:
        tasks = dict(zip(server.rows, ("footprint", "black", "grey"), strict=False))
        server.tasks |= {object_id: 3 * [task] for object_id, task in tasks.items()}
        assert fetch(server, tmp_path).n_galaxies == 2
        assert {object_id: permanent for object_id, (permanent, _) in failures(tmp_path).items()} == dict.fromkeys(
            tasks, "yes"
        )
        before = content(tmp_path)
        fetch(server, tmp_path)
        assert set(server.n_requests.values()) == {1}
        assert content(tmp_path) == before
        server.tasks.clear()
        assert fetch(server, tmp_path, retry_failed=True).n_galaxies == 5
        assert sum(server.n_requests.values()) == 8
    assert galviz.load_survey(tmp_path).object_ids == list(server.rows)


def test_the_server_may_ask_to_stop(server, tmp_path):
    server.tasks = {object_id: ["wait_an_hour"] for object_id in server.rows}
    with pytest.raises(ValueError, match="asks to wait 3600 s"):
        fetch(server, tmp_path)
    server.tasks = {object_id: ["status_403"] for object_id in server.rows}
    with pytest.raises(ValueError, match="lower --rate"):
        fetch(server, tmp_path)
    assert not (tmp_path / "master.csv").exists()


def test_a_server_that_is_down_is_left_alone(tmp_path):
    with SkyServer(40) as server:
        server.tasks = {object_id: 9 * ["status_503"] for object_id in server.rows}
        with pytest.raises(ValueError, match=r"The last 6 images .* all failed: HTTP 503"):
            fetch(server, tmp_path, attempts=2, max_failures_in_a_row=6)
        assert server.n_images < 40


def test_requests_are_few_at_a_time_and_paced(tmp_path):
    with SkyServer(12) as server:
        request = SdssRequest(n=12, server=server.url)
        fetch_survey(tmp_path, request, workers=2, rate=20, limits=Limits(**QUICK))
        assert server.most_open <= 2
        assert server.times[-1] - server.times[0] >= 11 / 20 * 0.9


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (lambda server: server.sql_error("Invalid column name 'zz'."), "refuses the query: Invalid column name 'zz'."),
        (
            lambda server: (200, "text/html", "<html><title>Skyserver Error</title>Incorrect syntax near 'a'</html>"),
            "Check --where",
        ),
        (lambda server: server.sql_error("Timeout expired."), "ended the query: Timeout expired. Ask for a part"),
        (lambda server: (503, "text/html", "<html>No server is available</html>"), "HTTP 503 Service Unavailable"),
        (lambda server: (200, "text/plain", "#Table1\nobjID\n"), "other columns"),
        (lambda server: (200, "text/plain", server.csv([])), "No galaxy fulfils"),
    ],
)
def test_a_query_that_fails_leaves_nothing(server, tmp_path, reply, message):
    server.reply = lambda: reply(server)
    folder = tmp_path / "new"
    with pytest.raises(ValueError, match=message):
        fetch(server, folder, attempts=2, options={"where": "zz = 1"})
    assert not folder.exists()


def test_a_busy_server_is_asked_again(server, tmp_path):
    replies = [(503, "text/html", "busy"), (200, "text/html", "<html>busy</html>"), (200, "text/plain", server.csv())]
    server.reply = lambda: replies.pop(0)
    assert fetch(server, tmp_path).n_galaxies == 6


def test_another_request_is_refused(server, tmp_path):
    fetch(server, tmp_path)
    before = content(tmp_path)
    with pytest.raises(ValueError, match="was begun with n 6, not n 5; give the same options"):
        fetch(server, tmp_path, n=5)
    assert content(tmp_path) == before


def test_a_folder_with_other_files_is_refused(server, tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ValueError, match="isn't empty and holds no fetch"):
        fetch(server, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_fetches_into_one_folder_are_refused(server, tmp_path):
    with (
        temporary_lock(tmp_path / ".sdss.lock", "busy"),
        pytest.raises(ValueError, match="another process is fetching"),
    ):
        fetch(server, tmp_path)


def test_leftovers_and_broken_images_are_replaced(server, tmp_path):
    fetch(server, tmp_path)
    before = content(tmp_path)
    first, second = list(server.rows)[:2]
    (tmp_path / "images" / f"{first}.jpg").write_bytes(b"")  # as after a power failure
    (tmp_path / "images" / f"{second}.jpg").unlink()
    (tmp_path / "images" / f".{second}.jpg.0a1b2c.part").write_bytes(b"half")
    (tmp_path / ".master.csv.0a1b2c.part").touch()
    (tmp_path / ".sdss.lock").touch()
    fetch(server, tmp_path)
    assert content(tmp_path) == before


def test_a_fetch_killed_before_its_query_was_saved_starts_anew(server, tmp_path):
    for name in (".sdss.lock", "sdss-query.csv", ".sdss.json.0a1b2c.part", ".sdss-query.csv.0a1b2c.part"):
        (tmp_path / name).touch()
    assert fetch(server, tmp_path).n_galaxies == 6
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_changed_catalogue_is_kept(server, tmp_path):
    fetch(server, tmp_path)
    (tmp_path / "master.csv").write_text("objID,my_label\n")
    notes = []
    fetch(server, tmp_path, note=notes.append)
    assert (tmp_path / "master-1.csv").read_text() == "objID,my_label\n"
    assert "master-1.csv" in notes[-1]


def test_a_full_disk_leaves_nothing_half_written(server, tmp_path, monkeypatch):
    def fail(path, content):
        if server.n_images > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        path.write_bytes(content)

    monkeypatch.setattr(images, "write_bytes", fail)
    with pytest.raises(OSError, match="make room, then run the same command again") as caught:
        fetch(server, tmp_path)
    assert caught.value.errno == errno.ENOSPC
    monkeypatch.undo()
    assert fetch(server, tmp_path).n_galaxies == 6


def test_ctrl_c_waits_for_the_requests_under_way(server, tmp_path):
    """The images that were requested are there, and a second run requests the others."""

    def progress(done, total):
        if done == 2:
            raise KeyboardInterrupt

    request = SdssRequest(n=6, server=server.url)
    with pytest.raises(KeyboardInterrupt):
        fetch_survey(tmp_path, request, workers=2, rate=1000, limits=Limits(**QUICK), progress=progress)
    assert {path.stem for path in (tmp_path / "images").iterdir()} == set(server.n_requests)
    assert fetch(server, tmp_path).n_galaxies == 6
    assert set(server.n_requests.values()) == {1}


def run_command(*arguments, **environment):
    command = [sys.executable, "-m", "galviz", "fetch-sdss", *arguments]
    environment = os.environ | {"NO_PROXY": "127.0.0.1"} | environment
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)


def test_the_command(server, tmp_path):
    options = ["--n", "6", "--out", str(tmp_path / "sdss"), "--server", server.url, "--rate", "500"]
    done = run_command(*options, "--sky", "150,2,3", "--where", "s.z < 0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"6 galaxies: {tmp_path / 'sdss'}\n"
    assert "(s.z < 0.1)" in server.queries[0]["cmd"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("option", "value"), [("timeout", "0"), ("timeout", "inf"), ("rate", "nan"), ("rate", "1e-300")]
)
def test_times_are_finite(tmp_path, capsys, option, value):
    assert cli.main(["fetch-sdss", "--n", "1", "--out", str(tmp_path / "sdss"), f"--{option}", value]) == 2
    assert f"{option} must be" in capsys.readouterr().err
    assert not (tmp_path / "sdss").exists()


@pytest.mark.parametrize("hangs", [False, True])
def test_offline_is_one_sentence(tmp_path, monkeypatch, capsys, hangs):
    ending = threading.Event()

    def look_up(*_):
        ending.wait(60 if hangs else 0)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr("galviz.sdss.query.within", lambda seconds, function: within(0.3, function))
    assert cli.main(["fetch-sdss", "--n", "3", "--out", str(tmp_path / "sdss")]) == 2
    ending.set()
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("galviz: https://skyserver.sdss.org can't be reached: its name can't be resolved.")
    assert not (tmp_path / "sdss").exists()


def test_without_astroquery_the_extra_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "astroquery", None)
    monkeypatch.setitem(sys.modules, "astroquery.sdss", None)
    monkeypatch.setattr("galviz.course.commands.project_python", lambda: None)
    assert cli.main(["fetch-sdss", "--n", "3", "--out", str(tmp_path / "sdss")]) == 2
    assert '".[sdss]"' in capsys.readouterr().err
