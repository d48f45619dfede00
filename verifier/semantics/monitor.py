"""Claims about maximal runs as claims about states: a machine beside the machine. Part of the trusted base.

The watched machine does what the machine does, and guesses a reason why its run violates the claim. Its rounds
count how often all that a violation has to do again and again was done. If the rounds of no run are more than k,
there is no violation that goes on for ever (Claessen, Soerensson: A Liveness Checking Algorithm That Counts,
FMCAD 2012).

- `owed_i`: from here on the run has to satisfy formula i, a part of the claim's negation in positive form. Each
  step settles what is owed, by a condition that holds or by what is owed after it (as in `semantics.temporal`).
- `quiet_i`: from here on rule i, to which the run is strongly fair, can never fire.
- `seen_i`: in this round, task i was done: a `U` was not put off; a rule to which the run is fair fired, or could
  not fire (or is quiet).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from verifier.model.claims import Always, Ltl
from verifier.model.declarations import Rule, Variable
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.model import Model
from verifier.model.sorts import BOOL, IntSort, Sort
from verifier.model.terms import FALSE, TRUE, App, Const, Op, Term, Var, and_, eq, implies, ite, not_, or_, variables
from verifier.semantics.claims import enabled
from verifier.semantics.positive import positive, subformulas
from verifier.semantics.relation import can_fire


@dataclass(frozen=True)
class Watched:
    """The watched machine, the claim that no violation shows on its runs, and what its own variables stand for:
    what is owed, the rules that may be quiet, and each task of a round."""

    model: Model
    claim: Always
    owed: dict[str, Formula]
    quiet: dict[str, str]
    tasks: tuple[Formula | str, ...]
    seen: tuple[str, ...]
    rounds: str
    most: int


@functools.lru_cache(maxsize=64)
def watched(model: Model, claim: Ltl, most: int) -> Watched:
    """Return the watched machine of a claim, and the claim that there are at most `most` rounds, and no deadlock in
    which nothing is owed that is false."""
    wrong = positive(claim.formula, False)
    formulas = list(subformulas(wrong))
    owed = dict(zip(fresh_names(model, "owed"), dict.fromkeys([wrong, *_later(formulas)]), strict=False))
    quiet = dict(zip(fresh_names(model, "quiet"), dict.fromkeys(claim.strong), strict=False))
    untils = [f for f in formulas if isinstance(f, Operator) and f.name == "U"]
    tasks: tuple[Formula | str, ...] = tuple(dict.fromkeys((*untils, *claim.fair, *claim.strong)))
    seen = tuple(n for n, _ in zip(fresh_names(model, "seen"), tasks if len(tasks) > 1 else (), strict=False))
    monitor = _Monitor(model, wrong, owed, quiet, tasks, seen, next(fresh_names(model, "rounds", "")), most)
    return Watched(monitor.machine(), Always(monitor.good()), owed, quiet, tasks, seen, monitor.rounds, most)


@dataclass(frozen=True)
class Owing:
    """A machine with nothing beside it but what is owed. Its runs that violate the claim are those that end, for the
    machine, in a state where `ended` holds, and the fair ones on which each term of `settled` holds again and again: a
    `U` was not put off."""

    model: Model
    ended: Term
    settled: tuple[Term, ...]


@functools.lru_cache(maxsize=64)
def owing(model: Model, claim: Ltl) -> Owing:
    """Return the machine and beside it what a run owes that violates a claim. Fairness is not looked at."""
    watch = watched(model, replace(claim, fair=(), strong=()), 0)
    untils = [t for t in watch.tasks if not isinstance(t, str)]
    kept = dict(zip(fresh_names(model, "settled"), untils, strict=False))
    monitor = _Monitor(model, positive(claim.formula, False), watch.owed, {}, (), (), "", 0)
    own = (*watch.owed, *kept)
    span = model.rules[0].span if model.rules else None
    added = tuple(Variable(n, BOOL, None, span or model.variables[0].span) for n in own)
    begin = (*monitor.begin(), *(not_(_is(n)) for n in kept))

    def owed(rule: Rule) -> Rule:
        done = (eq(_is(n, 1), monitor.done(u, rule)) for n, u in kept.items())
        return replace(rule, constraints=(*rule.constraints, *monitor.debts(), *done), changes=(*rule.changes, *own))

    both = replace(
        model, variables=(*model.variables, *added), init=(*model.init, *begin), rules=tuple(map(owed, model.rules))
    )
    return Owing(both, monitor.ended(), tuple(_is(n) for n in kept))


def fresh_names(model: Model, word: str, first: str = "_1") -> Iterator[str]:
    """Yield names that the spec does not use: `word` with `first` behind it, `word_2`, ..."""
    taken = {*model.variable, *model.function, *model.table, *model.sorts, *(p.name for p in model.parameters)}
    for sort in model.sorts.values():
        taken |= {*getattr(sort, "names", ()), *getattr(sort, "bits", ()), *dict(getattr(sort, "named", ()))}
    while any(n.startswith(word) for n in taken):
        word = f"{word}_"
    yield word + first
    yield from (f"{word}_{i}" for i in range(2, 1 << 30))


def _later(formulas: list[Formula]) -> Iterator[Formula]:
    """Yield the formulas that may be owed at the next position."""
    for formula in formulas:
        if isinstance(formula, Operator) and formula.name in ("U", "R"):
            yield formula
        elif isinstance(formula, Operator) and formula.name in ("X", "N"):
            yield formula.parts[0]


def _is(name: str, level: int = 0) -> Var:
    return Var(BOOL, name, level)


@dataclass(frozen=True)
class _Monitor:
    model: Model
    wrong: Formula
    owed: dict[str, Formula]
    quiet: dict[str, str]
    tasks: tuple[Formula | str, ...]
    seen: tuple[str, ...]
    rounds: str
    most: int

    @property
    def counter(self) -> IntSort:
        return IntSort(0, self.most + 1)

    def machine(self) -> Model:
        model, own = self.model, (*self.owed, *self.quiet, *self.seen)
        sorts: dict[str, Sort] = {**dict.fromkeys(own, BOOL), self.rounds: self.counter}
        span = model.rules[0].span if model.rules else None
        added = tuple(Variable(n, s, None, span or model.variables[0].span) for n, s in sorts.items())
        begin = [*self.begin(), *(not_(_is(n)) for n in self.seen)]
        begin.append(eq(Var(self.counter, self.rounds), Const(self.counter, 0)))
        rules = tuple(self.rule(r, tuple(sorts)) for r in model.rules)
        return replace(model, variables=(*model.variables, *added), init=(*model.init, *begin), rules=rules)

    def begin(self) -> Iterator[Term]:
        """Yield what is owed at first: the violation."""
        yield from (_is(n) if f == self.wrong else not_(_is(n)) for n, f in self.owed.items())

    def good(self) -> Term:
        """Too many rounds are bad, and so is the end of a run that settles what is owed."""
        few = App(BOOL, Op.LE, (Var(self.counter, self.rounds), Const(IntSort(self.most, self.most), self.most)))
        return and_(few, not_(self.ended()))

    def ended(self) -> Term:
        """Return the term that says that the run ends, and that settles what is owed."""
        settled = (implies(_is(n), self.settled(f, ends=True)) for n, f in self.owed.items())
        return and_(not_(enabled(self.model)), *settled)

    def debts(self) -> Iterator[Term]:
        """Yield what a step has to satisfy: it settles what is owed, and nothing is owed after it without a reason."""
        yield from (implies(_is(n), self.settled(f)) for n, f in self.owed.items())
        yield from (implies(_is(n, 1), or_(*self.reasons(f))) for n, f in self.owed.items())

    def rule(self, rule: Rule, own: tuple[str, ...]) -> Rule:
        silent = [t for n, r in self.quiet.items() for t in (implies(_is(n), _is(n, 1)), self.silence(n, r))]
        constraints = (*rule.constraints, *self.debts(), *silent, *self.progress(rule))
        return replace(rule, constraints=constraints, changes=(*rule.changes, *own))

    def settled(self, formula: Formula, ends: bool = False) -> Term:
        """Return the term that says that a step (where the run ends: a state) settles a formula."""
        if isinstance(formula, Now):
            return FALSE if ends and variables(formula.condition, 1) else formula.condition
        parts = [self.settled(p, ends) for p in formula.parts] if formula.name not in ("X", "N") else []
        match formula.name:
            case "not":
                return not_(parts[0])
            case "and":
                return and_(*parts)
            case "or":
                return or_(*parts)
            case "X" | "N":
                return self.later(formula.parts[0]) if not ends else TRUE if formula.name == "N" else FALSE
            case "U":
                return or_(parts[1], and_(parts[0], self.later(formula) if not ends else FALSE))
            case _:  # R
                return and_(parts[1], or_(parts[0], self.later(formula) if not ends else TRUE))

    def later(self, formula: Formula) -> Term:
        return next(_is(n, 1) for n, f in self.owed.items() if f == formula)

    def reasons(self, formula: Formula) -> Iterator[Term]:
        """Yield what must be owed for the formula to be owed after the step: nothing is owed without a reason."""
        after = self.later(formula)
        yield from (_is(n) for n, f in self.owed.items() if after.name in variables(self.settled(f), 1))  # type: ignore[attr-defined]

    def silence(self, name: str, rule: str) -> Term:
        return implies(_is(name), not_(can_fire(self.model, self.model.rule[rule])))

    def progress(self, rule: Rule) -> Iterator[Term]:
        """Tasks are ticked off; when all are, a round is full, and the next one begins."""
        done = [self.done(t, rule) for t in self.tasks]
        if self.seen:
            done = [or_(_is(n), d) for n, d in zip(self.seen, done, strict=True)]
        full = and_(*done)
        yield from (eq(_is(n, 1), and_(d, not_(full))) for n, d in zip(self.seen, done, strict=False))
        before, after = Var(self.counter, self.rounds), Var(self.counter, self.rounds, 1)
        room = App(BOOL, Op.LT, (before, Const(IntSort(self.most + 1, self.most + 1), self.most + 1)))
        one = Const(IntSort(1, 1), 1)
        raised = App(self.counter, Op.FIT, (App(IntSort(1, self.most + 2), Op.ADD, (before, one)),))
        yield eq(after, ite(and_(full, room), raised, before))

    def done(self, task: Formula | str, rule: Rule) -> Term:
        """Return the term that says that a step by `rule` does a task."""
        if not isinstance(task, str):
            owed = next(n for n, f in self.owed.items() if f == task)
            assert isinstance(task, Operator)
            return or_(not_(_is(owed)), self.settled(task.parts[1]))
        if task == rule.name:
            return TRUE
        given_up = [_is(n) for n, r in self.quiet.items() if r == task]
        return or_(*given_up) if given_up else not_(can_fire(self.model, self.model.rule[task]))
