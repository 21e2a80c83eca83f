"""How fast mock galaxies are rendered, and where the time goes.

    python benchmarks/rendering.py [--n 400]

Galaxies a second on one core, in this process, for both framings; then what it costs to draw each part, as a share of
the whole, from renderings without it, taken in turns in the same run.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from pathlib import Path

from galviz.simulate import FRAMINGS, draw_causes, render_jpeg
from galviz.simulate.components import PARTS


def seconds(rows: list[dict], framing: str, without: tuple[str, ...] = ()) -> float:
    """Time (s) to render all rows once."""
    start = time.perf_counter()
    for row in rows:
        render_jpeg(row, framing, without=without)
    return time.perf_counter() - start


def processor() -> str:
    """The processor's name, as far as the system tells."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()} ({len(names) or '?'} cores seen)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=400)
    options = parser.parse_args()
    print(processor())
    start = time.perf_counter()
    causes = draw_causes(options.n, seed=11)
    print(f"causes: {options.n / (time.perf_counter() - start):.0f} galaxies/s")
    rows = causes.to_dict("records")
    for framing in FRAMINGS:
        seconds(rows[:20], framing)  # tables that are made once
        whole = seconds(rows, framing)
        sizes = [len(render_jpeg(row, framing)) for row in rows[:100]]
        print(
            f"{framing}: {options.n / whole:.0f} galaxies/s on one core, {sum(sizes) / len(sizes) / 1000:.2f} kB a JPEG"
        )
        sample = rows[: max(options.n // 4, 20)]
        whole = seconds(sample, framing)
        for part in (*PARTS, "neighbours", "stars"):
            print(f"  {part:12s} {1 - seconds(sample, framing, (part,)) / whole:6.1%} of the time")


if __name__ == "__main__":
    sys.exit(main())
