"""One property decided: from what is known already, or by a search, and by nothing that the checker has not judged."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.certify import certify, certify_witness
from verifier.diagnostics import Span
from verifier.engines.engine import ALL, Attempt, Budget
from verifier.evidence.evidence import Bound, Holds, Trace, Unknown, Violated
from verifier.evidence.reading import NotEvidence
from verifier.files import Folder
from verifier.model.claims import Claim, EveryStep, Matches, Never, Property
from verifier.model.model import Model, restricted
from verifier.model.terms import TRUE, Term, not_, variables
from verifier.proofs.certificate import Certificate, certificate_json, read_certificate, read_foreign
from verifier.proofs.reuse import judged, start, with_premise, witnessed
from verifier.proofs.store import Store, Unusable, key
from verifier.report.result import Origin, PropertyReport
from verifier.request import Request, is_range_check
from verifier.semantics.claims import premise

Json = Mapping[str, Any]

SURVEYORS = ("explicit", "diagrams")
"""The engines that know every reachable state when they prove something."""


@dataclass(frozen=True)
class Task:
    """One property to be decided; every task stands alone, so any process may do it.

    The model is already fixed to the parameters asked for, but not yet restricted by the property's `assuming`.
    `hints` are certificates of like properties of another version, tried before any search; in `store` is what
    earlier runs have found. `premise`: whether the premise of what is proved must be shown to come true. So many
    `racers`, engines, may be at work at the same time; `known` are inductive invariants that certified proofs contain.
    """

    model: Model
    prop: Property
    request: Request
    store: Store | None = None
    hints: tuple[Json, ...] = ()
    premise: bool = True
    racers: int = 1
    known: tuple[tuple[Term, ...], ...] = ()

    @property
    def name(self) -> str:
        """What the store calls what is found."""
        return key(self.model, self.prop.claim, self.prop.assuming, _engine(self), self.premise)


def decide(task: Task) -> PropertyReport:
    """Return what is known of one property after the search and the check of its evidence."""
    if task.request.deadline is not None:
        left = task.request.deadline - time.monotonic()
        if left <= 0:
            return undecided(task, ["the time for the whole run is up (--budget)"])
        task = replace(task, request=replace(task.request, timeout=min(task.request.timeout, left)))
    if isinstance(task.prop.claim, Matches):
        return _compare(task, task.prop.claim)
    return _decided(replace(task, request=replace(task.request, engine=_engine(task))))


def _engine(task: Task) -> str | None:
    """Return the engine to be used; None: the portfolio. All verdicts rest on the range check: no one engine has it."""
    return None if is_range_check(task.prop) and task.request.engine != ALL else task.request.engine


class Contradiction(Exception):
    """Engines contradict each other, or the checker refuses the evidence of one: no verdict may be believed."""


def decide_claim(model: Model, claim: Claim, seconds: float, store: Store | None = None) -> Certified:
    """Return what is known of a claim that stands in no spec, after at most `seconds` of search for each engine and
    as many for the checker.

    The model is already restricted to what the claim assumes. A proof is not asked whether the claim's premise can
    come true. Undecided is UNKNOWN, with the reasons. What is found is kept in the store. Raises Contradiction.
    """
    span = Span(model.source.path, 1, 1, 1, 1)
    prop = Property("claim", claim, "claim", TRUE, None, (), False, False, "error", span)
    report = _decided(Task(model, prop, Request(timeout=seconds), store, premise=False))
    if report.contradiction is not None:
        raise Contradiction(report.contradiction)
    return report.certified


def undecided(task: Task, reasons: Sequence[str], started: float | None = None) -> PropertyReport:
    """Return the report UNKNOWN, for these reasons; the search began at `started`, if there was one."""
    why = list(dict.fromkeys(filter(None, reasons))) or ["no engine can try this claim"]
    certified = certify(task.model, task.prop, Unknown("; ".join(why)), 0.0)
    return PropertyReport(certified, None, 0.0 if started is None else time.monotonic() - started)


def _compare(task: Task, claim: Matches) -> PropertyReport:
    from verifier.source import SourceError, compare  # only this claim needs what reads C

    tree = task.request.source_tree
    if tree is None:
        report = undecided(task, ["not checked: it takes the C sources, which --source-tree names"])
        return replace(report, waived=task.request.sources_waived)
    try:
        match = compare(task.model.table[claim.table], claim.binding, Folder(Path(tree)))
    except SourceError as error:
        return replace(undecided(task, ["the C source could not be read"]), obstacle=error)
    answer = Violated(match) if match.differences else Holds(match)
    return PropertyReport(certify(task.model, task.prop, answer, task.request.timeout))


@dataclass(frozen=True)
class Found:
    """What is known of a property, and if it is a proof, a run on which its premise comes true (without a premise:
    any run)."""

    report: PropertyReport
    run: Trace | None = None


def _decided(task: Task) -> PropertyReport:
    """Decide by what another version's report shows, else by what an earlier run has kept, else by a search.

    In this order the report is the same whatever the store holds. Who wants to hear every engine gets a search.
    """
    whole, task = task, replace(task, model=restricted(task.model, task.prop.assuming))
    if task.request.engine == ALL:
        return _compared(task).report
    for hint in task.hints:
        with suppress(NotEvidence, EvidenceRefused):
            return _reused(task, read_foreign(task.model, task.prop.claim, hint), "base")
    if task.store is None:
        return _search(task).report
    name, ignored = whole.name, None
    try:
        if (kept := task.store.get(name)) is not None:
            return _reused(task, read_certificate(task.model, task.prop.claim, kept), "cache")
    except (Unusable, NotEvidence, EvidenceRefused) as error:
        ignored = f"what the cache holds was not used: {error}"
    found = _search(task)
    return replace(found.report, ignored=_keep(task, task.store, name, found) or ignored)


def _reused(task: Task, certificate: Certificate, origin: Origin) -> PropertyReport:
    """Return what the checker makes of a certificate. A proof from another version may get a new witness.

    Raises EvidenceRefused.
    """
    started, seconds = time.monotonic(), task.request.timeout
    certified = judged(task.model, task.prop, certificate, seconds)
    if task.premise and certified.verdict is Verdict.PROVED:
        try:
            if certificate.witness is None:
                raise EvidenceRefused("there is no witness")
            certified = witnessed(task.model, certified, certificate.witness, seconds)
        except EvidenceRefused:
            if origin == "cache":
                raise
            certified, _ = _with_witness(task, certified, certificate.engine)
    return PropertyReport(certified, certificate.engine, 0.0, time.monotonic() - started, origin=origin)


def _keep(task: Task, store: Store, name: str, found: Found) -> str | None:
    """Keep what was found, if it is decided; return why that failed, if it did."""
    report = found.report
    if report.contradiction is None:
        certificate = certificate_json(task.model, report.certified, report.engine, found.run)
        try:
            if certificate is not None:
                store.put(name, certificate)
        except OSError as error:
            return f"nothing can be kept in {store.folder}: {error.strerror}"
    return None


def _budget(request: Request) -> Budget:
    budget = Budget.of(request.timeout)
    return replace(budget, memory=request.memory, threads=request.threads, checkpoint=request.checkpoint)


def _search(task: Task) -> Found:
    """Try engine after engine until an answer is certified. A mere bound is kept while something better is sought."""
    started = time.monotonic()
    best: PropertyReport | None = None
    reasons: list[str] = []
    for attempt in _attempts(task, _budget(task.request)):
        found = _certified(task, attempt)
        report = found.report
        if best is not None and _disagree(best.certified, report.certified):
            return Found(_contradictory(best, report))
        if report.contradiction or report.certified.verdict not in (Verdict.UNKNOWN, Verdict.BOUNDED):
            return found
        if report.certified.verdict is Verdict.BOUNDED:
            best = report
        reasons.append(report.certified.reason or "")
    return Found(best or undecided(task, reasons, started))


def _attempts(task: Task, budget: Budget) -> Iterator[Attempt]:
    model, claim = task.model, task.prop.claim
    if not task.known:
        return attempts(model, claim, budget, task.request.engine, task.racers)
    from verifier.engines.known import strengthened

    return strengthened(attempts, task.known)(model, claim, budget)


def attempts(
    model: Model, claim: Claim, budget: Budget, engine: str | None = None, racers: int = 1
) -> Iterator[Attempt]:
    """Yield the engines' attempts, see `verifier.engines.portfolio`. Where nothing is sought no engine is loaded."""
    from verifier.engines import portfolio

    return portfolio.attempts(model, claim, budget, engine, racers)


