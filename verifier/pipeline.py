"""The stages of a run: text, tree, model, claims, certified verdicts, report. Only this module composes them."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from os import PathLike, fspath
from pathlib import Path

from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.certify import certify, certify_witness
from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.engines.engine import Attempt, Budget
from verifier.engines.known import Certificate, certificate, strengthened
from verifier.engines.portfolio import ALL, attempts
from verifier.engines.registry import ENGINES
from verifier.evidence.evidence import Bound, Holds, Trace, Unknown, Violated
from verifier.model.claims import EveryStep, Matches, Never, Property
from verifier.model.model import Model, restricted
from verifier.model.terms import TRUE, not_, variables
from verifier.report.result import MachineReport, Outcome, PropertyReport
from verifier.request import Request, asked, check_names, is_range_check, unknown
from verifier.semantics.claims import premise
from verifier.source import SourceError, compare
from verifier.syntax import parse, read_source

CHUNK = 8
"""How many properties a process is given at a time."""

Watch = Callable[[int, int, str], None]
"""Is told how many properties are done, of how many, and the name of the one that is waited for."""


@dataclass(frozen=True)
class Task:
    """One property to be decided; every task stands alone, so any process may do it.

    The model is already fixed to the parameters asked for, but not yet restricted by the property's `assuming`. So many
    engines may be at work on it at the same time; `known` are inductive invariants that certified proofs contain.
    """

    model: Model
    prop: Property
    request: Request
    racers: int = 1
    known: tuple[Certificate, ...] = ()


def load(path: str | PathLike[str]) -> Model:
    """Return the model of the spec in `path`. Raises SpecError."""
    return model_of(read_source(fspath(path)))


def model_of(source: Source) -> Model:
    """Return the model of a spec's text. Raises SpecError."""
    return elaborate(parse(source), source)


def check(model: Model, request: Request) -> MachineReport:
    """Return the report on one machine. Raises RequestError, see `verifier.check`."""
    check_engine(request)
    check_names(model, request)
    return check_all([(model, request)])[0]


def check_engine(request: Request) -> None:
    """Raise RequestError iff the engine asked for does not exist."""
    if request.engine is not None and request.engine not in (ALL, *ENGINES):
        raise unknown("engine", request.engine, (*ENGINES, ALL))


