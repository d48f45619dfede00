"""The size and the shape of a machine's state space, counted state by state."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.evidence.json import parameters_json
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.report.values import bindings
from verifier.semantics.instances import TooMany
from verifier.semantics.listing import valuation_list
from verifier.statespace.actions import Refused
from verifier.statespace.components import Graph
from verifier.statespace.packing import TooLarge
from verifier.statespace.search import Status
from verifier.statespace.space import Limits, Space, explored

SCHEMA = "arcproof.stats/1"

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

    `depth`: how many steps the farthest state is away from the initial states. A step from a state to itself is a
    transition. `firings`: how many transitions each rule has. `incomplete`: why these are not all states and
    transitions but those that were found; then there is no `shape`.
    """

    states: int
    transitions: int
    depth: int
    deadlocks: int
    firings: Mapping[str, int]
    shape: Shape | None
    incomplete: str | None = None


@dataclass(frozen=True)
class Counted:
    """The statistics for each value of the parameters that the assumptions allow."""

    model: Model
    each: tuple[tuple[Mapping[str, Value], Stats], ...]

    @property
    def total(self) -> Stats:
        """The sums over all values of the parameters; of the depth, and of the largest component, the greatest."""
        every = [s for _, s in self.each]
        firings = {r.name: sum(s.firings[r.name] for s in every) for r in self.model.rules}
        return Stats(
            sum(s.states for s in every),
            sum(s.transitions for s in every),
            max((s.depth for s in every), default=0),
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
    try:
        return Counted(model, tuple(_each(model, limits)))
    except (TooMany, Refused, TooLarge) as error:
        raise Uncountable(str(error)) from error


def _each(model: Model, limits: Limits) -> Iterator[tuple[Mapping[str, Value], Stats]]:
    left = limits.states
    for parameters in valuation_list(model):
        found = _counted(explored(model, parameters, limits=replace(limits, states=left)), limits)
        left = None if left is None else max(0, left - found.states)
        yield parameters, found


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
    return {"schema": SCHEMA, "machine": counted.model.name, "total": _json(counted.total), "each": each}


def _json(found: Stats) -> dict[str, object]:
    shape = found.shape
    return {
        "complete": found.incomplete is None,
        "incomplete": found.incomplete,
        "states": found.states,
        "transitions": found.transitions,
        "depth": found.depth,
        "components": None if shape is None else shape.components,
        "terminal_components": None if shape is None else shape.terminal,
        "largest_component": None if shape is None else shape.largest,
        "deadlocks": found.deadlocks,
        "firings": dict(found.firings),
    }


COLUMNS = ("states", "transitions", "depth", "components", "terminal", "largest", "deadlocks")


def stats_text(counted: Counted) -> str:
    """Return the statistics as two tables: a line for each value of the parameters and one for all together, whose
    depth and largest component are the greatest; and a line for each rule, over all values."""
    total = counted.total
    rows = [_row(f"  {bindings(counted.model, p)}", s) for p, s in counted.each[:FEW]] if len(counted.each) > 1 else []
    if len(counted.each) > FEW:
        rows.append((f"  ... {len(counted.each) - FEW} more", *[""] * len(COLUMNS)))
    lines = list(_table((f"machine {counted.model.name}", *COLUMNS), [*rows, _row(_summed(counted), total)]))
    fired = [(f"  {name}", f"{count:,}") for name, count in total.firings.items()]
    lines += ["", *_table(("transitions of each rule", ""), fired)]
    if total.incomplete is not None:
        lines += ["", f"incomplete: {total.incomplete}; the numbers are those of what was explored"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _summed(counted: Counted) -> str:
    return f"  all {len(counted.each)} values of the parameters" if len(counted.each) > 1 else "  all states"


def _row(name: str, found: Stats) -> tuple[str, ...]:
    shape = found.shape
    of_shape = ("?", "?", "?") if shape is None else (shape.components, shape.terminal, shape.largest)
    numbers = (found.states, found.transitions, found.depth, *of_shape, found.deadlocks)
    return (name, *(n if isinstance(n, str) else f"{n:,}" for n in numbers))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for first, *rest in (head, *rows):
        yield "  ".join((first.ljust(widths[0]), *(x.rjust(w) for x, w in zip(rest, widths[1:], strict=True))))


def limits_of(timeout: float, memory: int | None, threads: int, states: int | None) -> Limits:
    """Return the limits of an exploration that starts now; `memory` None: what it takes by itself."""
    limits = Limits(time.monotonic() + timeout, threads=threads, states=states)
    return limits if memory is None else replace(limits, memory=memory)
