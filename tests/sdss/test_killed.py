"""A fetch that is killed at any point continues, and ends with the same folder."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from galviz.sdss.fetching import fetch_survey
from galviz.sdss.limits import Limits
from galviz.sdss.request import SdssRequest
from tests.sdss.skyserver import SkyServer

pytestmark = pytest.mark.full

WORKERS = 4
SCRIPT = f"""
import sys
from galviz.sdss.fetching import fetch_survey
from galviz.sdss.limits import Limits
from galviz.sdss.request import SdssRequest
folder, url, n = sys.argv[1:]
fetch_survey(folder, SdssRequest(n=int(n), server=url), workers={WORKERS}, rate=1000, limits=Limits(backoff_s=0.01))
"""


def content(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def start(folder, server):
    arguments = [sys.executable, "-c", SCRIPT, str(folder), server.url, str(len(server.rows))]
    return subprocess.Popen(arguments, env=os.environ | {"NO_PROXY": "127.0.0.1"}, stderr=subprocess.PIPE)


def wait_for_handlers(before):
    """Wait until the server has read all requests of a killed fetch, and only the threads from before it are left."""
    deadline = time.monotonic() + 60
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)


def fetch_with_kills(folder, server, n_kills, seed):
    """Kill the fetch while the server answers, then start it again; return what each run requested in vain."""
    draw = random.Random(seed)
    points = sorted(draw.sample(range(2, len(server.rows)), n_kills))
    lost = []
    for point in points:
        stage = draw.choice(["start", "half", "end"])
        is_reached, is_dead = threading.Event(), threading.Event()

        def on_image(number, at, point=point, stage=stage, is_reached=is_reached, is_dead=is_dead):
            if number >= point and at == stage:
                is_reached.set()
                is_dead.wait(60)  # the reply goes no further

        server.on_image = on_image
        before, handlers = Counter(server.n_requests), set(threading.enumerate())
        process = start(folder, server)
        assert is_reached.wait(60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        is_dead.set()
        wait_for_handlers(handlers)
        there = {path.stem for path in (folder / "images").glob("[0-9]*.jpg")}
        lost.append(set(server.n_requests - before) - there - server.without_imaging)
    server.on_image = lambda number, at: None
    process = start(folder, server)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    return lost


@pytest.mark.parametrize(("n", "n_kills", "seed"), [(40, 2, 1), pytest.param(300, 5, 2, marks=pytest.mark.slow)])
def test_a_killed_fetch_ends_with_the_same_folder(tmp_path, monkeypatch, n, n_kills, seed):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with SkyServer(n) as server:
        ids = list(server.rows)
        server.without_imaging = {ids[5], ids[n // 2]}
        server.tasks = {object_id: 9 * ["footprint"] for object_id in server.without_imaging}
        request = SdssRequest(n=n, server=server.url)
        fetch_survey(tmp_path / "calm", request, workers=WORKERS, rate=1000, limits=Limits())
        server.n_requests.clear()
        server.n_images = 0
        lost = fetch_with_kills(tmp_path / "killed", server, n_kills, seed)
    assert content(tmp_path / "killed") == content(tmp_path / "calm")
    # Only the requests that were under way at a kill were repeated: at most one per worker.
    assert max(map(len, lost)) <= WORKERS
    repeated = Counter(object_id for ids in lost for object_id in ids)
    images = {
        object_id: count for object_id, count in server.n_requests.items() if object_id not in server.without_imaging
    }
    assert images == {object_id: 1 + repeated[object_id] for object_id in images}
    assert len(images) == n - 2
    assert len(server.queries) == 2
