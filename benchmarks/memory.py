"""What large images and large catalogues take: peak memory as a multiple of what must be held anyway, and time.

    python benchmarks/memory.py [--images 64] [--side-px 4096] [--rows 314000]      (on Linux)

Each figure is the peak resident memory of a fresh process less that before the work began. A batch of images is decoded
one by one, so that it should take little more than one image (three bytes per pixel). A catalogue, by default as large
as that of Galaxy Zoo DECaLS, is read from CSV and from Parquet; its text must fit in memory once.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

PEAK = """
import sys
from pathlib import Path
def peak_mb():  # of this process; ru_maxrss may be that of its parent
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
folder = Path(sys.argv[1])
"""
EXTRACT = """
from galviz.features.extraction import extract
from galviz.network.model import load_model
from galviz.survey.survey import load_survey
network = load_model()
extract(network, load_survey(), load_survey().object_ids[:64])  # what a batch of usual images takes
survey = load_survey(folder, verify=False)
before = peak_mb()
extract(network, survey)
print(peak_mb() - before)
"""
READ = """
from galviz.survey.catalogue import read_catalogue
from galviz.survey.table import open_table
before = peak_mb()
catalogue = read_catalogue(open_table(next(folder.glob("master.*"))))
assert not catalogue.problems
print(peak_mb() - before)
"""


def growth_mb(code: str, folder: Path) -> float:
    """By how much the peak memory of a fresh process grows while it works."""
    command = [sys.executable, "-W", "ignore", "-c", PEAK + code, str(folder)]
    root = Path(__file__).resolve().parents[1]
    return float(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)


def write_images(folder: Path, count: int, side_px: int) -> float:
    """Write one survey of large images; return what one of them takes decoded, in MB."""
    (folder / "images").mkdir(parents=True)
    image = Image.new("RGB", (side_px, side_px), (9, 9, 9))
    image.paste((200, 180, 150), (side_px // 2 - 40, side_px // 2 - 40, side_px // 2 + 40, side_px // 2 + 40))
    first = folder / "images" / "g0.png"
    image.save(first)
    for number in range(1, count):
        (folder / "images" / f"g{number}.png").write_bytes(first.read_bytes())
    (folder / "master.csv").write_text("\n".join(["objID", *(f"g{number}" for number in range(count))]) + "\n")
    return 3 * side_px**2 / 2**20


def write_tables(csv: Path, parquet: Path, n_rows: int, n_columns: int = 131) -> None:
    """Write one catalogue of numbers in two forms."""
    columns = {f"c{number}": np.random.default_rng(number).random(n_rows) for number in range(n_columns)}
    table = pa.table({"objID": [f"g{number}" for number in range(n_rows)], **columns})
    pq.write_table(table, parquet)
    with csv.open("w") as file:
        file.write(",".join(table.column_names) + "\n")
        for batch in table.to_batches(max_chunksize=1000):
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            file.writelines(",".join(map(str, row)) + "\n" for row in rows)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=64, metavar="N")
    parser.add_argument("--side-px", type=int, default=4096, metavar="PX")
    parser.add_argument("--rows", type=int, default=314_000, metavar="N")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        one = write_images(Path(scratch) / "survey", options.images, options.side_px)
        grown = growth_mb(EXTRACT, Path(scratch) / "survey")
        size = f"{options.images} images of {options.side_px} x {options.side_px} px"
        print(f"extract, {size}: {grown:.0f} MB, {grown / one:.2f} times one image")
        forms = Path(scratch) / "csv" / "master.csv", Path(scratch) / "parquet" / "master.parquet"
        for form in forms:
            form.parent.mkdir()
        write_tables(*forms, options.rows)
        for form in forms:
            start, size_mb = time.perf_counter(), form.stat().st_size / 2**20
            grown = growth_mb(READ, form.parent)
            seconds = time.perf_counter() - start
            print(f"{form.name} of {options.rows:,} rows, {size_mb:.0f} MB: {grown:.0f} MB, {seconds:.0f} s")


if __name__ == "__main__":
    main()
