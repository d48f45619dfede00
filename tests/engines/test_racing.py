"""Engines that run beside each other, as the command sees them: one report, no process left behind, no lie believed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines.test_portfolio import SPEC, Fixed
from verifier.cli.main import run
from verifier.engines import portfolio
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Bound, Holds, Invariant

ROOT = Path(__file__).parents[2]

SLOW = """
import os, time, pathlib
from dataclasses import dataclass

@dataclass(frozen=True)
class Slow:
    name: str
    def handles(self, model, claim):
        return None
    def solve(self, model, claim, budget):
        pathlib.Path(self.name).write_text(str(os.getpid()))
        time.sleep(300)
"""

RACE = """
import sys
from verifier.cli.main import run
from verifier.engines import portfolio
{imported}
if __name__ == "__main__":
    portfolio.ROUNDS = ((), {engines})
    sys.exit(run(["check", "counter.arc", "--property", "small", "--no-cache", *sys.argv[1:]]))
"""

HONEST = RACE.format(imported="", engines="portfolio.ROUNDS[1][:3]")


def started(folder: Path, script: str, *arguments: str) -> subprocess.Popen[str]:
    """A check of the counter, with its engines in one race, as a process that leads a group of its own."""
    (folder / "counter.arc").write_text(SPEC)
    (folder / "slow.py").write_text(SLOW)
    (folder / "race.py").write_text(script)
    return subprocess.Popen(
        [sys.executable, "race.py", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{folder}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_the_report_is_the_same_with_and_without_a_race(tmp_path: Path) -> None:
    reports = set()
    for jobs in ("1", "4"):
        process = started(tmp_path, HONEST, "--jobs", jobs, "--report", f"json={jobs}.json")
        process.communicate(timeout=120)
        assert process.returncode == 0
        reports.add((tmp_path / f"{jobs}.json").read_text())
    assert len(reports) == 1


def test_an_interrupted_race_leaves_no_process(tmp_path: Path) -> None:
    script = RACE.format(imported="from slow import Slow", engines='(Slow("one"), Slow("two"))')
    process = started(tmp_path, script, "--jobs", "4")
    try:
        racers = [_number(tmp_path / name) for name in ("one", "two")]
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
        _, told = process.communicate(timeout=60)
        assert (process.returncode, told) == (130, "\narcproof: interrupted\n")
        assert not any(_is_alive(number) for number in racers)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def _number(file: Path) -> int:
    """The process that an engine runs in, once it does."""
    for _ in range(600):
        if file.is_file() and (text := file.read_text()):
            return int(text)
        time.sleep(0.1)
    raise AssertionError(f"{file.name} has not started")


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("lie", [Holds(Invariant(())), Holds(Bound(25))], ids=["invariant", "bound"])
def test_a_lie_among_all_engines_ends_the_run_with_a_file_that_shows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lie: Holds
) -> None:
    monkeypatch.setattr(portfolio, "ENGINES", {"explicit": ENGINES["explicit"], "liar": Fixed("liar", lie)})
    monkeypatch.chdir(tmp_path)
    Path("counter.arc").write_text(SPEC)
    assert run(["check", "counter.arc", "--property", "small", "--engine", "all", "--no-cache"]) == 4
    kept = json.loads(Path("arcproof-contradiction-counter-small.json").read_text())
    assert [(a["engine"], a["answer"]) for a in kept["answers"]] == [("explicit", "violated"), ("liar", "holds")]
    assert kept["spec"]["text"] == SPEC
