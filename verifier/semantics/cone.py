"""The cone of influence of a claim: the part of a machine on which it depends.

Clarke, Grumberg, Peled: Model Checking, 1999, section 13.1. A *cone* C is a set of variables that holds those of the
claim, and with each variable what is read by every rule that may write it: all variables of the rule's guard, and all
variables of each of its constraints except of those that only define a variable outside C and always have a value;
and that holds all variables of an initial constraint of which it holds one. The *slice* has the variables of C, the
rules that write one of them (for a claim about steps: all rules), without those definitions, and the initial
constraints over C.

*Every step of the machine is one of the slice, or leaves C as it is.* A rule of the slice asks no more than in the
machine, where what is left out is only what it does outside C. A rule that is not in the slice changes no variable of
C. So every run of the machine, seen on C and without the steps that show nothing there, is a run of the slice, not
longer.

*Every run of the slice is one of the machine, seen on C*, if there is an initial state for it: rules of the slice
read C only, and each definition left out has a value, which the variable takes.

It follows that an inductive invariant of the slice that excludes bad states is one of the machine; that a bound of
the slice holds for the machine; that a shortest run of the slice is, once the other variables are filled in, a
shortest one of the machine. A k-induction does not carry over, since k steps of the machine may be fewer of the
slice; nor does a set of states. A rule that is not in the slice cannot make `e reached only via R` false: e is the
same before and after.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from verifier.evidence.evidence import Answer, Bound, Holds, Invariant, Step, Trace, Violated
from verifier.evidence.interpretation import State
from verifier.model.claims import Always, Claim, EveryStep, Never, OnlyVia
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import Value
from verifier.model.terms import App, Const, Op, Term, Var, eq, subterms
from verifier.semantics.evaluate import Setting
from verifier.semantics.relation import definition
from verifier.semantics.run import fire, initial_states


@dataclass(frozen=True)
class Slice:
    """The part of `whole` that matters for a claim, as a model of its own."""

    whole: Model
    model: Model

    def lifted(self, answer: Answer) -> Answer | None:
        """Return the answer about the slice as one about the whole machine; None where it does not carry over."""
        match answer:
            case Holds(Invariant() | Bound()):
                return answer
            case Violated(Trace() as trace) if not trace.interpretation.functions and not trace.interpretation.sizes:
                whole = self._filled(trace)
                return None if whole is None else Violated(whole)
        return None

    def _filled(self, trace: Trace) -> Trace | None:
        """Return the run with values for all variables."""
        facts = (eq(Var(v.sort, v.name), Const(v.sort, trace.initial[v.name])) for v in self.model.variables)
        setting = Setting(self.whole, trace.parameters)
        started = Setting(replace(self.whole, init=(*facts, *self.whole.init)), trace.parameters)
        initial = next(initial_states(started), None)
        if initial is None:
            return None
        state, steps = initial, list[Step]()
        for step in trace.steps:
            following = _following(setting, step, state)
            if following is None:
                return None
            state = following
            steps.append(Step(step.rule, step.arguments, state))
        return replace(trace, initial=initial, steps=tuple(steps))


def _following(setting: Setting, step: Step, state: State) -> State | None:
    wanted: Mapping[str, Value] = step.state
    after = fire(setting, setting.model.rule[step.rule], step.arguments, state)
    return next((s for s in after if all(s[n] == v for n, v in wanted.items())), None)


def slice_for(model: Model, claim: Claim) -> Slice | None:
    """Return the slice for a claim about states, steps, or ways to come somewhere; None where it is the whole machine,
    or where another kind of claim depends on all of it."""
    if not isinstance(claim, (Always, Never, EveryStep, OnlyVia)) or model.functions:
        return None
    cone = cone_of(model, _names((claim.condition,)), isinstance(claim, EveryStep))
    return None if len(cone) == len(model.variables) else _slice(model, cone, isinstance(claim, EveryStep))


def cone_of(model: Model, names: Iterable[str], about_steps: bool = False) -> frozenset[str]:
    """Return the smallest cone that holds these variables."""
    cone = frozenset(names)
    while True:
        read = [_read(r, cone) for r in model.rules if about_steps or cone & set(r.changes)]
        together = [n for n in map(_of, model.init) if cone & n]
        wider = cone.union(*read, *together)
        if wider == cone:
            return cone
        cone = wider


def _read(rule: Rule, cone: frozenset[str]) -> frozenset[str]:
    return _names((rule.guard, *_constraints(rule, cone)))


def _constraints(rule: Rule, cone: frozenset[str]) -> tuple[Term, ...]:
    """Return the constraints of a rule that matter for the cone: all but definitions of other variables that no other
    constraint mentions, and that surely have a value."""
    return tuple(c for c in rule.constraints if not _is_outside(rule, c, cone))


def _is_outside(rule: Rule, constraint: Term, cone: frozenset[str]) -> bool:
    defined = definition(constraint)
    if defined is None or defined[0] in cone or defined[0] not in rule.changes:
        return False
    others = (c for c in rule.constraints if c is not constraint)
    partial = any(isinstance(t, App) and t.op is Op.FIT for t in subterms(constraint))
    return not partial and not any(_mentions_after(c, defined[0]) for c in others)


def _mentions_after(term: Term, name: str) -> bool:
    return any(isinstance(t, Var) and t.level == 1 and t.name == name for t in subterms(term))


def _names(terms: Iterable[Term]) -> frozenset[str]:
    return frozenset().union(*map(_of, terms))


@functools.lru_cache(maxsize=1 << 14)
def _of(term: Term) -> frozenset[str]:
    return frozenset(t.name for t in subterms(term) if isinstance(t, Var))


@functools.lru_cache(maxsize=64)
def _slice(model: Model, cone: frozenset[str], about_steps: bool) -> Slice:
    """Return the slice for a cone. Claims with one cone share it, and what is found out about it."""
    rules = tuple(
        replace(r, constraints=_constraints(r, cone), changes=tuple(n for n in r.changes if n in cone))
        for r in model.rules
        if about_steps or cone & set(r.changes)
    )
    kept = tuple(v for v in model.variables if v.name in cone)
    control = model.control if model.control is not None and model.control.name in cone else None
    init = tuple(t for t in model.init if _of(t) <= cone)
    part = replace(model, variables=kept, rules=rules, init=init, control=control, properties=())
    return Slice(model, part)
