"""Time and memory for a catalogue like Galaxy Zoo DECaLS', and for Explore with a survey of that size.

    python benchmarks/catalogue.py [--rows 314000] [--galaxies 300000] [--scratch FOLDER]

The first part writes a CSV file of 314,000 rows with 132 columns like those of Galaxy Zoo DECaLS (Walmsley et al.
2022), filled with random numbers, and reads it as a survey. The second part writes a Parquet catalogue of 300,000 rows
with the same columns and random features, reads the survey, and opens Explore with it. Each galaxy's image is a hard
link to one mock image, and images aren't decoded (``verify=False``). Each measurement is made in a process of its own:
its time without imports, and the peak of its resident memory with all that Python and its packages take. Files are
written to a temporary folder, in FOLDER if it is given, and removed. The exit status is 1 if a limit is exceeded.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

ROOT = Path(__file__).resolve().parents[1]
ROWS, GALAXIES = 314_000, 300_000
CSV_SECONDS, CSV_MB, EXPLORE_MB = 60, 2_000, 4_000
FIRST_ID, CHUNK, N_FEATURES = 9_400_000_000_000_000_000, 20_000, 512

ANSWERS = {
    "smooth-or-featured": ("smooth", "featured-or-disk", "artifact"),
    "disk-edge-on": ("yes", "no"),
    "has-spiral-arms": ("yes", "no"),
    "bar": ("strong", "weak", "no"),
    "bulge-size": ("dominant", "large", "moderate", "small", "none"),
    "how-rounded": ("round", "in-between", "cigar-shaped"),
    "edge-on-bulge": ("boxy", "none", "rounded"),
    "spiral-winding": ("tight", "medium", "loose"),
    "spiral-arm-count": ("1", "2", "3", "4", "more-than-4", "cant-tell"),
    "merging": ("none", "minor-disturbance", "major-disturbance", "merger"),
}
COLUMNS = (
    *("ra", "dec", "redshift", "petro_theta", "petro_th50", "petro_th90", "petro_phi90", "petro_ba90"),
    *("elpetro_absmag_r", "elpetro_mass_log", "elpetro_theta_r", "elpetro_ba", "elpetro_phi"),
    *("sersic_nmgy_r", "sersic_n", "mag_r", "u_minus_r", "wrong_size_statistic", "oh_p50"),
    *(f"{question}_proportion_volunteers_asked" for question in ANSWERS),
    *(
        f"{question}_{answer}_{kind}"
        for question, answers in ANSWERS.items()
        for answer in answers
        for kind in ("concentration", "fraction", "debiased")
    ),
)

# What runs in a process of its own; it prints JSON.
BEGIN = """
import json, resource, sys, time

folder, features = sys.argv[1], sys.argv[2]

def used():
    # seconds of all threads, and peak resident memory in MB
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = usage.ru_utime + usage.ru_stime
    try:  # Linux counts the memory of the process that started this one in ru_maxrss
        with open("/proc/self/status") as status:
            return seconds, next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    except OSError:
        return seconds, usage.ru_maxrss / 2**20

def result(*rest):
    seconds, (cpu, peak_mb) = time.perf_counter() - began, used()
    print(json.dumps([seconds, cpu - cpu_before, peak_mb, *rest]))
"""
READ = """
from galviz.survey.survey import load_survey
began, (cpu_before, _) = time.perf_counter(), used()
survey = load_survey(folder, verify=False)
result(*survey.catalogue.shape)
"""
EXPLORE = """
from functools import partial
from streamlit.testing.v1 import AppTest
import panels.surveys
panels.surveys.load_survey = partial(panels.surveys.load_survey, verify=False)
sys.argv = ["app.py", "--survey", folder, "--features", features]
began, (cpu_before, _) = time.perf_counter(), used()
app = AppTest.from_file("app.py", default_timeout=600).run()
app = app.switch_page("instruments/explore/page.py").run()
drawn = app.title[0].value == "Explore" and any(widget.key == "x" for widget in app.selectbox)
result(drawn, [element.value for element in (*app.exception, *app.error)])
"""


@dataclass(frozen=True)
class Measurement:
    """What a process took, and what else it printed.

    Attributes
    ----------
    seconds, cpu_seconds : float
        Elapsed, and of the processor: on a busy machine, the latter is less.
    peak_mb : float
    rest : list
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    rest: list

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s ({self.cpu_seconds:.1f} s of CPU time), peak memory {self.peak_mb:.0f} MB"


