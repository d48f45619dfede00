"""What arcproof promises in speed and size, measured in one run: `python -m benchmarks.targets [--quick]`

Prints one table: each quantity, what was measured, what is promised, and whether it is reached. Ratios are those within
a round, as their median and from the least to the greatest; the median must reach the target. A quantity whose peer is
not installed is not measured. Peers are measured in the best of the ways that `benchmarks.peers` knows, in each round.

Whole processes are measured by the clock, compilers and start included. Diagrams are compared with NuSMV in three
ways: as whole processes; by the processor time beyond that of the toy, which is nearly all start, so by what N costs;
and with NuSMV on machines written as its manual writes them. `--quick` makes one round on smaller machines, to see that
all works.

Returns 1 iff a target that was measured is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks import kernel
from benchmarks.peers import NUSMV, Outcome, Table, absent, measure, seconds, spread, tools
from verifier.statespace.kernel import missing

PORTFOLIO, DIAGRAMS, EXPLICIT = "arcproof portfolio", "arcproof diagrams", "arcproof explicit"
PROVERS = ("arcproof ic3", "arcproof kinduction")
ABC, ASSIGNMENTS = "abc pdr", "nusmv assignments"
TOY = ("toy", 3)
SYMBOLIC = tuple((family, size) for family in ("devices", "philosophers", "counters") for size in (8, 16))
PROVED = ("devices", "philosophers")
"""Families of which IC3 and k-induction are compared with ABC."""

LEAST = 0.01
"""Seconds of processor time that are told apart."""

LATE = "arcproof has no answer"


@dataclass(frozen=True)
class Scale:
    """How much is measured: rounds, seconds for one program, the machines for the kernel on one thread and on two, and
    that of Peterson's lock."""

    runs: int
    limit: float
    few: tuple[str, int]
    many: tuple[str, int]
    peterson: int


FULL = Scale(3, 120.0, ("devices", 6), ("devices", 7), 6)
QUICK = Scale(1, 30.0, ("devices", 4), ("devices", 5), 4)


@dataclass(frozen=True)
class Row:
    """A quantity: what was measured, as text, and what is promised. `reached` is None where nothing was measured."""

    quantity: str
    measured: str
    target: str
    reached: bool | None

    def __str__(self) -> str:
        word = {None: "not measured", True: "reached", False: "MISSED"}[self.reached]
        return f"| {self.quantity} | {self.measured} | {self.target} | {word} |"


def at_least(quantity: str, measured: Sequence[float], target: float) -> Row:
    """Return the row of ratios whose median must not be less than the target."""
    reached = statistics.median(measured) >= target if measured else None
    return Row(quantity, spread(measured), _times(target), reached)


def at_most(quantity: str, measured: Sequence[float], target: float, unit: str) -> Row:
    """Return the row of quantities whose median must not be more than the target; there is none without an answer."""
    reached = bool(measured) and statistics.median(measured) <= target
    return Row(quantity, f"{spread(measured)} {unit}" if measured else LATE, f"at most {target:g} {unit}", reached)


def ahead(quantity: str, table: Table, peers: Iterable[str], engine: str, target: float = 1) -> Row:
    """Return the row of the time of the fastest of some peers over that of an engine, as whole processes."""
    ratios = table.ratios(peers, [engine], seconds)
    verdicts = {o.verdict for p in peers for o in table.rounds.get(p, ())}
    if ratios or not verdicts:
        return at_least(quantity, ratios, target)
    decided = any(table.least([engine], seconds))
    late = all(v.startswith("over") for v in verdicts)
    return Row(quantity, "the peer has no answer" if decided else LATE, _times(target), late if decided else False)


def whole(scale: Scale, machine: tuple[str, int], *names: str) -> Table:
    """Measure the named tools on one machine."""
    return measure(*machine, scale.runs, scale.limit, {t.name for t in tools((), 0.0)} - {*names})


def toy(scale: Scale) -> tuple[Table, list[Row]]:
    """Compare whole processes on a machine of three states: nearly all of it is start."""
    table = whole(scale, TOY, "spin", "rumur", ABC, *NUSMV, PORTFOLIO, DIAGRAMS)
    peers = {"SPIN": ("spin",), "Rumur": ("rumur",), "TLC": (), "NuSMV": tuple(NUSMV), "ABC": (ABC,)}
    name = "toy to a certified verdict, whole process: {} over arcproof"
    return table, [ahead(name.format(p), table, used, PORTFOLIO) for p, used in peers.items()]


