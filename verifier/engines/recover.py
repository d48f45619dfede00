"""`recoverable`: a plan that leads from every origin state to the goal, found backwards, rule by rule."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from verifier.encode.listing import listed
from verifier.engines.engine import Budget
from verifier.engines.ic3 import search
from verifier.engines.strengthen import Background, Undecided
from verifier.evidence.evidence import Answer, Holds, Invariant, Plan, PlanRow, Trace, Trap, Unknown, Violated
from verifier.model.claims import Claim, Never, Recoverable
from verifier.model.declarations import Rule
from verifier.model.model import Model
from verifier.model.sorts import Value, cardinality, is_finite
from verifier.model.terms import TRUE, Const, Term, Var, and_, eq, not_, or_, substitute, transform
from verifier.semantics.claims import Case, from_the_start
from verifier.semantics.fold import fold
from verifier.semantics.relation import exists, update
from verifier.statespace.actions import why_not

Arguments = tuple[tuple[str, Value], ...]

MOST = 4096
"""The most instances of rules that a plan is made of."""


@dataclass(frozen=True)
class Recovery:
    """Symbolic, so it works on opaque data; it looks for plans whose conditions are guards and control values."""

    name: str = "recover"

    def handles(self, model: Model, claim: Claim) -> str | None:
        """`recoverable`, and `ctl EF q` where the initial states cannot be listed, each with a run."""
        if isinstance(claim, Recoverable):
            return None
        known = from_the_start(model, claim) is not None and why_not(model) is not None
        return None if known else "not a claim `recoverable`"

    def solve(self, model: Model, claim: Claim, budget: Budget) -> Answer:
        """Return Holds(Plan), Violated(Trap) or Unknown."""
        wanted = claim if isinstance(claim, Recoverable) else from_the_start(model, claim)
        assert wanted is not None
        try:
            return _solve(model, wanted, Background(model, budget))
        except Undecided as error:
            return Unknown(f"recover: {error}")


@dataclass(frozen=True)
class Move:
    """An instance of a rule between control values: where it can fire, and what it leads to. Opaque parameters have no
    arguments: some values will do."""

    rule: Rule
    arguments: Arguments
    condition: Term

    def leads_to(self, model: Model, goal: Term) -> Term:
        """Return the term over level 0 that says that some step of this instance leads to `goal`."""
        solved = update(model, self.rule)
        given = dict(self.arguments)
        fixed: dict[Term, Term] = {p: Const(p.sort, given[p.name]) for p in self.rule.parameters if p.name in given}
        after = transform(goal, lambda t: solved.after[t.name] if isinstance(t, Var) else None)
        open_ = (*solved.choices, *(p for p in self.rule.parameters if p.name not in given))
        return exists(open_, fold(substitute(and_(solved.condition, after), fixed), model))


def _solve(model: Model, claim: Recoverable, background: Background) -> Answer:
    moves = list(_moves(model))
    rows: list[PlanRow] = []
    covered = claim.goal
    while (trace := background.reach(and_(claim.origin, not_(covered)))) is not None:
        before = len(rows)
        for move in moves:
            if _is_useful(background, move, covered):
                rows.append(PlanRow(move.condition, move.rule.name, move.arguments))
                covered = or_(covered, move.condition)
        if len(rows) == before:
            return _trap(model, claim, trace, background)
    return Holds(Plan(tuple(rows), tuple(background.conjuncts)))


def _is_useful(background: Background, move: Move, covered: Term) -> bool:
    """Return True iff the move leads into `covered` from everywhere it can be made, and that is more than `covered`."""
    try:
        if background.excludes(and_(move.condition, not_(covered))):
            return False
        return background.excludes(and_(move.condition, not_(move.leads_to(background.model, covered))))
    except Undecided:
        return False


def _moves(model: Model) -> Iterator[Move]:
    for rule in model.rules:
        known = [p for p in rule.parameters if is_finite(p.sort)]
        open_ = [p for p in rule.parameters if not is_finite(p.sort)]
        for arguments in itertools.islice(itertools.product(*(listed(p.sort) for p in known)), MOST):
            pairs = tuple(zip((p.name for p in known), arguments, strict=True))
            fixed: dict[Term, Term] = {p: Const(p.sort, dict(pairs)[p.name]) for p in known}
            solved = update(model, rule)
            guard = exists((*solved.choices, *open_), fold(substitute(solved.condition, fixed), model))
            for place in _places(model):
                condition = fold(and_(place, guard), model)
                if fold(substitute(guard, _known(model, place)), model) != Const(guard.sort, False):
                    yield Move(rule, pairs, condition)


def _places(model: Model) -> Iterator[Term]:
    """Yield `control == v` for each control value v; TRUE where there is no control variable."""
    if model.control is None or (cardinality(model.control.sort) or 0) > 64:
        yield TRUE
        return
    control = Var(model.control.sort, model.control.name)
    yield from (eq(control, Const(control.sort, v)) for v in listed(control.sort))


def _known(model: Model, place: Term) -> dict[Term, Term]:
    return {} if place is TRUE else {place.args[0]: place.args[1]}  # type: ignore[attr-defined]


def _trap(model: Model, claim: Recoverable, trace: Trace, background: Background) -> Answer:
    """Return the proof that from the end of the trace, for its parameters, the goal is out of reach."""
    known = {v.name: trace.states[-1][v.name] for v in model.variables if is_finite(v.sort)}
    facts = tuple(eq(Var(v.sort, v.name), Const(v.sort, known[v.name])) for v in model.variables if v.name in known)
    there = replace(model.fixed(dict(trace.parameters)), init=facts)
    answer = search(there, Never(claim.goal), (Case(claim.goal),), background.budget)
    if isinstance(answer, Holds) and isinstance(answer.evidence, Invariant):
        return Violated(Trap(trace, (*answer.evidence.conjuncts, not_(claim.goal))))
    return Unknown("recover: no plan of the kind this engine looks for")
