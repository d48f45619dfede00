"""The referee: from an engine's answer to a verdict. Nothing else makes one."""

from __future__ import annotations

from dataclasses import replace

from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.referee import Referee, Undecided
from verifier.checker.smtlib import Inexpressible
from verifier.checker.solver import Solver, shared
from verifier.evidence.evidence import (
    Answer,
    BasisTable,
    Bound,
    Census,
    Closure,
    Holds,
    KInduction,
    KLive,
    Labelling,
    NoBasis,
    PathGaps,
    RouteTable,
    SourceMatch,
    Trace,
    Trap,
    Unknown,
    Unreachable,
    Violated,
)  # fmt: skip
from verifier.model.claims import Basis, Claim, Never, Property
from verifier.model.model import Model
from verifier.model.terms import TRUE
from verifier.recount.limits import Limits
from verifier.semantics.claims import plain, probe
from verifier.semantics.compositions import is_smallest
from verifier.semantics.instances import TooMany
from verifier.semantics.monitor import watched
from verifier.semantics.obligations import obligations
from verifier.semantics.positive import parts
from verifier.semantics.reachable import holds_on
from verifier.semantics.refusal import Refused, require

STATES = 20_000
"""The most members of a closure that are enumerated again."""

DEPTH = 1000
"""The largest k of a k-induction, and the deepest bound, that is looked at."""


def certify(
    model: Model,
    prop: Property,
    answer: Answer,
    budget_seconds: float,
    solver: Solver | None = None,
    memory: int | None = None,
) -> Certified:
    """Return the verdict that the answer's evidence supports.

    `model` is already restricted by the property's `assuming`. States are counted in `memory` bytes (None: half of what
    there is). Raises EvidenceRefused where the evidence is wrong; what can be neither confirmed nor refused within the
    budget is UNKNOWN.
    """
    if isinstance(answer, Unknown):
        return Certified(prop, Verdict.UNKNOWN, None, None, answer.reason)
    evidence, limits = answer.evidence, Limits.of(budget_seconds, memory)
    referee = Referee(model, solver or shared(), limits)
    try:
        remark = _check(referee, prop.claim, answer)
    except (Undecided, Inexpressible, TooMany, RecursionError, MemoryError) as error:
        reason = f"the evidence ({evidence.kind}) is not confirmed: {error or type(error).__name__}"
        return Certified(prop, Verdict.UNKNOWN, None, None, reason)
    except Refused as error:
        raise EvidenceRefused(f"evidence refused: {error}") from None
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise EvidenceRefused(f"evidence refused: it is malformed ({type(error).__name__}: {error})") from error
    verdict = Verdict.PROVED if isinstance(answer, Holds) else Verdict.REFUTED
    if isinstance(evidence, Bound):
        verdict = Verdict.BOUNDED
    return Certified(prop, verdict, evidence, _by(referee, evidence), remark)


def _by(referee: Referee, evidence: object) -> str:
    """Return who confirmed the evidence: the solver, the reference semantics, or both."""
    if isinstance(evidence, SourceMatch):
        return "source"
    replayed = isinstance(evidence, (PathGaps, NoBasis, BasisTable, RouteTable, Trap, Unreachable))
    return ", ".join([*([referee.solver.version] * referee.asked), *(["replay"] * (replayed or not referee.asked))])


def _check(referee: Referee, claim: Claim, answer: Holds | Violated) -> str | None:
    """Raise unless the evidence shows what is answered; return a remark where it shows less than one may think."""
    evidence, model, proves = answer.evidence, referee.model, isinstance(answer, Holds)
    claim = plain(claim)
    match evidence:
        case Closure():
            referee.limit(len(evidence.members), STATES, "states")
            require(holds_on(model, claim, evidence, referee.left) is proves, "the claim is decided the other way")
            return None
        case Census():
            require(_holds_by(referee, model, claim, evidence) is proves, "the claim is decided the other way")
            return None
        case Labelling():
            from verifier.recount.labelling import holds_by_labelling  # as is what labels again

            holds = holds_by_labelling(model, claim, evidence, referee.limits)
            require(holds is proves, "the claim is decided the other way")
            return None
        case KInduction() | Bound():
            referee.limit(getattr(evidence, "k", 0) + getattr(evidence, "depth", 0), DEPTH, "steps")
        case KLive():
            referee.limit(max((p.k for p in evidence.parts), default=0), DEPTH, "rounds")
            for part, rounds in zip(parts(claim), evidence.parts, strict=False):
                if rounds.census is not None:
                    machine = watched(model, part, rounds.k)
                    held = _holds_by(referee, machine.model, machine.claim, rounds.census)
                    require(proves and held, "the rounds are more")
    referee.discharge(obligations(model, claim, answer, referee.left))
    match claim, evidence:
        case Basis(chosen=None), BasisTable() if not is_smallest(model, claim, evidence, referee.left):
            return "irredundant: no generator can be left out; smallest not shown"
    return None


def _holds_by(referee: Referee, model: Model, claim: Claim, census: Census) -> bool:
    from verifier.recount.census import holds_by_census  # what counts again is seldom needed

    return holds_by_census(model, claim, census, referee.limits)


def certify_witness(
    model: Model,
    certified: Certified,
    answer: Answer,
    budget_seconds: float,
    solver: Solver | None = None,
    memory: int | None = None,
) -> Certified:
    """Return a proof with what `answer` says about its premise: with a run on which the premise comes true, or
    VACUOUS if there is none, or UNKNOWN.

    The answer is about `semantics.claims.probe`. `model` is restricted by the property's `assuming`. Raises
    EvidenceRefused.
    """
    claim = probe(model, certified.property.claim)
    checked = certify(model, replace(certified.property, claim=claim), answer, budget_seconds, solver, memory)
    if isinstance(checked.evidence, Trace):
        return replace(certified, witness=checked.evidence)
    if checked.verdict is Verdict.PROVED:
        reason = "there is no run at all" if claim == Never(TRUE) else "it holds only because its premise is never true"
        return Certified(certified.property, Verdict.VACUOUS, checked.evidence, checked.solver, reason)
    blocked = checked.reason or "no run of a few steps shows it"
    reason = f"holds, but whether its premise can come true is undecided: {blocked}"
    return Certified(certified.property, Verdict.UNKNOWN, None, None, reason)
