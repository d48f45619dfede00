"""A machine ready to be explored: actions, grouped by the few bits that they read, so that each group is a table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import Term
from verifier.semantics.claims import Case
from verifier.statespace.actions import Action, Choose, Compiler, Test
from verifier.statespace.packing import Layout
from verifier.statespace.scalars import Scalars

TABLE = 16
"""The most bits that a table is indexed by."""

MERGED = 10
"""Groups that share a bit are merged while they read no more bits than this, or than one of them does anyway."""

WAYS = 64
"""In so many ways, at most, a gate can be passed for what is behind it to be written out for each."""

ENTRIES = 20
"""The most bits of a table's index and of the choices tried at each entry together."""

WRONG = 15
"""The observation that an int leaves its range."""


def written(nodes: Scalars, action: Action) -> int:
    """Return the bits that an action writes."""
    mask = 0
    for index, _ in action.writes:
        mask |= nodes.fields[index].mask
    return mask


class Role(Enum):
    """What a program does with an action that passes."""

    STEP = "step"  # what it writes is a successor
    HIT = "hit"  # the state has the program's mark
    FORK = "fork"  # it has the mark if the action passes with two outcomes
    GATE = "gate"  # program number `mark` is worth trying


@dataclass(frozen=True)
class Program:
    """An action and what it is for. `mark`: which observation (0 to 14), or which program is behind the gate."""

    role: Role
    action: Action
    mark: int = 0


@dataclass(frozen=True)
class Group:
    """The programs that read no other bits than `mask`; their outcome is a table over these bits."""

    mask: int
    programs: tuple[int, ...]


@dataclass(frozen=True)
class Machine:
    """Programs over packed states. `rules` are the groups that give the successors of a state, `observers` those
    that give its marks. Programs that stand in no group are behind a gate, or read too much: those in `wide_rules`
    and `wide_observers` are tried at every state."""

    layout: Layout
    nodes: Scalars
    initial: tuple[Action, ...]
    programs: tuple[Program, ...]
    rules: tuple[Group, ...]
    observers: tuple[Group, ...]
    wide_rules: tuple[int, ...]
    wide_observers: tuple[int, ...]


@dataclass(frozen=True)
class Observation:
    """What is looked for in each state: a term that holds, a case of a claim that occurs, or (with `forks`) a rule of
    that name with two different successors under one instance."""

    terms: tuple[Term, ...] = ()
    cases: tuple[Case, ...] = ()
    forks: tuple[str, ...] = ()


def machine(model: Model, parameters: Mapping[str, Value], observed: Sequence[Observation] = ()) -> Machine:
    """Return the machine of a model for one value of its parameters. Observation i has mark i. Raises
    actions.Refused and packing.TooLarge."""
    compiler = Compiler(model, parameters)
    initial = compiler.initial()
    rules = [Program(Role.STEP, a) for a in compiler.transitions()]
    observers = [p for mark, o in enumerate(observed) for p in _observers(compiler, o, mark)]
    grouping = _Grouping(compiler.nodes)
    rule_groups, wide_rules = grouping.grouped(rules)
    observer_groups, wide_observers = grouping.grouped(observers)
    return Machine(
        compiler.layout, compiler.nodes, tuple(initial), tuple(grouping.programs),
        rule_groups, observer_groups, wide_rules, wide_observers,
    )  # fmt: skip


def _observers(compiler: Compiler, observed: Observation, mark: int) -> Iterable[Program]:
    for term in observed.terms:
        yield from (Program(Role.HIT, a, mark) for a in compiler.condition(term))
    for case in observed.cases:
        yield from (Program(Role.HIT, Action(a.rule, a.steps), mark) for a in compiler.case(case))
    for name in observed.forks:
        for action in compiler.rule(compiler.model.rule[name], split=True):
            if any(isinstance(s, Choose) for s in action.steps):
                yield Program(Role.FORK, action, mark)


