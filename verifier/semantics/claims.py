"""What each claim says, as conditions on reachable states and transitions. Part of the trusted base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.model.claims import (
    Always,
    Basis,
    Claim,
    Ctl,
    Deterministic,
    EqualsPath,
    EveryStep,
    InRange,
    LeadsTo,
    Ltl,
    Matches,
    Never,
    NoDeadlock,
    OnlyVia,
    Reachable,
    Recoverable,
    Routes,
    Within,
)  # fmt: skip
from verifier.model.declarations import Rule
from verifier.model.formulas import Formula, Now, Operator, conditions
from verifier.model.model import Model
from verifier.model.sorts import BOOL, IntSort
from verifier.model.terms import (
    FALSE,
    TRUE,
    App,
    Bind,
    Binder,
    Const,
    Op,
    Term,
    and_,
    at_level,
    children,
    implies,
    ite,
    not_,
    or_,
    subterms,
    variables,
)  # fmt: skip
from verifier.semantics.relation import can_fire, differ, for_some, in_terms_of, relation, update


@dataclass(frozen=True)
class Case:
    """One way in which a safety claim can be violated.

    A reachable state x is bad iff `condition` holds of it; where `rule` is given, a reachable state x is bad
    iff some instance of the rule leads from x (level 0) to an x' (level 1) such that `condition` holds, for
    some values of its free locals and of level 2. `initially`: only initial states count.
    """

    condition: Term
    rule: Rule | None = None
    initially: bool = False


def cases(model: Model, claim: Claim) -> tuple[Case, ...] | None:
    """Return the ways in which `claim` can be violated; None iff it is not a safety claim.

    `reachable e` is given as its opposite: the cases are the states that witness it.
    """
    match claim:
        case Always():
            return (Case(not_(claim.condition)),)
        case Never() | Reachable():
            return (Case(claim.condition),)
        case EveryStep():
            return tuple(Case(not_(claim.condition), r) for r in model.rules)
        case OnlyVia():
            others = (r for r in model.rules if r.name not in claim.rules)
            entered = and_(not_(claim.condition), at_level(claim.condition, 1))
            return (Case(claim.condition, initially=True), *(Case(entered, r) for r in others))
        case Deterministic():
            rules = (model.rule[n] for n in claim.rules)
            return tuple(Case(and_(relation(model, r, 2), differ(model, 1, 2)), r) for r in rules)
        case NoDeadlock():
            return (Case(and_(not_(claim.excluded), not_(enabled(model)))),)
        case InRange():
            return tuple(_range_cases(model))
        case Within():
            steps = (Case(not_(t), model.rule[r]) for r, t in claim.steps)
            return tuple(c for c in (Case(not_(claim.initially), initially=True), *steps) if c.condition is not FALSE)
        case Ltl() | Ctl() if (other := plain(claim)) is not claim:
            return cases(model, other)
        case _:
            return None


def plain(claim: Claim) -> Claim:
    """Return a claim that says the same as a formula of temporal logic and has a form of its own, if there is one;
    otherwise the claim itself.

    Fairness has no part in what every state satisfies: each run, wherever it is cut off, can go on as a fair one.
    """
    match claim:
        case Ltl(Operator("G", (Now(always),))) if not variables(always, 1):
            return Always(always)
        case Ltl(Operator("G", (Operator("X", (Now(goes_on),)),))) if goes_on is TRUE:
            return NoDeadlock(FALSE)
        case Ltl(Operator("G", (inner,)), fair, ()):
            found = _response(inner, "F")
            return claim if found is None else LeadsTo(*found, fair)
        case Ctl(Operator("AG", (Operator("EX" | "AX", (Now(goes_on),)),))) if goes_on is TRUE:
            return NoDeadlock(FALSE)
        case Ctl(Operator("AG", (Now(always),))):
            return Always(always)
        case Ctl(Operator("AG", (inner,))):
            if (found := _response(inner, "EF")) is not None:
                return Recoverable(found[1], found[0])
            found = _response(inner, "AF")
            return claim if found is None else LeadsTo(*found, ())
        case _:
            return claim


def from_the_start(model: Model, claim: Claim) -> Recoverable | None:
    """Return `ctl EF q` as a claim that q can be reached from every initial state; None iff the claim is another one.
    Every state in which the initial constraints hold is an initial one."""
    match claim:
        case Ctl(Operator("EF", (Now(goal),))):
            return Recoverable(goal, and_(*model.init))
        case _:
            return None


def _response(formula: Formula, operator: str) -> tuple[Term, Term] | None:
    """Return p and q of `p implies F q`, or of `F q` (p is true then), where both are conditions on states."""
    match formula:
        case Operator("implies", (Now(trigger), Operator(name, (Now(response),)))) if name == operator:
            found = (trigger, response)
        case Operator(name, (Now(response),)) if name == operator:
            found = (TRUE, response)
        case _:
            return None
    return None if any(variables(t, 1) for t in found) else found


def enabled(model: Model) -> Term:
    """Return the term over level 0 that says that some rule can fire."""
    return or_(*(can_fire(model, r) for r in model.rules))


def premise(model: Model, claim: Claim) -> Term:
    """Return the term over levels 0 and 1 that must come true on some run if the claim is to mean anything.

    Where the claim has no premise of its own it is TRUE: then there only has to be a run at all.
    """
    match claim:
        case Always():
            return _premise_of(claim.condition)
        case EveryStep():
            inner = _premise_of(claim.condition)
            return or_(*(can_fire(model, r) for r in model.rules)) if inner is TRUE else inner
        case OnlyVia():
            return claim.condition
        case Deterministic():
            return or_(*(can_fire(model, model.rule[n]) for n in claim.rules))
        case EqualsPath():
            return or_(*(can_fire(model, model.rule[n]) for n in claim.targets))
        case Basis():
            return or_(*(can_fire(model, model.rule[n]) for n in claim.rules))
        case NoDeadlock():
            return not_(claim.excluded)
        case Recoverable():
            return claim.origin
        case LeadsTo():
            return claim.trigger
        case Ltl() | Ctl():
            return _premise_of_formula(model, claim)
        case Never() | Reachable() | Routes() | Matches() | InRange() | Within():
            return TRUE


def probe(model: Model, claim: Claim) -> Never | EveryStep:
    """Return the claim that the premise never comes true: what refutes it is a run on which it does."""
    condition = premise(model, claim)
    return EveryStep(not_(condition)) if variables(condition, 1) else Never(condition)


def _premise_of_formula(model: Model, claim: Ltl | Ctl) -> Term:
    """Return p where the formula is `p implies f`, under `G` or `AG`; TRUE where it is none."""
    if (other := plain(claim)) is not claim:
        return premise(model, other)
    match claim.formula:
        case Operator("G" | "AG", (Operator("implies", (Now(trigger), _)),)):
            return trigger
        case _:
            return TRUE


def _premise_of(condition: Term) -> Term:
    """Return what has to hold for `a implies b`, under any `all`, to say something; TRUE if it always does."""
    if isinstance(condition, App) and condition.op is Op.IMPLIES:
        inner = _premise_of(condition.args[1])
        return and_(condition.args[0], inner)
    if isinstance(condition, Bind) and condition.binder is Binder.ALL:
        inner = _premise_of(condition.body)
        return TRUE if inner is TRUE else Bind(BOOL, Binder.SOME, condition.local, inner)
    if isinstance(condition, App) and condition.op is Op.AND:
        parts = [_premise_of(a) for a in condition.args]
        return TRUE if any(p is TRUE for p in parts) else or_(*parts)
    return TRUE


def has_ranges(model: Model) -> bool:
    """Return True iff some int can leave its range: iff the model has a claim InRange to be proved."""
    return any(True for _ in _range_cases(model))


def _range_cases(model: Model) -> Iterator[Case]:
    for rule in model.rules:
        yield from _rule_cases(model, rule)
    for prop in model.properties:
        for term in state_terms(prop.claim):
            if (inside := defined(term)) is not TRUE:
                yield from _property_case(model, inside)


def _rule_cases(model: Model, rule: Rule) -> Iterator[Case]:
    """The guard has no value for some arguments; or it holds, for some arguments and choices that satisfy all
    constraints that surely have a value, and some constraint has none. The cases are closed terms over level 0."""
    guard = defined(rule.guard)
    if guard is not TRUE:
        yield Case(for_some(rule, (), and_(defined(guard), not_(guard))))
    solved = update(model, rule)
    sure = [t for c in rule.constraints if defined(t := in_terms_of(solved.after, c)) is TRUE]
    for constraint in rule.constraints:
        if (inside := in_terms_of(solved.after, defined(constraint))) is not TRUE:
            broken = and_(guard, rule.guard, *sure, defined(inside), not_(inside))
            yield Case(for_some(rule, solved.choices, broken))


def _property_case(model: Model, inside: Term) -> Iterator[Case]:
    if variables(inside, 1):
        yield from (Case(not_(inside), r) for r in model.rules)
    else:
        yield Case(not_(inside))


def state_terms(claim: Claim) -> tuple[Term, ...]:
    """Return the terms of a claim that are evaluated in states or on steps (not those about `start` and `goal`)."""
    match claim:
        case Always() | Never() | EveryStep() | Reachable() | OnlyVia():
            return (claim.condition,)
        case NoDeadlock():
            return (claim.excluded,)
        case Recoverable():
            return (claim.goal, claim.origin)
        case LeadsTo():
            return (claim.trigger, claim.response)
        case Ltl() | Ctl():
            return tuple(conditions(claim.formula))
        case _:
            return ()


def defined(term: Term) -> Term:
    """Return the condition under which no int leaves its range when `term` is evaluated, where `and`, `or`,
    `implies` and `if` look at a part only if the parts before it have not decided yet."""
    if not any(isinstance(t, App) and t.op is Op.FIT for t in subterms(term)):
        return TRUE
    if isinstance(term, Bind):
        inner = defined(term.body)
        return TRUE if inner is TRUE else Bind(BOOL, Binder.ALL, term.local, inner)
    if isinstance(term, App) and term.op in _SHORT_CIRCUIT:
        return _defined_in_turn(term)
    parts = and_(*(defined(c) for c in children(term)))
    return and_(parts, _fits(term)) if isinstance(term, App) and term.op is Op.FIT else parts


_SHORT_CIRCUIT = (Op.AND, Op.OR, Op.IMPLIES, Op.ITE)


def _defined_in_turn(term: App) -> Term:
    if term.op is Op.ITE:
        condition, then, other = term.args
        return and_(defined(condition), ite(condition, defined(then), defined(other)))
    result: list[Term] = []
    so_far: list[Term] = []
    for arg in term.args:
        result.append(implies(and_(*so_far), defined(arg)))
        so_far.append(not_(arg) if term.op is Op.OR else arg)
    return and_(*result)


def _fits(term: App) -> Term:
    sort, number = term.sort, term.args[0]
    assert isinstance(sort, IntSort)
    low, high = (Const(IntSort(b, b), b) for b in (sort.low, sort.high))
    return and_(App(BOOL, Op.LE, (low, number)), App(BOOL, Op.LE, (number, high)))
