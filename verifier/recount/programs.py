"""A machine as programs: its initial states, the steps of each instance of its rules, what is looked for in a state.

A rule is followed as `semantics.run.fire` describes it: guard, definitions, tests, and every value for what is left
open. The order of the constraints has no meaning, so those that always have a value are looked at first.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.model.claims import Claim, Deterministic, NoDeadlock
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import IntSort, Sort, Value
from verifier.model.terms import TRUE, Term, shift, variables
from verifier.recount.code import LARGEST, Check, Code, Each, Emit, Hit, Line, Never, Range, When
from verifier.recount.terms import Locals, Terms
from verifier.recount.values import Tree, bounds, leaves, listed, parts, scalars, shaped
from verifier.semantics.claims import Case, cases, defined
from verifier.semantics.instances import LIMIT, TooMany
from verifier.semantics.relation import definition


@dataclass(frozen=True)
class Action:
    """What is done in each state: the steps of one instance of a rule are found, or something is looked for.
    `forks`: two different steps are what is looked for."""

    block: list[Line]
    forks: bool = False


@dataclass(frozen=True)
class Programs:
    """A machine for one value of its parameters: the ranges of the fields of a state, and code over them.

    `initial` emits the initial states, and looks at them for what counts in them only; `dead`, if there is one, looks
    at each state without a step.
    """

    fields: tuple[Range, ...]
    code: Code
    initial: list[Line]
    actions: tuple[Action, ...]
    dead: list[Line] | None


def programs(model: Model, parameters: Mapping[str, Value], claim: Claim) -> Programs:
    """Return the programs that count the states and look for what violates a claim (for `reachable`: what witnesses
    it). Raises TooMany, and ValueError where the claim is not decided by single states and steps."""
    found = cases(model, claim)
    if found is None:
        raise ValueError("not a claim about states or steps")
    return _Writer(model, parameters, claim, found).programs()


class _Writer:
    def __init__(self, model: Model, parameters: Mapping[str, Value], claim: Claim, found: Sequence[Case]) -> None:
        self.model, self.claim = model, claim
        self.cases = () if isinstance(claim, (Deterministic, NoDeadlock)) else tuple(found)
        self.fields = tuple(bounds(s) for v in model.variables for s in scalars(v.sort))
        if any(low < -LARGEST or high > LARGEST for low, high in self.fields):
            raise TooMany("a variable has too many values to be counted with")
        self.code = Code(self.fields)
        self.terms = Terms(model, parameters, self.code)
        numbers = itertools.count()
        self.shapes = {v.name: shaped(v.sort, numbers) for v in model.variables}

    def programs(self) -> Programs:
        """Return all programs."""
        initial = self._program(self._initial)
        self.terms.states = {0: dict(self.shapes)}
        actions = (*self._actions(), *self._observers())
        dead = None
        if isinstance(self.claim, NoDeadlock):
            dead = self._program(functools.partial(self._look, self.claim.excluded, {}, False))
        return Programs(self.fields, self.code, initial, actions, dead)

    def _program(self, write: Callable[[], None]) -> list[Line]:
        lines: list[Line] = []
        with self.code.block(lines):
            try:
                write()
            except Never:
                return lines if _can_fail(lines) else []
        return lines

    def _observers(self) -> Iterator[Action]:
        for case in self.cases:
            if case.rule is None and not case.initially:
                is_total = defined(case.condition) is TRUE
                ways = self.terms.ways(case.condition) if is_total else ((case.condition, {}, True),)
                for way in ways:
                    if block := self._program(functools.partial(self._look, *way)):
                        yield Action(block)

    def _look(self, condition: Term, locals_: Locals, wanted: bool = True) -> None:
        self.terms.test(condition, locals_, wanted)
        self.code.write(Hit(self.code.constant(1)))

    def _hit(self, conditions: Iterable[Term], locals_: Locals) -> None:
        for condition in conditions:
            self.code.write(Hit(self.terms.number(condition, locals_)))

    def _initial(self) -> None:
        """Find states at level 1, as after a step, then look at them at level 0."""
        self.terms.states = {1: {}}
        self._solve([shift(c, 0, 1) for c in self.model.init], [v.name for v in self.model.variables], {})
        after = self.terms.states[1]
        self.code.write(Emit(tuple(self._writes(after, [v.name for v in self.model.variables]))))
        self.terms.states = {0: after}
        self._hit((c.condition for c in self.cases if c.initially), {})

    def _actions(self) -> Iterator[Action]:
        for rule in self.model.rules:
            if any(len(listed(p.sort)) > LIMIT for p in rule.parameters):
                raise TooMany(f"the instances of rule {rule.name} are too many to be listed")
            forks = isinstance(self.claim, Deterministic) and rule.name in self.claim.rules
            for arguments in itertools.product(*(listed(p.sort) for p in rule.parameters)):
                given = zip(rule.parameters, arguments, strict=True)
                locals_ = {p.name: self.terms.constant(p.sort, v) for p, v in given}
                if block := self._program(functools.partial(self._rule, rule, locals_)):
                    yield Action(block, forks)

    def _rule(self, rule: Rule, locals_: Locals) -> None:
        self.terms.test(rule.guard, locals_)
        self.terms.states[1] = {n: t for n, t in self.shapes.items() if n not in rule.changes}
        self._solve(rule.constraints, list(rule.changes), locals_)
        self.code.write(Emit(tuple(self._writes(self.terms.states[1], rule.changes))))
        mine = (c.condition for c in self.cases if c.rule is not None and c.rule.name == rule.name)
        self._hit(mine, locals_)

    def _writes(self, after: Mapping[str, Tree], changed: Iterable[str]) -> Iterator[tuple[int, int]]:
        for name in changed:
            for field, register in zip(leaves(self.shapes[name]), leaves(after[name]), strict=True):
                if field != register or 0 not in self.terms.states:
                    yield field, register

    # Constraints

    def _solve(self, constraints: Sequence[Term], open_: Sequence[str], locals_: Locals) -> None:
        """Give each variable in `open_` every value after such that the constraints hold; go on for each solution."""
        after = self.terms.states[1]
        waiting = [c for c in constraints if defined(c) is TRUE]
        partial = [c for c in constraints if defined(c) is not TRUE]
        while True:
            while ready := next((c for c in (*waiting, *partial) if self._is_ready(c)), None):
                rest = waiting if ready in waiting else partial
                rest.remove(ready)
                self.terms.sure = self._are_definitions([*waiting, *partial])
                self._constrain(ready, locals_)
            self.terms.sure = True
            missing = [n for n in open_ if n not in after]
            if not missing:
                return
            after[missing[0]] = self._any(self.model.variable[missing[0]].sort)

    def _is_ready(self, constraint: Term) -> bool:
        missing = variables(constraint, 1) - self.terms.states[1].keys()
        return not missing or ((sides := definition(constraint)) is not None and missing == {sides[0]})

    def _are_definitions(self, constraints: Sequence[Term]) -> bool:
        """Return True iff no constraint can be false: each is a definition of a variable that has no value yet."""
        names = [sides[0] for c in constraints if (sides := definition(c)) is not None]
        return len(set(names)) == len(constraints) and not set(names) & self.terms.states[1].keys()

    def _constrain(self, constraint: Term, locals_: Locals) -> None:
        after, sides = self.terms.states[1], definition(constraint)
        if sides is None or sides[0] in after:
            self.terms.test(constraint, locals_)
            return
        name, term = sides
        found = self.terms.tree(term, locals_)
        for register, sort in zip(leaves(found), scalars(self.model.variable[name].sort), strict=True):
            if isinstance(sort, IntSort):
                self.code.test("<=", self.code.constant(sort.low), register)
                self.code.test("<=", register, self.code.constant(sort.high))
        after[name] = found

    def _any(self, sort: Sort) -> Tree:
        inner = parts(sort)
        return self.code.each(*bounds(sort)) if inner is None else tuple(self._any(part) for part in inner)


def _can_fail(lines: Iterable[Line]) -> bool:
    """Return True iff something in the code can end it with an error, or has an effect."""
    return any(isinstance(x, (Check, Emit, Hit)) or (isinstance(x, (When, Each)) and _can_fail(x.block)) for x in lines)
