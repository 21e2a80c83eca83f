"""What a thread for each core does to PCA, with the cores idle and with other work on them.

    python benchmarks/projection.py [--rounds N]

Singular value decompositions of samples of the shipped features, as the app's pages compute them: OpenBLAS with as many
threads as it takes by itself, and with one (panels/threads.py), in turns. The other work is as many endless loops as
OpenBLAS takes threads, one a core: as many sessions, or students' code.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_info, threadpool_limits

from galviz.analysis.pca import fit_pca
from galviz.features.features import load_features

SIZES = (256, 2000)


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep as many cores busy as are asked for."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def seconds(values: np.ndarray, threads: int | None) -> float:
    """How long one PCA takes; None leaves OpenBLAS as it is."""
    with threadpool_limits(threads, user_api="blas"):
        began = time.perf_counter()
        fit_pca(values)
        return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    threads = max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)
    features = load_features().layers["features"]
    rows = []
    for size in SIZES:
        values = features[:size]
        for loops in (0, threads):
            with busy(loops):
                times = np.array([[seconds(values, None), seconds(values, 1)] for _ in range(rounds + 1)])[1:]
            many, one = np.median(times, axis=0)
            rows.append([size, loops, many, times[:, 0].max(), one, times[:, 1].max(), many / one])
    names = ["galaxies", "busy loops", "many, median", "many, longest", "one, median", "one, longest", "ratio"]
    print(f"seconds for one PCA; OpenBLAS takes {threads} threads by itself, {rounds} rounds in turns")
    print(pd.DataFrame(rows, columns=names).to_string(index=False, float_format="{:.3f}".format))
    return 0


if __name__ == "__main__":
    sys.exit(main())
