"""The stages of a run: text, tree, model, claims, certified verdicts, report. Only this module composes them."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from verifier.checker.certified import Certified, EvidenceRefused, Verdict
from verifier.checker.certify import certify, certify_witness
from verifier.checker.solver import shared
from verifier.diagnostics import Source, Span
from verifier.elaborate import elaborate
from verifier.engines.engine import Attempt, Budget
from verifier.evidence.evidence import Bound, Holds, Trace, Unknown, Violated
from verifier.evidence.reading import NotEvidence
from verifier.files import Folder
from verifier.model.claims import Claim, EveryStep, Matches, Never, Property
from verifier.model.model import Model, restricted
from verifier.model.terms import TRUE, not_, variables
from verifier.proofs.certificate import Certificate, certificate_json, read_certificate, read_foreign, split_up
from verifier.proofs.reuse import judged, start, with_premise, witnessed
from verifier.proofs.store import Store, Unusable, key
from verifier.report.result import MachineReport, Origin, PropertyReport
from verifier.request import Request, asked, check_names, is_range_check, unknown
from verifier.semantics.claims import premise
from verifier.source import SourceError, compare
from verifier.syntax import parse, read_source

Json = Mapping[str, Any]

CHUNK = 8
"""How many properties a process is given at a time."""

LIGHTER = 10
"""How many properties are checked in about the time in which one is decided by a search."""

Watch = Callable[[int, int, str], None]
"""Is told how many properties are done, of how many, and the name of the one that is waited for."""


@dataclass(frozen=True)
class Task:
    """One property to be decided; every task stands alone, so any process may do it.

    The model is already fixed to the parameters asked for, but not yet restricted by the property's `assuming`.
    `hints` are certificates of like properties of another version, tried before any search; in `store` is what
    earlier runs have found. `premise`: whether the premise of what is proved must be shown to come true.
    """

    model: Model
    prop: Property
    request: Request
    store: Store | None = None
    hints: tuple[Json, ...] = ()
    premise: bool = True


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
    if request.engine is None:
        return
    from verifier.engines.registry import ENGINES

    if request.engine not in ENGINES:
        raise unknown("engine", request.engine, ENGINES)


def check_all(
    asked_of: Sequence[tuple[Model, Request]],
    jobs: int = 1,
    watch: Watch = lambda done, total, name: None,
    store: Store | None = None,
    known: Sequence[MachineReport | None] = (),
) -> list[MachineReport]:
    """Return a report for each model, whose names in the request must exist; `jobs` processes share the work.

    The range checks come first, in all machines: where one fails, the machine means nothing, and no other
    property of it is tried. `known`, if given, has for each model a report on another version of the machine, or
    None: its evidence is tried before any search. With a `store`, what earlier runs have found is not sought again.
    """
    bases = known or [None] * len(asked_of)
    tasks = [_tasks(m, r, store, base) for (m, r), base in zip(asked_of, bases, strict=True)]
    everything = [t for group in tasks for t in group]
    done: dict[int, PropertyReport] = {}
    with _workers(min(jobs, _shares(everything))) as run:
        for wanted in (True, False):
            wave = [t for t in everything if is_range_check(t.prop) is wanted and id(t) not in done]
            for task, report in _watched(wave, run(decide, wave), len(done), len(everything), watch):
                done[id(task)] = report
            for group in tasks:
                done |= _ill_defined(group, done)
    if store is not None and any(r.origin == "search" for r in done.values()):
        store.prune()
    return [
        MachineReport(model, tuple(done[id(t)] for t in group), request.parameters)
        for (model, request), group in zip(asked_of, tasks, strict=True)
    ]


def _shares(tasks: Sequence[Task]) -> int:
    """Return how many processes get a full share of the work. A process takes its time to start, so where evidence is
    at hand, and need only be checked, fewer are worth it."""
    ready = sum(bool(t.hints) or (t.store is not None and t.store.has(_key(t))) for t in tasks)
    return -(-(len(tasks) - ready + -(-ready // LIGHTER)) // CHUNK)


def _tasks(model: Model, request: Request, store: Store | None, known: MachineReport | None) -> list[Task]:
    hints = (lambda _: ()) if known is None else _hints(known)
    fixed = model.fixed(request.parameters)
    return [Task(fixed, p, request, store, hints(p)) for p in asked(model, request)]


def _hints(known: MachineReport) -> Callable[[Property], tuple[Json, ...]]:
    """Return the function that gives the certificates of the property of the same name, and of the same text."""
    named: dict[str, Json] = {}
    worded: dict[str, Json] = {}
    for report in known.properties:
        certified = report.certified
        if certified.evidence is not None:
            certified = replace(certified, evidence=split_up(certified.evidence))
        certificate = certificate_json(known.model, certified, report.engine, certified.witness)
        if certificate is not None:
            named[report.name] = worded[certified.property.text] = certificate

    def hints(prop: Property) -> tuple[Json, ...]:
        found = (named.get(prop.name), worded.get(prop.text))
        return tuple(c for i, c in enumerate(found) if c is not None and c not in found[:i])

    return hints


Run = Callable[[Callable[[Task], PropertyReport], Iterable[Task]], Iterable[PropertyReport]]


@contextmanager
def _workers(jobs: int) -> Iterator[Run]:
    """Give a `map` that keeps the order: of this process, or of several new ones."""
    if jobs <= 1:
        if jobs == 1:
            shared()  # loads while the first property is looked at
        yield map
        return
    # Spawned, not forked: a forked copy of a process with threads or with a solver's memory may hang.
    executor = ProcessPoolExecutor(jobs, get_context("spawn"), shared)
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
    if task.request.deadline is not None:
        left = task.request.deadline - time.monotonic()
        if left <= 0:
            return _undecided(task, ["the time for the whole run is up (--budget)"])
        task = replace(task, request=replace(task.request, timeout=min(task.request.timeout, left)))
    if isinstance(task.prop.claim, Matches):
        return _compare(task, task.prop.claim)
    return _decided(replace(task, request=replace(task.request, engine=_engine(task))))


def _engine(task: Task) -> str | None:
    """Return the engine to be used; None: all. The other verdicts rest on the range check: it is not left to one."""
    return None if is_range_check(task.prop) else task.request.engine


def _key(task: Task) -> str:
    return key(task.model, task.prop.claim, task.prop.assuming, _engine(task), task.premise)


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


def _compare(task: Task, claim: Matches) -> PropertyReport:
    tree = task.request.source_tree
    if tree is None:
        report = _undecided(task, ["not checked: it takes the C sources, which --source-tree names"])
        return replace(report, waived=task.request.sources_waived)
    try:
        match = compare(task.model.table[claim.table], claim.binding, Folder(Path(tree)))
    except SourceError as error:
        return replace(_undecided(task, ["the C source could not be read"]), obstacle=error)
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

    In this order the report is the same whatever the store holds.
    """
    whole, task = task, replace(task, model=restricted(task.model, task.prop.assuming))
    for hint in task.hints:
        with suppress(NotEvidence, EvidenceRefused):
            return _reused(task, read_foreign(task.model, hint), "base")
    if task.store is None:
        return _search(task).report
    name, ignored = _key(whole), None
    try:
        if (kept := task.store.get(name)) is not None:
            return _reused(task, read_certificate(task.model, kept), "cache")
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


