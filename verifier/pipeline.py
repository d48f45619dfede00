"""The stages of a run: text, tree, model, claims, certified verdicts, report. Only this module composes them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike, fspath
from typing import Any

from verifier.checker.certified import Certified, Verdict
from verifier.checker.solver import shared
from verifier.deciding import Task, decide, undecided
from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.engines.engine import ALL
from verifier.evidence.evidence import Invariant, KInduction
from verifier.model.claims import Matches, Property
from verifier.model.model import Model
from verifier.model.terms import TRUE, Term
from verifier.proofs.certificate import certificate_json, split_up
from verifier.proofs.store import Store
from verifier.report.result import MachineReport, Outcome, PropertyReport
from verifier.request import Request, asked, check_names, is_range_check, unknown
from verifier.syntax import parse, read_source

Json = Mapping[str, Any]

CHUNK = 8
"""How many properties a process is given at a time."""

LIGHTER = 10
"""How many properties are checked in about the time in which one is decided by a search."""

Watch = Callable[[int, int, str], None]
"""Is told how many properties are done, of how many, and the name of the one that is waited for."""


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
    if request.engine in (None, ALL):
        return
    from verifier.engines.registry import ENGINES

    if request.engine not in ENGINES:
        raise unknown("engine", request.engine, (*ENGINES, ALL))


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
    racers = max(1, jobs // max(1, sum(len(asked(m, r)) for m, r in asked_of)))
    tasks = [_tasks(m, r, store, base, racers) for (m, r), base in zip(asked_of, bases, strict=True)]
    everything = [t for group in tasks for t in group]
    done: dict[int, PropertyReport] = {}
    with _workers(min(jobs, _shares(everything))) as run:
        for wanted in (True, False):
            wave = [t for t in everything if is_range_check(t.prop) is wanted and id(t) not in done]
            for task, report in _watched(wave, run(decide, wave), len(done), len(everything), watch):
                done[id(task)] = report
            for group in tasks:
                done |= _ill_defined(group, done)
        again = [pair for group in tasks for pair in _strengthened(group, done)]
        for (task, _), report in zip(again, run(decide, [stronger for _, stronger in again]), strict=True):
            if not _is_open(report):
                done[id(task)] = report
    if store is not None and any(r.origin == "search" for r in done.values()):
        store.prune()
    return [
        MachineReport(model, tuple(done[id(t)] for t in group), request.parameters)
        for (model, request), group in zip(asked_of, tasks, strict=True)
    ]


def _strengthened(group: Sequence[Task], done: dict[int, PropertyReport]) -> Iterator[tuple[Task, Task]]:
    """Yield each open task of a machine, and the same with what is proved of the machine. What a proof assumes is
    known where the same is assumed.

    Whatever the number of processes, all that could be proved without help is known by now: the report is the same.
    """
    if not group or group[0].request.engine is not None or _ill_founded(group, done):
        return
    for task in group:
        if done[id(task)].outcome is Outcome.UNDECIDED and not isinstance(task.prop.claim, Matches):
            proofs = (done[id(t)].certified for t in group if t.prop.assuming in (TRUE, task.prop.assuming))
            found = (_invariant(p) for p in proofs if p.verdict is Verdict.PROVED)
            if known := tuple(dict.fromkeys(c for c in found if c)):
                yield task, replace(task, known=known)


def _invariant(proof: Certified) -> tuple[Term, ...]:
    """Return the conjuncts of the inductive invariant that a proof contains; empty where it has none."""
    found = proof.evidence.conjuncts if isinstance(proof.evidence, (Invariant, KInduction)) else ()
    return tuple(c for c in found if c is not TRUE)


def _is_open(report: PropertyReport) -> bool:
    return report.contradiction is None and report.certified.verdict in (Verdict.UNKNOWN, Verdict.BOUNDED)


def _shares(tasks: Sequence[Task]) -> int:
    """Return how many processes get a full share of the work. A process takes its time to start, so where evidence is
    at hand, and need only be checked, fewer are worth it."""
    ready = sum(bool(t.hints) or (t.store is not None and t.store.has(t.name)) for t in tasks)
    return -(-(len(tasks) - ready + -(-ready // LIGHTER)) // CHUNK)


def _tasks(model: Model, request: Request, store: Store | None, known: MachineReport | None, racers: int) -> list[Task]:
    hints = (lambda _: ()) if known is None else _hints(known)
    fixed = model.fixed(request.parameters)
    return [Task(fixed, p, request, store, hints(p), racers=racers) for p in asked(model, request)]


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
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

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


def _ill_founded(group: Sequence[Task], done: dict[int, PropertyReport]) -> PropertyReport | None:
    """Return the report on the range check of a machine that is not known to be well defined."""
    checks = [done[id(t)] for t in group if is_range_check(t.prop) and id(t) in done]
    return None if all(c.certified.verdict in (Verdict.PROVED, Verdict.VACUOUS) for c in checks) else checks[0]


def _ill_defined(group: Sequence[Task], done: dict[int, PropertyReport]) -> dict[int, PropertyReport]:
    """Give every open property of a machine whose ints may leave their ranges the verdict UNKNOWN."""
    check = _ill_founded(group, done)
    if check is None:
        return {}
    known = check.certified.verdict is Verdict.REFUTED
    told = "the machine is ill-defined" if known else "it is not known whether the machine is well defined"
    reason = f"{told}: see {check.name}"
    return {id(t): undecided(t, [reason]) for t in group if id(t) not in done}
