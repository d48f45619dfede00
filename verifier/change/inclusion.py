"""Whether the behaviours of one version are among those of the other, as claims about a machine.

A behaviour is what an observer of both versions sees: the rules that fire, with their arguments, and the variables,
as far as both versions have them. Every run of the inner version is one of the outer version iff its initial states
are, and every step that it can reach is: a safety claim about the inner version (`Within`) without a bound on the
depth. In a shortest counterexample only the last step is foreign to the outer version.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from verifier.change.dependence import NotComparableError
from verifier.change.names import Pairs
from verifier.change.translation import Translation
from verifier.checker.certified import Certified, Verdict
from verifier.evidence.evidence import Trace
from verifier.model.claims import Claim, Within
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import Value, cardinality, values
from verifier.model.terms import (
    FALSE,
    TRUE,
    Bind,
    Binder,
    Local,
    Term,
    Var,
    and_,
    at_level,
    eq,
    or_,
    subterms,
    variables,
)
from verifier.semantics.claims import defined
from verifier.semantics.relation import definition, update

Ask = Callable[[Model, Claim], Certified]
"""Decides a claim about a model, with certified evidence."""

CHOICES = 16
"""The most values that are tried for the parameters that one version has alone."""


@dataclass(frozen=True)
class Inclusion:
    """Whether every run of the inner version is one of the outer one.

    `certified` is the deciding verdict about `model`: PROVED, REFUTED with a run whose last step, or whose first
    state, the outer version lacks, or UNKNOWN. `choice` are the values of the outer version's own parameters for
    which it is proved. `reason` says what blocked it.
    """

    model: Model
    certified: Certified | None
    choice: Mapping[str, Value]
    reason: str | None = None

    @property
    def holds(self) -> bool | None:
        """True proved, False refuted, None undecided."""
        if self.certified is None or self.certified.verdict not in (Verdict.PROVED, Verdict.REFUTED):
            return None
        return self.certified.verdict is Verdict.PROVED


@dataclass
class Comparison:
    """One direction: the inner version's steps, looked at with the outer version's eyes.

    `same` are pairs of rules (outer name, inner name) that are known to be the same relation between states.
    """

    outer: Model
    inner: Model
    pairs: Pairs  # outer names first
    choice: Mapping[str, Value]
    same: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        self.translation = Translation(self.outer, self.inner, self.pairs, self.choice)

    @property
    def model(self) -> Model:
        """The machine about which the claims are."""
        return self.translation.model

    def initially(self) -> Term:
        """Return the condition under which an initial state of the inner version is one of the outer version."""
        t = self.translation
        return and_(t.rigid_domain(), *(t.term(f) for f in self.outer.assumptions), self.starts())

    def starts(self) -> Term:
        """Return what that says of the variables, whatever the outer version assumes of the parameters."""
        t = self.translation
        facts = (f for f in self.outer.init if not variables(f) or not variables(f) <= t.unread)
        return and_(t.domain(0), *(t.term(f) for f in facts))

    def counterparts(self, inner: str) -> list[Rule]:
        """Return the outer rules that correspond to an inner one."""
        return [self.outer.rule[o] for o, i in self.pairs.rules if i == inner]

    def relation(self, outer: Rule, inner: Rule, ignoring: frozenset[str] = frozenset()) -> Term:
        """Return the outer rule's relation between the inner version's states; the inner rule's parameters are free.

        `ignoring`: outer variables whose values after the step do not count.
        """
        t, aside = self.translation, self.translation.unread | ignoring
        kept = (v for v in self.outer.variables if v.name not in outer.changes and v.name not in aside)
        frame = (eq(Var(v.sort, v.name, 1), Var(v.sort, v.name, 0)) for v in kept)
        told = (c for c in outer.constraints if (_defines(c) or "") not in aside and not (variables(c, 1) & aside))
        whole = t.term(and_(outer.guard, *told, *frame), (outer, inner))
        arguments = and_(*(t.inside(q, p.sort) for q, p in self._arguments(outer, inner)))
        return self._some(outer, inner, and_(at_level(t.domain(0), 1), arguments, defined(whole), whole))

    def enabled(self, outer: Rule, inner: Rule) -> Term:
        """Return the condition, over level 0 and the inner rule's parameters, under which the outer rule can fire."""
        t, solved = self.translation, update(self.outer, outer)
        choices = {c for c in solved.choices if c in set(subterms(solved.condition))}
        condition = solved.condition
        for choice in sorted(choices, key=lambda c: c.name):
            condition = Bind(TRUE.sort, Binder.SOME, choice, condition)
        whole = t.term(condition, (outer, inner))
        arguments = and_(*(t.inside(q, p.sort) for q, p in self._arguments(outer, inner)))
        return self._some(outer, inner, and_(arguments, defined(whole), whole))

    def _arguments(self, outer: Rule, inner: Rule) -> Iterator[tuple[Local, Local]]:
        given = {p.name: p for p in inner.parameters}
        return ((given[p.name], p) for p in outer.parameters if p.name in given)

    def _some(self, outer: Rule, inner: Rule, term: Term) -> Term:
        for own in self.translation.own(outer, inner):
            if own in set(subterms(term)):
                term = Bind(TRUE.sort, Binder.SOME, own, term)
        return term

    def step(self, inner: Rule) -> Term:
        """Return the condition under which a step of the inner rule is a step of the outer version."""
        others = self.counterparts(inner.name)
        if len(others) == 1 and (others[0].name, inner.name) in self.same:
            return TRUE
        return or_(*(self.relation(o, inner) for o in others)) if others else FALSE

    def claim(self) -> Within:
        """Return the claim that every run of the inner version is one of the outer version."""
        steps = ((r.name, self.step(r)) for r in self.inner.rules)
        return Within(self.initially(), tuple((n, t) for n, t in steps if t is not TRUE))