def _search(task: Task) -> Found:
    """Try engine after engine until an answer is certified. A mere bound is kept while something better is sought."""
    started = time.monotonic()
    budget = Budget.of(task.request.timeout)
    best: PropertyReport | None = None
    reasons: list[str] = []
    for attempt in attempts(task.model, task.prop.claim, budget, task.request.engine):
        found = _certified(task, attempt)
        report = found.report
        if best is not None and _contradicts(best.certified, report.certified):
            text = f"{best.engine} and {attempt.engine} contradict each other"
            return Found(replace(report, contradiction=text))
        if report.contradiction or report.certified.verdict not in (Verdict.UNKNOWN, Verdict.BOUNDED):
            return found
        if report.certified.verdict is Verdict.BOUNDED:
            best = report
        reasons.append(report.certified.reason or "")
    why = list(dict.fromkeys(filter(None, reasons))) or ["no engine can try this claim"]
    return Found(best or _undecided(task, why, started))


def attempts(model: Model, claim: Claim, budget: Budget, engine: str | None = None) -> Iterator[Attempt]:
    """Yield the engines' attempts, see `verifier.engines.portfolio`. Where nothing is sought no engine is loaded."""
    from verifier.engines import portfolio

    return portfolio.attempts(model, claim, budget, engine)


def _certified(task: Task, attempt: Attempt) -> Found:
    """Have the checker judge an attempt; a proof must also mean something."""
    started, run = time.monotonic(), None
    try:
        certified = certify(task.model, task.prop, attempt.answer, task.request.timeout)
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
    budget = Budget.of(task.request.timeout)
    first = attempts(task.model, probe, budget, prover) if prover == "explicit" else ()
    for attempt in itertools.chain(first, attempts(task.model, probe, budget)):
        judged = certify_witness(task.model, certified, attempt.answer, task.request.timeout)
        if judged.witness is not None or judged.verdict is Verdict.VACUOUS:
            break
    return with_premise(task.model, certified, judged), judged.witness


def _contradicts(bounded: Certified, later: Certified) -> bool:
    """Return True iff a run refutes within the depth to which no run was said to."""
    bound, run = bounded.evidence, later.evidence
    return isinstance(bound, Bound) and isinstance(run, Trace) and len(run.steps) <= bound.depth
