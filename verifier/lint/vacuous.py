"""ARC065: properties that hold only because their premise is never true."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.checker.certified import Verdict
from verifier.diagnostics import Diagnostic
from verifier.lint.subject import Finding, Open, Subject
from verifier.model.claims import Matches


def vacuous(subject: Subject) -> Iterator[Finding | Open]:
    """Yield each property that is vacuous, unless it says `vacuous ok`."""
    for report in subject.report.properties:
        certified, prop = report.certified, report.certified.property
        if certified.verdict is Verdict.VACUOUS and not prop.vacuous_ok:
            message = f"property {prop.name} says nothing: {certified.reason or 'its premise is never true'}"
            hint = "`vacuous ok` says that this is meant"
            yield Finding(Diagnostic("ARC065", message, prop.span, help=hint), subject.proof_lines(certified.evidence))
        elif certified.verdict is Verdict.UNKNOWN and not isinstance(prop.claim, Matches):
            yield Open(f"whether property {prop.name} is vacuous", prop.span, certified.reason or "undecided")
