"""How fast the exploration kernel is and what a state takes: `python -m benchmarks.kernel [--runs K]`

The machine of six devices is explored by SPIN, by Rumur and by the kernel on one thread; that of seven devices by the
kernel on one thread and on two. The kernel keeps the visited states once in a bitmap, and once in a hash table. What
is measured is the search alone, without compilers, start, proof or certificate; everything in turn, so many times over,
each time in a process of its own. The tables show medians, and the ratios are medians of those within each round.

Rates are by the second of processor time that each thread had, so that other load on the machine counts as little as
can be; on a quiet machine that is the second of the clock, which is shown, too. Bytes a state are those of everything
that grows with the states, frontier included, at the end of the level where they were most.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.peer_models import model, text
from benchmarks.peers import Tool, measured, spread, tools
from verifier.statespace import search as searches
from verifier.statespace.kernel import Tables, library, missing
from verifier.statespace.machine import machine
from verifier.statespace.search import KernelSearch, Status, Stops
from verifier.statespace.twin import Twin

SMALL, LARGE = ("devices", 6), ("devices", 7)
MEMORY = 8 << 30
COMPILING = 120.0
LIMIT = 600.0
"""Seconds for one search by a peer. SPIN takes 15, Rumur 40 where nothing else is to do; on a busy machine, 130."""


@dataclass(frozen=True)
class Measure:
    """One search: seconds by the clock, seconds of all its threads together, what it counted, bytes at most."""

    seconds: float
    processor: float
    threads: int
    states: int
    transitions: int
    memory: int

    @property
    def rate(self) -> float:
        """Transitions by the second of processor time that each thread had."""
        return self.transitions * self.threads / self.processor


def searched(family: str, size: int, dense: bool, threads: int) -> Measure:
    """Explore a machine by the kernel."""
    kernel = library()
    assert kernel is not None
    searches.DENSE = searches.DENSE if dense else 0
    made = machine(model(family, size), {}, ())
    tables, initial = Tables(made, kernel), Twin(made).initial()
    started, began, peak = time.monotonic(), time.process_time(), 0
    search = KernelSearch(made, tables, MEMORY, threads, Stops())
    search.seed(initial)
    while (status := search.advance(0.0)) is Status.MORE:
        peak = max(peak, search.counts().memory)
    seconds, processor, counts = time.monotonic() - started, time.process_time() - began, search.counts()
    assert status is Status.FINISHED
    assert counts.dense == dense
    return Measure(seconds, processor, threads, counts.states, counts.transitions, max(peak, counts.memory))


def kernel(family: str, size: int, dense: bool, threads: int) -> Measure:
    """Do that in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(searched, (family, size, dense, threads))


def peer(tool: Tool, folder: Path, limit: float) -> Measure | None:
    """Run a peer's search. Everything that comes before is done. Returns None where it takes longer than the limit."""
    found = measured(replace(tool, commands=tool.commands[-1:]), folder, limit)
    if found.verdict.startswith("over"):
        return None
    assert found.verdict == "holds", f"{tool.name}: {found.verdict}"
    assert found.states is not None
    assert found.transitions is not None
    return Measure(found.seconds, found.processor, 1, found.states, found.transitions, found.peak)


def ready(folder: Path, family: str, size: int) -> list[Tool]:
    """Return the peers that are installed, their models written and compiled in the folder."""
    names = [p.name for p in model(family, size).properties]
    found = [tool for tool in tools(names, COMPILING) if tool.name in ("spin", "rumur")]
    for tool in found:
        (folder / tool.file).write_text(text(family, size, tool.language))
        compiling = replace(tool, commands=tool.commands[:-1], read=lambda _: ("compiled", None, None))
        measured(compiling, folder, COMPILING)
    return found


Rounds = Mapping[str, Sequence[Measure]]


def small(chosen: tuple[str, int], runs: int, limit: float) -> Rounds:
    """Measure the peers, for at most `limit` seconds each, and the kernel on one thread. A peer that is over the limit
    is left out."""
    rounds: dict[str, list[Measure]] = {}
    with tempfile.TemporaryDirectory() as name:
        peers = ready(Path(name), *chosen) if limit else []
        for _ in range(runs):
            for tool in list(peers):
                if (found := peer(tool, Path(name), limit)) is None:
                    peers.remove(tool)
                    rounds.pop(tool.name, None)
                    print(f"{tool.name} takes more than {limit:.0f} s, and is left out", file=sys.stderr)
                else:
                    rounds.setdefault(tool.name, []).append(found)
            for dense in (True, False):
                rounds.setdefault(_name(dense, 1), []).append(kernel(*chosen, dense, 1))
    return rounds


