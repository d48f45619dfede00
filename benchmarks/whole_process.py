"""Whole-process time of `arcproof check SPEC`, and where it goes. Run: .venv/bin/python benchmarks/whole_process.py"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEC = "spec/vfio/migration_v2.arc"
RUNS = 5


def timed(action: Callable[[], object]) -> float:
    """Return the median of RUNS runs, in seconds."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def process(*arguments: str) -> Callable[[], object]:
    """Return what runs a Python process to its end; it must end as expected."""
    return lambda: subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)


def shares(spec: str) -> tuple[float, float]:
    """Return the seconds spent on proving and on certifying, summed over the properties of one run."""
    import verifier

    report = verifier.check(verifier.load(ROOT / spec))
    return sum(p.search_seconds for p in report.properties), sum(p.certify_seconds for p in report.properties)


def main(spec: str) -> None:
    """Print one row for each part."""
    bare = timed(process("-c", "pass"))
    start = timed(process("-m", "verifier", "--version"))
    load = timed(process("-c", f"import verifier; verifier.load({spec!r})"))
    check = ("-m", "verifier", "check", spec, "--no-source-tree", "--no-cache")
    whole = timed(process(*check, "--jobs", "1"))
    two = timed(process(*check, "--jobs", "2"))
    prove, certify = shares(spec)
    rows = [
        ("python itself", bare),
        ("arcproof --version", start),
        ("verifier.load: start, parse, elaborate", load),
        (f"arcproof check {spec} --jobs 1", whole),
        (f"arcproof check {spec} --jobs 2", two),
        ("  of which proving (sum over properties)", prove),
        ("  of which certifying (sum over properties)", certify),
    ]
    for name, seconds in rows:
        print(f"{seconds:8.2f} s  {seconds / whole:6.1%}  {name}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else SPEC)
