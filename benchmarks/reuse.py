"""What reuse saves, in whole processes: `check` with a cold and a warm cache, `gate` on a one-line change of a rule.

Run: .venv/bin/python benchmarks/reuse.py [RUNS]
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPEC = "spec/vfio/migration_v2.arc"
RULE, OLD, NEW = "rule recovery\n", "operation' in {STOPPED, FULL}", "operation' = STOPPED"
CHECK = ("check", SPEC, "--no-source-tree")
GATE = ("gate", "--base", "HEAD", SPEC)


def main(runs: int) -> None:
    """Print one row for each command and state of the cache."""
    print("    wall       share       cpu       share")
    with tempfile.TemporaryDirectory() as scratch:
        tree = repository(Path(scratch, "tree"))
        measure("check", CHECK, tree, runs)
        measure("gate, nothing changed", GATE, tree, runs)
        change(tree / SPEC)
        measure("gate, one line of a rule changed", GATE, tree, runs)


def measure(name: str, command: tuple[str, ...], tree: Path, runs: int) -> None:
    """Print the medians for one command. The ways take turns, so that a busy machine is busy for all of them; each
    run with a warm cache follows the one that has filled it."""
    cache = tree / "cache"
    kept = ("--cache-dir", str(cache))
    taken: dict[str, list[tuple[float, float]]] = {"without a cache": [], "cold cache": [], "warm cache": []}
    for _ in range(runs):
        shutil.rmtree(cache, ignore_errors=True)
        for way, times in taken.items():
            times.append(timed(tree, *command, *(("--no-cache",) if way == "without a cache" else kept)))
    medians = {way: tuple(map(statistics.median, zip(*times, strict=True))) for way, times in taken.items()}
    wall_all, cpu_all = medians["without a cache"]
    for way, (wall, cpu) in medians.items():
        print(f"{wall:8.2f} s  {wall / wall_all:8.1%}  {cpu:8.2f} s  {cpu / cpu_all:8.1%}  {name}: {way}")


def timed(tree: Path, *arguments: str) -> tuple[float, float]:
    """Run arcproof in the tree; return the seconds it took, and those that it and its processes kept processors busy.
    It must end with code 0 or 1."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "verifier", *arguments]
    started, before = time.perf_counter(), busy()
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    wall, cpu = time.perf_counter() - started, busy() - before
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments)} ended with code {done.returncode}:\n{done.stdout}{done.stderr}")
    return wall, cpu


def busy() -> float:
    """The processor seconds of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def repository(tree: Path) -> Path:
    """Return a new git repository with the spec."""
    (tree / SPEC).parent.mkdir(parents=True)
    shutil.copy(ROOT / SPEC, tree / SPEC)
    who = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@invalid")
    for arguments in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "--message", "The base")):
        subprocess.run(["git", *arguments], cwd=tree, check=True)
    return tree


def change(spec: Path) -> None:
    """Change one line of one rule: after a recovery the device is always stopped."""
    before, rule, after = spec.read_text().partition(RULE)
    assert OLD in after, f"{RULE.strip()} has another effect now"
    spec.write_text(before + rule + after.replace(OLD, NEW, 1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
