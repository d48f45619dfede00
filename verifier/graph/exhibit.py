"""The part of a control graph that a piece of evidence points at: the steps of a run, two routes, a path."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from verifier.evidence.evidence import (
    Evidence,
    Fork,
    Instance,
    Lasso,
    NoBasis,
    NoPath,
    PathGaps,
    PathRow,
    RouteTable,
    State,
    Step,
    Trace,
    Trap,
    Witnesses,
)
from verifier.graph.arcs import control_of
from verifier.model.claims import Claim, Routes
from verifier.model.model import Model
from verifier.model.printer import show_value
from verifier.model.sorts import Value
from verifier.semantics.routes import RouteDifference, route_differences


@dataclass(frozen=True)
class Marked:
    """A step that is emphasised: its mark (1, 2, .. along a run; a, b, .. along a path compared with it), the
    rules that may have taken it, the control values before and after, what is said of it, and what it changes."""

    mark: str
    rules: tuple[str, ...]
    start: Value
    goal: Value
    text: str
    changes: str = ""


@dataclass(frozen=True)
class Exhibit:
    """What is emphasised: the steps in order, and lines that stand before and after them."""

    steps: tuple[Marked, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def exhibit(model: Model, claim: Claim, evidence: Evidence | None) -> Exhibit | None:
    """Return what the evidence shows in the control graph; None iff that is no run, path or route."""
    match evidence:
        case Trace():
            return _run(model, evidence)
        case Trap(trace):
            return _run(model, trace, ("from here there is no way back",))
        case Lasso(trace, loop):
            return _run(model, trace, (f"steps {loop + 1} to {len(trace.steps)} repeat for ever",))
        case Witnesses(traces=(first, *_), loops=(int() as loop, *_)):
            return exhibit(model, claim, Lasso(first, loop))
        case Witnesses(traces=(first, *_)):
            return _run(model, first)
        case Fork():
            return _fork(model, evidence)
        case PathGaps(missing=(NoPath() as missing, *_)) | NoBasis(missing=NoPath() as missing):
            return _no_path(model, missing)
        case NoBasis(redundant=PathRow() as row):
            return _redundant(model, row)
        case RouteTable() if isinstance(claim, Routes):
            return _route(model, claim, evidence)
    return None


def _run(model: Model, trace: Trace, after: tuple[str, ...] = ()) -> Exhibit:
    return Exhibit(tuple(_steps(model, trace)), _beginning(model, trace), after)


def _beginning(model: Model, trace: Trace) -> tuple[str, ...]:
    parameters = {p.name: (p.sort, trace.parameters[p.name]) for p in model.parameters}
    shown = ", ".join(f"{n} = {show_value(v, s)}" for n, (s, v) in parameters.items())
    return (*([f"with {shown}"] if shown else []), f"start: {_difference(model, {}, trace.initial)}")


def _steps(model: Model, trace: Trace) -> Iterator[Marked]:
    for number, (before, step) in enumerate(zip(trace.states, trace.steps, strict=False), 1):
        yield _step(model, str(number), before, step)


def _step(model: Model, mark: str, before: State, step: Step) -> Marked:
    control = control_of(model).name
    start, goal = before[control], step.state[control]
    changes = _difference(model, before, step.state)
    return Marked(mark, (step.rule,), start, goal, _text(model, step.rule, step.arguments, start, goal), changes)


def _difference(model: Model, before: State, after: State) -> str:
    """Return the values of the variables that differ, the control variable only where there is nothing before."""
    changed = [v for v in model.variables if before.get(v.name) != after[v.name]]
    shown = (v for v in changed if not before or v.name != control_of(model).name)
    return ", ".join(f"{v.name} = {show_value(after[v.name], v.sort)}" for v in shown)


def _text(model: Model, rule: str, arguments: Mapping[str, Value], start: Value, goal: Value) -> str:
    sort = control_of(model).sort
    shown = ", ".join(f"{p.name} = {show_value(arguments[p.name], p.sort)}" for p in model.rule[rule].parameters)
    call = f"{rule}({shown})" if shown else rule
    where = show_value(goal, sort) if start == goal else f"{show_value(start, sort)} to {show_value(goal, sort)}"
    return f"{call}: {'stays in ' if start == goal else ''}{where}"


def _instance(model: Model, mark: str, instance: Instance) -> Marked:
    text = _text(model, instance.rule, dict(instance.arguments), instance.start, instance.goal)
    return Marked(mark, (instance.rule,), instance.start, instance.goal, text)


def _lettered(model: Model, path: Iterable[Instance]) -> Iterator[Marked]:
    for letter, instance in zip(_letters(), path, strict=False):
        yield _instance(model, letter, instance)


def _letters() -> Iterator[str]:
    """Yield a, b, .. z, aa, bb, .. without end."""
    return (string.ascii_lowercase[i % 26] * (i // 26 + 1) for i in itertools.count())


def _fork(model: Model, fork: Fork) -> Exhibit:
    number, last = len(fork.trace.steps) + 1, fork.trace.states[-1]
    ends = (_step(model, f"{number}{letter}", last, step) for letter, step in (("a", fork.left), ("b", fork.right)))
    after = (f"{number}a and {number}b are the same instance of a rule, with two outcomes",)
    return Exhibit((*_steps(model, fork.trace), *ends), _beginning(model, fork.trace), after)


def _no_path(model: Model, missing: NoPath) -> Exhibit:
    trace = missing.traces[0]
    number = len(trace.steps) + 1
    nearest = tuple(_lettered(model, missing.nearest))
    steps = (*_steps(model, trace), _instance(model, str(number), missing.instance), *nearest)
    after = f"{number} does what no path does"
    if nearest:
        marks = [s.mark for s in nearest]
        named = " and ".join(marks) if len(marks) < 3 else f"{marks[0]} to {marks[-1]}"
        after += f"; {named}, the nearest one, ends differently"
    return Exhibit(steps, _beginning(model, trace), (after,))


def _redundant(model: Model, row: PathRow) -> Exhibit:
    path = tuple(_lettered(model, row.path))
    after = ("1 does what the other steps do one after the other, so it is not needed",)
    return Exhibit((_instance(model, "1", row.instance), *path), (), after)


def _route(model: Model, claim: Routes, table: RouteTable) -> Exhibit | None:
    difference = next(iter(route_differences(model, claim, table)), None)
    if difference is None:
        return None
    sort = control_of(model).sort
    parameters = ", ".join(f"{p.name} = {show_value(difference.parameters[p.name], p.sort)}" for p in model.parameters)
    ends = f"from {show_value(difference.start, sort)} to {show_value(difference.goal, sort)}: {difference.kind.value}"
    hops = [(n, v) for n, v in (("expected", difference.expected), ("found", difference.found)) if v is not None]
    told = ", ".join(f"next hop {n} {show_value(v, sort)}" for n, v in hops)
    before = (*([f"with {parameters}"] if parameters else []), ends, *([told] if told else []))
    return Exhibit(tuple(_on_routes(model, claim, difference)), before)


def _on_routes(model: Model, claim: Routes, difference: RouteDifference) -> Iterator[Marked]:
    """Mark the steps of the first two routes: 1, 2, .. and a, b, .."""
    sort = control_of(model).sort
    numbers = map(str, itertools.count(1))
    for marks, route in zip((numbers, _letters()), difference.routes, strict=False):
        for mark, start, goal in zip(marks, route, route[1:], strict=False):
            yield Marked(mark, claim.rules, start, goal, f"{show_value(start, sort)} to {show_value(goal, sort)}")
