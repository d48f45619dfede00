"""A control graph made ready to be drawn: what is a line of its own, what shares one, what is better said in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.graph.arcs import Arc, control_of
from verifier.graph.exhibit import Exhibit
from verifier.graph.grouping import Edge, Line, Style, edges, keeping, stubs
from verifier.model.model import Model
from verifier.model.printer import show_value
from verifier.model.sorts import FlagsSort, Value, values

ERROR = re.compile(r"(^|_)(ERROR|ERR|FAILED|FAILURE|FAULT|FAULTED|BROKEN)(_|$)", re.IGNORECASE)
"""The names of control values that are taken for error states."""


@dataclass(frozen=True)
class State:
    """A control value, with its bits where it is a set of flags. `reached` is False iff no run reaches it.
    `error`: it is named for an error, or only failures lead to it."""

    name: str
    detail: str
    initial: bool
    reached: bool
    error: bool


@dataclass(frozen=True)
class Chart:
    """A picture without places.

    `keeping`: rules that do not change the state, and the states in which they fire; `idle`: rules that never
    fire; `undrawn`: control values that no run reaches and no edge touches; `lines`: every arc by itself.
    """

    title: str
    captions: tuple[str, ...]
    states: tuple[State, ...]
    edges: tuple[Edge, ...]
    keeping: tuple[tuple[str, str], ...]
    idle: tuple[str, ...]
    undrawn: tuple[State, ...]
    lines: tuple[Line, ...]
    exhibit: Exhibit | None

    @property
    def walked(self) -> set[str | None]:
        """The names of the states that the steps which are shown pass through."""
        return {n for e in self.edges if e.style.marked for n in (e.start, e.goal)}


@dataclass(frozen=True)
class Known:
    """What runs do: the control values in which they start, and for each arc whether some run takes it (None: not
    decided)."""

    initial: tuple[Value, ...]
    taken: Mapping[Arc, bool | None]


def chart(model: Model, known: Known, captions: Sequence[str] = (), shown: Exhibit | None = None) -> Chart:
    """Return the picture of the arcs that are known of."""
    taken = known.taken
    states = list(_states(model, known))
    errors = {s.name for s in states if s.error}
    lines = [_line(model, a, t, errors, shown) for a, t in taken.items()]
    reached = [s.name for s in states if s.reached]
    unreached = [s.name for s in states if not s.reached]
    collapsed, left = stubs(lines, reached, unreached)
    drawn = (*edges(left), *collapsed)
    used = {n for e in drawn for n in (e.start, e.goal)}
    return Chart(
        title=model.name,
        captions=tuple(captions),
        states=tuple(s for s in states if s.reached or s.name in used),
        edges=drawn,
        keeping=tuple(keeping(left, reached)),
        idle=tuple(r.name for r in model.rules if r.name not in {a.rule for a, t in taken.items() if t is not False}),
        undrawn=tuple(s for s in states if not s.reached and s.name not in used),
        lines=tuple(lines),
        exhibit=shown,
    )


def _states(model: Model, known: Known) -> Iterator[State]:
    sort = control_of(model).sort
    for value in values(sort):
        entering = [(a, t) for a, t in known.taken.items() if a.goal == value != a.start and t is not False]
        by_failure = bool(entering) and all(model.rule[a.rule].fails is not None for a, _ in entering)
        name = show_value(value, sort)
        yield State(
            name=name,
            detail=f"0b{value:0{len(sort.bits)}b}" if isinstance(sort, FlagsSort) else "",
            initial=value in known.initial,
            reached=value in known.initial or bool(entering),
            error=by_failure or ERROR.search(name) is not None,
        )


def _line(model: Model, arc: Arc, taken: bool | None, errors: set[str], shown: Exhibit | None) -> Line:
    sort = control_of(model).sort
    start, goal = show_value(arc.start, sort), show_value(arc.goal, sort)
    failure = model.rule[arc.rule].fails is not None or (goal in errors and start != goal)
    steps = shown.steps if shown else ()
    marks = tuple(m.mark for m in steps if arc.rule in m.rules and (arc.start, arc.goal) == (m.start, m.goal))
    return Line(arc.rule, arc.condition, start, goal, Style(failure, taken, bool(marks)), marks)
