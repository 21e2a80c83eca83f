"""What it costs to compare shipped files with their checksums: the same work with and without, in turns.

    python benchmarks/shipped.py [--rounds 15]

Processor time of fresh processes, the shortest of all rounds: other work beside them only adds to it. 'first' is a
process that imports galviz and loads the features and a layer, 'again' the median of 300 further loads, 'home' a
process that runs the app's home page once, its imports included. Without comparing, no file counts as shipped. The exit
status is 1 if a ratio is above 1.05.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
AT_MOST = 1.05
WITHOUT = """
from galviz.features import file as featurefile
from galviz.files.writing import shipped
shipped.path_in_data = lambda path: None
featurefile.verify_open = lambda path, stream: True  # nor by column, as files that didn't come with galviz are
"""
LOADS = """
import statistics, time
from galviz.features.features import load_features
load_features().layers["features"]
first = time.process_time()
again = []
for _ in range(300):
    began = time.process_time()
    load_features()
    again.append(time.process_time() - began)
print(first, statistics.median(again))
"""
HOME = """
import logging, sys, time
logging.disable(logging.CRITICAL)
from streamlit.testing.v1 import AppTest
sys.argv = ["app.py"]
app = AppTest.from_file("app.py", default_timeout=120).run()
assert not app.exception and not app.error
print(time.process_time())
"""


def seconds(code: str, *, compared: bool) -> list[float]:
    """What a fresh process prints."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code if compared else f"{WITHOUT}\n{code}"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return [float(number) for number in run.stdout.split()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    taken = {compared: [] for compared in (True, False)}
    for _ in range(options.rounds):
        for compared, times in taken.items():
            times.append(seconds(LOADS, compared=compared) + seconds(HOME, compared=compared))
    shortest = {compared: [min(column) for column in zip(*rounds, strict=True)] for compared, rounds in taken.items()}
    ratios = [with_it / without for with_it, without in zip(shortest[True], shortest[False], strict=True)]
    print(f"shortest of {options.rounds} rounds in turns, processor time")
    print(f"{'':14}{'first':>10}{'again':>12}{'home':>10}")
    for name, (first, again, home) in (("compared", shortest[True]), ("not compared", shortest[False])):
        print(f"{name:14}{first:8.3f} s{again * 1e3:9.3f} ms{home:8.3f} s")
    print(f"{'ratio':14}{ratios[0]:8.3f}  {ratios[1]:9.3f}   {ratios[2]:8.3f}")
    return 0 if max(ratios) <= AT_MOST else 1


if __name__ == "__main__":
    sys.exit(main())