class _Grouping:
    """Numbers programs and puts them into groups."""

    def __init__(self, nodes: Scalars) -> None:
        self.nodes = nodes
        self.programs: list[Program] = []

    def grouped(self, programs: Iterable[Program]) -> tuple[tuple[Group, ...], tuple[int, ...]]:
        """Return the groups of the programs, and those that can only be tried at every state."""
        groups: list[tuple[int, list[int]]] = []
        wide: list[int] = []
        for program in programs:
            mask = self.support(program.action)
            if self._is_narrow(program.action, mask):
                _join(groups, mask, self._number(program))
            elif gate := self._gate(program.action):
                for condition, action in self._split(program.action, gate):
                    number = self._number(Program(program.role, action, program.mark))
                    behind = Program(Role.GATE, Action(action.rule, condition), number)
                    _join(groups, self.support(gate), self._number(behind))
            else:
                wide.append(self._number(program))
        return tuple(Group(mask, tuple(members)) for mask, members in groups), tuple(wide)

    def _number(self, program: Program) -> int:
        self.programs.append(program)
        return len(self.programs) - 1

    def support(self, action: Action) -> int:
        """Return the bits that an action reads."""
        mask = 0
        for step in action.steps:
            if isinstance(step, Test):
                mask |= self.nodes.reads[step.wrong] | self.nodes.reads[step.holds]
        for _, node in action.writes:
            mask |= self.nodes.reads[node]
        return mask

    def _is_narrow(self, action: Action, mask: int) -> bool:
        tried = sum((s.high - s.low).bit_length() for s in action.steps if isinstance(s, Choose))
        return mask.bit_count() <= TABLE and mask.bit_count() + tried <= ENTRIES

    def _gate(self, action: Action) -> Action | None:
        """Return what must hold for the action to pass, as far as a small table can tell: the conditions that are
        looked at before anything can go wrong, the narrow ones first. None iff there is none."""
        n = self.nodes
        certain = list[int]()
        for step in action.steps:
            if isinstance(step, Choose) or step.wrong != n.zero:
                break
            certain += n.conjuncts(step.holds)
        mask, kept = 0, list[Test | Choose]()
        for node in sorted(certain, key=lambda c: n.reads[c].bit_count()):
            if (mask | n.reads[node]).bit_count() <= MERGED:
                mask |= n.reads[node]
                kept.append(Test(n.zero, node))
        return Action(action.rule, tuple(kept)) if kept else None

    def _split(self, action: Action, gate: Action) -> Iterator[tuple[tuple[Test, ...], Action]]:
        """Yield conditions that exclude each other, with what is left of the action where they hold: one for each way
        in which the gate's fields can pass it, or the gate and the action as they are where those are many."""
        n = self.nodes
        read = self.support(gate)
        fields = [n.field(i) for i, place in enumerate(n.fields) if place.mask & read]
        ways = math.prod(n.high[f] - n.low[f] + 1 for f in fields)
        if ways > WAYS:
            yield tuple(s for s in gate.steps if isinstance(s, Test)), action
            return
        for numbers in itertools.product(*(range(n.low[f], n.high[f] + 1) for f in fields)):
            known = dict(zip(fields, (n.const(x) for x in numbers), strict=True))
            equal = (n.eq(f, c) for f, c in known.items())
            condition = tuple(Test(n.zero, e) for e in list(equal))
            if all(n.given(s.holds, known) == n.one for s in gate.steps if isinstance(s, Test)):
                rest = self._given(action, known)
                # The condition stays, for a program is asked about states that its gate has not looked at, too.
                yield condition, Action(rest.rule, (*condition, *rest.steps), rest.writes)

    def _given(self, action: Action, known: dict[int, int]) -> Action:
        """Return an action where some fields are known."""
        n = self.nodes
        steps = (
            Test(n.given(s.wrong, known), n.given(s.holds, known)) if isinstance(s, Test) else s for s in action.steps
        )
        kept = tuple(s for s in steps if isinstance(s, Choose) or (s.wrong, s.holds) != (n.zero, n.one))
        return Action(action.rule, kept, tuple((i, n.given(x, known)) for i, x in action.writes))


def _join(groups: list[tuple[int, list[int]]], mask: int, number: int) -> None:
    """Add a program to a group that it makes no wider than is good for a table, or to one of its own."""
    for place, (other, members) in enumerate(groups):
        union = (mask | other).bit_count()
        if (mask & other or union == 0) and union <= max(MERGED, mask.bit_count(), other.bit_count()):
            groups[place] = (mask | other, [*members, number])
            return
    groups.append((mask, [number]))
