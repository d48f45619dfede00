"""What is checked, how a check asks about it, and what a check finds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from verifier.checker.certified import Certified, Verdict
from verifier.deciding import Task, decide
from verifier.diagnostics import Diagnostic, Source, Span
from verifier.evidence.evidence import Evidence, Trace
from verifier.model.claims import Claim, Never, Property
from verifier.model.model import Model
from verifier.model.terms import TRUE, Term, or_
from verifier.pipeline import check
from verifier.report.exhibit import exhibit
from verifier.report.result import MachineReport
from verifier.report.trace import trace_lines
from verifier.request import Request
from verifier.semantics.evaluate import RangeError, Setting, holds
from verifier.syntax import tree

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True)
class Finding:
    """One finding, and the lines that show it: a run, or the invariant that excludes one."""

    diagnostic: Diagnostic
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Open:
    """A question that was not decided, and why."""

    question: str
    span: Span
    reason: str


@dataclass(frozen=True)
class Findings:
    """All that is found in one spec, in the order of the text, and what stays open."""

    source: Source
    findings: tuple[Finding, ...]
    open: tuple[Open, ...]

    @property
    def exit_code(self) -> int:
        """0 nothing found, 1 findings, 3 undecided."""
        return 1 if self.findings else 3 if self.open else 0


class Undecided(Exception):
    """A question has no certified answer; the message says what blocked it."""


class Contradiction(Exception):
    """Engines and the checker contradict each other: nothing that is found counts."""


@dataclass(frozen=True)
class Settled:
    """Whether some run reaches a state with a certain condition: the shortest known, or evidence that there is none,
    or neither, and the reason."""

    run: Trace | None = None
    evidence: Evidence | None = None
    reason: str = ""


@dataclass(frozen=True)
class Subject:
    """A spec as its tree and as its model, and how many seconds each question may take."""

    spec: tree.Spec
    model: Model
    timeout: float

    @cached_property
    def report(self) -> MachineReport:
        """What is known of the spec's own properties. Raises Contradiction."""
        report = check(self.model, Request(timeout=self.timeout, sources_waived=True))
        for found in report.properties:
            if found.contradiction is not None:
                raise Contradiction(f"{found.name}: {found.contradiction}")
        return report

    def certified(self, claim: Claim, model: Model | None = None) -> Certified:
        """Return the certified verdict on a claim, of this model unless another is given.

        Raises Undecided iff it is UNKNOWN or BOUNDED, and Contradiction.
        """
        report = decide(Task(model or self.model, asked(self.model, claim), Request(timeout=self.timeout)))
        if report.contradiction is not None:
            raise Contradiction(report.contradiction)
        if report.certified.verdict in (Verdict.UNKNOWN, Verdict.BOUNDED):
            raise Undecided(report.certified.reason or "no engine can try it")
        return report.certified

    def settle(self, conditions: Mapping[_Key, Term]) -> Iterator[tuple[_Key, Settled]]:
        """Yield for each condition, a term over level 0, whether some run reaches a state in which it holds.

        All are asked at once: a run that answers for one often answers for others, and so does a proof.
        """
        rest = dict(conditions)
        while rest:
            try:
                certified = self.certified(Never(or_(*rest.values())))
            except Undecided as undecided:
                yield from self._each(rest, str(undecided))
                return
            if not isinstance(certified.evidence, Trace):
                yield from ((key, Settled(evidence=certified.evidence)) for key in rest)
                return
            found = {key: run for key, term in rest.items() if (run := self._until(certified.evidence, term))}
            if not found:
                yield from self._each(rest, "the run that answers cannot be evaluated")
                return
            yield from ((key, Settled(run)) for key, run in found.items())
            rest = {key: term for key, term in rest.items() if key not in found}

    def _each(self, conditions: Mapping[_Key, Term], reason: str) -> Iterator[tuple[_Key, Settled]]:
        if len(conditions) == 1:
            yield from ((key, Settled(reason=reason)) for key in conditions)
            return
        for key, term in conditions.items():
            yield from self.settle({key: term})

    def _until(self, run: Trace, condition: Term) -> Trace | None:
        """Return the run up to the first state in which the condition holds; None iff there is none."""
        setting = Setting(self.model, run.parameters, run.interpretation)
        for number, state in enumerate(run.states):
            with suppress(RangeError):
                if holds(condition, setting, (state,)):
                    return replace(run, steps=run.steps[:number])
        return None

    def run_lines(self, run: Trace) -> tuple[str, ...]:
        """Return a run in lines."""
        return tuple(trace_lines(self.model, run))

    def proof_lines(self, evidence: Evidence | None) -> tuple[str, ...]:
        """Return in lines why no run reaches something."""
        return () if evidence is None else tuple(exhibit(self.model, asked(self.model, Never(TRUE)), evidence))


def asked(model: Model, claim: Claim) -> Property:
    """Return a claim that no spec makes as a property."""
    return Property(
        name="lint",
        claim=claim,
        text="asked by lint",
        assuming=TRUE,
        doc=None,
        cites=(),
        expect_violated=False,
        vacuous_ok=True,
        severity="note",
        span=Span(model.source.path, 1, 1, 1, 1),
    )
