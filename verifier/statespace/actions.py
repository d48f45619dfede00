"""Rules, initial states and claims as actions: straight lines of tests, choices and writes over one packed state."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
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
            line.solve(rule.constraints, list(rule.changes))
            if condition is not None:
                line.test(condition)
            if (steps := line.finished()) is not None:
                yield Action(rule.name, steps, self._writes(line.after.trees, rule.changes) if line.passes else ())

    def _writes(self, trees: Mapping[str, Tree], changed: Sequence[str]) -> tuple[tuple[int, int], ...]:
        pairs = ((i, n) for v in changed for i, n in _zipped(self.layout.shapes[v], trees[v]))
        return tuple((i, n) for i, n in pairs if n != self.nodes.field(i))

    def initial(self) -> list[Action]:
        """Return the actions whose writes are the initial states; fields that are not written have code 0."""
        line = _Line(self, {})
        line.after = After({})
        line.solve([shift(c, 0, 1) for c in self.model.init], [v.name for v in self.model.variables])
        steps = line.finished()
        shapes, trees = self.layout.shapes, line.after.trees
        written = (p for v in self.model.variables for p in _zipped(shapes[v.name], trees[v.name]))
        return [] if steps is None else [Action("", steps, tuple(written) if line.passes else ())]

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
    """An action in the making. The order of tests and choices is that of `semantics.run`, so errors are the same."""

    def __init__(self, compiler: Compiler, locals_: Locals) -> None:
        self.model, self.expansion = compiler.model, compiler.expansion
        self.locals_ = dict(locals_)
        self.after = After({})
        self.steps: list[Test | Choose] = []
        self.choices, self.untested = 0, 1

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

    def define(self, name: str, term: Term) -> None:
        """Give a variable the value of a term in the state after; go on only where it is of the variable's sort."""
        tree, wrong = self.expansion.meaning(term, self.locals_, self.after)
        outside = self.expansion.outside(self.model.variable[name].sort, tree)
        self.steps.append(Test(wrong, self.expansion.nodes.not_(outside)))
        self.untested = 1
        self.after.trees[name] = tree

    def solve(self, constraints: Sequence[Term], open_: Sequence[str]) -> None:
        """Give every variable in `open_` a value in the state after such that the constraints hold."""
        while True:
            constraints = self._settled(constraints)
            missing = [n for n in open_ if n not in self.after.trees]
            if not missing:
                return
            self.after.trees[missing[0]] = self.choose(self.model.variable[missing[0]].sort)

    def _settled(self, constraints: Sequence[Term]) -> Sequence[Term]:
        """Test what can be tested, define what can be defined, again and again; return what is left."""
        progress = True
        while progress and constraints:
            progress, waiting = False, list[Term]()
            for constraint in constraints:
                missing = variables(constraint, 1) - self.after.trees.keys()
                if not missing:
                    self.test(constraint)
                elif (sides := definition(constraint)) and missing == {sides[0]}:
                    self.define(*sides)
                else:
                    waiting.append(constraint)
                    continue
                progress = True
            constraints = waiting
        return constraints

    @property
    def passes(self) -> bool:
        """False iff some test is known to fail always."""
        return all(isinstance(s, Choose) or s.holds != self.expansion.nodes.zero for s in self.steps)

    def finished(self) -> tuple[Test | Choose, ...] | None:
        """Return the steps without those that always pass; None iff they never pass and nothing goes wrong."""
        n = self.expansion.nodes
        kept: list[Test | Choose] = []
        for step in self.steps:
            if isinstance(step, Choose) or (step.wrong, step.holds) != (n.zero, n.one):
                kept.append(step)
            if isinstance(step, Test) and step.holds == n.zero:
                break
        else:
            return tuple(kept)
        return tuple(kept) if any(isinstance(s, Test) and s.wrong != n.zero for s in kept) else None
