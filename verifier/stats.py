"""The size and the shape of a machine's state space, counted state by state."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.evidence.json import parameters_json
from verifier.model.model import Model
from verifier.model.sorts import OpaqueSort, Value
from verifier.report.schema import SCHEMAS
from verifier.report.values import bindings
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import valuation_list
from verifier.statespace.actions import Refused
from verifier.statespace.components import Graph
from verifier.statespace.packing import TooLarge
from verifier.statespace.search import Status
from verifier.statespace.space import Limits, Space, Watch, explored

SCHEMA = SCHEMAS["stats"]

FEW = 24
"""The most values of the parameters that get a line of their own in the table."""


@dataclass(frozen=True)
class Shape:
    """What the graph of all reachable states looks like: its strongly connected components, those that no transition
    leaves, and the number of states of the largest."""

    components: int
    terminal: int
    largest: int


@dataclass(frozen=True)
class Stats:
    """The reachable states for some value of the parameters, or for all of them together.

    `diameter`: how many steps the farthest state is away from the initial states (the initialised diameter of Biere,
    Cimatti, Clarke and Zhu: Symbolic Model Checking without BDDs, 1999). A step from a state to itself is a
    transition. `firings`: how many transitions each rule has. `incomplete`: why these are not all states and
    transitions but those that were found; then there is no `shape`.
    """

    states: int
    transitions: int
    diameter: int
    deadlocks: int
    firings: Mapping[str, int]
    shape: Shape | None
    incomplete: str | None = None


@dataclass(frozen=True)
class Counted:
    """The statistics for each value of the parameters that the assumptions allow, and what has explored the states.
    `symmetry`: which individuals are interchangeable, or why not, and how many states stand for all; empty iff there is
    no index of several individuals."""

    model: Model
    each: tuple[tuple[Mapping[str, Value], Stats], ...]
    explorer: str
    symmetry: str = ""

    @property
    def total(self) -> Stats:
        """The sums over all values of the parameters; of the diameter, and of the largest component, the greatest."""
        every = [s for _, s in self.each]
        firings = {r.name: sum(s.firings[r.name] for s in every) for r in self.model.rules}
        return Stats(
            sum(s.states for s in every),
            sum(s.transitions for s in every),
            max((s.diameter for s in every), default=0),
            sum(s.deadlocks for s in every),
            firings,
            _whole([s.shape for s in every]),
            next((s.incomplete for s in every if s.incomplete), None),
        )


def _whole(shapes: Sequence[Shape | None]) -> Shape | None:
    known = [s for s in shapes if s is not None]
    if len(known) < len(shapes):
        return None
    largest = max((s.largest for s in known), default=0)
    return Shape(sum(s.components for s in known), sum(s.terminal for s in known), largest)


class OutOfTime(Exception):
    """The limit of time was met."""


class Uncountable(ValueError):
    """The machine's states cannot be counted one by one. The message says why."""


def stats(model: Model, limits: Limits) -> Counted:
    """Return the statistics of a model; `limits` are for all values of its parameters together, but for the memory.
    Raises Uncountable."""
    if model.functions:
        raise Uncountable(f"function {model.functions[0].name} is uninterpreted")
    if opaque := [s.name for s in model.sorts.values() if isinstance(s, OpaqueSort)]:
        raise Uncountable(f"sort {opaque[0]} is opaque")
    try:
        symmetry = _symmetry(model, limits)
        found = list(_each(model, limits))
    except (TooMany, Refused, TooLarge) as error:
        raise Uncountable(str(error)) from error
    explorers = dict.fromkeys(explorer for _, _, explorer in found)
    each = tuple((parameters, counted) for parameters, counted, _ in found)
    return Counted(model, each, " and ".join(explorers), symmetry)


def _symmetry(model: Model, limits: Limits) -> str:
    """Return what is said of the machine's symmetry; with numbers where one state of each orbit could be listed, which
    may be where all states cannot."""
    said, numbers = dict[str, None](), list[tuple[int, int]]()
    valuations = valuation_list(model)
    for parameters in valuations:
        symmetry = Watch().symmetry(model, parameters)
        said[str(symmetry)] = None
        space = explored(model, parameters, limits=limits, symmetry=symmetry) if symmetry.free else None
        if space is not None and space.is_complete and (weight := space.weight) is not None:
            numbers.append((space.states, weight.states))
    counted = ""
    if numbers and len(numbers) == len(valuations):
        counted = f"; {sum(n for n, _ in numbers):,} states represent all {sum(n for _, n in numbers):,}"
    return " / ".join(text for text in said if text) + counted