def _compared(task: Task) -> Found:
    """Ask every engine. Where all that decide the property agree, return the first one's report, in their names."""
    started = time.monotonic()
    tried = attempts(task.model, task.prop.claim, _budget(task.request), ALL)
    every = [_certified(task, attempt) for attempt in tried]
    reports = [found.report for found in every]
    answers = tuple(a for r in reports for a in r.answers)
    for report in reports:
        if report.contradiction is not None:
            return Found(replace(report, answers=answers))
    decided = [f for f in every if f.report.certified.verdict not in (Verdict.UNKNOWN, Verdict.BOUNDED)]
    bounded = [f for f in every if f.report.certified.verdict is Verdict.BOUNDED]
    if not decided:
        reasons = [r.certified.reason or "" for r in reports]
        return bounded[0] if bounded else Found(undecided(task, reasons, started))
    first = decided[0]
    for other in (*decided[1:], *bounded):
        if _disagree(first.report.certified, other.report.certified):
            return Found(replace(_contradictory(first.report, other.report), answers=answers))
    return replace(first, report=replace(first.report, engine=", ".join(str(f.report.engine) for f in decided)))


def _contradictory(one: PropertyReport, other: PropertyReport) -> PropertyReport:
    text = f"{one.engine} and {other.engine} contradict each other"
    return replace(other, contradiction=text, answers=(*one.answers, *other.answers))


