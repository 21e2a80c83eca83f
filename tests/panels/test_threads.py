"""Sessions are threads: none of them takes further ones for linear algebra."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# In a process of its own, as the app is: what it sets holds for all of it. NumPy is there first, SciPy comes later.
THREADS = """
import json, sys
from streamlit.testing.v1 import AppTest
from threadpoolctl import threadpool_info

assert "scipy.linalg" not in sys.modules
app = AppTest.from_file("app.py", default_timeout=60).run()
assert not app.exception
from galviz.analysis.pca import fit_pca

assert "scipy.linalg" in sys.modules
print(json.dumps([pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]))
"""


@pytest.mark.slow
def test_linear_algebra_takes_one_thread_a_session():
    variables = {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", THREADS], cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    pools = json.loads(done.stdout.splitlines()[-1])
    assert pools
    assert set(pools) == {1}
