"""Machines that grow, as specs on the standard output: `python -m benchmarks.families devices 8 > devices8.arc`.

devices N       N devices with the states and arcs of the second VFIO migration protocol, failures, reset, and one
                error counter that stops at 15
philosophers N  N philosophers, each takes the left fork, then the right one, and puts them back: they may all starve
peterson N      Peterson's lock for N processes ("Myths about the mutual exclusion problem", 1981)
counters K      K counters modulo 8 and the parity of all their steps
toy N           N states, one after the other, and a flag: what takes time is to start
irregular SEED  40 bits and 40 sparse rules drawn at random; seed 1 has 2,888,560 states, seed 2 has 60,832
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

STATES = ("ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P")

ARCS = (
    ("STOP", "RUNNING_P2P"), ("RUNNING_P2P", "STOP"), ("STOP", "STOP_COPY"), ("STOP_COPY", "STOP"),
    ("STOP", "RESUMING"), ("RESUMING", "STOP"), ("RUNNING", "RUNNING_P2P"), ("RUNNING_P2P", "RUNNING"),
    ("RUNNING", "PRE_COPY"), ("PRE_COPY", "RUNNING"), ("RUNNING_P2P", "PRE_COPY_P2P"), ("PRE_COPY_P2P", "RUNNING_P2P"),
    ("PRE_COPY", "PRE_COPY_P2P"), ("PRE_COPY_P2P", "PRE_COPY"), ("PRE_COPY_P2P", "STOP_COPY"),
)  # fmt: skip


def devices(count: int) -> Iterator[str]:
    """Yield the lines of N devices."""
    yield from ("machine devices", "", f"index Device[{count}]", f"enum State {{ {', '.join(STATES)} }}", "")
    yield "var state: Device -> State = each d in Device: RUNNING"
    yield "var errors: bits[4] = 0"
    for start, goal in ARCS:
        yield f"rule {start.lower()}_to_{goal.lower()}(d: Device) when state[d] == {start}"
        yield f"  {{ state' = state with [d] = {goal} }}"
    yield "rule fail(d: Device) when state[d] == RESUMING"
    yield "  { state' = state with [d] = ERROR errors' = if errors == 15 then 15 else errors + 1 }"
    yield "rule reset(d: Device) when state[d] == ERROR { state' = state with [d] = RUNNING }"
    yield "property failed_is_counted always all d in Device: state[d] == ERROR implies errors != 0"


def philosophers(count: int) -> Iterator[str]:
    """Yield the lines of N philosophers."""
    seats = f"int 0..{count - 1}"
    yield from ("machine philosophers", "", "enum Phase { THINKING, HUNGRY, EATING, DONE }", "")
    yield from _table("right", seats, seats, [(i + 1) % count for i in range(count)])
    yield f"var phase: {seats} -> Phase = each _ in {seats}: THINKING"
    yield f"var taken: {seats} -> bool = each _ in {seats}: false"
    yield f"rule left(i: {seats}) when phase[i] == THINKING and not taken[i]"
    yield "  { phase' = phase with [i] = HUNGRY taken' = taken with [i] = true }"
    yield f"rule other(i: {seats}) when phase[i] == HUNGRY and not taken[right(i)]"
    yield "  { phase' = phase with [i] = EATING taken' = taken with [right(i)] = true }"
    yield f"rule down(i: {seats}) when phase[i] == EATING"
    yield "  { phase' = phase with [i] = DONE taken' = taken with [i] = false }"
    yield f"rule leave(i: {seats}) when phase[i] == DONE"
    yield "  { phase' = phase with [i] = THINKING taken' = taken with [right(i)] = false }"
    yield f"property neighbours_exclude always all i in {seats}: not (phase[i] == EATING and phase[right(i)] == EATING)"
    yield "property nobody_starves no deadlock expect violated"


def peterson(count: int) -> Iterator[str]:
    """Yield the lines of Peterson's lock for N processes."""
    process = f"int 0..{count - 1}"
    yield from ("machine peterson", "", "enum Place { IDLE, CLIMB, SIGN, WAIT, CRITICAL }", "")
    yield from _table("next", process, process, [min(i + 1, count - 1) for i in range(count)])
    yield f"var place: {process} -> Place = each _ in {process}: IDLE"
    yield f"var level: {process} -> {process} = each _ in {process}: 0"
    yield f"var last: {process} -> {process} = each _ in {process}: 0"
    yield f"def free(i: {process}) = last[level[i]] != i or all k in {process}: k == i or level[k] < level[i]"
    yield f"rule begin(i: {process}) when place[i] == IDLE {{ place' = place with [i] = CLIMB }}"
    yield f"rule climb(i: {process}) when place[i] == CLIMB"
    yield "  { place' = place with [i] = SIGN level' = level with [i] = next(level[i]) }"
    yield f"rule sign(i: {process}) when place[i] == SIGN"
    yield "  { place' = place with [i] = WAIT last' = last with [level[i]] = i }"
    yield f"rule enter(i: {process}) when place[i] == WAIT and free(i) and level[i] == {count - 1}"
    yield "  { place' = place with [i] = CRITICAL }"
    yield f"rule rise(i: {process}) when place[i] == WAIT and free(i) and level[i] != {count - 1}"
    yield "  { place' = place with [i] = CLIMB }"
    yield f"rule leave(i: {process}) when place[i] == CRITICAL"
    yield "  { place' = place with [i] = IDLE level' = level with [i] = 0 }"
    yield f"property exclusion always all i in {process}: all k in {process}:"
    yield "  place[i] == CRITICAL and place[k] == CRITICAL implies i == k"


