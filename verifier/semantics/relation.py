"""A rule as a relation between states, as terms."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import BOOL, IntSort, Sort
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Bind,
    Binder,
    Local,
    Op,
    Term,
    Var,
    and_,
    eq,
    shift,
    substitute,
    subterms,
    transform,
    variables,
)  # fmt: skip


def relation(model: Model, rule: Rule, after: int = 1) -> Term:
    """Return the relation of `rule` between level 0 and level `after`; the rule's parameters are free in it."""
    kept = (v for v in model.variables if v.name not in rule.changes)
    frame = (eq(Var(v.sort, v.name, 1), Var(v.sort, v.name, 0)) for v in kept)
    return shift(and_(rule.guard, *rule.constraints, *frame), 1, after)


def differ(model: Model, left: int, right: int) -> Term:
    """Return the term that says that the states of two levels are not the same."""
    pairs = (eq(Var(v.sort, v.name, left), Var(v.sort, v.name, right)) for v in model.variables)
    return App(BOOL, Op.NOT, (and_(*pairs),))


@dataclass(frozen=True)
class Update:
    """A rule solved for the state after, as far as it says it outright.

    The rule relates x to x' iff, for some values of the locals `choices`, `condition` holds in x and each
    variable v has the value `after[v]` in x'. All terms are over level 0, the rule's parameters, and `choices`.
    """

    condition: Term
    after: Mapping[str, Term]
    choices: tuple[Local, ...]

    def keeps(self, name: str) -> bool:
        """Return True iff the variable has the same value after as before, whatever that is."""
        term = self.after[name]
        return isinstance(term, Var) and term.name == name

    def marked(self, mark: str) -> Update:
        """Return the same with choices of other names, to keep those of several steps apart."""
        if not self.choices:
            return self
        named = {c: Local(c.sort, f"{c.name} {mark}") for c in self.choices}
        fresh: dict[Term, Term] = dict(named.items())
        renamed = {n: substitute(t, fresh) for n, t in self.after.items()}
        return Update(substitute(self.condition, fresh), renamed, tuple(named.values()))


@functools.lru_cache(maxsize=4096)
def update(model: Model, rule: Rule) -> Update:
    """Return `rule` as an Update."""
    defined, rest = _definitions(rule)
    free = [model.variable[n] for n in rule.changes if n not in defined]
    choices = {v.name: Local(v.sort, f"{rule.name}.{v.name}'") for v in free}
    after: dict[str, Term] = {v.name: Var(v.sort, v.name, 0) for v in model.variables}
    after |= choices
    for name, term in defined.items():  # in order of dependence
        after[name] = in_terms_of(after, term)
    condition = and_(rule.guard, *(in_terms_of(after, c) for c in rest))
    return Update(condition, after, tuple(choices.values()))


def in_terms_of(after: Mapping[str, Term], term: Term) -> Term:
    """Return `term` with each variable of level 1 replaced by its term in `after`."""
    return transform(term, lambda t: after[t.name] if isinstance(t, Var) and t.level == 1 else None)


@functools.lru_cache(maxsize=4096)
def _definitions(rule: Rule) -> tuple[Mapping[str, Term], Sequence[Term]]:
    """Split the constraints into definitions `x' == e`, each over earlier ones and choices, and the rest."""
    candidates: dict[str, Term] = {}
    rest: list[Term] = []
    for constraint in rule.constraints:
        sides = definition(constraint)
        if sides is not None and sides[0] not in candidates and sides[0] in rule.changes:
            candidates[sides[0]] = sides[1]
        else:
            rest.append(constraint)
    defined: dict[str, Term] = {}
    while ready := [n for n, t in candidates.items() if not (variables(t, 1) & candidates.keys())]:
        defined |= {n: candidates.pop(n) for n in ready}
    leftover = (c for c in rule.constraints if (s := definition(c)) and s[0] in candidates and c not in rest)
    return defined, [*rest, *leftover]


@functools.lru_cache(maxsize=1 << 14)
def definition(constraint: Term) -> tuple[str, Term] | None:
    """Return (x, e) iff the constraint is `x' == e` (or `e == x'`), e does not mention x', and each value of e is
    one that x may have (an int e of a wider range only restricts the steps, without Op.FIT)."""
    if isinstance(constraint, App) and constraint.op is Op.EQ:
        for left, right in (constraint.args, constraint.args[::-1]):
            is_after = isinstance(left, Var) and left.level == 1 and left.name not in variables(right, 1)
            if isinstance(left, Var) and is_after and _is_within(right.sort, left.sort):
                return left.name, right
    return _boolean_definition(constraint)


def _is_within(sort: Sort, other: Sort) -> bool:
    if isinstance(sort, IntSort) and isinstance(other, IntSort):
        return other.low <= sort.low and sort.high <= other.high
    return True


def _boolean_definition(constraint: Term) -> tuple[str, Term] | None:
    """`b' = true` and `b' = false` are kept as the literals b' and not b'."""
    if isinstance(constraint, Var) and constraint.level == 1:
        return constraint.name, TRUE
    if isinstance(constraint, App) and constraint.op is Op.NOT and isinstance(constraint.args[0], Var):
        return (constraint.args[0].name, FALSE) if constraint.args[0].level == 1 else None
    return None


def exists(locals_: Iterable[Local], term: Term) -> Term:
    """Return `some l in ...: term` over each of the locals that the term mentions."""
    free = set(subterms(term))
    for local in locals_:
        if local in free:
            term = Bind(BOOL, Binder.SOME, local, term)
    return term


def can_fire(model: Model, rule: Rule, where: Term | None = None) -> Term:
    """Return the term over level 0 that says that `rule` can fire, with some arguments, to some state that
    satisfies `where` (levels 0 and 1, and the rule's parameters; None: to any state)."""
    solved = update(model, rule)
    term = and_(solved.condition, *(() if where is None else (in_terms_of(solved.after, where),)))
    return for_some(rule, solved.choices, term)


def for_some(rule: Rule, choices: Iterable[Local], term: Term) -> Term:
    """Return the term that says that `term` holds for some arguments of the rule and some values of `choices`."""
    fresh = [Local(p.sort, f"{rule.name}.{p.name}") for p in rule.parameters]
    return exists((*choices, *fresh), substitute(term, dict(zip(rule.parameters, fresh, strict=True))))