def _defines(constraint: Term) -> str | None:
    solved = definition(constraint)
    return solved[0] if solved else None


def choices(outer: Model, pairs: Pairs) -> list[dict[str, Value]] | None:
    """Return the values of the outer version's own parameters that may be tried; None where they are too many."""
    own = [p for p in outer.parameters if p.name not in pairs.parameters]
    sizes = [cardinality(p.sort) for p in own]
    total = 1
    for size in sizes:
        total *= CHOICES + 1 if size is None else size
    if total > CHOICES:
        return None
    return [
        dict(zip((p.name for p in own), vs, strict=True)) for vs in itertools.product(*(values(p.sort) for p in own))
    ]


def included(outer: Model, inner: Model, pairs: Pairs, same: frozenset[tuple[str, str]], ask: Ask) -> Inclusion:
    """Return whether every run of `inner` is one of `outer`, for every value of the parameters of `inner`.

    The outer version's own parameters may have any one value for that. `pairs` has outer names first.
    """
    tried = choices(outer, pairs)
    if tried is None:
        return Inclusion(inner, None, {}, "a parameter that one version has alone has too many values to try")
    refuted: list[Inclusion] = []
    try:
        for choice in tried:
            found = _decided(Comparison(outer, inner, pairs, choice, same), ask)
            if found.holds is not False:
                return found
            refuted.append(found)
        return _for_one_value(outer, inner, pairs, same, ask, refuted)
    except NotComparableError as error:
        return Inclusion(inner, None, {}, str(error))


def _decided(comparison: Comparison, ask: Ask) -> Inclusion:
    certified = ask(comparison.model, comparison.claim())
    return Inclusion(comparison.model, certified, comparison.choice, certified.reason)


def _for_one_value(
    outer: Model, inner: Model, pairs: Pairs, same: frozenset[tuple[str, str]], ask: Ask, refuted: list[Inclusion]
) -> Inclusion:
    """Return the refutation, if all values of the outer version's own parameters fail for the same values of the
    inner version's; otherwise which one serves might depend on these."""
    if len(refuted) == 1:
        return refuted[0]
    run = refuted[0].certified.evidence if refuted[0].certified else None
    assert isinstance(run, Trace)
    fixed = inner.fixed(run.parameters)
    for one in refuted[1:]:
        again = _decided(Comparison(outer, fixed, pairs, one.choice, same), ask)
        if again.holds is not False:
            return Inclusion(inner, None, {}, "which value of a new parameter serves depends on the other parameters")
    return refuted[0]