def large(chosen: tuple[str, int], runs: int) -> Rounds:
    """Measure the kernel on one thread and on two."""
    rounds: dict[str, list[Measure]] = {}
    for _ in range(runs):
        for dense in (True, False):
            for threads in (1, 2):
                rounds.setdefault(_name(dense, threads), []).append(kernel(*chosen, dense, threads))
    return rounds


def _name(dense: bool, threads: int) -> str:
    return f"kernel, {'bitmap' if dense else 'hash table'}, {threads} thread{'s' * (threads > 1)}"


def table(rounds: Rounds) -> Iterator[str]:
    """Yield the lines of a Markdown table. What the kernel has not counted itself is resident memory."""
    counted = next(iter(rounds.values()))[0]
    columns = "seconds", "processor", "M states/s", "M transitions/s", "bytes/state", "bits/state"
    yield f"| {counted.states:,} states | {' | '.join(columns)} |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, every in rounds.items():
        seconds, processor = (statistics.median(getattr(m, f) for m in every) for f in ("seconds", "processor"))
        rate = statistics.median(m.rate for m in every)
        size = statistics.median(m.memory / m.states for m in every)
        states = rate * every[0].states / every[0].transitions
        cells = (name, f"{seconds:.2f}", f"{processor:.2f}", f"{states / 1e6:.2f}", f"{rate / 1e6:.1f}")
        yield f"| {' | '.join(cells)} | {size:.2f} | {8 * size:.1f} |"


def of_peers(rounds: Rounds, dense: bool) -> list[float]:
    """Return how many times as many transitions a second the kernel makes as the faster peer, round by round; nothing
    where there is no peer. Peers do not count steps that change nothing alike, so the transitions of the machine are
    compared: the time for all."""
    peers = [every for name, every in rounds.items() if not name.startswith("kernel")]
    own = rounds[_name(dense, 1)]
    return [min(p[i].processor for p in peers) / m.processor for i, m in enumerate(own)] if peers else []


def of_one_thread(rounds: Rounds, dense: bool) -> tuple[list[float], list[float]]:
    """Return how many times as fast two threads are as one, by the clock, and by processor time shared evenly."""
    pairs = list(zip(rounds[_name(dense, 1)], rounds[_name(dense, 2)], strict=True))
    return [a.seconds / b.seconds for a, b in pairs], [2 * a.processor / b.processor for a, b in pairs]


def bytes_a_state(rounds: Rounds, dense: bool) -> list[float]:
    """Return what a state took on one thread, round by round."""
    return [m.memory / m.states for m in rounds[_name(dense, 1)]]


def ratios(few: Rounds, many: Rounds) -> Iterator[str]:
    """Yield the kernel's speed over that of the faster peer, and that of two threads over that of one."""
    for dense in (True, False):
        if of_peers(few, dense):
            yield f"{_name(dense, 1)}: {spread(of_peers(few, dense))} times as fast as the faster of the peers"
    for dense in (True, False):
        clock, even = map(spread, of_one_thread(many, dense))
        yield f"{_name(dense, 2)}: {clock} times as fast as one by the clock, {even} by processor time"


def main(arguments: list[str]) -> int:
    """Print the tables and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, metavar="K", help="how many rounds (3)")
    parser.add_argument("--no-peers", action="store_true", help="leave SPIN and Rumur out")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS", help="for one search by a peer (600)")
    options = parser.parse_args(arguments)
    if (why := missing()) is not None:
        print(f"the kernel is missing: {why}", file=sys.stderr)
        return 2
    load = os.getloadavg()[0]
    few, many = small(SMALL, options.runs, 0.0 if options.no_peers else options.limit), large(LARGE, options.runs)
    for name, rounds in ((SMALL, few), (LARGE, many)):
        print(f"\n{name[0]} {name[1]}\n", *table(rounds), sep="\n")
    print("", *ratios(few, many), sep="\n")
    print(f"\nload average {load:.1f} before and {os.getloadavg()[0]:.1f} after, {os.cpu_count()} processors")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