def measure(code: str, folder: Path, features: Path | str = "") -> Measurement:
    """Run one of the measurements in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-c", BEGIN + code, str(folder), str(features)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if process.returncode:
        raise SystemExit(f"The measurement failed:\n{process.stderr[-2000:]}")
    seconds, cpu_seconds, peak_mb, *rest = json.loads(process.stdout.splitlines()[-1])
    return Measurement(seconds, cpu_seconds, peak_mb, rest)


def random_rows(first: int, count: int) -> pa.RecordBatch:
    """Ids and random numbers for all columns; the label oh_p50 lies between 8.2 and 9.4."""
    values = np.random.default_rng(first).random((len(COLUMNS), count))
    values[COLUMNS.index("oh_p50")] = 8.2 + 1.2 * values[COLUMNS.index("oh_p50")]
    ids = [str(FIRST_ID + number) for number in range(first, first + count)]
    return pa.record_batch([ids, *values], ["objID", *COLUMNS])


def write_catalogue(path: Path, n_rows: int) -> float:
    """Write a catalogue as CSV or, if the name ends so, as Parquet; return its size in MB."""
    chunks = (random_rows(first, min(CHUNK, n_rows - first)) for first in range(0, n_rows, CHUNK))
    schema = random_rows(0, 1).schema
    make = pq.ParquetWriter if path.suffix == ".parquet" else csv.CSVWriter
    with make(path, schema) as writer:
        for chunk in chunks:
            writer.write_batch(chunk)
    return path.stat().st_size / 1e6


def link_images(folder: Path, n_images: int) -> None:
    """One mock image under the name of each galaxy, as hard links; a new copy when a file has as many as it can."""
    folder.mkdir(parents=True)
    source = next((ROOT / "data" / "mock-survey" / "images").glob("*.jpg"))
    for number in range(n_images):
        path = folder / f"{FIRST_ID + number}.jpg"
        try:
            if number == 0:
                raise OSError("the shipped image gets no links")
            path.hardlink_to(source)
        except OSError:
            shutil.copyfile(source, path)
            source = path


def write_features(path: Path, survey: Path, n_galaxies: int) -> None:
    """Random features and predictions for each galaxy; the first of 512 numbers varies most, as in a network."""
    from galviz.features.features import Features, load_features, save_features
    from galviz.survey.survey import load_survey

    random = np.random.default_rng(0)
    values = random.standard_normal((n_galaxies, N_FEATURES), dtype=np.float32)
    values[:, 0] *= 20
    ids = [str(FIRST_ID + number) for number in range(n_galaxies)]
    predictions = (8.8 + 0.01 * values[:, 0]).astype(np.float32)
    provenance = dict(load_features().provenance) | {"survey_sha256": load_survey(survey, verify=False).sha256}
    save_features(Features(ids, {"features": values}, predictions, provenance), path)


def measure_csv(folder: Path, n_rows: int) -> bool:
    """Print what reading the CSV file takes, and say whether the limits hold."""
    link_images(folder / "images", n_rows)
    size = write_catalogue(folder / "master.csv", n_rows)
    read = measure(READ, folder)
    print(
        f"CSV, {read.rest[0]:,} rows × {1 + read.rest[1]} columns, {size:.0f} MB: read in {read} "
        f"(at most {CSV_SECONDS} s and {CSV_MB} MB)"
    )
    return read.seconds <= CSV_SECONDS and read.peak_mb <= CSV_MB


def measure_parquet(folder: Path, n_galaxies: int) -> bool:
    """Print what the Parquet catalogue and Explore take, and say whether the limits hold."""
    survey, features = folder / "survey", folder / "features.parquet"
    link_images(survey / "images", n_galaxies)
    size = write_catalogue(survey / "master.parquet", n_galaxies)
    read = measure(READ, survey)
    print(f"Parquet, {read.rest[0]:,} rows × {1 + read.rest[1]} columns, {size:.0f} MB: read in {read}")
    write_features(features, survey, n_galaxies)
    explore = measure(EXPLORE, survey, features)
    drawn, errors = explore.rest
    if not drawn or errors:
        raise SystemExit(f"Explore drew no map; its errors: {errors}.")
    print(f"Explore, {n_galaxies:,} galaxies × {N_FEATURES} features: drawn in {explore} (at most {EXPLORE_MB} MB)")
    return explore.peak_mb <= EXPLORE_MB


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both parts; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, metavar="N", help="of the CSV file; 0 leaves this part out")
    parser.add_argument("--galaxies", type=int, default=GALAXIES, metavar="N", help="in Explore; 0 leaves it out")
    parser.add_argument("--scratch", type=Path, metavar="FOLDER", help="for temporary files, about 2 GB")
    options = parser.parse_args(arguments)
    held = True
    for part, count in ((measure_csv, options.rows), (measure_parquet, options.galaxies)):
        if count:
            with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
                held &= part(Path(folder), count)
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