def _each(model: Model, limits: Limits) -> Iterator[tuple[Mapping[str, Value], Stats, str]]:
    left = limits.states
    for parameters in valuation_list(model):
        space = explored(model, parameters, limits=replace(limits, states=left))
        found = _counted(space, limits)
        left = None if left is None else max(0, left - found.states)
        yield parameters, found, space.search.engine


def _counted(space: Space, limits: Limits) -> Stats:
    reason = None if space.is_complete else _reason(space, limits)
    shape = None
    if reason is None:
        try:
            shape = _shape(space, limits)
        except (MemoryError, OutOfTime) as error:
            reason = str(error) or "the graph of the states does not fit into memory"
    counts = space.counts
    return Stats(counts.states, counts.transitions, space.depth, counts.dead, space.firings(), shape, reason)


def _shape(space: Space, limits: Limits) -> Shape:
    if limits.deadline and time.monotonic() > limits.deadline:
        raise OutOfTime("time was up when all states and transitions were known, but not their components")
    components = Graph(space).components()
    return Shape(components.count, sum(components.terminal), max(components.sizes, default=0))


def _reason(space: Space, limits: Limits) -> str:
    match space.status:
        case Status.WRONG:
            return "an int leaves its range, so the states beyond have no meaning"
        case Status.MEMORY:
            return "there is no memory for more states"
        case Status.TIME:
            return "time is up"
        case _:
            return f"there are more than {limits.states:,} states"


def stats_json(counted: Counted) -> dict[str, object]:
    """Return the statistics as JSON data."""
    each = [{"parameters": parameters_json(counted.model, p), **_json(s)} for p, s in counted.each]
    what = {"schema": SCHEMA, "machine": counted.model.name, "explorer": counted.explorer, "symmetry": counted.symmetry}
    return {**what, "total": _json(counted.total), "each": each}


def _json(found: Stats) -> dict[str, object]:
    shape = found.shape
    return {
        "complete": found.incomplete is None,
        "incomplete": found.incomplete,
        "states": found.states,
        "transitions": found.transitions,
        "diameter": found.diameter,
        "components": None if shape is None else shape.components,
        "terminal_components": None if shape is None else shape.terminal,
        "largest_component": None if shape is None else shape.largest,
        "deadlocks": found.deadlocks,
        "firings": dict(found.firings),
    }


COLUMNS = ("states", "transitions", "diameter", "components", "terminal", "largest", "deadlocks")


def stats_text(counted: Counted) -> str:
    """Return the statistics as two tables: a line for each value of the parameters and one for all together, whose
    diameter and largest component are the greatest; and a line for each rule, over all values. Then what explored
    them."""
    total = counted.total
    rows = [_row(f"  {bindings(counted.model, p)}", s) for p, s in counted.each[:FEW]] if len(counted.each) > 1 else []
    if len(counted.each) > FEW:
        rows.append((f"  ... {len(counted.each) - FEW} more", *[""] * len(COLUMNS)))
    lines = list(_table((f"machine {counted.model.name}", *COLUMNS), [*rows, _row(_summed(counted), total)]))
    fired = [(f"  {name}", f"{count:,}" if count else "never") for name, count in total.firings.items()]
    lines += ["", *_table(("transitions of each rule", ""), fired)] if fired else []
    lines += ["", f"explored by {counted.explorer}"] if counted.explorer else []
    lines += [f"symmetry: {counted.symmetry}"] if counted.symmetry else []
    if total.incomplete is not None:
        lines += ["", f"incomplete: {total.incomplete}; the numbers are those of what was explored"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _summed(counted: Counted) -> str:
    return f"  all {len(counted.each)} values of the parameters" if len(counted.each) > 1 else "  all states"


def _row(name: str, found: Stats) -> tuple[str, ...]:
    shape = found.shape
    of_shape = ("?", "?", "?") if shape is None else (shape.components, shape.terminal, shape.largest)
    numbers = (found.states, found.transitions, found.diameter, *of_shape, found.deadlocks)
    return (name, *(n if isinstance(n, str) else f"{n:,}" for n in numbers))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for first, *rest in (head, *rows):
        yield "  ".join((first.ljust(widths[0]), *(x.rjust(w) for x, w in zip(rest, widths[1:], strict=True))))


def limits_of(timeout: float, memory: int | None, threads: int, states: int | None) -> Limits:
    """Return the limits of an exploration that starts now; `memory` None: what it takes by itself."""
    limits = Limits(time.monotonic() + timeout, threads=threads, states=states)
    return limits if memory is None else replace(limits, memory=memory)