def _disagree(one: Certified, other: Certified) -> bool:
    """Return True iff two judgements cannot both be right: a run refutes what is proved, or within the depth to which
    no run was said to. What is vacuous holds."""
    if Verdict.UNKNOWN in (one.verdict, other.verdict):
        return False
    if Verdict.BOUNDED in (one.verdict, other.verdict):
        bound, run = (one, other) if one.verdict is Verdict.BOUNDED else (other, one)
        return _refutes_within(bound, run)
    return (one.verdict is Verdict.REFUTED) is not (other.verdict is Verdict.REFUTED)


def _refutes_within(bounded: Certified, other: Certified) -> bool:
    bound, run = bounded.evidence, other.evidence
    return isinstance(bound, Bound) and isinstance(run, Trace) and len(run.steps) <= bound.depth


def _certified(task: Task, attempt: Attempt) -> Found:
    """Have the checker judge an attempt. The report has the answer too, for whoever looks into a contradiction."""
    found = _judged(task, attempt)
    return replace(found, report=replace(found.report, answers=((attempt.engine, attempt.answer),)))


def _judged(task: Task, attempt: Attempt) -> Found:
    """Have the checker judge an attempt; a proof must also mean something."""
    started, run = time.monotonic(), None
    try:
        certified = certify(task.model, task.prop, attempt.answer, task.request.timeout, memory=task.request.memory)
        if task.premise and certified.verdict is Verdict.PROVED:
            certified, run = _with_witness(task, certified, attempt.engine)
    except EvidenceRefused as refusal:
        doubted = certify(task.model, task.prop, Unknown(f"the evidence of {attempt.engine} was refused"), 0.0)
        return Found(PropertyReport(doubted, attempt.engine, attempt.seconds, 0.0, f"{attempt.engine}: {refusal}"))
    return Found(PropertyReport(certified, attempt.engine, attempt.seconds, time.monotonic() - started), run)


def _with_witness(task: Task, certified: Certified, prover: str | None) -> tuple[Certified, Trace | None]:
    """Return the proof with a run that makes the property's premise true, or what follows if there is none; and the
    run, also where it is not worth showing. Where the prover has visited every state it is asked first."""
    condition = premise(task.model, task.prop.claim)
    if condition is TRUE and (run := start(task.model)) is not None:
        return witnessed(task.model, certified, run, task.request.timeout), run
    probe = EveryStep(not_(condition)) if variables(condition, 1) else Never(condition)
    judged = certified
    budget = _budget(task.request)
    first = attempts(task.model, probe, budget, prover) if prover in SURVEYORS else ()
    for attempt in itertools.chain(first, attempts(task.model, probe, budget)):
        judged = certify_witness(
            task.model, certified, attempt.answer, task.request.timeout, memory=task.request.memory
        )
        if judged.witness is not None or judged.verdict is Verdict.VACUOUS:
            break
    return with_premise(task.model, certified, judged), judged.witness
