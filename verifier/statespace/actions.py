"""Rules, initial states and claims as actions: straight lines of tests, choices and writes over one packed state."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import Sort, Value, cardinality, is_finite, values
from verifier.model.terms import Local, Term, shift, variables
from verifier.semantics.claims import Case
from verifier.semantics.relation import definition
from verifier.statespace.expand import After, Expansion, Locals
from verifier.statespace.packing import TooLarge, Tree, bounds, layout, leaves, parts
from verifier.statespace.scalars import Scalars

INSTANCES = 256
"""A rule with more instances leaves some of its arguments to be chosen when it is tried."""

CHOICES = 1 << 24
"""As many combinations of choices are tried at one state, with no test between them that could cut them short."""


@dataclass(frozen=True, slots=True)
class Test:
    """Where `wrong` is 1 an int leaves its range; else the action goes on iff `holds` is 1."""

    wrong: int
    holds: int


@dataclass(frozen=True, slots=True)
class Choose:
    """What follows is tried for each number from low to high as choice `index`."""

    index: int
    low: int
    high: int


@dataclass(frozen=True)
class Action:
    """`steps`, in order; where they are passed, `writes` puts numbers (nodes) into fields. An action reads the state
    before only. Different choices that pass write different states, choices of a rule's arguments apart."""

    rule: str
    steps: tuple[Test | Choose, ...]
    writes: tuple[tuple[int, int], ...] = ()


class Refused(ValueError):
    """The machine has data that no packed state can hold; the message says which."""


def why_not(model: Model) -> str | None:
    """Return why a model cannot be packed; None iff it can."""
    sorts = [*(v.sort for v in model.variables), *(p.sort for p in model.parameters)]
    sorts += [p.sort for r in model.rules for p in r.parameters]
    if model.functions or not all(is_finite(s) for s in sorts):
        return "the data is not finite (an opaque sort or an uninterpreted function)"
    return None


class Compiler:
    """Makes the actions of a model, for one value of its parameters. Raises Refused and packing.TooLarge."""

    def __init__(self, model: Model, parameters: Mapping[str, Value]) -> None:
        if (reason := why_not(model)) is not None:
            raise Refused(reason)
        self.model = model
        self.layout = layout(model)
        self.expansion = Expansion(model, parameters, self.layout)

    @property
    def nodes(self) -> Scalars:
        """The nodes of all actions made so far."""
        return self.expansion.nodes

    def transitions(self) -> list[Action]:
        """Return the actions that lead from a state to its successors, rule by rule."""
        return [a for rule in self.model.rules for a in self.rule(rule)]

    def rule(self, rule: Rule, condition: Term | None = None, split: bool = False) -> Iterator[Action]:
        """Yield the actions of a rule: those of its steps on which `condition` (levels 0 and 1) holds as well.

        With `split` there is one action for each combination of arguments, however many.
        """
        listed, chosen = _shared(rule.parameters, split)
        for combination in itertools.product(*(tuple(values(p.sort)) for p in listed)):
            fixed = {p: self.expansion.constant(p.sort, v) for p, v in zip(listed, combination, strict=True)}
            line = _Line(self, fixed)
            for parameter in chosen:
                line.locals_[parameter] = line.choose(parameter.sort)
            line.test(rule.guard)
            kept = (v.name for v in self.model.variables if v.name not in rule.changes)
            line.after = After({n: self.expansion.before[n] for n in kept})
            for way in line.solved(rule.constraints, list(rule.changes)):
                if condition is not None:
                    way.test(condition)
                if (steps := way.finished()) is not None:
                    yield Action(rule.name, steps, self._writes(way.after.trees, rule.changes) if way.passes else ())

    def _writes(self, trees: Mapping[str, Tree], changed: Sequence[str]) -> tuple[tuple[int, int], ...]:
        pairs = ((i, n) for v in changed for i, n in _zipped(self.layout.shapes[v], trees[v]))
        return tuple((i, n) for i, n in pairs if n != self.nodes.field(i))

    def initial(self) -> list[Action]:
        """Return the actions whose writes are the initial states; fields that are not written have code 0."""
        line = _Line(self, {})
        line.after = After({})
        constraints = [shift(c, 0, 1) for c in self.model.init]
        found = list[Action]()
        for way in line.solved(constraints, [v.name for v in self.model.variables]):
            if (steps := way.finished()) is not None:
                found.append(Action("", steps, tuple(self._written(way.after.trees)) if way.passes else ()))
        return found

    def _written(self, trees: Mapping[str, Tree]) -> Iterator[tuple[int, int]]:
        return (p for v in self.model.variables for p in _zipped(self.layout.shapes[v.name], trees[v.name]))

    def condition(self, term: Term) -> list[Action]:
        """Return the actions one of which passes iff a term over level 0 holds, as small as they can be made."""
        tree, wrong = self.expansion.meaning(term, {})
        assert isinstance(tree, int)
        none = self.nodes.zero
        holding = [Action("", (Test(none, part),)) for part in self.nodes.disjuncts(tree) if part != none]
        failing = [Action("", (Test(part, none),)) for part in self.nodes.disjuncts(wrong) if part != none]
        return holding + failing

    def case(self, case: Case) -> list[Action]:
        """Return the actions one of which passes iff a state is bad, or has a bad step, in this way."""
        return self.condition(case.condition) if case.rule is None else list(self.rule(case.rule, case.condition))


