"""`ltl` and `ctl`: a run that refutes the formula; or a bound on the rounds of all violations, or the states listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifier.automata.tableau import TooLarge, automaton_of
from verifier.engines.diagrams.compile import TooLarge as TooWide
from verifier.engines.diagrams.counts import counted, counted_beside
from verifier.engines.diagrams.ctl import Ctl
from verifier.engines.diagrams.labels import Labels
from verifier.engines.diagrams.lassos import violation
from verifier.engines.diagrams.product import Product
from verifier.engines.diagrams.reach import OutOfTime, Search
from verifier.engines.diagrams.safety import safety
from verifier.engines.diagrams.session import Session, Undecided
from verifier.evidence.evidence import (
    Answer,
    Closure,
    Holds,
    Invariant,
    KLive,
    Labelling,
    Lasso,
    Rounds,
    Trace,
    Violated,
)  # fmt: skip
from verifier.model.claims import Claim
from verifier.model.claims import Ctl as Branching
from verifier.model.claims import Ltl as Linear
from verifier.model.formulas import Formula, Now, Operator
from verifier.model.terms import FALSE, TRUE, Term, variables
from verifier.semantics.monitor import watched
from verifier.semantics.positive import conjoined, on_every_run, parts, positive, subformulas
from verifier.semantics.refusal import Refused

if TYPE_CHECKING:
    from oxidd.bdd import BDDFunction

BOUNDS = (1, 2, 4, 8, 16, 32)
"""The bounds on the rounds that are tried."""

MEMBERS = 20_000
"""The most states that are listed: the checker lists no more again."""


def temporal(session: Session, claim: Linear | Branching, search: Search) -> Answer:
    """Return Violated with a Lasso or a Trace into a deadlock, which are short; Holds(KLive); or what holds or not with
    a Closure or, of many states, a Labelling, where one run shows nothing or no bound is found."""
    reached = session.reached(search)
    if (run := _refuting(search, reached, claim)) is not None:
        return Violated(run)
    if isinstance(claim, Branching):
        known = Labels(Ctl(search, reached))
        sets = [known.of(f) for f in subformulas(claim.formula)]
        if (session.machine.init & ~sets[0]).satisfiable():
            return Violated(_shown(session, reached, sets))
        return Holds(_bounded(session, search, claim) or _shown(session, reached, sets))
    proof = _bounded(session, search, claim)
    if proof is None and session.machine.count(reached) > MEMBERS:
        return Holds(counted_beside(session, claim, search))
    return Holds(proof or Closure(tuple(session.machine.listed(reached))))


def _refuting(search: Search, reached: BDDFunction, claim: Linear | Branching) -> Lasso | Trace | None:
    """Return the shortest run of those found that do not satisfy a part of the formula."""
    try:
        linear = claim if isinstance(claim, Linear) else Linear(on_every_run(claim.formula))
    except Refused:
        return None
    found: list[Lasso | Trace] = []
    for part in conjoined(linear):
        try:
            rest, recurring = _recurring(positive(part.formula, False))
            automaton = automaton_of(rest)
        except TooLarge as error:
            raise Undecided(str(error)) from None
        product = Product(search, reached, automaton, part.fair, part.strong, recurring)
        run = violation(product) if automaton.initial else None
        found += [] if run is None else [run]
    return min(found, key=lambda run: len((run.trace if isinstance(run, Lasso) else run).steps), default=None)


def _recurring(formula: Formula) -> tuple[Formula, tuple[Term, ...]]:
    """Return a formula in positive form without those of its conjuncts that say G F p of states, and each such p."""
    rest: list[Formula] = []
    found: list[Term] = []
    for part in conjoined(Linear(formula)):
        match part.formula:
            case Operator("R", (Now(never), Operator("U", (Now(any_), Now(p))))) if (
                never is FALSE and any_ is TRUE and not variables(p, 1)
            ):
                found.append(p)
            case other:
                rest.append(other)
    return (rest[0] if len(rest) == 1 else Operator("and", tuple(rest)) if rest else Now(TRUE)), tuple(found)


def _bounded(session: Session, search: Search, claim: Claim) -> KLive | None:
    """Return bounds on the rounds of the violations of each part of a formula, which has none; None iff no bound was
    found, or the formula is not one about all runs."""
    found: list[Rounds] = []
    for part in parts(claim):
        rounds = next((r for k in BOUNDS if (r := _rounds(session, search, part, k)) is not None), None)
        if rounds is None:
            return None
        found.append(rounds)
    return KLive(tuple(found)) if found else None


def _rounds(session: Session, search: Search, part: Linear, most: int) -> Rounds | None:
    """Return why no run has more rounds."""
    machine = watched(session.machine.model, part, most)
    try:
        beside = Session(machine.model, session.nodes // 2)
        answer = safety(beside, machine.claim, beside.search(search.budget, search.left))
    except (Undecided, TooWide, OutOfTime):
        return None
    if isinstance(answer, Holds) and isinstance(answer.evidence, Invariant):
        return Rounds(most, answer.evidence.conjuncts)
    return None


def _shown(session: Session, reached: BDDFunction, sets: Sequence[BDDFunction]) -> Closure | Labelling:
    """Return the reachable states one by one, or of many the number of those in each set. Raises Undecided."""
    if session.machine.count(reached) <= MEMBERS:
        return Closure(tuple(session.machine.listed(reached)))
    return counted(session, reached, sets)
