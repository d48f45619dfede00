"""All checks, and what they find together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.checker.certified import Verdict
from verifier.diagnostics import Source
from verifier.elaborate import elaborate
from verifier.lint.implied import implied
from verifier.lint.left_free import left_free
from verifier.lint.never_fires import never_fires
from verifier.lint.no_run import no_run
from verifier.lint.no_successor import no_successor
from verifier.lint.overlap import overlap
from verifier.lint.subject import Finding, Findings, Open, Subject
from verifier.lint.unused import unused
from verifier.lint.vacuous import vacuous
from verifier.request import is_range_check
from verifier.syntax import parse

Check = Callable[[Subject], Iterator[Finding | Open]]
Watch = Callable[[int, int, str], None]
"""Is told how many checks are done, of how many, and which one is under way."""

OF_TEXT: tuple[Check, ...] = (unused, left_free)
"""The checks that read the spec."""

OF_RUNS: tuple[Check, ...] = (never_fires, no_successor, overlap, vacuous, implied)
"""The checks that ask about runs, and mean something only if the machine has some, and its ints stay in range."""


def lint(source: Source, timeout: float, watch: Watch = lambda done, total, name: None) -> Findings:
    """Return what is to be found in a spec; each question about its runs may take `timeout` seconds.

    Raises SpecError, and `subject.Contradiction` where engines contradict each other.
    """
    spec = parse(source)
    subject = Subject(spec, elaborate(spec, source), timeout)
    found: list[Finding | Open] = []
    checks = (*OF_TEXT, no_run, _ranges, *OF_RUNS)
    for number, check in enumerate(checks):
        watch(number, len(checks), f"{subject.model.name}: {check.__name__.strip('_')}")
        results = list(check(subject))
        found += results
        if results and check in (no_run, _ranges):
            break
    findings = sorted((f for f in found if isinstance(f, Finding)), key=_place)
    return Findings(source, tuple(findings), tuple(o for o in found if isinstance(o, Open)))


def _ranges(subject: Subject) -> Iterator[Open]:
    """Yield what stays open where ints may leave their ranges: everything about runs."""
    for report in subject.report.properties:
        verdict = report.certified.verdict
        if is_range_check(report.certified.property) and verdict not in (Verdict.PROVED, Verdict.VACUOUS):
            reason = f"an int leaves its range, or may: see property {report.name}"
            yield Open("everything about the runs of the machine", subject.spec.name.span, reason)


def _place(finding: Finding) -> tuple[int, int, str]:
    span = finding.diagnostic.span
    assert span is not None
    return span.line, span.column, finding.diagnostic.code
