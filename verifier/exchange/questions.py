"""The properties of a machine as questions that other model checkers may answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.exchange import expressions as e
from verifier.exchange.expressions import Node
from verifier.exchange.flat import Flattening
from verifier.exchange.linear import linear
from verifier.exchange.machine import Check, Flat, Omitted, Question, Reach, Recovery, Response
from verifier.exchange.refusal import Unsayable
from verifier.model.claims import (
    Always,
    Claim,
    Ctl,
    EveryStep,
    InRange,
    LeadsTo,
    Never,
    NoDeadlock,
    Property,
    Reachable,
    Recoverable,
)
from verifier.model.terms import TRUE, Term
from verifier.semantics.claims import cases, has_ranges, plain
from verifier.semantics.positive import in_linear_time
from verifier.semantics.relation import in_terms_of

RANGES = "int_ranges"


def questions(flattening: Flattening, machine: Flat, properties: Sequence[Property]) -> Iterator[Question]:
    """Yield the question of each property, after the implied one that no int leaves its range, if one can."""
    if has_ranges(flattening.model):
        yield _question(flattening, machine, RANGES, "every int stays in its range", InRange())
    for prop in properties:
        if prop.assuming is TRUE:
            yield _question(flattening, machine, prop.name, prop.text, prop.claim)
        else:
            reason = "its `assuming` restricts the runs, which makes another machine: export it by itself"
            yield Omitted(prop.name, prop.text, reason)


def _question(flattening: Flattening, machine: Flat, name: str, text: str, claim: Claim) -> Question:
    try:
        return _asked(flattening, machine, name, text, claim)
    except Unsayable as error:
        return Omitted(name, text, str(error))


def _asked(flattening: Flattening, machine: Flat, name: str, text: str, claim: Claim) -> Question:
    def here(term: Term) -> Node:
        return flattening.writing.truth(term, {})

    claim = plain(claim)
    match claim:
        case Always():
            return Check(name, text, here(claim.condition))
        case Never():
            return Check(name, text, e.not_(here(claim.condition)))
        case EveryStep():
            return Check(name, text, _on_every_step(flattening, claim.condition))
        case NoDeadlock():
            return Check(name, text, e.or_(here(claim.excluded), e.not_(machine.stuck)))
        case InRange():
            bad = (here(c.condition) for c in cases(flattening.model, claim) or () if c.rule is None)
            return Check(name, text, e.not_(e.or_(*bad)))
        case LeadsTo(fair=()):
            return Response(name, text, here(claim.trigger), here(claim.response))
        case Recoverable() if claim.origin is TRUE:
            return Recovery(name, text, here(claim.goal))
        case Reachable() if len(flattening.valuations) == 1:
            return Reach(name, text, here(claim.condition))
    if (about_runs := in_linear_time(claim)) is not None:
        return linear(flattening, machine, name, text, about_runs)
    return Omitted(name, text, _reason(claim))


def _on_every_step(flattening: Flattening, condition: Term) -> Node:
    """Return the condition on a state under which each of its steps satisfies a condition on steps."""
    good: list[Node] = []
    for rule in flattening.model.rules:
        for locals_, solved, guard in flattening.instances(rule):
            after = flattening.writing.truth(in_terms_of(solved.after, condition), locals_)
            good.append(e.or_(e.not_(guard), after))
    return e.and_(*good)


def _reason(claim: Claim) -> str:
    match claim:
        case Ctl():
            return "formulas of branching time are not exported, but for those that say something of every run"
        case Recoverable():
            return "`recoverable` can be said only `from true`, from every state"
        case Reachable():
            return "`reachable` is about each value of the parameters by itself: fix them"
        case _:
            return "neither language has a claim of this kind"