def check_all(
    asked_of: Sequence[tuple[Model, Request]], jobs: int = 1, watch: Watch = lambda done, total, name: None
) -> list[MachineReport]:
    """Return a report for each model, whose names in the request must exist; `jobs` processes share the work.

    The range checks come first, in all machines: where one fails, the machine means nothing, and no other
    property of it is tried.
    """
    racers = max(1, jobs // max(1, sum(len(asked(m, r)) for m, r in asked_of)))
    tasks = [[Task(model, p, r, racers) for model in [m.fixed(r.parameters)] for p in asked(m, r)] for m, r in asked_of]
    everything = [t for group in tasks for t in group]
    done: dict[int, PropertyReport] = {}
    with _workers(min(jobs, -(-len(everything) // CHUNK))) as run:  # no more than have a full share of the work
        for wanted in (True, False):
            wave = [t for t in everything if is_range_check(t.prop) is wanted and id(t) not in done]
            for task, report in _watched(wave, run(decide, wave), len(done), len(everything), watch):
                done[id(task)] = report
            for group in tasks:
                done |= _ill_defined(group, done)
        again = [t for group in tasks for t in _strengthened(group, done)]
        for task, report in zip(again, run(decide, again), strict=True):
            done |= {id(t): report for t in everything if t.prop is task.prop and _is_better(report, done[id(t)])}
    return [
        MachineReport(model, tuple(done[id(t)] for t in group), request.parameters)
        for (model, request), group in zip(asked_of, tasks, strict=True)
    ]


def _strengthened(group: Sequence[Task], done: dict[int, PropertyReport]) -> Iterator[Task]:
    """Yield the open tasks of a machine with what is proved of it. What a proof assumes is known where the same is.

    Whatever the number of processes, all that could be proved without help is known by now: the report is the same.
    """
    if group and group[0].request.engine is not None:
        return
    for task in group:
        if done[id(task)].outcome is Outcome.UNDECIDED and not isinstance(task.prop.claim, Matches):
            proofs = (done[id(t)].certified for t in group if t.prop.assuming in (TRUE, task.prop.assuming))
            found = (certificate(c.evidence) for c in proofs if c.verdict is Verdict.PROVED)
            if known := tuple(dict.fromkeys(c for c in found if c)):
                yield replace(task, known=known)


def _is_better(report: PropertyReport, before: PropertyReport) -> bool:
    return report.contradiction is not None or report.certified.verdict not in (Verdict.UNKNOWN, Verdict.BOUNDED)


Run = Callable[[Callable[[Task], PropertyReport], Iterable[Task]], Iterable[PropertyReport]]


@contextmanager
def _workers(jobs: int) -> Iterator[Run]:
    """Give a `map` that keeps the order: of this process, or of several new ones."""
    if jobs <= 1:
        yield map
        return
    # Spawned, not forked: a forked copy of a process with threads or with a solver's memory may hang.
    executor = ProcessPoolExecutor(jobs, get_context("spawn"))
    try:
        # Tasks that travel together share their model, and so what has been found out about its states.
        yield functools.partial(executor.map, chunksize=CHUNK)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _watched(
    tasks: Sequence[Task], reports: Iterable[PropertyReport], done: int, total: int, watch: Watch
) -> Iterator[tuple[Task, PropertyReport]]:
    """Yield each task with its report, and tell `watch` before each one what is waited for."""
    waiting = iter(reports)
    for number, task in enumerate(tasks, done):
        watch(number, total, f"{task.model.name}: {task.prop.name}")
        yield task, next(waiting)


def _ill_defined(group: Sequence[Task], done: dict[int, PropertyReport]) -> dict[int, PropertyReport]:
    """Give every open property of a machine whose ints may leave their ranges the verdict UNKNOWN."""
    checks = [done[id(t)].certified for t in group if is_range_check(t.prop) and id(t) in done]
    if all(c.verdict in (Verdict.PROVED, Verdict.VACUOUS) for c in checks):
        return {}
    known = checks[0].verdict is Verdict.REFUTED
    told = "the machine is ill-defined" if known else "it is not known whether the machine is well defined"
    reason = f"{told}: see {checks[0].property.name}"
    return {id(t): _undecided(t, [reason]) for t in group if id(t) not in done}


def _undecided(task: Task, reasons: Sequence[str], started: float | None = None) -> PropertyReport:
    certified = certify(task.model, task.prop, Unknown("; ".join(reasons)), 0.0)
    return PropertyReport(certified, None, 0.0 if started is None else time.monotonic() - started)


def decide(task: Task) -> PropertyReport:
    """Return what is known of one property after the search and the check of its evidence."""
    if isinstance(task.prop.claim, Matches):
        return _compare(task, task.prop.claim)
    if is_range_check(task.prop):  # the other verdicts rest on it, so it is never left to one engine
        task = replace(task, request=replace(task.request, engine=None))
    return _search(replace(task, model=restricted(task.model, task.prop.assuming)))


def _compare(task: Task, claim: Matches) -> PropertyReport:
    tree = task.request.source_tree
    if tree is None:
        report = _undecided(task, ["not checked: it takes the C sources, which --source-tree names"])
        return replace(report, waived=task.request.sources_waived)
    try:
        match = compare(task.model.table[claim.table], claim.binding, Path(tree))
    except SourceError as error:
        return replace(_undecided(task, ["the C source could not be read"]), obstacle=error)
    answer = Violated(match) if match.differences else Holds(match)
    return PropertyReport(certify(task.model, task.prop, answer, task.request.timeout))


def _budget(request: Request) -> Budget:
    budget = Budget.of(request.timeout)
    return replace(budget, memory=request.memory, threads=request.threads, checkpoint=request.checkpoint)


def _search(task: Task) -> PropertyReport:
    """Try engine after engine until an answer is certified. A mere bound is kept while something better is sought."""
    started = time.monotonic()
    budget = _budget(task.request)
    best: PropertyReport | None = None
    reasons: list[str] = []
    if task.request.engine == ALL:
        return _compared(task, budget)
    for attempt in _attempts(task, budget):
        report = _certified(task, attempt)
        if best is not None and _contradicts(best.certified, report.certified):
            text = f"{best.engine} and {attempt.engine} contradict each other"
            return replace(report, contradiction=text, answers=(*best.answers, *report.answers))
        if report.contradiction or report.certified.verdict not in (Verdict.UNKNOWN, Verdict.BOUNDED):
            return report
        if report.certified.verdict is Verdict.BOUNDED:
            best = report
        reasons.append(report.certified.reason or "")
    return best or _undecided(
        task, list(dict.fromkeys(filter(None, reasons))) or ["no engine can try this claim"], started
    )


def _attempts(task: Task, budget: Budget) -> Iterator[Attempt]:
    model, claim = task.model, task.prop.claim
    if task.known:
        return strengthened(attempts, task.known)(model, claim, budget)
    return attempts(model, claim, budget, task.request.engine, task.racers)


def _compared(task: Task, budget: Budget) -> PropertyReport:
    """Ask every engine. Where all that decide the property agree, return the first one's report, in their names."""
    reports = [_certified(task, attempt) for attempt in attempts(task.model, task.prop.claim, budget, ALL)]
    answers = tuple(a for r in reports for a in r.answers)
    for report in reports:
        if report.contradiction is not None:
            return replace(report, answers=answers)
    decided = [r for r in reports if r.certified.verdict not in (Verdict.UNKNOWN, Verdict.BOUNDED)]
    bounded = [r for r in reports if r.certified.verdict is Verdict.BOUNDED]
    if not decided:
        return bounded[0] if bounded else _undecided(task, [r.certified.reason or "" for r in reports])
    for other in (*decided[1:], *bounded):
        if _disagree(decided[0].certified, other.certified):
            text = f"{decided[0].engine} and {other.engine} contradict each other"
            return replace(decided[0], contradiction=text, answers=answers)
    return replace(decided[0], engine=", ".join(str(r.engine) for r in decided))


def _disagree(one: Certified, other: Certified) -> bool:
    """Return True iff two verdicts cannot both be right. What is vacuous holds."""
    if other.verdict is Verdict.BOUNDED:
        return _contradicts(other, one)
    return (one.verdict is Verdict.REFUTED) is not (other.verdict is Verdict.REFUTED)


def _certified(task: Task, attempt: Attempt) -> PropertyReport:
    """Have the checker judge an attempt. The report has the answer too, for whoever looks into a contradiction."""
    report = _judged(task, attempt)
    return replace(report, answers=((attempt.engine, attempt.answer),))


def _judged(task: Task, attempt: Attempt) -> PropertyReport:
    """Have the checker judge an attempt; a proof must also mean something."""
    started = time.monotonic()
    try:
        certified = certify(task.model, task.prop, attempt.answer, task.request.timeout)
        if certified.verdict is Verdict.PROVED:
            certified = _with_witness(task, certified, attempt.engine)
    except EvidenceRefused as refusal:
        doubted = certify(task.model, task.prop, Unknown(f"the evidence of {attempt.engine} was refused"), 0.0)
        return PropertyReport(doubted, attempt.engine, attempt.seconds, 0.0, f"{attempt.engine}: {refusal}")
    return PropertyReport(certified, attempt.engine, attempt.seconds, time.monotonic() - started)


def _with_witness(task: Task, certified: Certified, prover: str) -> Certified:
    """Return the proof with a run that makes the property's premise true, or what follows if there is none.

    Of a property without a premise only some run must exist; that one is not worth showing. Where the prover has
    visited every state it is asked first.
    """
    condition = premise(task.model, task.prop.claim)
    probe = EveryStep(not_(condition)) if variables(condition, 1) else Never(condition)
    judged = certified
    budget = _budget(task.request)
    first = attempts(task.model, probe, budget, prover) if prover == "explicit" else ()
    for attempt in itertools.chain(first, attempts(task.model, probe, budget)):
        judged = certify_witness(task.model, certified, attempt.answer, task.request.timeout)
        if judged.witness is not None or judged.verdict is Verdict.VACUOUS:
            break
    return certified if condition is TRUE and judged.witness is not None else judged


def _contradicts(bounded: Certified, later: Certified) -> bool:
    """Return True iff a run refutes within the depth to which no run was said to."""
    bound, run = bounded.evidence, later.evidence
    return isinstance(bound, Bound) and isinstance(run, Trace) and len(run.steps) <= bound.depth