def searching(scale: Scale) -> Iterator[Row]:
    """Compare the kernel with the peers that visit states one by one, and two threads with one."""
    if (why := missing()) is not None:
        yield Row(f"the exploration kernel: {why}", "", "", None)
        return
    few, many = kernel.small(scale.few, scale.runs, kernel.LIMIT), kernel.large(scale.many, scale.runs)
    for dense, kind, target in ((True, "bitmap", 30), (False, "hash table", 10)):
        name = f"transitions a second of {_machine(*scale.few)}, {kind}, one thread: over the best of SPIN and Rumur"
        yield at_least(name, kernel.of_peers(few, dense), target)
    for dense, kind in ((True, "bitmap"), (False, "hash table")):
        states = f"{many[next(iter(many))][0].states:,} states"
        yield at_least(f"two threads over one, {kind}, {states}", kernel.of_one_thread(many, dense)[0], 1.7)
    for rounds in (few, many):
        states = f"{rounds[next(iter(rounds))][-1].states:,} states"
        yield at_most(f"hash table, {states}", kernel.bytes_a_state(rounds, False), 30, "bytes a state")
        yield at_most(f"bitmap, {states}", [8 * b for b in kernel.bytes_a_state(rounds, True)], 4, "bits a state")


def symbolic(scale: Scale, start: Table) -> Iterator[Row]:
    """Compare diagrams with NuSMV, and IC3 and k-induction with ABC; `start` is the table of the toy."""
    for family, size in (*SYMBOLIC, ("peterson", min(scale.peterson, 5))):
        asked = (ABC, *PROVERS) if family in PROVED else ()
        table, name = whole(scale, (family, size), *NUSMV, DIAGRAMS, *asked), _machine(family, size)
        target = 10 if size >= 16 else 1
        yield ahead(f"{name}, whole process: NuSMV over diagrams", table, NUSMV, DIAGRAMS, target)
        yield at_least(f"{name}, beyond the toy: NuSMV over diagrams", beyond(table, start), target)
        usual = f"{name}, whole process: NuSMV, written as assignments, over diagrams"
        yield ahead(usual, table, [ASSIGNMENTS], DIAGRAMS, target)
        for engine in PROVERS if asked else ():
            yield ahead(f"{name}, whole process: ABC pdr over {engine.split()[1]}", table, [ABC], engine)


def beyond(table: Table, start: Table) -> list[float]:
    """Return NuSMV's processor time over that of diagrams, less what the toy takes them, for each round in which either
    is more than `LEAST`."""

    def more(names: Sequence[str]) -> list[float | None]:
        pairs = zip(table.least(names, processor), start.least(names, processor), strict=True)
        return [None if a is None or b is None else max(LEAST, a - b) for a, b in pairs]

    both = zip(more(tuple(NUSMV)), more([DIAGRAMS]), strict=True)
    return [a / b for a, b in both if a and b and max(a, b) > LEAST]


def processor(outcome: Outcome) -> float:
    """Return the processor time."""
    return outcome.processor


def peterson(scale: Scale) -> Iterator[Row]:
    """Measure Peterson's lock, by whichever way is the fastest."""
    table = whole(scale, ("peterson", scale.peterson), PORTFOLIO, EXPLICIT, DIAGRAMS)
    taken = [s for s in table.least(table.engines, seconds) if s is not None]
    yield at_most(f"{_machine('peterson', scale.peterson)}, whole process, the fastest engine", taken, 5, "s")


def rows(scale: Scale) -> Iterator[Row]:
    """Yield all rows, each as soon as it is measured."""
    start, first = toy(scale)
    yield from first
    parts: tuple[Callable[[Scale], Iterator[Row]], ...] = (searching, lambda s: symbolic(s, start), peterson)
    for part in parts:
        yield from part(scale)


def _times(target: float) -> str:
    return f"at least {target:g} times"


def _machine(family: str, size: int) -> str:
    return f"{family} {size}"


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round, on smaller machines")
    options = parser.parse_args(arguments)
    load, missed = os.getloadavg()[0], 0
    print(*absent(), "| quantity | measured | target | |", "| --- | --- | --- | --- |", sep="\n", flush=True)
    for row in rows(QUICK if options.quick else FULL):
        print(row, flush=True)
        missed += row.reached is False
    print(f"\nload average {load:.1f} before and {os.getloadavg()[0]:.1f} after, {os.cpu_count()} processors")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