def _shared(parameters: Sequence[Local], split: bool) -> tuple[list[Local], list[Local]]:
    """Split a rule's parameters into those whose values are listed, and those that are chosen at each state."""
    listed, chosen = list(parameters), list[Local]()
    while not split and _product(p.sort for p in listed) > INSTANCES:
        widest = max(listed, key=lambda p: cardinality(p.sort) or 0)
        listed.remove(widest)
        chosen.append(widest)
    return listed, chosen


def _product(sorts: Iterator[Sort]) -> int:
    size = 1
    for sort in sorts:
        size *= cardinality(sort) or 0
    return size


def _zipped(shape: Tree, tree: Tree) -> Iterator[tuple[int, int]]:
    return zip(leaves(shape), leaves(tree), strict=True)


class _Line:
    """An action in the making. The order of tests and choices is that of `semantics.run`, so errors are the same.

    `undefined` is the node that is 1 iff some constraint tested so far has no value: an error unless another one is
    false.
    """

    def __init__(self, compiler: Compiler, locals_: Locals) -> None:
        self.model, self.expansion = compiler.model, compiler.expansion
        self.locals_ = dict(locals_)
        self.after = After({})
        self.steps: list[Test | Choose] = []
        self.choices, self.untested = 0, 1
        self.undefined = self.expansion.nodes.zero

    def _without(self, wrong: int) -> _Line:
        """Return the line that goes on from here where a definition has no value, which is so where `wrong` is 1: then
        the variable may have every value that no other constraint excludes."""
        other = copy.copy(self)
        other.locals_, other.after, other.steps = dict(self.locals_), After(dict(self.after.trees)), [*self.steps]
        other._go_on(wrong)
        other.undefined = self.expansion.nodes.one
        return other

    def choose(self, sort: Sort) -> Tree:
        """Return a value of the sort that is chosen."""
        if (inner := parts(sort)) is not None:
            return tuple(self.choose(part) for part in inner)
        low, high = bounds(sort)
        if low == high:
            return self.expansion.nodes.const(low)
        self.untested *= high - low + 1
        if self.untested > CHOICES:
            raise TooLarge(f"a step has more than {CHOICES:,} choices")
        self.steps.append(Choose(self.choices, low, high))
        self.choices += 1
        return self.expansion.nodes.choice(self.choices - 1, low, high)

    def test(self, term: Term) -> None:
        """Go on only where a term holds."""
        tree, wrong = self.expansion.meaning(term, self.locals_, self.after)
        assert isinstance(tree, int)
        self.steps.append(Test(wrong, tree))
        self.untested = 1

    def _go_on(self, holds: int) -> None:
        self.steps.append(Test(self.expansion.nodes.zero, holds))
        self.untested = 1

    def _constrain(self, wrong: int, holds: int) -> None:
        """Go on where a constraint holds or has no value."""
        n = self.expansion.nodes
        self._go_on(n.or_(holds, wrong))
        self.undefined = n.or_(self.undefined, wrong)

    def _require(self, constraint: Term) -> None:
        """Go on only where a constraint, all of which has a value after, is not false."""
        tree, wrong = self.expansion.meaning(constraint, self.locals_, self.after)
        assert isinstance(tree, int)
        self._constrain(wrong, tree)

    def _define(self, name: str, term: Term, others: Iterable[Term]) -> _Line | None:
        """Give a variable the value of a term in the state after; go on only where it is of the variable's sort.

        Where the term has no value the variable gets none that means anything. If one of the `others` mentions it,
        the line ends there, and the one that is returned goes on.
        """
        n = self.expansion.nodes
        tree, wrong = self.expansion.meaning(term, self.locals_, self.after)
        inside = n.not_(self.expansion.outside(self.model.variable[name].sort, tree))
        other = None
        if wrong != n.zero and any(name in variables(c, 1) for c in others):
            other = self._without(wrong)
            self._go_on(n.and_(n.not_(wrong), inside))
        else:
            self._constrain(wrong, inside)
        self.after.trees[name] = tree
        return other

    def solved(self, constraints: Sequence[Term], open_: Sequence[str]) -> Iterator[_Line]:
        """Yield lines, this one among them, that give every variable in `open_` a value in the state after such that
        the constraints hold: together each such value once."""
        waiting: list[tuple[_Line, Sequence[Term]]] = [(self, constraints)]
        for line, left in waiting:  # it grows meanwhile
            while True:
                left = line._settled(left, waiting)
                if not left:
                    line._judge()
                missing = [n for n in open_ if n not in line.after.trees]
                if not missing:
                    break
                line.after.trees[missing[0]] = line.choose(self.model.variable[missing[0]].sort)
            yield line

    def _judge(self) -> None:
        """An error is where a constraint has no value, once no other one can be false any more."""
        n = self.expansion.nodes
        if self.undefined != n.zero:
            self.steps.append(Test(self.undefined, n.one))
            self.undefined = n.zero

    def _settled(self, constraints: Sequence[Term], branches: list[tuple[_Line, Sequence[Term]]]) -> Sequence[Term]:
        """Test what can be tested, define what can be defined, again and again; return what is left. Lines that go on
        apart, and what is left for them, are added to `branches`."""
        progress = True
        while progress and constraints:
            progress, waiting = False, list[Term]()
            for place, constraint in enumerate(constraints):
                missing = variables(constraint, 1) - self.after.trees.keys()
                if not missing:
                    self._require(constraint)
                elif (sides := definition(constraint)) and missing == {sides[0]}:
                    others = [*waiting, *constraints[place + 1 :]]
                    if other := self._define(*sides, others):
                        branches.append((other, others))
                else:
                    waiting.append(constraint)
                    continue
                progress = True
            constraints = waiting
        return constraints

    @property
    def passes(self) -> bool:
        """False iff some test is known to fail always, or to be an error."""
        n = self.expansion.nodes
        return all(isinstance(s, Choose) or (s.holds != n.zero and s.wrong != n.one) for s in self.steps)

    def finished(self) -> tuple[Test | Choose, ...] | None:
        """Return the steps without those that always pass; None iff they never pass and nothing goes wrong."""
        n = self.expansion.nodes
        kept: list[Test | Choose] = []
        for step in self.steps:
            if isinstance(step, Choose) or (step.wrong, step.holds) != (n.zero, n.one):
                kept.append(step)
            if isinstance(step, Test) and (step.holds == n.zero or step.wrong == n.one):
                break
        else:
            return tuple(kept)
        return tuple(kept) if any(isinstance(s, Test) and s.wrong != n.zero for s in kept) else None