def counters(count: int) -> Iterator[str]:
    """Yield the lines of K counters."""
    key = f"int 0..{count - 1}"
    yield from ("machine counters", "", f"var value: {key} -> bits[3] = each _ in {key}: 0", "var odd: bool = false")
    yield f"rule tick(k: {key}) {{ value' = value with [k] = value[k] + 1 odd' = not odd }}"
    total = " ^ ".join(f"value[{i}]" for i in range(count))
    yield f"property parity always odd iff ({total}) & 1 == 1"


def irregular(seed: int) -> Iterator[str]:
    """Yield the lines of 40 bits and 40 rules that each read four of them and write two."""
    draw = random.Random(seed)
    yield from ("machine irregular", "", *(f"var b{i}: bool = false" for i in range(40)))
    for number in range(40):
        read, written = draw.sample(range(40), 4), draw.sample(range(40), 2)
        guard = " and ".join(f"{'not ' if draw.random() < 0.6 else ''}b{i}" for i in read[:3])
        first = f"b{written[0]}' = not b{written[0]}"
        second = f"b{written[1]}' = (b{written[1]} != b{read[3]})"
        yield f"rule r{number} when {guard} {{ {first} {second} }}"
    yield "property not_all never " + " and ".join(f"b{i}" for i in range(40))


def toy(count: int) -> Iterator[str]:
    """Yield the lines of N states, one after the other."""
    places = [f"P{i}" for i in range(count)]
    yield from ("machine toy", "", f"enum Place {{ {', '.join(places)} }}", "var place: Place = P0")
    yield "var away: bool = false"
    for place, other in pairwise(places):
        yield f"rule go_to_{other.lower()} when place == {place} {{ place' = {other} away' = true }}"
    yield f"rule back when place == {places[-1]} {{ place' = P0 away' = false }}"
    yield "property away_is_told always place != P0 implies away"


def _table(name: str, argument: str, result: str, cells: list[int]) -> Iterator[str]:
    yield f"table {name}: {argument} -> {result}"
    yield f"  | {' | '.join(str(i) for i in range(len(cells)))} |"
    yield f"  | {' | '.join(map(str, cells))} |"


FAMILIES: Mapping[str, Callable[[int], Iterator[str]]] = {
    "devices": devices, "philosophers": philosophers, "peterson": peterson, "counters": counters,
    "irregular": irregular, "toy": toy,
}  # fmt: skip


def spec(family: str, size: int) -> str:
    """Return the text of a spec."""
    return "\n".join(FAMILIES[family](size)) + "\n"


def main(arguments: list[str]) -> int:
    """Write the spec asked for."""
    if len(arguments) != 2 or arguments[0] not in FAMILIES or not arguments[1].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    sys.stdout.write(spec(arguments[0], int(arguments[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
